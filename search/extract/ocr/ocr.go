// Package ocr reads the text off pages that are pictures, with the networks of
// PP-OCRv4 on ONNX Runtime, or with the program tesseract where those are not
// there.
//
// Invariant: what is read never leaves this machine: reading needs no network
// and, once Warm has returned, no file.
package ocr

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"diaoyue.example/workstation/search/extract"
)

// Files of the folder that `make ocr` fills.
const (
	libraryFile  = "libonnxruntime.so.1"
	finderFile   = "ch_PP-OCRv4_det_infer.onnx"
	readerFile   = "ch_PP-OCRv4_rec_infer.onnx"
	turnerFile   = "ch_ppocr_mobile_v2.0_cls_infer.onnx"
	alphabetFile = "ppocr_keys_v1.txt"
)

// Name of this engine, kept beside what it read.
const Name = "pp-ocrv4"

// Config says where library and models lie, and how much of the machine reading
// may take.
type Config struct {
	Dir     string // the folder; "" = the folder ocr beside the program
	Threads int    // 0 = one, so that a machine of two cores stays usable
}

// Dir is the folder ocr beside the program.
func Dir() string {
	program, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Join(filepath.Dir(program), "ocr")
}

// Engine reads pages, one at a time. Library and networks, some 80 MB, are
// loaded with the first page or by Warm. Close it.
type Engine struct {
	cfg Config

	turn                   sync.Mutex // guards the rest
	finder, turner, reader *model
	alphabet               []string
}

// New looks whether library and networks are there. extract.ErrNoReader when
// one is missing.
func New(cfg Config) (*Engine, error) {
	if cfg.Dir == "" {
		cfg.Dir = Dir()
	}
	cfg.Threads = max(1, cfg.Threads)
	for _, name := range []string{libraryFile, finderFile, readerFile, turnerFile, alphabetFile} {
		if _, err := os.Stat(filepath.Join(cfg.Dir, name)); err != nil {
			return nil, fmt.Errorf("open OCR: %w: %w", extract.ErrNoReader, err)
		}
	}
	return &Engine{cfg: cfg}, nil
}

// Warm loads what reading needs: a process that is about to lock itself in
// calls it before. extract.ErrNoReader when something cannot be loaded.
func (e *Engine) Warm() error {
	e.turn.Lock()
	defer e.turn.Unlock()
	return e.warm()
}

func (e *Engine) warm() error {
	if e.alphabet != nil {
		return nil
	}
	err := e.load()
	if err != nil {
		return errors.Join(fmt.Errorf("load OCR: %w: %w", extract.ErrNoReader, err), e.drop())
	}
	return nil
}

func (e *Engine) load() error {
	in := func(name string) string { return filepath.Join(e.cfg.Dir, name) }
	if err := startRuntime(in(libraryFile)); err != nil {
		return err
	}
	var err error
	for _, m := range []struct {
		name string
		to   **model
	}{{finderFile, &e.finder}, {readerFile, &e.reader}, {turnerFile, &e.turner}} {
		if *m.to, err = loadModel(in(m.name), e.cfg.Threads); err != nil {
			return err
		}
	}
	e.alphabet, err = readAlphabet(in(alphabetFile))
	return err
}

// readAlphabet gives the character of each class: 0 is nothing, the last a
// space.
func readAlphabet(path string) ([]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read alphabet: %w", err)
	}
	raw = norm.NFC.Bytes(bytes.ReplaceAll(raw, []byte("\r"), nil)) // as all text of the archive
	out := append([]string{""}, strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")...)
	return append(out, " "), nil
}

// Name of the engine.
func (e *Engine) Name() string { return Name }

// Close lets the networks go; the library stays until the process ends. A
// later page loads them again.
func (e *Engine) Close() error {
	e.turn.Lock()
	defer e.turn.Unlock()
	return e.drop()
}

func (e *Engine) drop() error {
	err := errors.Join(e.finder.close(), e.reader.close(), e.turner.close())
	e.finder, e.reader, e.turner, e.alphabet = nil, nil, nil, nil
	return err
}

// shaped checks what the reading network answered.
func shaped(shape []int64, lines, classes int) error {
	if len(shape) != 3 || int(shape[0]) != lines || int(shape[2]) != classes {
		return fmt.Errorf("run model: an answer of the shape %v for %d lines of %d classes", shape, lines, classes)
	}
	return nil
}
