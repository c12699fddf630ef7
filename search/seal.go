package search

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// sealsFile keeps the digest of each segment beside the index: Bleve opens a
// segment with overwritten bytes and says nothing.
const sealsFile = "seals.json"

// storeDir holds the segments. A segment never changes once written.
const storeDir = "store"

// Seal takes the digests of segments that have none yet. Call it after writing;
// what is not sealed cannot be checked.
func (x *Index) Seal(ctx context.Context) error {
	x.sealing.Lock()
	defer x.sealing.Unlock()
	known, err := readSeals(x.dir)
	if err != nil {
		known = map[string]string{} // unreadable: taken anew, for the segments still open well
	}
	files, err := x.segments()
	if err != nil {
		return err
	}
	now := make(map[string]string, len(files))
	for _, f := range files {
		name := filepath.Base(f)
		if sum, ok := known[name]; ok {
			now[name] = sum
			continue
		}
		sum, err := digestOf(ctx, f)
		if errors.Is(err, fs.ErrNotExist) {
			continue // merged away meanwhile
		}
		if err != nil {
			return fmt.Errorf("seal index: %w", err)
		}
		now[name] = sum
	}
	if maps.Equal(known, now) {
		return nil
	}
	if err := writeSeals(x.dir, now); err != nil {
		return fmt.Errorf("seal index: %w", err)
	}
	return nil
}

// Check compares every sealed segment with its digest. ErrDamaged says that one
// differs: what it says and hides cannot be trusted, and the index must be
// built anew (Rebuild).
func (x *Index) Check(ctx context.Context) error {
	x.sealing.Lock()
	defer x.sealing.Unlock()
	known, err := readSeals(x.dir)
	if err != nil {
		return fmt.Errorf("check index: %w (%w)", ErrDamaged, err)
	}
	for name, want := range known {
		sum, err := digestOf(ctx, filepath.Join(x.dir, storeDir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // merged away since
		}
		if err != nil {
			return fmt.Errorf("check index: %w", err)
		}
		if sum != want {
			return fmt.Errorf("check index: segment %s: %w", name, ErrDamaged)
		}
	}
	return nil
}

// segments are the files that the index reads: what else lies in the folder is
// being written or merged away.
func (x *Index) segments() ([]string, error) {
	s, err := x.snapshot()
	if err != nil {
		return nil, err
	}
	defer s.close()
	now, ok := s.reader.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("list segments: %w", ErrVersion)
	}
	var out []string
	for _, one := range now.Segments() {
		if p, ok := one.Segment().(segment.PersistedSegment); ok {
			out = append(out, p.Path())
		}
	}
	return out, nil
}

func digestOf(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	for {
		if err = ctx.Err(); err != nil {
			return "", err
		}
		n, err := io.CopyN(h, f, 8<<20)
		if n == 0 || errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}

func readSeals(dir string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, sealsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	if err = json.Unmarshal(text, &out); err != nil {
		return nil, err
	}
	return out, nil
}

// writeSeals replaces the file as a whole: half of it would call a good index
// damaged.
func writeSeals(dir string, seals map[string]string) error {
	text, err := json.Marshal(seals)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, sealsFile+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(f.Name())) //nolint:forbidigo // a temporary file of the index, which only search writes
	}
	return os.Rename(f.Name(), filepath.Join(dir, sealsFile)) //nolint:forbidigo // as above
}
