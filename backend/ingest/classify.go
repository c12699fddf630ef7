package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/workday"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/remote"
)

// storingTerm is the number of working days within which a recording is to be
// stored (article 17).
const storingTerm = 2

// families says what a file is by the end of its name. Papers and recordings
// that this version cannot read are kept too: their state says so. Anything not
// listed must show itself to be a recording.
func families() map[string]string {
	out := map[string]string{}
	for medium, ends := range map[string]string{
		catalog.MediumDocument:   "pdf docx docm txt ofd doc dot wps wpt xls xlsx xlsm et ppt pptx pptm dps rtf html htm xml eml msg csv md tif tiff",
		catalog.MediumTranscript: "srt vtt ass ssa",
		catalog.MediumPhoto:      "jpg jpeg png",
		catalog.MediumVideo:      "mp4 m4v mov 3gp avi mkv webm flv wmv asf ts mts m2ts mpg mpeg vob dav h264 264 h265 265 hevc",
		catalog.MediumAudio:      "wav mp3 aac m4a amr wma ogg opus flac",
	} {
		for _, end := range strings.Fields(ends) {
			out["."+end] = medium
		}
	}
	return out
}

// packed says whether a name is that of a folder packed into one file. What is
// in it are records, each with its own digests; the person who unpacks it sees
// what it is.
func packed(end string) bool {
	return slices.Contains([]string{".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"}, end)
}

// describe says of an open source what can be known before it is copied. A
// file that is no recording and of no known family is refused.
func (d *Desk) describe(ctx context.Context, f *os.File, o Outcome, modified time.Time) (catalog.Record, error) {
	end := strings.ToLower(filepath.Ext(o.Name))
	r := catalog.Record{
		Title: strings.TrimSuffix(o.Name, filepath.Ext(o.Name)), FileName: o.Name, Format: strings.TrimPrefix(end, "."), Size: o.Size,
		CompletedAt: modified, Timeliness: catalog.TimeUnknown, IndexState: catalog.IndexNone, TextState: catalog.TextNone,
	}
	if packed(end) {
		return r, ErrPacked.With("name", o.Name)
	}
	medium := families()[end]
	switch medium {
	case catalog.MediumDocument, catalog.MediumTranscript:
		r.Kind, r.Medium, r.TextState = catalog.KindText, medium, catalog.TextStored
	case catalog.MediumPhoto:
		r.Kind, r.Medium, r.Pages, r.TextState = catalog.KindAV, medium, 1, catalog.TextStored
	default:
		c, err := d.cfg.Media.Probe(ctx, f)
		if err == nil {
			err = recording(&r, c)
		}
		if err != nil {
			if err = unreadable(&r, medium, err); err != nil {
				return r, err
			}
		}
	}
	r.Date = beijing(r.CompletedAt).Format(time.DateOnly)
	if !r.StartedAt.IsZero() {
		r.Date = beijing(r.StartedAt).Format(time.DateOnly)
	}
	if r.Kind == catalog.KindAV {
		d.term(&r)
	}
	return r, nil
}

func recording(r *catalog.Record, c media.Container) error {
	r.Kind, r.Duration = catalog.KindAV, c.Duration
	for _, s := range c.Streams {
		switch {
		case s.Kind == media.KindVideo && !s.Cover && r.Medium != catalog.MediumVideo:
			r.Medium, r.Width, r.Height = catalog.MediumVideo, s.Width, s.Height
			if s.Rotation%180 != 0 {
				r.Width, r.Height = s.Height, s.Width
			}
		case s.Kind == media.KindAudio && r.Medium == "":
			r.Medium = catalog.MediumAudio
		}
	}
	if r.Medium == "" {
		return media.ErrUnsupported
	}
	// The file's own time is that of its first frame, by the device's clock.
	if at, err := time.Parse(time.RFC3339, c.CreatedAt); err == nil && at.Year() > 1990 {
		r.StartedAt = at.UTC()
		r.CompletedAt = r.StartedAt.Add(time.Duration(c.Duration * float64(time.Second)))
	}
	return nil
}

// unreadable describes a recording that does not open. A camera that lost power
// leaves such files, and they are records like any other: kept as they are
// (article 20), with what their own marks say is wrong. It gives the error back
// where there is nothing of a recording: no bytes, a list of other files, or
// neither a name nor a mark of one.
func unreadable(r *catalog.Record, medium string, err error) error {
	found, told := media.DiagnosisOf(err)
	switch {
	case told:
	case errors.Is(err, media.ErrUnsupported):
		found = media.Diagnosis{Kind: media.DiagnosisUnsupported, Size: r.Size, Parts: []media.Part{}}
	case errors.Is(err, remote.ErrRepeated) && medium != "":
		found = media.Diagnosis{Kind: media.DiagnosisDamaged, Size: r.Size, Parts: []media.Part{}, Detail: remote.ErrRepeated.Error()}
	default:
		return err
	}
	switch found.Kind {
	case media.DiagnosisEmpty, media.DiagnosisPlaylist:
		return err
	case media.DiagnosisUnsupported:
		if medium == "" {
			return err
		}
	}
	said, failed := json.Marshal(found)
	if failed != nil {
		return fmt.Errorf("write diagnosis: %w", failed)
	}
	r.Kind, r.Medium = catalog.KindAV, cmp.Or(medium, catalog.MediumVideo)
	r.IndexState, r.Diagnosis = catalog.IndexUnreadable, string(said)
	return nil
}

// term sets the due date of article 17. A date beyond the loaded holidays is
// said to be missing, never guessed (refusal R12).
func (d *Desk) term(r *catalog.Record) {
	due, err := d.cfg.Calendar.Due(r.CompletedAt, storingTerm)
	switch {
	case errors.Is(err, workday.ErrCalendarMissing):
		r.Timeliness = catalog.CalendarMissing
	case err != nil:
		r.Timeliness = catalog.TimeUnknown
	case d.cfg.Now().After(due):
		r.DueAt, r.Timeliness = due, catalog.Late
	default:
		r.DueAt, r.Timeliness = due, catalog.OnTime
	}
}

func beijing(t time.Time) time.Time { return t.In(workday.Beijing()) }
