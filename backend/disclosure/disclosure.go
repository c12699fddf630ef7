// Package disclosure is the desk where redacted copies are asked for, made,
// approved and handed out (《实施细则》第十八条).
//
// The invariant: what leaves the archive is byte for byte the sealed candidate
// that a second person was shown and approved; the approval binds the plan's
// digest and the candidate's, and one changed byte in either voids it.
package disclosure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
)

// JobKind is the kind of the job that makes a candidate; its subject is the
// copy's id.
const JobKind = "export"

// Engine makes copies: *remote.Client, or a client that restarts its worker.
type Engine interface {
	Export(ctx context.Context, src, dst *os.File, plan redact.Plan, progress func(done, total int64)) (export.Manifest, error)
}

// Viewings knows who was shown what of a candidate: *viewing.Desk.
type Viewings interface {
	ShownCopy(ctx context.Context, accountID, copyID string) (viewingIDs []string, shown, total int64, err error)
	Coverage(ctx context.Context, recordID, copyID, accountID string, total int64) (viewing.Coverage, error)
}

// Config of a desk; every field is needed.
type Config struct {
	DB       *store.DB
	Log      *audit.Log
	Accounts *accounts.Desk
	Catalog  *catalog.Catalog
	Vault    *vault.Vault
	Jobs     *jobs.Runner
	Engine   Engine
	Viewings Viewings
	Now      func() time.Time
}

// Desk handles redacted copies. It is safe for concurrent use.
type Desk struct{ cfg Config }

// New gives the desk and names it to the runner as the one who makes candidates.
// Call it before the runner starts.
func New(cfg Config) *Desk {
	d := &Desk{cfg}
	cfg.Jobs.Handle(JobKind, d.makeCandidate)
	return d
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	return id.String(), nil
}

// refuse logs a refusal and returns it with its basis. Without the entry there
// is no plain refusal either.
func (d *Desk) refuse(ctx context.Context, actor accounts.Actor, why *fault.Fault, basis string, objects map[string]string, params ...string) error {
	codes := map[string]any{"code": why.Code(), "basis": basis}
	for i := 0; i+1 < len(params); i += 2 {
		codes[params[i]] = params[i+1]
	}
	_, err := d.cfg.Log.Note(ctx, audit.Entry{Actor: actor.ID, Event: audit.Refusal, Result: audit.Refused, Objects: objects, Codes: codes})
	return errors.Join(why.With(append(params, fault.Basis, basis)...), err)
}

// noteRefusal logs a refusal that another room worded.
func (d *Desk) noteRefusal(ctx context.Context, actor accounts.Actor, why error, objects map[string]string) error {
	_, err := d.cfg.Log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Refusal, Result: audit.Refused, Objects: objects,
		Codes: map[string]any{"code": fault.Code(why), "basis": fault.Params(why)[fault.Basis]},
	})
	return err
}
