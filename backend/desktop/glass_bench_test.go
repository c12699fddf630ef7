//go:build bench

package desktop_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/desktop"
)

// The test binary is the workers too: pages are read where users have them read.
func TestMain(m *testing.M) {
	if backend.IsWorker(os.Args[1:]) {
		os.Exit(backend.Worker(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// TestBenchGlass prints how long a page takes from the page view's wish to its
// bytes, log entry included, for papers in BENCH_DOCUMENTS: each page is asked for
// the first time, at the width of a window of 1366 pixels, by an engine that is
// warm. build/bench/text/bench.py reads "GLASS kind pages p50 max".
func TestBenchGlass(t *testing.T) {
	dir := os.Getenv("BENCH_DOCUMENTS")
	if dir == "" {
		t.Skip("BENCH_DOCUMENTS names no folder")
	}
	const width = 1052
	archive, state := founded(t)
	s := openConfigured(t, desktop.Config{Dir: archive, StateDir: state, Workers: true})
	s.signIn(t, "archivist")
	opened, err := face[*desktop.Cases](s).Add(desktop.NewCase{Code: "A-1", Title: "A", Type: "x", Retention: "10"})
	if err != nil {
		t.Fatal(err)
	}
	// What reads scans runs beside on the other core; BENCH_SCANS lets it.
	if os.Getenv("BENCH_SCANS") == "" {
		if err := face[*desktop.Recognition](s).Pause(true); err != nil {
			t.Fatal(err)
		}
	}
	for kind, names := range map[string][]string{
		"pdf":  {"pdf/skia-seed35p.pdf", "pdf/lo-seed.pdf", "pdf/ofdrw-Test.pdf"},
		"ofd":  {"ofd/ano.ofd", "ofd/999.ofd", "ofd/h.ofd", "ofd/1.ofd"},
		"docx": {"office/seed.docx"},
		"scan": {"scan/clean1.jpg", "scan/clean2.jpg", "scan/hard1.jpg", "scan/rot3.jpg", "scan/degr1.jpg", "scan/fax150-1.jpg", "scan/fax150-2.jpg"},
	} {
		var took []float64
		for _, name := range names {
			record := s.take(t, opened.ID, filepath.Join(dir, name))
			v, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{RecordID: record, Purpose: "arrangement"})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for n := 1; n <= v.Pages; n++ {
				began := time.Now()
				got := s.get(t, fmt.Sprintf("/viewings/%s/pages/%d?w=%d", v.ID, n, width))
				if got.StatusCode != http.StatusOK {
					t.Errorf("%s page %d: %d", name, n, got.StatusCode)
					continue
				}
				if n > 1 || v.Pages == 1 { // the first of many also opens the engine's document
					took = append(took, float64(time.Since(began).Microseconds())/1000)
				}
			}
			if err := face[*desktop.Viewings](s).Close(v.ID); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(took)
		t.Logf("GLASS %s %d %.1f %.1f", kind, len(took), took[len(took)/2], took[len(took)-1])
	}
}

// take stores one file and returns its record.
func (s *station) take(t *testing.T, caseID, path string) string {
	t.Helper()
	job, err := face[*desktop.Ingest](s).Submit(desktop.IngestRequest{CaseID: caseID, Stage: "investigation", Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	for range 600 {
		now, err := face[*desktop.Ingest](s).Job(job.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range now.Outcomes {
			if o.RecordID != "" {
				return o.RecordID
			}
			if strings.HasPrefix(o.State, "refused") {
				t.Fatalf("%s: %s", path, o.State)
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s was not stored", path)
	return ""
}
