package backend_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media"
)

// A recording that cannot be played is kept as it came, with the reason; what
// is no recording at all is refused as before.
func TestUnreadableRecordingsAreKept(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	whole, err := os.ReadFile(backendtest.Clip(t, t.TempDir(), "whole.mp4", backendtest.Small()))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"a-cut.mp4":      whole[:len(whole)*2/3],
		"b-vendor.dav":   []byte("\x01\x02DHAV of an unknown kind"),
		"c-playlist.mp4": []byte("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"),
		"d-unknown.dat":  []byte("no recording"),
		"e-zeros.mp4":    make([]byte, 4096),
	} {
		if err = os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := h.Ingest.Receive(t.Context(), h.As(accounts.Archivist), ingest.Submission{
		CaseID: file.ID, Stage: catalog.StageInvestigation, Paths: []string{dir}, Chain: true,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	type short struct{ Name, State, Code, Kind string }
	var got []short
	for _, o := range out {
		s := short{Name: o.Name, State: string(o.State), Code: fault.Code(o.Err)}
		if o.State == ingest.Stored {
			var r catalog.Record
			if r, err = h.Catalog.Record(t.Context(), o.RecordID); err != nil {
				t.Fatal(err)
			}
			if r.IndexState != catalog.IndexUnreadable || r.Medium != catalog.MediumVideo || r.Playable() || r.DueAt.IsZero() {
				t.Errorf("%s: %s %s, due %s", o.Name, r.IndexState, r.Medium, r.DueAt)
			}
			s.Kind = r.DiagnosisKind()
			if left, failed := h.Jobs.Of(t.Context(), r.ID); failed != nil || len(left) > 0 {
				t.Errorf("%s: work is queued for what cannot be decoded: %v, %v", o.Name, left, failed)
			}
			cannotBeOpened(t, h, r)
		}
		got = append(got, s)
	}
	want := []short{
		{"a-cut.mp4", "stored", "", media.DiagnosisNoIndex},
		{"b-vendor.dav", "stored", "", media.DiagnosisUnsupported},
		{"c-playlist.mp4", "refused", "ingest.unsupported", ""},
		{"d-unknown.dat", "refused", "ingest.unsupported", ""},
		{"e-zeros.mp4", "refused", "ingest.empty", ""},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("outcomes (-want +got):\n%s", d)
	}
	if out[0].SHA256 == "" {
		t.Fatal("no digest")
	}
	f, err := h.Vault.Original(out[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != int64(len(whole)*2/3) {
		t.Errorf("the original is not what came: %v, %v", info, err)
	}
}

// cannotBeOpened asks for a viewing: it is refused by name, and nothing is said
// to have been shown.
func cannotBeOpened(t *testing.T, h *backendtest.House, r catalog.Record) {
	t.Helper()
	_, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: r.ID, Purpose: viewing.PurposeCase, Basis: "1"})
	if fault.Code(err) != "viewing.unreadable" || fault.Params(err)["kind"] != r.DiagnosisKind() {
		t.Errorf("%s: opened with %v", r.FileName, err)
	}
	shown, err := h.Log.List(t.Context(), audit.Filter{ObjectKind: "record", ObjectID: r.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range shown {
		if e.Event == audit.Displaying {
			t.Errorf("%s: an entry says it was shown", r.FileName)
		}
	}
}
