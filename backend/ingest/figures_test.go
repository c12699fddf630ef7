//go:build faults && linux && amd64

package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/figure"
	"diaoyue.example/workstation/backend/figure/mishap"
	"diaoyue.example/workstation/backend/ingest"
)

// house is a closed archive with one case, and a file to be taken.
type house struct {
	*backendtest.House

	caseID, path string
	home         string // what archive and state were before
}

func furnish(t *testing.T) *house {
	t.Helper()
	h := &house{House: backendtest.Open(t, backendtest.Options{}), path: filepath.Join(t.TempDir(), "statement.txt")}
	h.caseID = h.Case(t, "C-1").ID
	write(t, h.path, strings.Repeat("the statement of the witness ", 2000))
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	// What fails is the call, on whatever disk; in memory it fails sooner.
	home, err := mishap.NewMemory(t, 512<<20)
	if errors.Is(err, mishap.ErrUnable) {
		home = t.TempDir()
	} else if err != nil {
		t.Fatal(err)
	}
	h.home = filepath.Dir(h.Config.Dir)
	h.Config.Dir, h.Config.StateDir = filepath.Join(home, "archive"), filepath.Join(home, "state")
	h.renew(t)
	return h
}

// renew puts back archive and state as they were before the file was taken.
func (h *house) renew(t *testing.T) {
	t.Helper()
	for name, to := range map[string]string{"archive": h.Config.Dir, "state": h.Config.StateDir} {
		if err := errors.Join(os.RemoveAll(to), os.CopyFS(to, os.DirFS(filepath.Join(h.home, name)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chmod(h.Config.Dir, 0o700), os.Chmod(h.Config.StateDir, 0o700)); err != nil {
		t.Fatal(err)
	}
}

// suffer takes the file in a child whose file operations below the archive
// fail as f says, and returns what it said and how many there were.
func (h *house) suffer(t *testing.T, f mishap.Failure) (string, int) {
	t.Helper()
	cmd := child(t, h.House, h.caseID, h.path, operations)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	f.Dir = h.Config.Dir
	// The search index and the running jobs are no part of the taking.
	f.Spare = func(path string) bool { return strings.HasPrefix(path, filepath.Join(h.Config.Dir, "index")) }
	n, err := mishap.Run(cmd, f)
	if errors.Is(err, mishap.ErrUnable) {
		figure.Skip(t, err.Error(), figure.IngestSteps, figure.IngestFaults)
	}
	if err != nil {
		t.Fatal(err, out.String())
	}
	return out.String(), n
}

// enter opens the archive as the next start of the program does, and lets it
// finish what it finds.
func (h *house) enter(t *testing.T) {
	t.Helper()
	w, err := backendtest.Enter(t.Context(), h.Config.Dir, h.Config.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	h.Workstation = w
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Killed at each file operation of taking a file, the archive has it once
// after the next start, and nothing besides.
func TestFigureIngestKilledAtEveryStep(t *testing.T) {
	h := furnish(t)
	runs, bad, steps := 0, 0, 0
	for at := 1; ; at++ {
		h.renew(t)
		said, n := h.suffer(t, mishap.Failure{At: at, Kill: true})
		if n < at {
			if !strings.Contains(said, "outcome stored") {
				t.Fatalf("the child that nobody killed said %q", said)
			}
			break
		}
		runs, steps = runs+1, n
		h.enter(t)
		if len(h.Recovered.Files) == 0 { // nothing had been written down: to be submitted again
			if got, err := h.Catalog.Records(t.Context(), h.caseID); err != nil || len(got) == 0 {
				h.Take(t, h.caseID, h.path)
			}
		}
		if harm := harmed(t, h.House, h.caseID, h.path); harm != "" {
			bad++
			t.Errorf("killed at operation %d: %s", at, harm)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	figure.Report(t, figure.Figure{
		Row: figure.IngestSteps, Name: fmt.Sprintf("kill -9 before each of %d file operations, the fourteen steps of custody among them; one original and one record after the next start: %d of %d", steps, runs-bad, runs),
		Value: verdict(bad == 0, "all", fmt.Sprintf("all but %d", bad)), OK: bad == 0 && runs > 50,
	})
}

func verdict(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}

// EIO and ENOSPC at each file operation of taking a file, once and from then
// on: what was acknowledged is there, what was refused was said, nothing else
// is harmed, and the file is there once it was submitted again.
func TestFigureIngestFaults(t *testing.T) {
	h := furnish(t)
	runs, harm, stored, refused := 0, 0, 0, 0
	for _, errno := range []unix.Errno{unix.EIO, unix.ENOSPC} {
		for _, stays := range []bool{false, true} {
			for at := 1; ; at++ {
				h.renew(t)
				said, n := h.suffer(t, mishap.Failure{At: at, Errno: errno, Stays: stays})
				if n < at {
					break
				}
				runs++
				acknowledged := strings.Contains(said, "outcome stored")
				if acknowledged {
					stored++
				} else {
					refused++
				}
				h.enter(t)
				records, err := h.Catalog.Records(t.Context(), h.caseID)
				if err != nil {
					t.Fatal(err)
				}
				if acknowledged && len(records) != 1 {
					harm++
					t.Errorf("%v (stays: %v) at %d: acknowledged, %d records", errno, stays, at, len(records))
				}
				if len(records) == 0 {
					h.Take(t, h.caseID, h.path)
				}
				if wrong := harmed(t, h.House, h.caseID, h.path); wrong != "" {
					harm++
					t.Errorf("%v (stays: %v) at %d: %s (the child said %q)", errno, stays, at, wrong, said)
				}
				if err := h.Close(); err != nil {
					t.Error(err)
				}
			}
		}
	}
	figure.Report(t, figure.Figure{
		Row: figure.IngestFaults, Name: fmt.Sprintf("%d runs, each file operation once and from then on; %d stored all the same, %d refused and stored when submitted again", runs, stored, refused),
		Value: fmt.Sprintf("%d harmed", harm), OK: harm == 0 && runs > 150 && refused > 50,
	})
}

// A disk that is full, and a folder that became read-only: said with its code,
// what was stored before stays, and the same files are taken when there is
// room again.
func TestFigureIngestFullAndReadOnly(t *testing.T) {
	disk, err := mishap.NewMemory(t, 3<<20)
	if errors.Is(err, mishap.ErrUnable) {
		figure.Skip(t, err.Error(), figure.IngestFull, figure.IngestReadOnly)
	} else if err != nil {
		t.Fatal(err)
	}
	h := backendtest.Open(t, backendtest.Options{Originals: disk})
	file := h.Case(t, "C-1")
	source := t.TempDir()
	var paths []string
	for i := range 5 {
		path := filepath.Join(source, fmt.Sprintf("%d.txt", i))
		write(t, path, fmt.Sprint(i)+strings.Repeat("text ", 200_000)) // 1 MB
		paths = append(paths, path)
	}
	take := func() (stored []string, codes map[string]int) {
		t.Helper()
		codes = map[string]int{}
		out := receive(t, h, ingest.Submission{CaseID: file.ID, Stage: catalog.StageService, Paths: paths})
		for _, o := range out {
			if o.State == ingest.Stored || o.State == ingest.Known {
				stored = append(stored, o.SHA256)
				continue
			}
			codes[codeOf(o)]++
		}
		return stored, codes
	}
	first, codes := take()
	full := codes[ingest.ErrNoSpace.Code()] == 5-len(first) && len(first) > 0 && len(first) < 5
	harm := 0
	whole := func(all []string) {
		t.Helper()
		for _, sha256 := range all {
			if wrong := h.Vault.Verify(t.Context(), sha256); wrong != nil {
				harm++
				t.Error(wrong)
			}
		}
	}
	whole(first)
	if err = mishap.Resize(t.Context(), disk, 16<<20); err != nil {
		t.Fatal(err)
	}
	after, _ := take()
	whole(after)
	figure.Report(t, figure.Figure{
		Row: figure.IngestFull, Name: fmt.Sprintf("originals on a tmpfs of 3 MB, 5 files of 1 MB: %d stored, %v; with more room %d of 5", len(first), codes, len(after)),
		Value: fmt.Sprintf("%s, %d harmed", verdict(full, "said", "unsaid"), harm), OK: full && harm == 0 && len(after) == 5,
	})
	// Read-only, as the kernel makes a file system whose disk failed.
	if err = mishap.Remount(t.Context(), disk, true); err != nil {
		t.Fatal(err)
	}
	harm = 0
	paths = append(paths, write(t, filepath.Join(source, "new.txt"), "new"))
	still, codes := take()
	readOnly := len(still) == 0 && codes["vault.read_only"] == 6 // even to know a file again, it is copied first
	whole(after)
	if err = mishap.Remount(context.WithoutCancel(t.Context()), disk, false); err != nil {
		t.Fatal(err)
	}
	last, _ := take()
	whole(last)
	figure.Report(t, figure.Figure{
		Row: figure.IngestReadOnly, Name: fmt.Sprintf("the folder of the originals remounted read-only: %v; writable again %d of 6", codes, len(last)),
		Value: fmt.Sprintf("%s, %d harmed", verdict(readOnly, "said", "unsaid"), harm), OK: readOnly && harm == 0 && len(last) == 6,
	})
	if n := recordCount(t, h, file.ID); n != 6 {
		t.Errorf("%d records, want 6", n)
	}
}
