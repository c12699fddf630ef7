package backend_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/backend/worker"
)

// The test binary is the workers too.
func TestMain(m *testing.M) {
	if args := os.Args[1:]; len(args) > 0 && args[0] == worker.Speech {
		os.Exit(worker.Main(speechWorker()))
	}
	if backend.IsWorker(os.Args[1:]) {
		os.Exit(backend.Worker(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// A killed worker is told, written into the log, and costs the viewing one
// fresh start and no picture.
func TestWorkerDeath(t *testing.T) {
	var mu sync.Mutex
	var told []string
	h := backendtest.Open(t, backendtest.Options{})
	h.Config.Workers = true
	h.Config.OnWorkerDeath = func(role, _, why string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, role+" "+why)
	}
	h.Reopen(t)
	record := h.Take(t, h.Case(t, "C-1").ID, backendtest.Clip(t, t.TempDir(), "c.mp4", backendtest.Small()))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: record.ID, Purpose: viewing.PurposePlanned})
	if err != nil {
		t.Fatal(err)
	}
	before, err := v.Frame(t.Context(), 7, viewing.FrameRequest{})
	if err != nil {
		t.Fatal(err)
	}
	desk := engine(t, h, worker.Media)
	if !desk.Running || !desk.Sandbox.NoNewPrivs || !desk.Sandbox.Undumpable {
		t.Fatalf("the desk's worker: %+v", desk)
	}
	if err = syscall.Kill(desk.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	after, err := v.Frame(t.Context(), 7, viewing.FrameRequest{})
	if err != nil || after.Info.Number != before.Info.Number || after.Info.PTS != before.Info.PTS {
		t.Errorf("after the death: %+v (%v), before %+v", after.Info, err, before.Info)
	}
	if fresh := engine(t, h, worker.Media); fresh.PID == desk.PID || fresh.Deaths != 1 {
		t.Errorf("no fresh worker: %+v", fresh)
	}
	mu.Lock()
	if len(told) != 1 || told[0] != backend.RoleDesk+" killed" {
		t.Errorf("told %q", told)
	}
	mu.Unlock()
	entries, err := h.Log.List(t.Context(), audit.Filter{Event: audit.WorkerDied})
	if err != nil || len(entries) != 1 || entries[0].Result != audit.Failed {
		t.Errorf("entries %+v (%v)", entries, err)
	}
}

// engine is the worker of the desk.
func engine(t *testing.T, h *backendtest.House, name string) backend.EngineStatus {
	t.Helper()
	for _, e := range h.Engines() {
		if e.Name == name && e.Role == backend.RoleDesk {
			return e
		}
	}
	t.Fatalf("no %s for the desk", name)
	return backend.EngineStatus{}
}

// The page view goes on in a fresh worker when the first was killed, and the
// death is told and in the log.
func TestPaperWorkerDeath(t *testing.T) {
	var mu sync.Mutex
	var told []string
	h := backendtest.Open(t, backendtest.Options{})
	h.Config.Workers = true
	h.Config.OnWorkerDeath = func(role, _, why string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, role+" "+why)
	}
	h.Reopen(t)
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("some words of a paper"), 0o600); err != nil {
		t.Fatal(err)
	}
	record := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := h.Catalog.Record(t.Context(), record.ID); err != nil || r.TextState != "text" || r.Pages != 1 {
		t.Fatalf("the text: %+v (%v)", r, err)
	}
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: record.ID, Purpose: viewing.PurposePlanned})
	if err != nil {
		t.Fatal(err)
	}
	before, err := v.Page(t.Context(), 1, 400)
	if err != nil {
		t.Fatal(err)
	}
	desk := engine(t, h, worker.Extract)
	if !desk.Sandbox.NoNewPrivs || !desk.Sandbox.Undumpable {
		t.Errorf("the desk's worker: %+v", desk)
	}
	if err = syscall.Kill(desk.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	after, err := v.Page(t.Context(), 1, 400)
	if err != nil || !bytes.Equal(after.Bytes, before.Bytes) {
		t.Errorf("another picture after the death (%v)", err)
	}
	if fresh := engine(t, h, worker.Extract); fresh.PID == desk.PID || fresh.Deaths != 1 {
		t.Errorf("no fresh worker: %+v", fresh)
	}
	mu.Lock()
	if len(told) != 1 || told[0] != backend.RoleDesk+" killed" {
		t.Errorf("told %q", told)
	}
	mu.Unlock()
	entries, err := h.Log.List(t.Context(), audit.Filter{Event: audit.WorkerDied})
	if err != nil || len(entries) != 1 || entries[0].Result != audit.Failed {
		t.Errorf("entries %+v (%v)", entries, err)
	}
}
