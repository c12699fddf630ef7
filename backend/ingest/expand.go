package ingest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"diaoyue.example/workstation/search/extract/text"
)

// expand lists every file below the chosen paths in a stable order. What a
// person chose by name is taken as it is; inside a folder hidden files and
// links are skipped and said.
func expand(ctx context.Context, paths []string) ([]Outcome, error) {
	out := []Outcome{}
	seen := map[string]bool{}
	add := func(o Outcome) {
		if !seen[o.Path] {
			seen[o.Path] = true
			out = append(out, o)
		}
	}
	for _, chosen := range paths {
		path, err := filepath.Abs(chosen)
		if err != nil {
			return nil, fmt.Errorf("expand %s: %w", chosen, err)
		}
		info, err := os.Stat(path)
		if err != nil {
			add(refused(path, fileFault(name(path), err)))
			continue
		}
		if !info.IsDir() {
			add(chosenFile(path, info))
			continue
		}
		// WalkDir goes in lexical order and does not follow links.
		err = filepath.WalkDir(path, func(at string, e fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return inFolder(path, at, e, err, add)
		})
		if err != nil {
			return nil, fmt.Errorf("expand folder: %w", err)
		}
	}
	if len(out) == 0 {
		return nil, ErrNothing
	}
	return out, nil
}

func inFolder(root, at string, e fs.DirEntry, err error, add func(Outcome)) error {
	switch {
	case err != nil:
		add(refused(at, fileFault(name(at), err)))
		if e != nil && e.IsDir() {
			return fs.SkipDir
		}
		return nil
	case at == root:
		return nil
	case strings.HasPrefix(e.Name(), "."):
		add(skipped(at, ErrHidden.With("name", name(at))))
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	case e.IsDir():
		return nil
	case e.Type()&fs.ModeSymlink != 0:
		add(skipped(at, ErrLink.With("name", name(at))))
		return nil
	}
	info, err := e.Info()
	if err != nil {
		add(refused(at, fileFault(name(at), err)))
		return nil
	}
	add(chosenFile(at, info))
	return nil
}

func chosenFile(path string, info fs.FileInfo) Outcome {
	if !info.Mode().IsRegular() {
		return refused(path, ErrNotRegular.With("name", name(path)))
	}
	return Outcome{Path: path, Name: name(path), Size: info.Size(), State: Waiting}
}

func refused(path string, err error) Outcome {
	return Outcome{Path: path, Name: name(path), State: Refused, Err: err}
}

func skipped(path string, err error) Outcome {
	return Outcome{Path: path, Name: name(path), State: Skipped, Err: err}
}

// name is a file's name as it is shown and kept. Names are bytes: a memory card
// or an unpacker of the last age leaves GBK, which is read as text is.
func name(path string) string {
	base := filepath.Base(path)
	// What looks like a byte order mark is none in a name: it would turn the rest
	// of it, the ending too, into other signs.
	if !utf8.ValidString(base) && !strings.HasPrefix(base, "\xff\xfe") && !strings.HasPrefix(base, "\xfe\xff") {
		if s, err := text.Decode([]byte(base)); err == nil {
			base = s
		}
	}
	return norm.NFC.String(strings.ToValidUTF8(base, "\ufffd"))
}
