package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/search/extract/text"
)

// JobSubtitles makes transcripts of the subtitle tracks inside a recording:
// derived work, once its frames are counted. Sound has none to count.
const JobSubtitles = "subtitles"

// takeSubtitles makes each subtitle track of text a line of the recording's
// transcripts. Done twice, it finds them there. Tracks of pictures are named in
// the log: nobody should think that they were read.
func (d *Desk) takeSubtitles(ctx context.Context, j jobs.Job, _ jobs.Progress) error {
	r, err := d.cfg.Catalog.Record(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = r.Readable(); err != nil {
		return jobs.Permanent(err)
	}
	index, err := d.derivedBytes(r, catalog.DerivedFrameIndex)
	if err != nil || index == nil && r.Medium == catalog.MediumVideo {
		return err // the frame index brings this job anew
	}
	f, err := d.cfg.Vault.Original(r.SHA256)
	if err != nil {
		return fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	tracks, err := d.cfg.Media.Subtitles(ctx, f, index)
	if errors.Is(err, remote.ErrWorkerGone) || ctx.Err() != nil {
		return err
	}
	if err != nil {
		return jobs.Permanent(fileFault(r.FileName, err))
	}
	return d.keepSubtitles(ctx, r, tracks)
}

// keepSubtitles writes the lines that are not there yet, with one entry.
func (d *Desk) keepSubtitles(ctx context.Context, r catalog.Record, tracks []media.SubtitleTrack) error {
	known, err := d.cfg.Catalog.Transcripts(ctx, r.ID)
	if err != nil {
		return err
	}
	var fresh []catalog.Transcript
	unread, cues := []string{}, 0
	for _, track := range tracks {
		if track.Form == "" {
			unread = append(unread, track.Codec)
			continue
		}
		t := embedded(r, track)
		there := slices.ContainsFunc(known, func(k catalog.Transcript) bool {
			return k.Origin == catalog.OriginEmbedded && k.SourceID == r.ID && k.Track == t.Track
		})
		if len(t.Cues) > 0 && !there {
			fresh, cues = append(fresh, t), cues+len(t.Cues)
		}
	}
	if len(fresh) == 0 && len(unread) == 0 {
		return nil
	}
	entry := audit.Entry{
		Event: audit.Extraction, Objects: map[string]string{"record": r.ID, "case": r.CaseID},
		Codes: map[string]any{"kind": JobSubtitles, "tracks": len(fresh), "cues": cues, "not_readable": strings.Join(unread, ",")},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		for _, t := range fresh {
			if _, err = d.cfg.Catalog.AddTranscript(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep subtitles: %w", err)
	}
	return nil
}

// embedded is the transcript that a track gives; the markup of its words is
// read as that of a subtitle file.
func embedded(r catalog.Record, track media.SubtitleTrack) catalog.Transcript {
	t := catalog.Transcript{
		RecordID: r.ID, SourceID: r.ID, Origin: catalog.OriginEmbedded, Track: track.Track, Language: language(track.Language), Label: track.Title,
	}
	form := map[string]string{media.SubtitleSRT: text.SRT, media.SubtitleVTT: text.VTT, media.SubtitleASS: text.ASS}[track.Form]
	for _, q := range track.Cues {
		for _, s := range text.ParseCue(form, q.Text) {
			t.Cues = append(t.Cues, catalog.Cue{From: q.From, To: q.To, Speaker: s.Speaker, Text: s.Text})
		}
	}
	return t
}

// language is "" where the container says that it does not know.
func language(s string) string {
	if s == "und" {
		return ""
	}
	return s
}
