// Package extraction puts the extractor into its child process.
//
// Invariant: fonts and the compiled PDF engine are opened, and all machine code
// is made, before the lock falls; what reads foreign bytes afterwards can open
// no file and make no code.
package extraction

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/formats"
	"diaoyue.example/workstation/search/extract/remote"
)

const (
	// maxData bounds the child's writable memory. A page's picture of 40 million
	// points takes 160 MB, and PDFium its share.
	maxData = 1 << 30
	// maxHeap is where Go's collector begins to hurry; the PDF engine's memory and
	// that of the networks are not in it.
	maxHeap = 160 << 20
	// maxFiles: the files of open documents, a font or two.
	maxFiles = 128
	// maxShared bounds what is handed back in shared memory.
	maxShared = 256 << 20
	// patience is for the very first start, which compiles the PDF engine: 15 s
	// of one processor, on a slow one much more.
	patience = 3 * time.Minute
	// heavy is the resident memory from which a fresh child takes over.
	heavy = 600 << 20
)

// Setup says where things lie on this machine.
type Setup struct {
	CacheDir string   `json:"cache_dir"` // where the compiled PDF engine is kept
	Fonts    []string `json:"fonts"`     // nil takes the system's
	OCR      string   `json:"ocr"`       // as formats.Config.OCR
}

// Engine is the life of the child.
func Engine() worker.Engine {
	var x *extract.Extractor
	return worker.Engine{
		Warm: func(raw []byte) error {
			var s Setup
			if err := json.Unmarshal(raw, &s); err != nil {
				return fmt.Errorf("read setup: %w", err)
			}
			cfg := s.config()
			cfg.Expendable = true // the other end kills a child that does not answer
			x = formats.New(cfg)
			return x.Warm(context.Background())
		},
		Serve: func(conn *net.UnixConn) error { return remote.Serve(conn, x) },
	}
}

// Extractor is the same inside this process, for programs that cannot run as
// their own child. Close it.
func (s Setup) Extractor() *extract.Extractor { return formats.New(s.config()) }

func (s Setup) config() formats.Config {
	return formats.Config{CacheDir: s.CacheDir, Fonts: s.Fonts, OCR: s.OCR}
}

// Command starts the child.
func (s Setup) Command(role string) (worker.Command, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return worker.Command{}, fmt.Errorf("encode setup: %w", err)
	}
	return worker.Command{
		Name: worker.Extract, Role: role, Setup: raw, Patience: patience,
		Limits: worker.Limits{Data: maxData, Heap: maxHeap, Files: maxFiles, FileSize: maxShared},
	}, nil
}

// Heavy reports whether a child holds so much memory that a fresh one should
// take over.
func Heavy(c *worker.Child) bool { return c != nil && c.Resident() > heavy }
