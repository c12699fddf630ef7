package compound_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound"
	"diaoyue.example/workstation/search/extract/compound/compoundtest"
)

func TestStreams(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789abcdef"), 1000)
	raw := compoundtest.Build(compoundtest.Entry{Path: "a", Data: []byte("short")}, compoundtest.Entry{Path: "s/b", Data: long}, compoundtest.Entry{Path: "s/t/c"})
	if !compound.Is(raw) {
		t.Error("not known by its first bytes")
	}
	f, err := compound.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]byte{"a": []byte("short"), "s/b": long, "s/t/c": {}} {
		if got, err := f.Stream(find(t, f, path), 1<<20); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
	}
	if got, err := f.Stream("none", 1); got != nil || err != nil {
		t.Errorf("a stream that is not there: %v, %v", got, err)
	}
	if _, err := f.Stream(find(t, f, "s/b"), 100); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("%v, want ErrLimit", err)
	}
}

func find(t *testing.T, f *compound.File, path string) string {
	t.Helper()
	if !slices.Contains(f.Paths(), path) {
		t.Fatalf("no %s in %q", path, f.Paths())
	}
	return path
}

func FuzzOpen(f *testing.F) {
	raw := compoundtest.Build(compoundtest.Entry{Path: "WordDocument", Data: make([]byte, 5000)}, compoundtest.Entry{Path: "s/1Table", Data: make([]byte, 100)})
	f.Add(raw, 48, byte(7))
	f.Add(raw[:700], 1, byte(1))
	f.Fuzz(func(t *testing.T, raw []byte, at int, v byte) {
		if at >= 0 && at < len(raw) {
			raw = slices.Clone(raw)
			raw[at] = v
		}
		defer func() { _ = recover() }() // the extractor's wall; what counts here is an end
		c, err := compound.Open(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		for _, p := range c.Paths() {
			if b, err := c.Stream(p, 1<<20); err == nil && len(b) > len(raw) {
				t.Errorf("%d bytes out of %d", len(b), len(raw))
			}
		}
	})
}
