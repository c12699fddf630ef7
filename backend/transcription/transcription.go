// Package transcription puts what hears speech into its child process.
//
// Invariant: library and model are loaded before the lock falls; what hears
// foreign sound afterwards can open no file. Without a model nothing of this
// runs.
package transcription

import (
	"encoding/json"
	"fmt"
	"net"
	"time"

	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/speech"
)

// None as the folder of a model: nothing hears.
const None = "-"

// Role of the child; there is one.
const Role = "speech"

const (
	// Beside the model, which may be unpacked in memory to twice its size: the
	// network's own heap, and the sound.
	extraData = 2 << 30
	maxHeap   = 256 << 20
	maxFiles  = 64
	// maxShared bounds what is handed back in shared memory.
	maxShared = 64 << 20
	// loading reads and digests some gigabytes from a slow disk.
	loading = 5 * time.Minute
	// Patience is for one span of half a minute with a large model on a machine
	// that others work on.
	Patience = 5 * time.Minute
)

// Setup says where things lie on this machine.
type Setup struct {
	Model   string `json:"model"`   // folder of the bureau's model
	Library string `json:"library"` // folder of what runs it
}

// Engine is the life of the child.
func Engine() worker.Engine {
	var ears speech.Ears
	return worker.Engine{
		Warm: func(raw []byte) error {
			var s Setup
			if err := json.Unmarshal(raw, &s); err != nil {
				return fmt.Errorf("read setup: %w", err)
			}
			m, err := speech.Look(s.Model, s.Library)
			if err != nil {
				return err
			}
			ears, err = m.Load()
			return err
		},
		Serve: func(conn *net.UnixConn) error { return speech.Serve(conn, ears) },
	}
}

// Command starts the child for a model that was looked at.
func (s Setup) Command(m speech.Model) (worker.Command, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return worker.Command{}, fmt.Errorf("encode setup: %w", err)
	}
	return worker.Command{
		Name: worker.Speech, Role: Role, Late: true, Setup: raw, Patience: loading,
		Limits: worker.Limits{Data: extraData + 2*uint64(m.Size), Heap: maxHeap, Files: maxFiles, FileSize: maxShared}, //nolint:gosec // G115: a size is positive
	}, nil
}
