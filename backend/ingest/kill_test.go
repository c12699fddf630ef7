//go:build linux && amd64

package ingest_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/figure/mishap"
	"diaoyue.example/workstation/backend/ingest"
)

// The test binary runs itself as the program that dies at a step.
const childEnv = "DIAOYUE_TEST_INGEST"

func TestMain(m *testing.M) {
	if spec := os.Getenv(childEnv); spec != "" {
		if err := die(context.Background(), strings.Split(spec, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// operations is the step of a child whose file operations the parent judges.
const operations = "operations"

// die ingests a file and kills itself when a step is reached, or says what
// became of the file.
func die(ctx context.Context, spec []string) error {
	w, err := backendtest.Enter(ctx, spec[0], spec[1])
	if err != nil {
		return err
	}
	actor, err := w.Accounts.SignIn(ctx, spec[2], backendtest.Password)
	if err != nil {
		return err
	}
	if spec[5] == operations {
		if err = mishap.Submit(); err != nil {
			return err
		}
	}
	out, err := w.Ingest.Receive(ctx, actor, ingest.Submission{CaseID: spec[3], Stage: catalog.StageService, Paths: []string{spec[4]}},
		func(p ingest.Progress) {
			if p.Step == spec[5] && (spec[5] != ingest.StepCopying || p.BytesDone > 0) {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		})
	if err == nil && spec[5] == stepIndexing {
		record, failed := w.Catalog.Record(ctx, out[0].RecordID)
		if failed != nil {
			return failed
		}
		return dieIndexing(ctx, w.Vault, record.SHA256)
	}
	for _, o := range out {
		fmt.Println("outcome", o.State, fault.Code(o.Err))
	}
	return err
}

// Killed at any step, nothing half-stored is left; at the next start the file
// is taken up by itself, and there is one record and one original.
func TestKilledWhileTaking(t *testing.T) {
	for _, step := range []string{ingest.StepReading, ingest.StepCopying, ingest.StepReadingBack, ingest.StepCataloguing} {
		t.Run(step, func(t *testing.T) {
			h := backendtest.Open(t, backendtest.Options{})
			file := h.Case(t, "C-1")
			path := filepath.Join(t.TempDir(), "big.txt")
			write(t, path, strings.Repeat("text ", 1<<20))
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
			cmd := child(t, h, file.ID, path, step)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the program was not killed: %v %s", err, out)
			}
			w, err := backendtest.Enter(t.Context(), h.Config.Dir, h.Config.StateDir)
			if err != nil {
				t.Fatal(err)
			}
			h.Workstation = w
			if len(w.Recovered.Files) != 1 || !w.Recovered.Files[0].Resumed {
				t.Errorf("taken up: %+v", w.Recovered.Files)
			}
			if err := w.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if harm := harmed(t, h, file.ID, path); harm != "" {
				t.Error(harm)
			}
			if _, err := w.Log.Verify(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// child is this test binary taking a file in.
func child(t *testing.T, h *backendtest.House, caseID, path, step string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "GOCOVERDIR="+t.TempDir(), childEnv+"="+strings.Join([]string{
		h.Config.Dir, h.Config.StateDir, h.As(accounts.Archivist).Number, caseID, path, step,
	}, "\n"))
	return cmd
}

// harmed says what is wrong with a case that should hold one file, "" when
// there are one record and one original with its bytes, and nothing besides.
func harmed(t *testing.T, h *backendtest.House, caseID, path string) string {
	t.Helper()
	records, err := h.Catalog.Records(t.Context(), caseID)
	if err != nil || len(records) != 1 {
		return fmt.Sprintf("%d records (%v), want 1", len(records), err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(text)); records[0].SHA256 != sum {
		return "the record is of other bytes"
	}
	originals := 0
	err = h.Vault.Walk(t.Context(), func(digest string, _ int64) error {
		originals++
		return h.Vault.Verify(t.Context(), digest)
	})
	if err != nil || originals != 1 {
		return fmt.Sprintf("%d originals (%v), want 1", originals, err)
	}
	if left, err := filepath.Glob(filepath.Join(h.Dir(), "staging", "*")); err != nil || len(left) > 0 {
		return fmt.Sprintf("staging holds %v (%v)", left, err)
	}
	if broken, err := h.Catalog.CheckSeals(t.Context()); err != nil || len(broken) > 0 {
		return fmt.Sprintf("seals: %+v (%v)", broken, err)
	}
	return ""
}
