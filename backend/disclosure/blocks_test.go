package disclosure_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/disclosure"
)

// blockSize is that of a file system: less than a second of footage.
const blockSize = 4096

// blocksIn counts the blocks of the original that lie anywhere in a file
// below dir, at any offset.
func blocksIn(tb testing.TB, original []byte, dir string) (found, files int) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for at := 0; at+blockSize <= len(original); at += blockSize {
			if bytes.Contains(text, original[at:at+blockSize]) {
				found++
			}
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return found, files
}

func (b *bureau) original(tb testing.TB) []byte {
	tb.Helper()
	f := must[*os.File](tb)(b.vault.Original(b.record.SHA256))
	defer f.Close()
	return must[[]byte](tb)(os.ReadFile(f.Name()))
}

// leaks tries to release a copy in every state and returns how many blocks of
// the original lie in what went out, and how many files went out before the
// approval.
func leaks(tb testing.TB, b *bureau) (blocks, early, files int) {
	tb.Helper()
	original, out := b.original(tb), tb.TempDir()
	tryAll := func(id string) {
		tb.Helper()
		if _, err := b.desk.Release(tb.Context(), b.officer, id, out); err == nil {
			tb.Error("released before the approval")
		}
		found, n := blocksIn(tb, original, out)
		blocks, early = blocks+found, early+n
	}
	s := must[disclosure.Summary](tb)(b.desk.Submit(tb.Context(), b.officer, b.record.ID, b.plan(tb, nil)))
	tryAll(s.ID) // being made
	if err := b.jobs.Drain(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tryAll(s.ID) // a candidate
	if err := b.desk.Reject(tb.Context(), b.head, s.ID, "再遮一处。"); err != nil {
		tb.Fatal(err)
	}
	tryAll(s.ID) // rejected
	c := b.approved(tb)
	must[disclosure.Released](tb)(b.desk.Release(tb.Context(), b.officer, c.ID, out))
	found, n := blocksIn(tb, original, out)
	return blocks + found, early, n
}

// Nothing goes out before the approval, and what goes out afterwards holds no
// block of the original; the search itself finds one that was put there.
func TestNoBlockOfTheOriginalLeaves(t *testing.T) {
	b := open(t)
	if blocks, early, files := leaks(t, b); blocks > 0 || early > 0 || files != 3 {
		t.Errorf("%d blocks, %d files before the approval, %d after; want none, none, 3", blocks, early, files)
	}
	original := b.original(t)
	if len(original) < 4*blockSize {
		t.Fatalf("the original has %d bytes", len(original))
	}
	control := t.TempDir()
	if err := os.WriteFile(filepath.Join(control, "copy"), append([]byte("x"), original[:2*blockSize]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, _ := blocksIn(t, original, control); found != 2 {
		t.Errorf("the control holds 2 blocks, %d found", found)
	}
}
