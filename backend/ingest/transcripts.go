package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search/extract/text"
)

// maxTranscript bounds how much of a transcript is read, in bytes.
const maxTranscript = 20 << 20

// transcripts finds what r and the records of its case say of each other. A
// transcript belongs to the recording that was named for it, else to those of
// its case with the same name, whichever came first. remark says why a file
// that was named as a transcript gives none; it is kept as a paper all the same.
func (d *Desk) transcripts(ctx context.Context, r catalog.Record, recordingID string) (out []catalog.Transcript, remark, err error) {
	if r.Medium != catalog.MediumTranscript && !r.Footage() {
		return nil, nil, nil
	}
	others, err := d.cfg.Catalog.Records(ctx, r.CaseID)
	if err != nil {
		return nil, nil, err
	}
	if r.Medium == catalog.MediumTranscript {
		if _, remark, err = d.spoken(r); err != nil || remark != nil {
			return nil, remark, err
		}
	}
	for _, o := range others {
		recording, source := r, o
		if r.Medium == catalog.MediumTranscript {
			recording, source = o, r
		}
		if !recording.Footage() || source.Medium != catalog.MediumTranscript {
			continue
		}
		if recordingID == "" && base(recording) != base(source) || recordingID != "" && recording.ID != recordingID {
			continue
		}
		t, _, err := d.spoken(source)
		if err != nil {
			return nil, nil, err
		}
		if len(t.Cues) > 0 {
			t.RecordID, t.SourceID = recording.ID, source.ID
			out = append(out, t)
		}
	}
	return out, nil, nil
}

// spoken reads a transcript's original. Whatever is wrong with foreign bytes is
// a remark: the paper itself is kept.
func (d *Desk) spoken(source catalog.Record) (t catalog.Transcript, remark, err error) {
	t = catalog.Transcript{Origin: catalog.OriginFile, Label: source.FileName}
	f, err := d.cfg.Vault.Original(source.SHA256)
	if err != nil {
		return t, nil, fmt.Errorf("open transcript: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxTranscript+1))
	if err != nil {
		return t, nil, fmt.Errorf("read transcript: %w", err)
	}
	var read text.Transcript
	if len(raw) > maxTranscript {
		err = text.ErrTooLarge
	} else {
		read, err = text.ParseTranscript(raw)
	}
	if err != nil {
		why := "encoding"
		switch {
		case errors.Is(err, text.ErrNoSpans):
			why = "times"
		case errors.Is(err, text.ErrNoWords):
			why = "words"
		case errors.Is(err, text.ErrTooLarge):
			why = "size"
		}
		return t, fmt.Errorf("%w: %w", ErrNotTranscript.With("name", source.FileName, "why", why), err), nil
	}
	t.Cues = make([]catalog.Cue, 0, len(read.Spans))
	for _, s := range read.Spans {
		t.Cues = append(t.Cues, catalog.Cue{From: float64(s.T0) / 1000, To: float64(s.T1) / 1000, Speaker: s.Speaker, Text: s.Text})
	}
	return t, nil, nil
}

// joinKnown writes the entry of an original that is there already, and lets its
// words belong to the recording that was named for it, if they do not yet.
func (d *Desk) joinKnown(ctx context.Context, sourceID, recordingID string, entry audit.Entry) (audit.Receipt, error) {
	if recordingID == "" {
		return d.cfg.Log.Note(ctx, entry)
	}
	source, err := d.cfg.Catalog.Record(ctx, sourceID)
	if err != nil {
		return audit.Receipt{}, err
	}
	spoken, _, err := d.transcripts(ctx, source, recordingID)
	if err != nil {
		return audit.Receipt{}, err
	}
	return d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		for _, t := range spoken {
			if _, err := d.cfg.Catalog.AddTranscript(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// alone remarks on transcripts that were stored and belong to no recording yet.
func (w *work) alone(ctx context.Context) error {
	for i := range w.p.Outcomes {
		o := &w.p.Outcomes[i]
		if o.State != Stored || o.Err != nil || families()[strings.ToLower(filepath.Ext(o.Name))] != catalog.MediumTranscript {
			continue
		}
		spoken, err := w.desk.cfg.Catalog.Speaks(ctx, o.RecordID)
		if err != nil {
			return err
		}
		if !spoken {
			o.Err = ErrTranscriptAlone.With("name", o.Name)
		}
	}
	return nil
}

func base(r catalog.Record) string {
	return strings.ToLower(strings.TrimSuffix(r.FileName, filepath.Ext(r.FileName)))
}
