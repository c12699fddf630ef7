package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/redact"
	"diaoyue.example/workstation/media/remote"
)

// plan covers a quarter of the picture in one stretch and silences half a
// second.
func (r *run) plan(v *viewing.Viewing, sha256 string) redact.Plan {
	i, d := v.Info(), r.data.Redaction
	w, h := float64(i.Width), float64(i.Height)
	at := func(frame int64, x, y float64, visible bool) redact.Keyframe {
		return redact.Keyframe{Frame: frame, X: x * w, Y: y * h, W: w / 4, H: h / 4, Visible: visible}
	}
	return redact.Plan{
		Version: redact.Version, Original: "sha256:" + sha256,
		Tracks: []redact.Track{{
			ID: "t1", Shape: redact.ShapeRect, Effect: redact.EffectFill, Ground: d.Ground, Reason: d.Reason,
			Keyframes: []redact.Keyframe{at(0, .25, .4, true), at(100, .5, .5, true), at(i.Frames-10, .5, .5, false)},
		}},
		Mutes: []redact.Mute{{From: 1.5, To: 2.25, Effect: redact.EffectSilence, Ground: d.Ground, Reason: d.Spoken}},
	}
}

// redact submits a plan, of which the engine makes a sealed candidate.
func (r *run) redact(ctx context.Context) (err error) {
	officer, err := r.as(ctx, accounts.DisclosureOfficer)
	if err != nil {
		return err
	}
	record, err := r.w.Record(ctx, officer, r.records[r.data.Redaction.Recording])
	if err != nil {
		return err
	}
	v, err := r.w.Viewing.Open(ctx, officer, viewing.Request{RecordID: record.ID, Purpose: viewing.PurposeRedaction, Basis: r.data.Redaction.Basis})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close(ctx, viewing.CloseNormal)) }()
	p := r.plan(v, record.SHA256)
	preview, err := v.Frame(ctx, probeFrame, viewing.FrameRequest{Lossless: true, Plan: &p})
	if err != nil {
		return err
	}
	if err = r.covered(preview, "preview"); err != nil {
		return err
	}
	made, err := r.w.Disclosure.Submit(ctx, officer, record.ID, p.Canonical())
	if err != nil {
		return err
	}
	r.copyID = made.ID
	if err = r.w.Jobs.Drain(ctx); err != nil {
		return err
	}
	c, err := r.w.Disclosure.Copy(ctx, officer, made.ID)
	if err != nil {
		return err
	}
	if err = r.check(c.State == disclosure.StateCandidate && c.Frames == record.Frames, "candidate %s: %s, %d frames %s", c.Number, c.State, c.Frames, c.Error); err != nil {
		return err
	}
	for _, k := range c.Checks {
		if err = r.check(k.Passed, "machine check %s", k.Key); err != nil {
			return err
		}
	}
	err = r.w.Disclosure.Approve(ctx, officer, made.ID, disclosure.Approval{Opinion: r.data.Redaction.Opinion})
	return r.check(err != nil, "the submitter cannot approve")
}

// covered looks at the middle of the cover, which rests at 0.5, 0.5 from frame
// 100 on.
func (r *run) covered(a remote.Answer, what string) error {
	p, err := picture(a)
	if err != nil {
		return err
	}
	x, y := p.Width*5/8, p.Height*5/8
	return r.check(p.Planes[0][y*p.Stride[0]+x] < 24, "%s: the cover is black", what)
}

// review lets a third person see the candidate and pass it.
func (r *run) review(ctx context.Context) error {
	checker, err := r.as(ctx, accounts.Checker)
	if err != nil {
		return err
	}
	v, err := r.see(ctx, checker)
	if err != nil {
		return err
	}
	err = r.w.Disclosure.Check(ctx, checker, r.copyID, disclosure.Checking{Opinion: r.data.Redaction.Checked, ViewingID: v.ID()})
	if err != nil {
		return err
	}
	c, err := r.w.Disclosure.Copy(ctx, checker, r.copyID)
	if err != nil {
		return err
	}
	return r.check(c.State == disclosure.Checked && c.Check.Shown == c.Check.Total, "checked by %s, shown %d of %d frames", c.Checker, c.Check.Shown, c.Check.Total)
}

// approve lets the head see the candidate and approve it.
func (r *run) approve(ctx context.Context) error {
	head, err := r.as(ctx, accounts.HeadOfAgency)
	if err != nil {
		return err
	}
	err = r.w.Disclosure.Approve(ctx, head, r.copyID, disclosure.Approval{Opinion: r.data.Redaction.Opinion})
	if err = r.check(err != nil, "no approval before the candidate was viewed"); err != nil {
		return err
	}
	v, err := r.see(ctx, head)
	if err != nil {
		return err
	}
	err = r.w.Disclosure.Approve(ctx, head, r.copyID, disclosure.Approval{Opinion: r.data.Redaction.Opinion, ViewingID: v.ID()})
	if err != nil {
		return err
	}
	return r.check(true, "approved after viewing %s", v.Info().Number)
}

// see opens the candidate for actor, plays all of it and closes it.
func (r *run) see(ctx context.Context, actor accounts.Actor) (*viewing.Viewing, error) {
	v, err := r.w.Viewing.Open(ctx, actor, viewing.Request{CopyID: r.copyID, Purpose: viewing.PurposeApproval, Basis: r.data.Redaction.Basis})
	if err != nil {
		return nil, err
	}
	err = r.view(ctx, v)
	return v, errors.Join(err, v.Close(ctx, viewing.CloseNormal))
}

// view plays the whole candidate at the fastest speed that counts for a copy.
func (r *run) view(ctx context.Context, v *viewing.Viewing) error {
	const speed, piece = 1, 100
	answer, err := v.Frame(ctx, probeFrame, viewing.FrameRequest{Lossless: true})
	if err != nil {
		return err
	}
	if err = r.covered(answer, "candidate"); err != nil {
		return err
	}
	var c viewing.Coverage
	for from := int64(0); from < v.Info().Frames; from += piece {
		if c, err = r.watch(ctx, v, from, min(from+piece, v.Info().Frames)-1, speed); err != nil {
			return err
		}
	}
	return r.check(c.Share == 1, "one person was shown %d of %d frames", c.Shown, c.Total)
}

// release writes the copy out and checks it as a stranger would.
func (r *run) release(ctx context.Context) error {
	officer, err := r.as(ctx, accounts.DisclosureOfficer)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(r.sources, "released-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	out, err := r.w.Disclosure.Release(ctx, officer, r.copyID, dir)
	if err != nil {
		return err
	}
	cert, err := os.ReadFile(out.CertificatePath)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	copied, err := os.ReadFile(out.CopyPath)
	if err != nil {
		return fmt.Errorf("read copy: %w", err)
	}
	key := r.w.Log.Public().String()
	report, err := certificate.Verify(cert, bytes.NewReader(copied), key)
	if err != nil {
		return fmt.Errorf("verify the released copy: %w", err)
	}
	if err = r.check(report.Trusted, "with the key the certificate and the copy verify"); err != nil {
		return err
	}
	_, err = certificate.Verify(cert, bytes.NewReader(copied), "")
	if err = r.check(errors.Is(err, certificate.ErrNoTrustedKey), "without the key only self-consistent"); err != nil {
		return err
	}
	copied[len(copied)/2] ^= 1
	_, err = certificate.Verify(cert, bytes.NewReader(copied), key)
	return r.check(errors.Is(err, certificate.ErrChanged), "one flipped bit voids it")
}
