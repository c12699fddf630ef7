package disclosure

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
)

// row is all that the database knows of one copy.
type row struct {
	id, number, recordID, original string
	plan, planDigest               string
	submitter, submittedAt         string
	job                            string
	state                          State
	failure                        string

	candidateID, sha256, sm3 string // "" while there is no candidate
	size                     int64
	manifest, madeAt         string

	check    decision // Account "" while nobody checked it
	decision decision // Account "" while undecided

	releasedAt, folder string // of the last release
}

// decision is what one person decided, on exactly which plan and bytes: the
// head, or the checker, whose "approved" is that it passed.
type decision struct {
	Approved bool   `json:"approved"`
	Account  string `json:"account"`
	At       string `json:"at"`
	Opinion  string `json:"opinion"`
	Viewing  string `json:"viewing"`
	Shown    int64  `json:"shown"`
	Total    int64  `json:"total"`
	Plan     string `json:"plan"`
	SHA256   string `json:"sha256"`
	SM3      string `json:"sm3"`
}

const selectRow = `SELECT c.id, c.number, c.record_id, c.original, c.plan, c.plan_digest, c.submitter, c.submitted_at, c.job, c.state, c.error,
	coalesce(k.candidate_id, ''), coalesce(k.sha256, ''), coalesce(k.sm3, ''), coalesce(k.size, 0), coalesce(k.manifest, ''), coalesce(k.made_at, ''),
	coalesce(x.passed, 0), coalesce(x.account, ''), coalesce(x.at, ''), coalesce(x.opinion, ''), coalesce(x.viewing_id, ''),
	coalesce(x.shown, 0), coalesce(x.total, 0), coalesce(x.plan_digest, ''), coalesce(x.sha256, ''), coalesce(x.sm3, ''),
	coalesce(a.approved, 0), coalesce(a.account, ''), coalesce(a.at, ''), coalesce(a.opinion, ''), coalesce(a.viewing_id, ''),
	coalesce(a.shown, 0), coalesce(a.total, 0), coalesce(a.plan_digest, ''), coalesce(a.sha256, ''), coalesce(a.sm3, ''),
	coalesce((SELECT max(at) FROM copy_release r WHERE r.copy_id = c.id), ''),
	coalesce((SELECT folder FROM copy_release r WHERE r.copy_id = c.id ORDER BY at DESC LIMIT 1), '')
	FROM redacted_copy c LEFT JOIN copy_candidate k ON k.copy_id = c.id LEFT JOIN copy_check x ON x.copy_id = c.id
	LEFT JOIN copy_decision a ON a.copy_id = c.id`

func scan(rows *sql.Rows) (row, error) {
	var r row
	err := rows.Scan(&r.id, &r.number, &r.recordID, &r.original, &r.plan, &r.planDigest, &r.submitter, &r.submittedAt, &r.job, &r.state, &r.failure,
		&r.candidateID, &r.sha256, &r.sm3, &r.size, &r.manifest, &r.madeAt,
		&r.check.Approved, &r.check.Account, &r.check.At, &r.check.Opinion, &r.check.Viewing,
		&r.check.Shown, &r.check.Total, &r.check.Plan, &r.check.SHA256, &r.check.SM3,
		&r.decision.Approved, &r.decision.Account, &r.decision.At, &r.decision.Opinion, &r.decision.Viewing,
		&r.decision.Shown, &r.decision.Total, &r.decision.Plan, &r.decision.SHA256, &r.decision.SM3, &r.releasedAt, &r.folder)
	if err != nil {
		return r, fmt.Errorf("read copy: %w", err)
	}
	return r, nil
}

func (d *Desk) row(ctx context.Context, id string) (row, error) {
	found, err := d.rows(ctx, `c.id = ? OR c.number = ?`, id, id)
	if err != nil {
		return row{}, err
	}
	if len(found) == 0 {
		return row{}, ErrNoCopy.With("copy", id)
	}
	return found[0], nil
}

func (d *Desk) rows(ctx context.Context, where string, args ...any) ([]row, error) {
	var out []row
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, selectRow+` WHERE `+where+` ORDER BY c.id DESC`, args...)
		if err != nil {
			return fmt.Errorf("read copies: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scan(rows)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return rows.Err()
	})
	return out, err
}

// frozenPlan reads the plan back and holds it against its digest.
func (r row) frozenPlan() (redact.Plan, error) {
	plan, err := redact.ParsePlan([]byte(r.plan))
	if err != nil || string(plan.Canonical()) != r.plan || plan.Digest() != r.planDigest {
		return redact.Plan{}, ErrChanged.With("what", "plan")
	}
	return plan, nil
}

func (r row) readManifest() (export.Manifest, error) {
	var m export.Manifest
	if r.manifest == "" {
		return m, errors.New("read manifest: there is none yet")
	}
	if err := json.Unmarshal([]byte(r.manifest), &m); err != nil {
		return m, fmt.Errorf("read manifest: %w", err)
	}
	return m, nil
}

// excluded says why this account may not do a, whatever its roles, and on which
// basis: on one copy maker, checker and head are three people. nil when it may.
func (r row) excluded(account string, a act) (why *fault.Fault, basis string) {
	switch {
	case a == checking && account == r.submitter:
		return ErrSelfCheck, BasisExclusion
	case a == decide && account == r.submitter:
		return ErrSelfApproval, BasisApproval
	case a == decide && account == r.check.Account:
		return ErrCheckerApproval, BasisExclusion
	}
	return nil, ""
}

// codes are what the entry of a check or approval says for all to see.
func (r row) codes(x decision, seal string) map[string]any {
	return map[string]any{
		certificate.CodePlan: r.planDigest, certificate.CodeCopySHA256: r.sha256, certificate.CodeCopySM3: r.sm3, "size": r.size,
		certificate.CodeShown: x.Shown, certificate.CodeTotal: x.Total, "seal": seal, "submitter": r.submitter,
	}
}

// checkSeal is the digest of all that a check rests on.
func (r row) checkSeal() (string, error) { return r.seal(r.check, nil) }

// approvalSeal is the digest of all that an approval rests on and that a
// certificate will say, the check included where there is one.
func (r row) approvalSeal() (string, error) {
	if r.check.Account == "" {
		return r.seal(r.decision, nil)
	}
	return r.seal(r.decision, &r.check)
}

// seal stands in the log with the decision, so that a row changed later is
// found out. Without a check it is what versions before the check wrote.
func (r row) seal(x decision, check *decision) (string, error) {
	b, err := json.Marshal(struct {
		ID, Number, Record, Original, Plan, PlanDigest, Submitter, SubmittedAt string
		SHA256, SM3                                                            string
		Size                                                                   int64
		Manifest, CandidateID                                                  string
		Decision                                                               decision
		Check                                                                  *decision `json:",omitempty"`
	}{
		r.id, r.number, r.recordID, r.original, r.plan, r.planDigest, r.submitter, r.submittedAt,
		r.sha256, r.sm3, r.size, r.manifest, r.candidateID, x, check,
	})
	if err != nil {
		return "", fmt.Errorf("seal decision: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
