package disclosure_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/media/redact"
)

func TestTheWholeWay(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	c := b.candidate(t)
	if c.PlanDigest == "" || len(c.Checks) != 8 || len(c.Items) != 2 || c.Frames != 60 || c.Number != "FB-2026-001" || c.MayApprove || c.WhyNot != "disclosure.not_viewed" {
		t.Errorf("copy = %+v", c)
	}
	for _, k := range c.Checks {
		if !k.Passed {
			t.Errorf("check %s did not pass: %v", k.Key, k.Params)
		}
	}
	if m := c.Items[1]; m.Kind != "mute" || m.Ground != "个人隐私" || m.Reason != "当事人面部" {
		t.Errorf("the mute did not take the tracks' ground: %+v", m)
	}
	if i := c.Items[0]; i.FromFrame != 3 || i.ToFrame != 49 || i.From <= 0 || i.To <= i.From {
		t.Errorf("mask = %+v", i)
	}
	if got := strings.Join(c.Dropped, ";"); !strings.Contains(got, "title") {
		t.Errorf("dropped = %q", got)
	}
	viewed := b.watch(t, b.head, c.ID)
	c = must[disclosure.Copy](t)(b.desk.Copy(ctx, b.head, c.ID))
	if !c.Viewed || !c.MayApprove || c.WhyNot != "" {
		t.Errorf("after viewing: %v %v %q", c.Viewed, c.MayApprove, c.WhyNot)
	}
	if err := b.desk.Approve(ctx, b.head, c.ID, disclosure.Approval{Opinion: "同意部分公开。", ViewingID: viewed}); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	released := must[disclosure.Released](t)(b.desk.Release(ctx, b.officer, c.ID, out))
	cert, film := read(t, released.CertificatePath), read(t, released.CopyPath)
	public := b.log.Public()
	r, err := certificate.Verify(cert, bytes.NewReader(film), public.String())
	if err != nil || !r.Trusted {
		t.Fatalf("the certificate does not verify: %v", err)
	}
	x := r.Certificate
	if x.Approved.Name != "贺建国" || x.Submitted.Name != "许文清" || x.Opinion != "同意部分公开。" || x.Copy.SHA256 != c.SHA256 || x.Released.Seq != released.Seq || x.Organ != "清河县民族宗教事务局" {
		t.Errorf("certificate = %+v", x)
	}
	if _, err := certificate.Verify(cert, bytes.NewReader(film), ""); !errors.Is(err, certificate.ErrNoTrustedKey) {
		t.Errorf("without a key: %v", err)
	}
	for what, pair := range map[string][2][]byte{"copy": {cert, flipped(film)}, "certificate": {flipped(cert), film}} {
		if _, err := certificate.Verify(pair[0], bytes.NewReader(pair[1]), public.String()); err == nil {
			t.Errorf("one changed byte in the %s went unnoticed", what)
		}
	}
	if sheet := read(t, released.SheetPath); !bytes.Contains(sheet, []byte(c.SHA256)) {
		t.Error("the sheet lacks the copy's digest")
	}
	if _, err := b.desk.Release(ctx, b.officer, c.ID, out); !errors.Is(err, disclosure.ErrExists) {
		t.Errorf("released over files that are there: %v", err)
	}
	if _, err := b.desk.Release(ctx, b.officer, c.ID, t.TempDir()); err != nil {
		t.Errorf("a second release: %v", err)
	}
	c = must[disclosure.Copy](t)(b.desk.Copy(ctx, b.officer, c.ID))
	var events []string
	for _, s := range c.History {
		events = append(events, string(s.Event))
	}
	if got := strings.Join(events, ","); got != "submission,redaction,displaying,approval,dissemination,dissemination" || c.State != disclosure.StateReleased {
		t.Errorf("history = %s, state %s", got, c.State)
	}
	if err := b.desk.Withdraw(ctx, b.officer, c.ID, "改按新方案办理"); err != nil {
		t.Error(err)
	}
	if _, err := b.desk.Release(ctx, b.officer, c.ID, t.TempDir()); !errors.Is(err, disclosure.ErrState) {
		t.Errorf("a withdrawn copy was released: %v", err)
	}
	if _, err := b.log.Verify(ctx, nil); err != nil {
		t.Errorf("the log does not verify: %v", err)
	}
}

func TestSubmitRefuses(t *testing.T) {
	b := open(t)
	cases := map[string]struct {
		actor accounts.Actor
		plan  []byte
		want  *fault.Fault
	}{
		"no JSON":          {b.officer, []byte("cover it"), disclosure.ErrBadPlan},
		"mosaic":           {b.officer, b.plan(t, func(p *redact.Plan) { p.Tracks[0].Effect = "pixelate" }), disclosure.ErrBadPlan},
		"nothing to hide":  {b.officer, []byte(`{"version":1}`), disclosure.ErrEmptyPlan},
		"no ground":        {b.officer, b.plan(t, func(p *redact.Plan) { p.Tracks[0].Ground = "" }), disclosure.ErrNoGround},
		"no reason":        {b.officer, b.plan(t, func(p *redact.Plan) { p.Tracks[0].Reason = "" }), disclosure.ErrNoReason},
		"mute in doubt":    {b.officer, b.plan(t, func(p *redact.Plan) { p.Tracks = []redact.Track{} }), disclosure.ErrNoGround},
		"other original":   {b.officer, b.plan(t, func(p *redact.Plan) { p.Original = "sha256:" + strings.Repeat("0", 64) }), disclosure.ErrOtherOriginal},
		"head of agency":   {b.head, b.plan(t, nil), accounts.ErrForbidden},
		"security auditor": {b.auditor, b.plan(t, nil), accounts.ErrForbidden},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := b.desk.Submit(t.Context(), c.actor, b.record.ID, c.plan); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
		})
	}
	if got := must[[]disclosure.Summary](t)(b.desk.Copies(t.Context(), b.officer, "")); len(got) != 0 {
		t.Errorf("refused plans left %d copies", len(got))
	}
	if _, err := b.desk.Copies(t.Context(), b.auditor, ""); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the auditor lists copies: %v", err)
	}
}

func TestDecisionsNeedASecondPerson(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	c := b.candidate(t)
	if err := b.desk.Approve(ctx, b.officer, c.ID, disclosure.Approval{}); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the officer approves: %v", err)
	}
	if err := b.desk.Approve(ctx, b.head, c.ID, disclosure.Approval{}); !errors.Is(err, disclosure.ErrNotViewed) || b.refusals(t, "disclosure.not_viewed") != 1 {
		t.Errorf("approved unseen: %v", err)
	}
	theirs := b.watch(t, b.officer, c.ID)
	if err := b.desk.Approve(ctx, b.head, c.ID, disclosure.Approval{ViewingID: theirs}); !errors.Is(err, disclosure.ErrNotViewed) {
		t.Errorf("approved on another's viewing: %v", err)
	}
	if _, err := b.desk.Release(ctx, b.officer, c.ID, t.TempDir()); !errors.Is(err, disclosure.ErrState) {
		t.Errorf("released without approval: %v", err)
	}
	// One who rose from officer to head keeps his own copies from himself.
	b.tamper(t, `UPDATE account_role SET role = 'head' WHERE account = '`+b.officer.ID+`'`)
	risen := must[accounts.Account](t)(b.people.ByID(ctx, b.officer.ID)).Actor
	err := b.desk.Approve(ctx, risen, c.ID, disclosure.Approval{ViewingID: theirs})
	if !errors.Is(err, disclosure.ErrSelfApproval) || fault.Params(err)[fault.Basis] != "S18.1" || b.refusals(t, "disclosure.self_approval") != 1 {
		t.Errorf("approved his own: %v", err)
	}
	if err := b.desk.Reject(ctx, b.head, c.ID, " "); !errors.Is(err, disclosure.ErrNoOpinion) {
		t.Errorf("rejected without a reason: %v", err)
	}
	if err := b.desk.Reject(ctx, b.head, c.ID, "左下角证件未遮"); err != nil {
		t.Fatal(err)
	}
	if err := b.desk.Approve(ctx, b.head, c.ID, disclosure.Approval{}); !errors.Is(err, disclosure.ErrState) {
		t.Errorf("approved after the rejection: %v", err)
	}
}

// TestOneByteVoidsTheApproval changes what was approved in every place it lies.
func TestOneByteVoidsTheApproval(t *testing.T) {
	cases := map[string]func(t *testing.T, b *bureau){
		"candidate": func(t *testing.T, b *bureau) { t.Helper(); b.flip(t) },
		"plan": func(t *testing.T, b *bureau) {
			t.Helper()
			b.tamper(t, `DROP TRIGGER redacted_copy_frozen`, `UPDATE redacted_copy SET plan = replace(plan, '"x":31', '"x":32')`)
		},
		"plan and its digest": func(t *testing.T, b *bureau) {
			t.Helper()
			other := must[redact.Plan](t)(redact.ParsePlan(b.plan(t, func(p *redact.Plan) { p.Tracks[0].Keyframes[0].X = 32 })))
			b.tamper(t, `DROP TRIGGER redacted_copy_frozen`,
				`UPDATE redacted_copy SET plan = '`+string(other.Canonical())+`', plan_digest = '`+other.Digest()+`'`,
				`UPDATE copy_decision SET plan_digest = '`+other.Digest()+`'`)
		},
		"opinion": func(t *testing.T, b *bureau) {
			t.Helper()
			b.tamper(t, `UPDATE copy_decision SET opinion = opinion || '。'`)
		},
		"approver": func(t *testing.T, b *bureau) {
			t.Helper()
			b.tamper(t, `UPDATE copy_decision SET account = '`+b.auditor.ID+`'`)
		},
		"machine report": func(t *testing.T, b *bureau) {
			t.Helper()
			b.tamper(t, `UPDATE copy_candidate SET manifest = replace(manifest, '"frames":60', '"frames":61')`)
		},
		"approval in the log": func(t *testing.T, b *bureau) {
			t.Helper()
			b.tamper(t, `DROP TRIGGER audit_entry_keep`, `UPDATE audit_entry SET body = replace(body, '"total"', '"totaL"') WHERE event = 'approval'`)
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			c := b.approved(t)
			change(t, b)
			out := t.TempDir()
			_, err := b.desk.Release(t.Context(), b.officer, c.ID, out)
			if !errors.Is(err, disclosure.ErrChanged) {
				t.Errorf("err = %v, want ErrChanged", err)
			}
			if n := b.refusals(t, "disclosure.changed"); n != 1 {
				t.Errorf("%d refusals in the log, want 1", n)
			}
			if left := must[[]os.DirEntry](t)(os.ReadDir(out)); len(left) > 0 {
				t.Errorf("the refused release left %v", left)
			}
		})
	}
}

func TestReleaseThatCannotBeWritten(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	c := b.approved(t)
	if _, err := b.desk.Release(ctx, b.officer, c.ID, filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, disclosure.ErrFolder) {
		t.Errorf("released into nowhere: %v", err)
	}
	// A folder where nothing can be made: the entry stands, a failed one follows.
	if _, err := b.desk.Release(ctx, b.officer, c.ID, "/proc/self"); !errors.Is(err, disclosure.ErrFolder) {
		t.Errorf("released into /proc: %v", err)
	}
	rows := must[[]audit.Row](t)(b.log.List(ctx, audit.Filter{Event: audit.Dissemination}))
	if len(rows) != 2 || rows[0].Result != audit.Failed || rows[1].Result != audit.OK {
		t.Errorf("log says %+v", rows)
	}
	if _, err := b.desk.Release(ctx, b.officer, c.ID, t.TempDir()); err != nil {
		t.Errorf("released afterwards: %v", err)
	}
}

func TestDraft(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	d := must[disclosure.Draft](t)(b.desk.Draft(ctx, b.officer, b.record.ID))
	if d.Version != 0 || !strings.Contains(d.Plan, b.record.SHA256) {
		t.Errorf("fresh draft = %+v", d)
	}
	d.Plan, d.Names = string(b.plan(t, nil)), `{"t1":"面部"}`
	saved := must[disclosure.Draft](t)(b.desk.SaveDraft(ctx, b.officer, d))
	again := must[disclosure.Draft](t)(b.desk.SaveDraft(ctx, b.officer, saved))
	if again.ID != saved.ID || again.Version != 2 || again.SavedAt.IsZero() {
		t.Errorf("saved again = %+v", again)
	}
	if _, err := b.desk.SaveDraft(ctx, b.officer, saved); !errors.Is(err, disclosure.ErrStaleDraft) {
		t.Errorf("an old version was saved: %v", err)
	}
	bad := again
	bad.Plan = `{"version":1,"masks":[]}`
	if _, err := b.desk.SaveDraft(ctx, b.officer, bad); !errors.Is(err, disclosure.ErrBadPlan) || fault.Params(err)["reason"] != "unknown_field" {
		t.Errorf("a bad plan was saved: %v", err)
	}
	if _, err := b.desk.SubmitDraft(ctx, b.head, again.ID); !errors.Is(err, disclosure.ErrNoDraft) {
		t.Errorf("another's draft was submitted: %v", err)
	}
	s := must[disclosure.Summary](t)(b.desk.SubmitDraft(ctx, b.officer, again.ID))
	if s.State != disclosure.Making || !s.Mine || s.Tracks != 1 || s.Mutes != 1 {
		t.Errorf("summary = %+v", s)
	}
	next := must[disclosure.Draft](t)(b.desk.Draft(ctx, b.officer, b.record.ID))
	if next.Version != 0 || next.ID == again.ID {
		t.Errorf("the submitted draft is still open: %+v", next)
	}
	if err := b.jobs.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if got := must[[]disclosure.Summary](t)(b.desk.Copies(ctx, b.head, disclosure.StateCandidate)); len(got) != 1 || got[0].ID != s.ID {
		t.Errorf("candidates = %+v", got)
	}
}

func read(tb testing.TB, path string) []byte {
	tb.Helper()
	return must[[]byte](tb)(os.ReadFile(path))
}

func flipped(b []byte) []byte {
	out := bytes.Clone(b)
	out[len(out)/2] ^= 1
	return out
}
