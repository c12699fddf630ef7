package ingest

import (
	"context"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
)

// LeaveIntent leaves what a program that died before it touched the file would
// leave.
func LeaveIntent(ctx context.Context, t *testing.T, d *Desk, actor accounts.Actor, s Submission) {
	t.Helper()
	files, err := expand(ctx, s.Paths)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&work{desk: d, actor: actor, submission: s}).intend(ctx, files); err != nil {
		t.Fatal(err)
	}
}

// FileFault is fileFault, which gives a refusal its code.
func FileFault(name string, err error) error { return fileFault(name, err) }
