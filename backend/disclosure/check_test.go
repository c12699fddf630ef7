package disclosure_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/fault"
)

// checked brings a copy as far as its check, by the checker.
func (b *bureau) checked(tb testing.TB) disclosure.Copy {
	tb.Helper()
	c := b.candidate(tb)
	id := b.watch(tb, b.checker, c.ID)
	if err := b.desk.Check(tb.Context(), b.checker, c.ID, disclosure.Checking{Opinion: " 遮蔽完整。", ViewingID: id}); err != nil {
		tb.Fatal(err)
	}
	return must[disclosure.Copy](tb)(b.desk.Copy(tb.Context(), b.checker, c.ID))
}

// refused holds an answer against code and basis, and wants the one entry.
func (b *bureau) refused(t *testing.T, what string, err error, want *fault.Fault, basis string) {
	t.Helper()
	if !errors.Is(err, want) || fault.Params(err)[fault.Basis] != basis {
		t.Errorf("%s: %v on %q, want %v on %q", what, err, fault.Params(err)[fault.Basis], want, basis)
	}
	rows := must[[]audit.Row](t)(b.log.List(t.Context(), audit.Filter{Event: audit.Refusal, Limit: 1}))
	if len(rows) != 1 || rows[0].Codes["code"] != want.Code() || rows[0].Codes["basis"] != basis || rows[0].Result != audit.Refused {
		t.Errorf("%s: the log holds %+v", what, rows)
	}
}

// The whole way with three people: the check stands on the copy, in its history
// and, proved from the log, in the certificate.
func TestThreePeople(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	c := b.checked(t)
	x := c.Check
	if c.State != disclosure.Checked || c.Checker != "吴岩" || x == nil || !x.Passed || x.Checker != "吴岩" || x.Opinion != "遮蔽完整。" || x.Total != 60 || x.At.IsZero() {
		t.Fatalf("checked: %s %q %+v", c.State, c.Checker, x)
	}
	if c.MayCheck || c.WhyNoCheck != disclosure.ErrState.Code() {
		t.Errorf("it may be checked again: %v %q", c.MayCheck, c.WhyNoCheck)
	}
	b.watch(t, b.head, c.ID)
	if err := b.desk.Approve(ctx, b.head, c.ID, disclosure.Approval{Opinion: "同意。"}); err != nil {
		t.Fatal(err)
	}
	out := must[disclosure.Released](t)(b.desk.Release(ctx, b.officer, c.ID, t.TempDir()))
	r, err := certificate.Verify(read(t, out.CertificatePath), bytes.NewReader(read(t, out.CopyPath)), b.log.Public().String())
	if err != nil || !r.Trusted {
		t.Fatal(err)
	}
	if got := r.Certificate.Checked; len(got) != 1 || got[0].Name != "吴岩" || got[0].Number != "0212" || got[0].Shown != x.Shown || got[0].Total != 60 || r.Certificate.Log.Check.Seq != got[0].Seq {
		t.Errorf("certificate: %+v", got)
	}
	if sheet := read(t, out.SheetPath); !bytes.Contains(sheet, []byte("吴岩（0212）")) || bytes.Contains(sheet, []byte("未经复核")) {
		t.Error("the sheet does not name the checker")
	}
	events := ""
	for _, s := range must[disclosure.Copy](t)(b.desk.Copy(ctx, b.head, c.ID)).History {
		events += string(s.Event) + " "
	}
	if events != "submission redaction displaying check displaying approval dissemination " {
		t.Errorf("history: %s", events)
	}
	if _, err := b.log.Verify(ctx, nil); err != nil {
		t.Errorf("the log does not verify: %v", err)
	}
}

// Without a check the copy goes its way as before, and every paper says so.
func TestUncheckedIsSaid(t *testing.T) {
	b := open(t)
	c := b.approved(t)
	out := must[disclosure.Released](t)(b.desk.Release(t.Context(), b.officer, c.ID, t.TempDir()))
	cert := read(t, out.CertificatePath)
	if c.Check != nil || !bytes.Contains(cert, []byte(`"checked": [],`)) || !bytes.Contains(read(t, out.SheetPath), []byte("未经复核")) {
		t.Errorf("it is not said that nobody checked it: %+v", c.Check)
	}
}

// On one copy maker, checker and head are three people, whatever roles they
// hold; who may not is told before he tries.
func TestExclusions(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	yes, good := disclosure.Approval{Opinion: "同意。"}, disclosure.Checking{Opinion: "遮蔽完整。"}
	see := func(id string) disclosure.Copy { return must[disclosure.Copy](t)(b.desk.Copy(ctx, b.trio, id)) }

	own := b.candidateBy(t, b.trio)
	b.watch(t, b.trio, own.ID)
	b.refused(t, "the maker checks", b.desk.Check(ctx, b.trio, own.ID, good), disclosure.ErrSelfCheck, "R5")
	b.refused(t, "the maker sends back", b.desk.SendBack(ctx, b.trio, own.ID, "左下角"), disclosure.ErrSelfCheck, "R5")
	b.refused(t, "the maker approves", b.desk.Approve(ctx, b.trio, own.ID, yes), disclosure.ErrSelfApproval, "S18.1")
	if c := see(own.ID); c.MayCheck || c.MayApprove || c.WhyNoCheck != "disclosure.self_check" || c.WhyNot != "disclosure.self_approval" || c.State != disclosure.StateCandidate {
		t.Errorf("the maker is told %q, %q; %s", c.WhyNoCheck, c.WhyNot, c.State)
	}

	other := b.candidate(t)
	b.watch(t, b.trio, other.ID)
	if c := see(other.ID); !c.MayCheck || !c.MayApprove {
		t.Errorf("another's copy: %q, %q", c.WhyNoCheck, c.WhyNot)
	}
	if err := b.desk.Check(ctx, b.trio, other.ID, good); err != nil {
		t.Fatal(err)
	}
	b.refused(t, "the checker approves", b.desk.Approve(ctx, b.trio, other.ID, yes), disclosure.ErrCheckerApproval, "R5")
	b.refused(t, "the checker rejects", b.desk.Reject(ctx, b.trio, other.ID, "改"), disclosure.ErrCheckerApproval, "R5")
	if c := see(other.ID); c.MayApprove || c.WhyNot != "disclosure.checker_approval" || c.State != disclosure.Checked {
		t.Errorf("the checker is told %q; %s", c.WhyNot, c.State)
	}
	b.watch(t, b.head, other.ID)
	if err := b.desk.Approve(ctx, b.head, other.ID, yes); err != nil {
		t.Errorf("the third person: %v", err)
	}
	if err := b.desk.Check(ctx, b.head, own.ID, good); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the head checks: %v", err)
	}
	if err := b.desk.Approve(ctx, b.checker, own.ID, yes); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the checker, who is no head, approves: %v", err)
	}
}

func TestCheckRefuses(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	good := disclosure.Checking{Opinion: "遮蔽完整。"}
	c := b.candidate(t)
	if err := b.desk.Check(ctx, b.checker, c.ID, disclosure.Checking{Opinion: " "}); !errors.Is(err, disclosure.ErrNoOpinion) {
		t.Errorf("without an opinion: %v", err)
	}
	b.refused(t, "unseen", b.desk.Check(ctx, b.checker, c.ID, good), disclosure.ErrNotViewed, "R5")
	theirs := b.watch(t, b.head, c.ID)
	b.refused(t, "another's viewing", b.desk.Check(ctx, b.checker, c.ID, disclosure.Checking{Opinion: "好", ViewingID: theirs}), disclosure.ErrNotViewed, "R5")
	if err := b.desk.SendBack(ctx, b.checker, c.ID, " "); !errors.Is(err, disclosure.ErrNoOpinion) {
		t.Errorf("sent back without a reason: %v", err)
	}
	b.watch(t, b.checker, c.ID)
	if err := b.desk.SendBack(ctx, b.checker, c.ID, "左下角证件未遮"); err != nil {
		t.Fatal(err)
	}
	back := must[disclosure.Copy](t)(b.desk.Copy(ctx, b.officer, c.ID))
	if x := back.Check; back.State != disclosure.Rejected || x == nil || x.Passed || x.Opinion != "左下角证件未遮" || back.Checker != "" || back.Approver != "" {
		t.Errorf("sent back: %s %+v", back.State, x)
	}
	if last := back.History[len(back.History)-1]; last.Event != audit.CheckRejection || last.Actor != "吴岩" {
		t.Errorf("history ends with %+v", last)
	}
	b.refused(t, "after sending back", b.desk.Check(ctx, b.checker, c.ID, good), disclosure.ErrState, "R5")
	if err := b.desk.Approve(ctx, b.head, c.ID, disclosure.Approval{}); !errors.Is(err, disclosure.ErrState) {
		t.Errorf("approved what was sent back: %v", err)
	}
	twice := b.checked(t)
	b.refused(t, "twice", b.desk.Check(ctx, b.checker, twice.ID, good), disclosure.ErrState, "R5")
	b.refused(t, "sent back after it passed", b.desk.SendBack(ctx, b.checker, twice.ID, "改"), disclosure.ErrState, "R5")
	approved := b.approved(t)
	b.refused(t, "after the approval", b.desk.Check(ctx, b.checker, approved.ID, good), disclosure.ErrState, "R5")
	gone := b.candidate(t)
	if err := b.desk.Withdraw(ctx, b.officer, gone.ID, "改按新方案办理"); err != nil {
		t.Fatal(err)
	}
	b.refused(t, "after the withdrawal", b.desk.Check(ctx, b.checker, gone.ID, good), disclosure.ErrState, "R5")
}

// TestOneByteVoidsTheCheck changes what is checked before the check, and what
// was checked before the approval and before the release.
func TestOneByteVoidsTheCheck(t *testing.T) {
	plan := []string{`DROP TRIGGER redacted_copy_frozen`, `UPDATE redacted_copy SET plan = replace(plan, '"x":31', '"x":32')`}
	for name, change := range map[string]func(t *testing.T, b *bureau){
		"candidate": func(t *testing.T, b *bureau) { t.Helper(); b.flip(t) },
		"plan":      func(t *testing.T, b *bureau) { t.Helper(); b.tamper(t, plan...) },
	} {
		t.Run("before the check: "+name, func(t *testing.T) {
			b := open(t)
			c := b.candidate(t)
			b.watch(t, b.checker, c.ID)
			change(t, b)
			b.refused(t, name, b.desk.Check(t.Context(), b.checker, c.ID, disclosure.Checking{Opinion: "好"}), disclosure.ErrChanged, "R5")
		})
	}
	for name, change := range map[string][]string{
		"plan":             plan,
		"opinion":          {`UPDATE copy_check SET opinion = opinion || '。'`},
		"share":            {`UPDATE copy_check SET shown = total`},
		"another checker":  {`UPDATE copy_check SET account = (SELECT id FROM account WHERE number = '9003')`},
		"check taken away": {`DELETE FROM copy_check`},
		"check made up":    {`DROP TRIGGER audit_entry_keep`, `UPDATE audit_entry SET body = replace(body, '"total"', '"totaL"') WHERE event = 'check'`},
	} {
		t.Run("before the approval: "+name, func(t *testing.T) {
			b := open(t)
			c := b.checked(t)
			b.watch(t, b.head, c.ID)
			b.tamper(t, change...)
			b.refused(t, name, b.desk.Approve(t.Context(), b.head, c.ID, disclosure.Approval{}), disclosure.ErrChanged, "S18.1")
		})
		t.Run("before the release: "+name, func(t *testing.T) {
			b := open(t)
			c := b.checked(t)
			b.watch(t, b.head, c.ID)
			if err := b.desk.Approve(t.Context(), b.head, c.ID, disclosure.Approval{}); err != nil {
				t.Fatal(err)
			}
			b.tamper(t, change...)
			out := t.TempDir()
			_, err := b.desk.Release(t.Context(), b.officer, c.ID, out)
			b.refused(t, name, err, disclosure.ErrChanged, "S18.1")
			if left := must[[]os.DirEntry](t)(os.ReadDir(out)); len(left) > 0 {
				t.Errorf("the refused release left %v", left)
			}
		})
	}
}
