package search_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search"
)

// TestDamageIsFound overwrites eight bytes in the middle of each segment in
// turn: Bleve opens such an index and says nothing, Check says it.
func TestDamageIsFound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := open(t, dir)
	for i := range 3 {
		put(t, x, int64(i), page("A", "A/1", i+1, fmt.Sprintf("查封仓库%d", i)))
	}
	settle(t, x)
	if err := x.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := x.Check(t.Context()); err != nil {
		t.Fatalf("a good index: %v", err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	segments, _ := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if len(segments) == 0 {
		t.Fatal("no segments on the disk")
	}
	for _, s := range segments {
		good, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]byte(nil), good...)
		copy(bad[len(bad)/2:], "damaged!")
		if err = os.WriteFile(s, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		x, err = search.Open(dir, search.Config{})
		if err == nil {
			err = errors.Join(x.Check(t.Context()), x.Close())
		}
		if !errors.Is(err, search.ErrDamaged) {
			t.Errorf("%s damaged: %v", filepath.Base(s), err)
		}
		if err = os.WriteFile(s, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// settle waits until the segments are on the disk.
func settle(t *testing.T, x *search.Index) {
	t.Helper()
	for range 100 {
		before, _ := filepath.Glob(filepath.Join(x.Dir(), "store", "*.zap"))
		time.Sleep(50 * time.Millisecond)
		after, _ := filepath.Glob(filepath.Join(x.Dir(), "store", "*.zap"))
		if len(after) > 0 && cmp.Equal(before, after) {
			return
		}
	}
	t.Fatal("the index does not come to rest")
}

func TestRebuildTakesThePlace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := open(t, dir)
	put(t, x, 1, page("A", "A/1", 1, "旧的查封"))
	failed := errors.New("the disk is full")
	err := x.Rebuild(t.Context(), func(_ context.Context, fresh *search.Index) error {
		put(t, fresh, 1, page("A", "A/1", 1, "新的查封"))
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("rebuilding failed with %v", err)
	}
	if got := ids(t, x, `"旧的"`); len(got) != 1 {
		t.Errorf("after a failure the index holds %v", got)
	}
	err = x.Rebuild(t.Context(), func(_ context.Context, fresh *search.Index) error {
		if got := ids(t, x, `"旧的"`); len(got) != 1 {
			t.Errorf("meanwhile the index finds %v", got)
		}
		put(t, fresh, 9, page("A", "A/1", 1, "新的查封"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(t, x, `"新的"`); len(got) != 1 {
		t.Errorf("the fresh index finds %v", got)
	}
	if got := ids(t, x, `"旧的"`); len(got) != 0 {
		t.Errorf("the old places are still found: %v", got)
	}
	p, err := x.Position()
	if err != nil || p != 9 {
		t.Errorf("position %d, %v", p, err)
	}
	if err = x.Check(t.Context()); err != nil {
		t.Error(err)
	}
	put(t, x, 10, page("B", "B/1", 1, "以后的查封"))
	if err = x.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err = os.Stat(dir + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was built beside is still there: %v", err)
	}
	if got := ids(t, open(t, dir), `"查封"`); len(got) != 2 {
		t.Errorf("reopened: %v", got)
	}
	// A rebuild that was killed leaves its folder; the next one throws it away.
	if err = os.CopyFS(dir+".new", os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	y := open(t, filepath.Join(t.TempDir(), "other"))
	_ = y.Rebuild(t.Context(), func(context.Context, *search.Index) error { return nil })
}
