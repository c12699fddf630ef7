package ingest

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/search/extract/text"
)

// maxTranscript bounds how much of a transcript is read.
const maxTranscript = 20 << 20

// transcripts finds what r and the records of its case say of each other: a
// transcript belongs to the recording of the same case with the same name,
// whichever came first.
func (d *Desk) transcripts(ctx context.Context, r catalog.Record) ([]catalog.Transcript, error) {
	if r.Medium != catalog.MediumTranscript && !r.Footage() {
		return nil, nil
	}
	others, err := d.cfg.Catalog.Records(ctx, r.CaseID)
	if err != nil {
		return nil, err
	}
	var out []catalog.Transcript
	for _, o := range others {
		recording, source := r, o
		if r.Medium == catalog.MediumTranscript {
			recording, source = o, r
		}
		if !recording.Footage() || source.Medium != catalog.MediumTranscript || base(recording) != base(source) {
			continue
		}
		cues, err := d.cues(source.SHA256)
		if err != nil {
			return nil, err
		}
		if len(cues) > 0 {
			out = append(out, catalog.Transcript{RecordID: recording.ID, SourceID: source.ID, Cues: cues})
		}
	}
	return out, nil
}

// cues reads a transcript's original. One that is no transcript has none; it
// stays a paper of the case.
func (d *Desk) cues(sha256 string) ([]catalog.Cue, error) {
	f, err := d.cfg.Vault.Original(sha256)
	if err != nil {
		return nil, fmt.Errorf("open transcript: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxTranscript))
	if err != nil {
		return nil, fmt.Errorf("read transcript: %w", err)
	}
	spans, err := text.ParseSRT(raw)
	if err != nil {
		return nil, nil // whatever is wrong with foreign bytes, the paper itself is kept
	}
	out := make([]catalog.Cue, 0, len(spans))
	for _, s := range spans {
		out = append(out, catalog.Cue{From: float64(s.T0) / 1000, To: float64(s.T1) / 1000, Text: s.Text})
	}
	return out, nil
}

func base(r catalog.Record) string {
	return strings.ToLower(strings.TrimSuffix(r.FileName, filepath.Ext(r.FileName)))
}
