package ingest

import (
	"context"
	"encoding/json"
	"testing"

	"diaoyue.example/workstation/backend/jobs"
)

// LeaveIntent leaves what a program that died while copying would leave.
func LeaveIntent(ctx context.Context, t *testing.T, r *jobs.Runner, caseID, path string) {
	t.Helper()
	payload, err := json.Marshal(intent{Path: path, Case: caseID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Intend(ctx, jobs.Spec{Kind: intentKind, Subject: caseID, Payload: string(payload)}); err != nil {
		t.Fatal(err)
	}
}

// FileFault is fileFault, which gives a refusal its code.
func FileFault(name string, err error) error { return fileFault(name, err) }
