package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"

	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/remote"
)

// mediaWorker is a sandboxed media worker with its client, as the window has it.
type mediaWorker struct {
	*remote.Client

	child *worker.Child
}

// newMediaWorker starts this very program as a locked-in media worker, under
// the limits of the window's own.
func newMediaWorker(ctx context.Context) (*mediaWorker, error) {
	child, err := worker.Start(ctx, worker.Command{Name: worker.Media, Role: "lab", Limits: worker.Limits{
		Data: 2 << 30, Heap: 256 << 20, Files: 256, FileSize: 1 << 40,
	}})
	if err != nil {
		return nil, fmt.Errorf("start media worker: %w", err)
	}
	return &mediaWorker{Client: remote.Dial(child.Conn()), child: child}, nil
}

// end hangs up and says how the worker ended: worker.WhyExit if by itself.
func (w *mediaWorker) end() (worker.Exit, error) {
	err := w.Close()
	return w.child.Exit(), err
}

// peak is the most memory that the worker ever had resident, in MB; 0 if it is
// gone.
func (w *mediaWorker) peak() float64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(w.child.PID()) + "/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kb, _ := strconv.ParseFloat(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB")))), 64)
			return kb / 1024
		}
	}
	return 0
}
