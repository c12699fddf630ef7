//go:build faults

package backend_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/figure"
	"diaoyue.example/workstation/backend/preservation"
)

// Backups are tried: each set comes back with the roots that the log knows,
// and every file with both digests. The control damages each file of the
// backup in turn; a drill that calls that equal would be worth nothing.
func TestFigureDrill(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	dir, scratch, key := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "key.txt")
	public, err := preservation.NewIdentity(key, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(13, 14))
	const sets, papers = 4, 3
	who := h.As(accounts.SystemAdministrator)
	var made []string
	for i := range sets {
		f := h.Case(t, fmt.Sprintf("C-%d", i))
		for j := range papers {
			path := filepath.Join(t.TempDir(), fmt.Sprintf("%d-%d.txt", i, j))
			if err := os.WriteFile(path, []byte(fmt.Sprint(i, j)+strings.Repeat(" words", dice.IntN(1<<15))), 0o600); err != nil {
				t.Fatal(err)
			}
			h.Take(t, f.ID, path)
		}
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.Clock.Move(time.Hour)
		set, err := h.Preservation.Backup(t.Context(), who, dir, []string{public}, nil)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, set.ID)
	}
	drill := func(set string) (preservation.Drill, error) {
		return h.Preservation.Drill(t.Context(), who, preservation.DrillWish{Dir: dir, Set: set, IdentityPath: key, Scratch: scratch}, nil)
	}
	equal, files := 0, 0
	for _, set := range made {
		got, err := drill(set)
		if err != nil {
			t.Fatal(err)
		}
		files += got.OriginalsEqual
		if got.Equal {
			equal++
		}
	}
	want := papers * sets * (sets + 1) / 2
	figure.Report(t, figure.Figure{
		Row: figure.Drill, Name: fmt.Sprintf("%d sets of one backup, encrypted, restored in full: %d with the roots the log knows, %d of %d files", sets, equal, files, want),
		Value: verdict(equal == sets && files == want, "all", "not all"), OK: equal == sets && files == want,
	})
	damaged, called := 0, 0
	for _, path := range filesOf(t, dir) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) == "README.txt" || len(text) == 0 {
			continue // for people only
		}
		for _, harm := range []func([]byte) []byte{
			func(b []byte) []byte {
				c := append([]byte(nil), b...)
				c[dice.IntN(len(c))] ^= 1 << dice.IntN(8)
				return c
			},
			func(b []byte) []byte { return b[:dice.IntN(len(b))] },
			nil, // gone
		} {
			damaged++
			if harm == nil {
				err = os.Remove(path)
			} else {
				err = rewrite(path, harm(text))
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := drill(made[sets-1])
			if concerns(path, dir, made[sets-1]) && err == nil && got.Equal {
				called++
				t.Errorf("%s damaged, and the drill calls it equal", path)
			}
			if err := rewrite(path, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := drill(made[sets-1]); err != nil || !got.Equal {
		t.Errorf("mended: %+v, %v", got, err)
	}
	figure.Report(t, figure.Figure{
		Row: figure.DrillDamaged, Name: fmt.Sprintf("%d times a bit flipped, the end cut off, or a file gone, each file of the backup", damaged),
		Value: fmt.Sprint(called), OK: called == 0 && damaged > 50,
	})
}

// concerns reports whether a file of the backup is needed for a set: the
// others' own files are not.
func concerns(path, dir, set string) bool {
	below, err := filepath.Rel(filepath.Join(dir, "sets"), path)
	return err != nil || strings.HasPrefix(below, "..") || strings.HasPrefix(below, set)
}

func verdict(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}

func filesOf(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func rewrite(path string, text []byte) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
