package ingest_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"testing"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/media/preview"
)

// A recording gets its thumbnails by verified frame numbers, a sound recording
// its curve, a paper neither; asking for what is there makes no work.
func TestPreviewIsMade(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	spoken := backendtest.Small()
	spoken.SoundOnly = true
	records := h.Take(t, file.ID, backendtest.Clip(t, dir, "a.mp4", backendtest.Small()),
		backendtest.Clip(t, dir, "b.m4a", spoken), write(t, dir+"/c.txt", "paper"))
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		f, err := h.Vault.Derived(r.SHA256, catalog.DerivedPreview)
		if !r.Footage() {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a paper has a preview: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		size, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		p, err := preview.Read(f, size.Size())
		if err != nil {
			t.Fatal(err)
		}
		info := p.Info()
		if r.Medium == catalog.MediumVideo && (len(info.Tiles) == 0 || info.State != "verified") ||
			r.Medium == catalog.MediumAudio && len(info.Tracks) != 1 {
			t.Errorf("%s: %d tiles, %d curves, index %s", r.Medium, len(info.Tiles), len(info.Tracks), info.State)
		}
	}
	before, err := h.Log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err = h.Ingest.WantPreview(t.Context(), r.ID); err != nil {
			t.Error(err)
		}
	}
	after, err := h.Log.Head(t.Context())
	if err != nil || after.Size != before.Size {
		t.Errorf("asking for what is there wrote %d entries, %v", after.Size-before.Size, err)
	}
	wanted, err := h.Log.List(t.Context(), audit.Filter{Event: audit.Job, Limit: 10})
	if err != nil || len(wanted) != 0 {
		t.Errorf("jobs in the log: %d, %v", len(wanted), err)
	}
	if ingest.JobPreview != "preview" {
		t.Error("the job's name is stored in archives and must not change")
	}
}

// A preview of another version is no preview: one is made in its place when
// somebody asks, and in this version's form it stays.
func TestPreviewOfAnotherVersion(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	r := h.Take(t, file.ID, backendtest.Clip(t, t.TempDir(), "a.mp4", backendtest.Small()))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := func() []byte {
		f, err := h.Vault.Derived(r.SHA256, catalog.DerivedPreview)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	want := kept()
	const first = "DYPREVW\x01" // how previews began whose tiles are of the wrong shape
	if bytes.HasPrefix(want, []byte(first)) {
		t.Fatal("a preview is made in that form")
	}
	err := h.Vault.PutDerived(t.Context(), r.SHA256, catalog.DerivedPreview, func(w io.Writer) error {
		_, err := w.Write(append([]byte(first), want[len(first):]...))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err = h.Ingest.WantPreview(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	if err = h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := kept(); !bytes.Equal(got, want) {
		t.Errorf("begins with %q after it was asked for", got[:len(first)])
	}
}
