//go:build linux && amd64

package store_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/figure/mishap"
	"diaoyue.example/workstation/backend/store"
)

func submit() error { return mishap.Submit() }

// work is this test binary doing something as a child.
func work(tb testing.TB, words ...string) *exec.Cmd {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join(words, "\n"), "GOCOVERDIR="+tb.TempDir())
	return cmd
}

// said is what a child that adds rows said.
type said struct {
	ok, no []string          // ids
	why    map[string]string // code of each refusal
	end    string            // code of the error that ended it
	full   bool              // it came to its end without one
}

func listen(text []byte) said {
	s := said{why: map[string]string{}}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		switch f := strings.Fields(lines.Text()); {
		case len(f) == 2 && f[0] == "ok":
			s.ok = append(s.ok, f[1])
		case len(f) == 3 && f[0] == "no":
			s.no, s.why[f[1]] = append(s.no, f[1]), f[2]
		case len(f) > 1 && f[0] == "end":
			s.end = f[1]
		case len(f) == 1 && f[0] == "end":
			s.full = true
		}
	}
	return s
}

// suffer lets a child work with a failing disk.
func suffer(tb testing.TB, f mishap.Failure, words ...string) (said, int) {
	tb.Helper()
	cmd := work(tb, words...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	n, err := mishap.Run(cmd, f)
	if errors.Is(err, mishap.ErrUnable) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err, out.String())
	}
	s := listen(out.Bytes())
	if !s.full && s.end == "" {
		tb.Errorf("the child fell over: %s", out.String())
	}
	return s, n
}

// ids returns the rows of a database that a child left.
func ids(tb testing.TB, path string) map[string]bool {
	tb.Helper()
	db, err := store.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	all := map[string]bool{}
	err = db.Read(tb.Context(), func(tx *store.Tx) error {
		var sound string
		if err = tx.QueryRow(`PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
			tb.Errorf("integrity_check: %s, %v", sound, err)
		}
		rows, failed := tx.Query(`SELECT id FROM account`)
		if failed != nil {
			return failed
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if failed = rows.Scan(&id); failed != nil {
				return failed
			}
			all[id] = true
		}
		return rows.Err()
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// A commit fails; the change is refused in words, the next ones stand, and
// nothing acknowledged is lost.
func TestGoesOnAfterAFailedCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	_, all := suffer(t, mishap.Failure{Dir: filepath.Dir(path)}, "add", path, "0", "1")
	refused := 0
	for n := range all + 20 {
		from := 100 * (n + 1)
		s, _ := suffer(t, mishap.Failure{Dir: filepath.Dir(path), At: n + 1, Errno: unix.EIO}, "add", path, strconv.Itoa(from), strconv.Itoa(from+4))
		if len(s.no) == 0 {
			continue
		}
		refused++
		// A file that cannot be opened for writing is opened for reading.
		why := s.why[s.no[0]]
		if len(s.no) > 1 || len(s.ok) != 3 || why != store.ErrDisk.Code() && why != store.ErrReadOnly.Code() {
			t.Errorf("at %d: %+v", n+1, s)
		}
		have := ids(t, path)
		for _, id := range s.ok {
			if !have[id] {
				t.Errorf("at %d: %s was acknowledged and is gone", n+1, id)
			}
		}
		if refused == 6 {
			return
		}
	}
	t.Errorf("%d commits failed in %d operations", refused, all)
}

func TestLockOnADiskThatFails(t *testing.T) {
	for errno, want := range map[unix.Errno]string{
		unix.ENOSPC: store.ErrNoSpace.Code(), unix.EROFS: store.ErrReadOnly.Code(), unix.EIO: store.ErrDisk.Code(),
	} {
		for at := 1; at <= 3; at++ { // opened, emptied, signed
			dir := t.TempDir()
			s, n := suffer(t, mishap.Failure{Dir: dir, At: at, Errno: errno}, "hold", dir)
			if n < at || s.end != want {
				t.Errorf("%v at %d: %q, want %q", errno, at, s.end, want)
			}
		}
	}
}
