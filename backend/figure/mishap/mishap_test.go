//go:build linux && amd64

package mishap_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/figure/mishap"
)

const childEnv = "DIAOYUE_MISHAP_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		fmt.Println(child(dir))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child does five operations that count, and says how each ended.
func child(dir string) string {
	if err := mishap.Submit(); err != nil {
		return "submit: " + err.Error()
	}
	said := []string{}
	say := func(err error) {
		switch {
		case err == nil:
			said = append(said, "ok")
		case errors.Is(err, unix.EIO):
			said = append(said, "EIO")
		case errors.Is(err, unix.ENOSPC):
			said = append(said, "ENOSPC")
		default:
			said = append(said, err.Error())
		}
	}
	f, err := os.Create(filepath.Join(dir, "file"))
	say(err)
	if err == nil {
		_, err = f.WriteString("words")
		say(err)
		say(f.Sync())
		_ = f.Close()
	}
	say(os.Rename(filepath.Join(dir, "file"), filepath.Join(dir, "name")))
	say(os.Remove(filepath.Join(dir, "name")))
	return strings.Join(said, " ")
}

func TestTheNthOperationFails(t *testing.T) {
	for _, c := range []struct {
		f    mishap.Failure
		want string
	}{
		{mishap.Failure{}, "ok ok ok ok ok"},
		{mishap.Failure{At: 2, Errno: unix.EIO}, "ok EIO ok ok ok"},
		{mishap.Failure{At: 3, Errno: unix.ENOSPC}, "ok ok ENOSPC ok ok"},
		{mishap.Failure{At: 4, Errno: unix.EIO, Stays: true}, "ok ok ok EIO EIO"},
		{mishap.Failure{At: 1, Errno: unix.EIO, Stays: true, Spare: func(p string) bool { return filepath.Base(p) == "file" }}, "ok ok ok ok EIO"},
	} {
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+dir)
		var out bytes.Buffer
		cmd.Stdout = &out
		c.f.Dir = dir
		n, err := mishap.Run(cmd, c.f)
		if errors.Is(err, mishap.ErrUnable) {
			t.Skip(err)
		}
		if got := strings.TrimSpace(out.String()); err != nil || got != c.want || c.f.Spare == nil && n < 5 {
			t.Errorf("%+v: %q after %d calls, %v", c.f, got, n, err)
		}
	}
}

func TestWhatWasNotSyncedIsLostInACut(t *testing.T) {
	d, err := mishap.NewDisk(t, 16<<20)
	if errors.Is(err, mishap.ErrUnable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, sync bool) {
		f, failed := os.Create(filepath.Join(d.Dir, name))
		if failed == nil {
			_, failed = f.WriteString("words")
		}
		if failed == nil && sync {
			failed = f.Sync()
		}
		if failed = errors.Join(failed, f.Close()); failed != nil {
			t.Fatal(failed)
		}
	}
	write("kept", true)
	write("lost", false)
	err = d.Cut(t, func(dir string) {
		if text, gone := os.ReadFile(filepath.Join(dir, "kept")); string(text) != "words" {
			t.Errorf("what was synced is gone: %q, %v", text, gone)
		}
		if text, gone := os.ReadFile(filepath.Join(dir, "lost")); gone == nil && len(text) > 0 {
			t.Errorf("what was not synced survived: %q", text)
		}
	})
	if err != nil {
		t.Error(err)
	}
}
