package disclosure

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/store"
)

// certify states what is known of a copy that is handed out, and signs it.
func (d *Desk) certify(ctx context.Context, actor accounts.Actor, c row, rests proofs, receipt audit.Receipt) (certificate.Certificate, error) {
	var none certificate.Certificate
	record, err := d.cfg.Catalog.Record(ctx, c.recordID)
	if err != nil {
		return none, err
	}
	fonds, err := d.cfg.Catalog.Fonds(ctx)
	if err != nil {
		return none, err
	}
	m, err := c.readManifest()
	if err != nil {
		return none, err
	}
	items, err := c.items()
	if err != nil {
		return none, err
	}
	submitted, err := d.seqOf(ctx, audit.Submission, c.id)
	if err != nil {
		return none, err
	}
	proof, err := d.cfg.Log.Prove(ctx, receipt.Seq)
	if err != nil {
		return none, fmt.Errorf("prove release: %w", err)
	}
	cert := certificate.Certificate{
		Number: c.number, Archive: d.cfg.Log.Archive(), Organ: fonds.Organ,
		Copy:     certificate.File{SHA256: c.sha256, SM3: c.sm3, Size: c.size},
		Original: certificate.File{SHA256: record.SHA256, SM3: record.SM3, Size: record.Size},
		Record:   certificate.Record{CaseCode: record.CaseCode, Code: record.Code, Title: record.Title},
		Plan:     c.planDigest,
		Machine:  certificate.Machine{Frames: m.Frames, Duration: m.Duration, Dropped: dropped(m)},
		Opinion:  c.decision.Opinion,
		Log:      certificate.Log{Check: rests.check, Approval: rests.approval, Release: proof},
	}
	for _, i := range items {
		cert.Items = append(cert.Items, certificate.Item{Kind: i.Kind, From: i.From, To: i.To, Effect: i.Effect, Ground: i.Ground, Reason: i.Reason})
	}
	for _, k := range m.Report.Checks() {
		cert.Machine.Checks = append(cert.Machine.Checks, certificate.Check(k))
	}
	for _, a := range []struct {
		into    *certificate.Act
		account string
		at      string
		seq     int64
	}{
		{&cert.Submitted, c.submitter, c.submittedAt, submitted},
		{&cert.Approved, c.decision.Account, c.decision.At, rests.approval.Seq},
		{&cert.Released, actor.ID, store.FormatTime(receipt.At), receipt.Seq},
	} {
		if *a.into, err = d.actOf(ctx, a.account, a.at, a.seq); err != nil {
			return none, err
		}
	}
	if rests.check != nil {
		x := certificate.Checked{Opinion: c.check.Opinion, Shown: c.check.Shown, Total: c.check.Total}
		if x.Act, err = d.actOf(ctx, c.check.Account, c.check.At, rests.check.Seq); err != nil {
			return none, err
		}
		cert.Checked = append(cert.Checked, x)
	}
	return cert, cert.Sign(d.cfg.Log)
}

func (d *Desk) actOf(ctx context.Context, account, at string, seq int64) (certificate.Act, error) {
	person, err := d.cfg.Accounts.ByID(ctx, account)
	if err != nil {
		return certificate.Act{}, fmt.Errorf("name account: %w", err)
	}
	return certificate.Act{Number: person.Number, Name: person.Name, At: at, Seq: seq}, nil
}
