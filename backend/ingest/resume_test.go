package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// stepIndexing is where the child dies that has kept a part of an index.
const stepIndexing = "indexing"

// dieIndexing kills the process as soon as a part of the index is kept.
func dieIndexing(ctx context.Context, v *vault.Vault, sha256 string) error {
	for ctx.Err() == nil {
		f, err := v.Derived(sha256, catalog.DerivedIndexPart)
		if errors.Is(err, fs.ErrNotExist) {
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		defer f.Close()
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return ctx.Err()
}

// The program killed in the middle of an index goes on where it was, and the
// index is the one that a build in one go gives.
func TestKilledWhileIndexing(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	path := backendtest.Clip(t, t.TempDir(), "long.mp4", mediatest.Clip{Width: 320, Height: 180, Frames: 2400, GOP: 50, BFrames: 2})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "GOCOVERDIR="+t.TempDir(), childEnv+"="+strings.Join([]string{
		h.Config.Dir, h.Config.StateDir, h.As(accounts.Archivist).Number, file.ID, path, stepIndexing,
	}, "\n"))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the program was not killed: %v %s", err, out)
	}
	parts, err := filepath.Glob(filepath.Join(h.Config.Dir, "derived", "*", catalog.DerivedIndexPart))
	if err != nil || len(parts) != 1 || size(t, parts[0]) == 0 {
		t.Fatalf("parts kept: %v, %v", parts, err)
	}

	w, err := backendtest.Enter(t.Context(), h.Config.Dir, h.Config.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	h.Workstation = w
	var mu sync.Mutex
	least := size(t, path)
	end := w.Jobs.Subscribe(func(j jobs.Job) {
		mu.Lock()
		defer mu.Unlock()
		if j.Kind == ingest.JobFrameIndex && j.State == jobs.Running && j.Done > 0 {
			least = min(least, j.Done)
		}
	})
	defer end()
	if err = w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if least < size(t, path)/5 {
		t.Errorf("it began again at byte %d of %d", least, size(t, path))
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(filepath.Dir(parts[0]), catalog.DerivedFrameIndex))
	if err != nil || !bytes.Equal(got, want.Marshal()) {
		t.Errorf("the index is not that of one go (%v)", err)
	}
	if n := size(t, parts[0]); n != 0 {
		t.Errorf("the part still takes %d bytes", n)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
