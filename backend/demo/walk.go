package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/remote"
)

// probeFrame is the frame whose number is read back from its pixels.
const probeFrame = 137

// odd submits what must not be stored again, what must not be stored at all, and
// what is stored although it cannot be played.
func (r *run) odd(ctx context.Context) error {
	archivist, err := r.as(ctx, accounts.Archivist)
	if err != nil {
		return err
	}
	whole, err := os.ReadFile(r.source(r.data.Recordings[0].Name))
	if err != nil {
		return fmt.Errorf("read recording: %w", err)
	}
	paths := []string{r.source(r.data.Odd.Duplicate), r.source(r.data.Odd.Empty), r.source(r.data.Odd.Broken)}
	for i, content := range [][]byte{whole, {}, whole[:len(whole)/2]} {
		if err = os.WriteFile(paths[i], content, 0o600); err != nil { //nolint:forbidigo,gosec // named by demo.json, in a temporary folder of the demonstration
			return fmt.Errorf("lay out file: %w", err)
		}
	}
	out, err := r.w.Ingest.Receive(ctx, archivist, ingest.Submission{CaseID: r.file.ID, Stage: r.data.Recordings[0].Stage, Paths: paths}, nil)
	if err != nil {
		return err
	}
	if err = r.check(out[0].State == ingest.Known && out[0].RecordID == r.records[r.data.Recordings[0].Key], "duplicate: the known original"); err != nil {
		return err
	}
	if err = r.check(errors.Is(out[1].Err, ingest.ErrEmpty), "empty file refused"); err != nil {
		return err
	}
	if out[2].State != ingest.Stored {
		return r.check(false, "cut-off recording kept: %v", out[2].Err)
	}
	cut, err := r.w.Catalog.Record(ctx, out[2].RecordID)
	if err != nil {
		return err
	}
	if err = r.check(cut.IndexState == catalog.IndexUnreadable && cut.DiagnosisKind() != "", "cut-off recording kept with its diagnosis"); err != nil {
		return err
	}
	records, err := r.w.Catalog.Records(ctx, r.file.ID)
	if err != nil {
		return err
	}
	return r.check(len(records) == len(r.records)+1, "%d records, one of them new", len(records))
}

// search looks for a fragment of a number, a spoken sentence, a note.
func (r *run) search(ctx context.Context) error {
	reviewer, err := r.as(ctx, accounts.Reviewer)
	if err != nil {
		return err
	}
	for _, q := range r.data.Searches {
		found, err := r.w.Retrieval.Search(ctx, reviewer, retrieval.Query{Text: q.Text})
		if err != nil {
			return err
		}
		hit := false
		for _, g := range found.Groups {
			for _, rec := range g.Records {
				for _, h := range rec.Hits {
					hit = hit || rec.Record.ID == r.records[q.Find] && h.Source == q.Source
				}
			}
		}
		if err := r.check(hit, "%s: %d records, %d places, %s in %s", q.Text, found.Records, found.Places, q.Source, q.Find); err != nil {
			return err
		}
	}
	return nil
}

// refusals tries what must be refused.
func (r *run) refusals(ctx context.Context) error {
	reviewer, err := r.as(ctx, accounts.Reviewer)
	if err != nil {
		return err
	}
	record := r.records[r.data.Recordings[0].Key]
	_, err = r.w.Viewing.Open(ctx, reviewer, viewing.Request{RecordID: record})
	if err = r.check(errors.Is(err, viewing.ErrNoPurpose), "no viewing without a purpose"); err != nil {
		return err
	}
	for _, role := range []accounts.Role{accounts.SystemAdministrator, accounts.SecurityAdministrator, accounts.SecurityAuditor} {
		if err = r.barred(ctx, role, record); err != nil {
			return err
		}
	}
	_, err = r.w.Viewing.Get("00000000-0000-7000-8000-000000000000", reviewer)
	return r.check(errors.Is(err, viewing.ErrNoViewing), "no picture for a guessed id")
}

// barred checks that a role is shown nothing.
func (r *run) barred(ctx context.Context, role accounts.Role, recordID string) error {
	person, err := r.as(ctx, role)
	if err != nil {
		return err
	}
	_, err = r.w.Viewing.Open(ctx, person, viewing.Request{RecordID: recordID, Purpose: viewing.PurposeInspection})
	return r.check(errors.Is(err, accounts.ErrForbidden), "no viewing for %s", role)
}

// frames asks each recording for one frame, out of order, and reads its number
// from the pixels.
func (r *run) frames(ctx context.Context) error {
	reviewer, err := r.as(ctx, accounts.Reviewer)
	if err != nil {
		return err
	}
	for _, c := range r.data.Recordings {
		if err := r.probe(ctx, reviewer, c.Key); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) probe(ctx context.Context, actor accounts.Actor, key string) (err error) {
	before, err := r.w.Log.Head(ctx)
	if err != nil {
		return err
	}
	v, err := r.w.Viewing.Open(ctx, actor, viewing.Request{RecordID: r.records[key], Purpose: viewing.PurposePlanned, Basis: r.data.Note.Basis})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close(ctx, viewing.CloseNormal)) }()
	if after, err := r.w.Log.Head(ctx); err != nil || after.Size <= before.Size {
		return errors.Join(ErrCheck.With("check", "the entry stands before the first frame"), err)
	}
	var digest string
	for _, n := range []int64{probeFrame, 3, v.Info().Frames - 1, probeFrame} {
		answer, err := v.Frame(ctx, n, viewing.FrameRequest{Digest: true})
		if err != nil {
			return err
		}
		number, err := numberOf(answer)
		if err != nil || number != n {
			return errors.Join(ErrCheck.With("check", fmt.Sprintf("%s: frame %d shows %d", key, n, number)), err)
		}
		if n == probeFrame && digest != "" && digest != answer.Info.Digest {
			return ErrCheck.With("check", key+": the same frame came with another digest")
		}
		if n == probeFrame {
			digest = answer.Info.Digest
		}
	}
	return r.check(digest != "", "%s: frame %d, md5 %s", key, probeFrame, digest)
}

// numberOf reads the frame number from the pixels of an answer.
func numberOf(a remote.Answer) (int64, error) {
	p, err := picture(a)
	if err != nil {
		return -1, err
	}
	return mediatest.ReadNumber(p)
}

// picture decodes the grey values of an answer.
func picture(a remote.Answer) (media.Picture, error) {
	decode := jpeg.Decode
	if a.MIME == "image/png" {
		decode = png.Decode
	}
	img, err := decode(bytes.NewReader(a.Bytes))
	if err != nil {
		return media.Picture{}, fmt.Errorf("decode answer: %w", err)
	}
	size := img.Bounds().Size()
	p := media.NewPicture(size.X, size.Y)
	for y := range size.Y {
		for x := range size.X {
			p.Planes[0][y*p.Stride[0]+x] = grey(img, x, y)
		}
	}
	return p, nil
}

func grey(img image.Image, x, y int) byte {
	red, green, blue, _ := img.At(x, y).RGBA()
	return byte((299*red + 587*green + 114*blue) / 1000 >> 8) //nolint:gosec // 16 bits shifted by 8
}

// pages turns the pages of every paper.
func (r *run) pages(ctx context.Context) error {
	reviewer, err := r.as(ctx, accounts.Reviewer)
	if err != nil {
		return err
	}
	shown := 0
	for _, d := range r.data.Documents {
		v, err := r.w.Viewing.Open(ctx, reviewer, viewing.Request{RecordID: r.records[d.Key], Purpose: viewing.PurposePlanned, Basis: r.data.Note.Basis})
		if err != nil {
			return fmt.Errorf("open %s: %w", d.Key, err)
		}
		for n := 1; n <= v.Info().Pages; n++ {
			img, err := v.Page(ctx, n, 600)
			if err != nil || len(img.Bytes) == 0 {
				return errors.Join(ErrCheck.With("check", d.Key+" has no picture"), err, v.Close(ctx, viewing.CloseNormal))
			}
			shown++
		}
		if err := v.Close(ctx, viewing.CloseNormal); err != nil {
			return err
		}
	}
	return r.check(shown >= len(r.data.Documents), "%d pages of %d papers", shown, len(r.data.Documents))
}

// play fetches a stretch at its own pace and reports it as a player would.
func (r *run) play(ctx context.Context) (err error) {
	const from, length = 100, 50
	reviewer, err := r.as(ctx, accounts.Reviewer)
	if err != nil {
		return err
	}
	v, err := r.w.Viewing.Open(ctx, reviewer, viewing.Request{RecordID: r.records[r.data.Recordings[0].Key], Purpose: viewing.PurposePlanned, Basis: r.data.Note.Basis})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close(ctx, viewing.CloseNormal)) }()
	if _, err = v.Sound(ctx, 0, float64(from)/fps, float64(from+length)/fps); err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	before, err := r.w.Log.Head(ctx)
	if err != nil {
		return err
	}
	c, err := r.watch(ctx, v, from, from+length-1, 1)
	if err != nil {
		return err
	}
	after, err := r.w.Log.Head(ctx)
	if err != nil {
		return err
	}
	if err := r.check(after.Size == before.Size+1, "the range is entry %d", after.Size); err != nil {
		return err
	}
	return r.check(c.Shown == length, "%d of %d frames count as shown", c.Shown, c.Total)
}

// fps is the pace of the recordings.
const fps = 25

// watch shows frames at their pace times speed, reads each one's number from
// its pixels, and reports the range.
func (r *run) watch(ctx context.Context, v *viewing.Viewing, from, to int64, speed int) (viewing.Coverage, error) {
	if len(v.Info().Sound) > 0 { // what is not given out cannot have been heard
		if _, err := v.Sound(ctx, 0, float64(from)/fps, float64(to+1)/fps); err != nil {
			return viewing.Coverage{}, fmt.Errorf("sound: %w", err)
		}
	}
	tick := time.NewTicker(time.Second / time.Duration(fps*speed))
	defer tick.Stop()
	for n := from; n <= to; n++ {
		answer, err := v.Frame(ctx, n, viewing.FrameRequest{Generation: 1, MaxW: 640})
		if err != nil {
			return viewing.Coverage{}, err
		}
		if number, err := numberOf(answer); err != nil || number != n {
			return viewing.Coverage{}, errors.Join(ErrCheck.With("check", fmt.Sprintf("frame %d shows %d", n, number)), err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return viewing.Coverage{}, ctx.Err()
		}
	}
	return v.Present(ctx, []viewing.Interval{{
		Kind: viewing.KindPlay, From: from, To: to, Presented: to - from + 1, Speed: float64(speed),
		Sound: viewing.SoundOn, Visible: true, WallMs: (to - from + 1) * 1000 / int64(fps*speed),
	}})
}

// reopen closes the archive and opens it again.
func (r *run) reopen(ctx context.Context) error {
	before, err := r.w.Log.Head(ctx)
	if err != nil {
		return err
	}
	if err = r.w.Close(); err != nil {
		return err
	}
	w, err := backend.Open(ctx, r.cfg)
	if err != nil {
		r.w = nil
		return err
	}
	r.w = w
	after, err := w.Log.Head(ctx)
	if err != nil {
		return err
	}
	return r.check(after.Size >= before.Size && w.Recovered.Viewings == 0, "%d entries before, %d after", before.Size, after.Size)
}

// verify checks the whole log, and that each displaying has its closing.
func (r *run) verify(ctx context.Context) error {
	auditor, err := r.as(ctx, accounts.SecurityAuditor)
	if err != nil {
		return err
	}
	report, err := r.w.Verify(ctx, auditor, nil)
	if err != nil {
		return err
	}
	const all = 1_000_000
	opened, err := r.w.Log.List(ctx, audit.Filter{Event: audit.Displaying, Limit: all})
	if err != nil {
		return err
	}
	closed, err := r.w.Log.List(ctx, audit.Filter{Event: audit.ViewingClosed, Limit: all})
	if err != nil {
		return err
	}
	if err := r.check(len(opened) == len(closed) && len(opened) > 0, "%d viewings opened, %d closed", len(opened), len(closed)); err != nil {
		return err
	}
	return r.check(report.Trusted, "%d entries hold, root %s", report.Entries, report.Root)
}
