package preservation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// Hold keeps a case file from being disposed of (冻结): a suit, a review, a
// complaint.
type Hold struct {
	ID               string
	CaseID, CaseCode string
	Title            string
	Reason, Basis    string
	By               string
	At               time.Time
	EndedBy          string
	EndedAt          time.Time
	EndReason        string
}

// Hold begins a hold on the case file with this id or code. Errors: ErrReason,
// catalog.ErrNoCase, accounts.ErrForbidden.
func (d *Desk) Hold(ctx context.Context, actor accounts.Actor, idOrCode, reason, basis string) (Hold, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Hold, map[string]string{"case": idOrCode}); err != nil {
		return Hold{}, err
	}
	f, err := d.cfg.Catalog.Case(ctx, idOrCode)
	if errors.Is(err, catalog.ErrNoCase) {
		f, err = d.cfg.Catalog.CaseByCode(ctx, strings.TrimSpace(idOrCode))
	}
	if err != nil {
		return Hold{}, err
	}
	objects := map[string]string{"case": f.ID}
	h := Hold{CaseID: f.ID, CaseCode: f.Code, Title: f.Title, Reason: strings.TrimSpace(reason), Basis: strings.TrimSpace(basis), By: actor.Name, At: d.cfg.Now()}
	if h.Reason == "" {
		return Hold{}, ErrReason.With()
	}
	if h.ID, err = newID(); err != nil {
		return Hold{}, err
	}
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.PolicyAssignment, Objects: objects,
		Codes: map[string]any{"hold": h.ID, "step": "begin"}, Details: map[string]any{"reason": h.Reason, "basis": h.Basis, "title": f.Title},
	}, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO hold (id, case_id, reason, basis, account, at) VALUES (?, ?, ?, ?, ?, ?)`,
			h.ID, h.CaseID, h.Reason, h.Basis, actor.ID, store.FormatTime(h.At))
		return err
	})
	if err != nil {
		return Hold{}, fmt.Errorf("hold case: %w", err)
	}
	return h, nil
}

// EndHold ends one. Errors: ErrNoHold, ErrReason, accounts.ErrForbidden.
func (d *Desk) EndHold(ctx context.Context, actor accounts.Actor, holdID, reason string) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Hold, nil); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return ErrReason.With()
	}
	open, err := d.holds(ctx, `h.id = ? AND h.ended_at = ''`, holdID)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return ErrNoHold
	}
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.PolicyAssignment, Objects: map[string]string{"case": open[0].CaseID},
		Codes: map[string]any{"hold": holdID, "step": "end"}, Details: map[string]any{"reason": reason, "title": open[0].Title},
	}, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE hold SET ended_by = ?, ended_at = ?, end_reason = ? WHERE id = ?`, actor.ID, d.stamp(), strings.TrimSpace(reason), holdID)
		return err
	})
	return err
}

// Holds returns the open holds, or all, newest first.
func (d *Desk) Holds(ctx context.Context, actor accounts.Actor, open bool) ([]Hold, error) {
	if err := d.mayRead(ctx, actor, accounts.Hold); err != nil {
		return nil, err
	}
	where := `1 = 1`
	if open {
		where = `h.ended_at = ''`
	}
	out, err := d.holds(ctx, where+` ORDER BY h.id DESC`)
	for i := range out {
		if !titled(actor) {
			out[i].Title, out[i].Reason, out[i].Basis, out[i].EndReason = "", "", "", ""
		}
	}
	return out, err
}

func (d *Desk) holds(ctx context.Context, where string, args ...any) ([]Hold, error) {
	out := []Hold{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT h.id, h.case_id, f.code, f.title, h.reason, h.basis, h.account, h.at, h.ended_by, h.ended_at, h.end_reason
			FROM hold h JOIN case_file f ON f.id = h.case_id WHERE `+where, args...)
		if err != nil {
			return fmt.Errorf("read holds: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var h Hold
			var at, ended string
			if err := rows.Scan(&h.ID, &h.CaseID, &h.CaseCode, &h.Title, &h.Reason, &h.Basis, &h.By, &at, &h.EndedBy, &ended, &h.EndReason); err != nil {
				return fmt.Errorf("read holds: %w", err)
			}
			h.At, h.EndedAt = parseTime(at), parseTime(ended)
			out = append(out, h)
		}
		return rows.Err()
	})
	for i := range out {
		out[i].By, out[i].EndedBy = d.nameOf(ctx, out[i].By), d.nameOf(ctx, out[i].EndedBy)
	}
	return out, err
}
