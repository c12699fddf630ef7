package viewing_test

import (
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/mediatest"
)

// A recording of sound alone is opened and heard; it has no frames.
func TestSoundAlone(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	clip := backendtest.Clip(t, t.TempDir(), "talk.m4a", mediatest.Clip{SoundOnly: true, Frames: 50})
	r := h.Take(t, h.Case(t, "C-1").ID, clip)[0]
	if r.Medium != catalog.MediumAudio || r.Kind != catalog.KindAV {
		t.Errorf("medium %s, kind %s", r.Medium, r.Kind)
	}
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: r.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	s, err := v.Sound(t.Context(), 0, 0.5, 1)
	if err != nil || len(s.Data) == 0 {
		t.Errorf("%d samples, %v", len(s.Data), err)
	}
	if v.Info().Frames != 0 || len(v.Info().Sound) != 1 || v.Info().Duration < 1.9 {
		t.Errorf("info %+v", v.Info())
	}
	if err := v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Error(err)
	}
}

// A photograph is an audio-visual record of one page.
func TestPhotograph(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := filepath.Join(t.TempDir(), "photo.jpg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err = jpeg.Encode(f, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	if err = f.Close(); err != nil {
		t.Fatal(err)
	}
	r := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: r.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	if img, err := v.Page(t.Context(), 1, 64); err != nil || len(img.Bytes) == 0 || r.Kind != catalog.KindAV {
		t.Errorf("%d bytes of a %s record, %v", len(img.Bytes), r.Kind, err)
	}
}
