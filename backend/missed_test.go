package backend_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
)

// earlier makes of an open archive what the version before the mark left: what
// a person took in, without this derived work.
func earlier(t *testing.T, h *backendtest.House, more string) {
	t.Helper()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	past(t, h.Config.Dir, `DELETE FROM job WHERE kind IN ('subtitles', 'enclosures', 'missed'); DELETE FROM job_pause; DELETE FROM question;`+more)
}

func reopen(t *testing.T, h *backendtest.House) {
	t.Helper()
	w, err := backend.Open(t.Context(), h.Config)
	if err != nil {
		t.Fatal(err)
	}
	h.Workstation = w
}

// hold keeps kinds of job from being done.
func hold(t *testing.T, h *backendtest.House, kinds ...string) {
	t.Helper()
	_, err := h.Log.Do(t.Context(), audit.Entry{Event: audit.Job}, func(tx *store.Tx) error {
		for _, kind := range kinds {
			if err := h.Jobs.SetPaused(t.Context(), tx, kind, true); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// of counts the jobs of a kind that a record was given.
func of(t *testing.T, h *backendtest.House, kind, record string) int {
	t.Helper()
	all, err := h.Jobs.Of(t.Context(), record)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, j := range all {
		if j.Kind == kind {
			n++
		}
	}
	return n
}

// What an earlier version took in gets its words and its attachments at the
// first opening, once; the openings after it ask nobody.
func TestEarlierRecordsGetTheirWords(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; it makes the recording")
	}
	h := backendtest.Open(t, backendtest.Options{})
	hold(t, h, ingest.JobSubtitles, ingest.JobEnclosures)
	dir := t.TempDir()
	words, sound, film := filepath.Join(dir, "a.srt"), filepath.Join(dir, "a.m4a"), filepath.Join(dir, "a.mkv")
	if err := os.WriteFile(words, []byte("1\n00:00:00,680 --> 00:00:01,200\n琉璃筒瓦在此\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := backendtest.Clip(t, dir, "plain.mp4", backendtest.Small())
	for _, args := range [][]string{
		{"-f", "lavfi", "-i", "sine=d=2", "-i", words, "-map", "0", "-map", "1", "-c:a", "aac", "-c:s", "mov_text", sound},
		{"-i", plain, "-i", words, "-map", "0:v", "-map", "1", "-c:v", "copy", "-c:s", "srt", film},
	} {
		if out, err := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	paper := filepath.Join(dir, "p.ofd")
	if err := os.WriteFile(paper, smallOFD(t), 0o600); err != nil {
		t.Fatal(err)
	}
	records := h.Take(t, h.Case(t, "C-1").ID, sound, film, paper)
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	earlier(t, h, "")
	for range 3 {
		reopen(t, h)
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, r := range records[:2] {
			got, err := h.Catalog.Transcripts(t.Context(), r.ID)
			if err != nil || len(got) != 1 || of(t, h, ingest.JobSubtitles, r.ID) != 1 {
				t.Errorf("%s: %d lines, asked %d times, %v", r.FileName, len(got), of(t, h, ingest.JobSubtitles, r.ID), err)
			}
		}
		if n := of(t, h, ingest.JobEnclosures, records[2].ID); n != 1 || of(t, h, ingest.JobSubtitles, records[2].ID) != 0 {
			t.Errorf("the paper was asked %d times", n)
		}
		asked, err := h.Log.List(t.Context(), audit.Filter{Event: audit.Job})
		told := 0
		for _, e := range asked {
			if e.Codes["kind"] == ingest.JobMissed {
				told++
			}
		}
		if err != nil || told != 4 { // begun and done, for each of two kinds
			t.Errorf("%d entries, %v", told, err)
		}
		if err = h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	reopen(t, h)
}

// Wherever the program ends, each recording is asked, and asked once.
func TestEarlierRecordsAreAskedOnce(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	hold(t, h, ingest.JobPreview)
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(path, []byte("words"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	columns := `case_id, kind, stage, title, date, file_name, format, size, sm3, stored_at, stored_by, timeliness, text_state`
	many := func(prefix, medium, state string, from, n int) string {
		return fmt.Sprintf(`INSERT INTO record (id, number, sha256, medium, index_state, %[1]s)
			WITH RECURSIVE c(n) AS (SELECT %[2]d UNION ALL SELECT n + 1 FROM c WHERE n + 1 < %[2]d + %[3]d)
			SELECT printf('%[4]s%%05d', n), n, printf('%%064x', n), '%[5]s', '%[6]s', %[1]s FROM record, c WHERE id = '%[7]s';`,
			columns, from, n, prefix, medium, state, first.ID)
	}
	earlier(t, h, many("a", catalog.MediumDocument, catalog.IndexNone, 1000, 300)+
		many("b", catalog.MediumAudio, catalog.IndexNone, 2000, 150)+many("c", catalog.MediumDocument, catalog.IndexNone, 3000, 700)+
		many("d", catalog.MediumVideo, catalog.IndexVerified, 4000, 101)+many("e", catalog.MediumVideo, catalog.IndexProvisional, 5000, 3)+
		`INSERT INTO job_pause (kind, since) VALUES ('subtitles', '');`+
		`INSERT INTO job (id, kind, subject, payload, state, created_at, started_at, ended_at)
			VALUES ('x', 'subtitles', 'b02007', '', 'done', '2026-11-23T01:00:00.000000Z', '2026-11-23T01:00:00.000000Z', '2026-11-23T01:00:00.000000Z');`)
	for range 4 {
		reopen(t, h)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	reopen(t, h)
	if err := h.Jobs.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	waiting, err := h.Jobs.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	for _, j := range waiting {
		if j.Kind == ingest.JobSubtitles && j.State == jobs.Waiting {
			asked[j.Subject]++
		}
	}
	if len(asked) != 150-1+101 || asked["b02007"] != 0 || asked["e05000"] != 0 {
		t.Errorf("%d recordings were asked", len(asked))
	}
	for id, n := range asked {
		if n != 1 {
			t.Errorf("%s was asked %d times", id, n)
		}
	}
}

// Who was asked before the work knew something is asked for that, once; who was
// asked since, or can have none of it, is not.
func TestWhatIsNewIsAskedAgain(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	hold(t, h, ingest.JobPreview)
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(path, []byte("words"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	more := `UPDATE job SET created_at = '2000-01-01T00:00:00.000000Z';
		INSERT INTO question (kind, answered, put, since, looked) VALUES ('subtitles', 1, 1, '', ''), ('enclosures', 1, 1, '', '');
		INSERT INTO job_pause (kind, since) VALUES ('subtitles', ''), ('enclosures', '');`
	records := []struct{ id, medium, format, asked string }{
		{"a", catalog.MediumVideo, "mp4", "2000"},
		{"b", catalog.MediumVideo, "mkv", "2000"},
		{"c", catalog.MediumAudio, "m4a", "2000"},
		{"d", catalog.MediumVideo, "mov", "2999"},
		{"e", catalog.MediumDocument, "pdf", ""},
		{"f", catalog.MediumDocument, "eml", "2000"},
	}
	columns := `case_id, kind, stage, title, date, file_name, size, sm3, stored_at, stored_by, timeliness, text_state`
	for i, r := range records {
		more += fmt.Sprintf(`INSERT INTO record (id, number, sha256, medium, format, index_state, %[1]s)
			SELECT '%[2]s', %[3]d, printf('%%064x', %[3]d), '%[4]s', '%[5]s', 'verified', %[1]s FROM record WHERE id = '%[6]s';`,
			columns, r.id, i+100, r.medium, r.format, first.ID)
		kind := ingest.JobSubtitles
		if r.medium == catalog.MediumDocument {
			kind = ingest.JobEnclosures
		}
		if r.asked != "" {
			more += fmt.Sprintf(`INSERT INTO job (id, kind, subject, payload, state, created_at) VALUES ('0%[1]s', '%[2]s', '%[1]s', '', 'done', '%[3]s-01-01T00:00:00.000000Z');`,
				r.id, kind, r.asked)
		}
	}
	earlier(t, h, more)
	for range 3 {
		reopen(t, h)
		if err := h.Jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, r := range records {
			got += fmt.Sprintf("%s %d %d, ", r.id, of(t, h, ingest.JobSubtitles, r.id), of(t, h, ingest.JobEnclosures, r.id))
		}
		if want := "a 2 0, b 1 0, c 2 0, d 1 0, e 0 1, f 0 1, "; got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	reopen(t, h)
}
