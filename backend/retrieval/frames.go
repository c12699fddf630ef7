package retrieval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/search"
)

// kept is how many frame indexes stay in memory: a long recording's takes a few
// megabytes.
const kept = 16

// rounding is half of what times of spoken words are kept in, a millisecond: a
// word that was put at a frame must be found at that frame, whose time may be a
// fraction later than the whole millisecond.
const rounding = 0.0005 // s

// frames says which frame is on show when a word is spoken, by the frame
// indexes that the vault keeps.
type frames struct {
	vault *vault.Vault

	mu    sync.Mutex
	known map[string]*frameindex.Index // by the original's SHA-256
}

// fill gives every spoken place its frame: the one on show when the span
// begins. It stays -1 while the recording has no frame index, and where there
// is only sound.
func (x *frames) fill(groups []CaseGroup) error {
	for _, g := range groups {
		for _, r := range g.Records {
			if err := x.fillRecord(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *frames) fillRecord(r RecordGroup) error {
	for i := range r.Hits {
		h := &r.Hits[i]
		if h.Source != search.SourceSpeech || r.Record.Frames == 0 {
			continue
		}
		ix, err := x.of(r.Record)
		if err != nil {
			return fmt.Errorf("frame of a spoken place: %w", err)
		}
		if ix == nil {
			return nil
		}
		h.Frame = ix.FrameAt(h.Time + rounding)
	}
	return nil
}

// of returns the index of a recording, nil while there is none that can be read.
func (x *frames) of(r catalog.Record) (*frameindex.Index, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if ix := x.known[r.SHA256]; ix != nil {
		return ix, nil
	}
	f, err := x.vault.Derived(r.SHA256, catalog.DerivedFrameIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open frame index: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read frame index: %w", err)
	}
	ix, err := frameindex.Unmarshal(data)
	if err != nil {
		return nil, nil // a spoilt index is made anew when the recording is viewed; the time tells the place till then
	}
	if x.known == nil || len(x.known) >= kept {
		x.known = map[string]*frameindex.Index{}
	}
	x.known[r.SHA256] = ix
	return ix, nil
}
