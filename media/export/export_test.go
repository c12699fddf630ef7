package export_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/probe"
	"diaoyue.example/workstation/media/redact"
)

func TestRun(t *testing.T) {
	src, digest := clip(t, true)
	dst := target(t)
	plan := planFor(digest)
	var last [2]int64
	m, err := export.Run(t.Context(), src, dst, plan, export.Options{Progress: func(done, total int64) { last = [2]int64{done, total} }})
	if err != nil {
		t.Fatal(err)
	}
	r := m.Report
	if r.Frames != frames || r.PTSEqual != frames || r.Videos != 1 || r.Audios != 1 || r.Blocks == 0 || r.MaskedFrames != 55 {
		t.Errorf("report = %+v", r)
	}
	if last != [2]int64{2 * frames, 2 * frames} {
		t.Errorf("progress ended at %v", last)
	}
	if m.Plan != plan.Digest() || m.Original.SHA256 != digest || m.Width != width || m.Height != height || m.Shift != 0 {
		t.Errorf("manifest = %+v", m)
	}
	if len(m.Spans) != 2 || m.Spans[0].FromFrame != 5 || m.Spans[0].ToFrame != 49 || m.Spans[1].ToFrame != frames-1 || m.Spans[0].From >= m.Spans[0].To {
		t.Errorf("spans = %+v", m.Spans)
	}
	var dropped []string
	for _, d := range m.Dropped {
		dropped = append(dropped, d.String())
	}
	if d := cmp.Diff([]string{"metadata creation_time", "metadata location", "metadata location-eng", "metadata title"}, dropped); d != "" {
		t.Error(d)
	}
	t.Logf("mask mean %.2f worst %d, PSNR %.1f worst %.1f, silence %d, sizes %d -> %d", r.MaskMean, r.MaskWorst, r.PSNR, r.PSNRFrame, r.Silence, m.Original.Size, m.Copy.Size)
	c, err := probe.File(t.Context(), dst)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Streams) != 2 || c.Metadata["title"] != "" || c.CreatedAt != "" || c.Metadata["encoder"] != "" {
		t.Errorf("copy holds %+v", c)
	}
	b, err := os.ReadFile(dst.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"x264", "witness", "2026", "Lavf", "Lavc", "+34.1"} {
		if bytes.Contains(b, []byte(trace)) {
			t.Errorf("the copy says %q", trace)
		}
	}
	again := target(t)
	if _, err = export.Run(t.Context(), src, again, plan, export.Options{}); err != nil {
		t.Fatal(err)
	}
	b2, err := os.ReadFile(again.Name())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, b2) {
		t.Error("the same export gave other bytes")
	}
}

func TestRunWithoutSound(t *testing.T) {
	src, digest := clip(t, false)
	m, err := export.Run(t.Context(), src, target(t), planFor(digest), export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Audio != "" || m.Report.Audios != 0 {
		t.Errorf("sound came from nowhere: %+v", m)
	}
}

func TestRunRefuses(t *testing.T) {
	src, digest := clip(t, false)
	full := target(t)
	if _, err := full.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	empty, text := target(t), target(t)
	if _, err := text.WriteString(strings.Repeat("no film ", 100)); err != nil {
		t.Fatal(err)
	}
	other := planFor(strings.Repeat("0", 64))
	broken := planFor(digest)
	broken.Tracks[0].Effect = "blur"
	cases := map[string]struct {
		src, dst *os.File
		plan     redact.Plan
		want     error
	}{
		"other original": {src, target(t), other, export.ErrOtherOriginal},
		"target used":    {src, full, planFor(digest), export.ErrTarget},
		"blur":           {src, target(t), broken, redact.ErrEffect},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := export.Run(t.Context(), c.src, c.dst, c.plan, export.Options{}); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
		})
	}
	for name, f := range map[string]*os.File{"empty": empty, "text": text} {
		if _, err := export.Run(t.Context(), f, target(t), redact.Plan{Version: 1}, export.Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestVerifyFinds holds copies that are wrong in one way each against the plan.
func TestVerifyFinds(t *testing.T) {
	src, digest := clip(t, true)
	plan := planFor(digest)
	made := func(change func(*redact.Plan)) *os.File {
		t.Helper()
		p := planFor(digest)
		change(&p)
		f := target(t)
		if _, err := export.Run(t.Context(), src, f, p, export.Options{}); err != nil {
			t.Fatal(err)
		}
		return f
	}
	tagged, late, short := target(t), target(t), target(t)
	record(t, tagged, variant{})
	record(t, late, variant{late: 7, bare: true})
	record(t, short, variant{drop: 1, bare: true})
	cases := map[string]struct {
		copy *os.File
		want string
	}{
		"good":                {made(func(*redact.Plan) {}), ""},
		"mask ends too early": {made(func(p *redact.Plan) { p.Tracks[0].Keyframes[2].Frame = 49 }), "masks"},
		"mask lags a frame":   {made(func(p *redact.Plan) { p.Tracks[1].Keyframes[0].Frame = 21 }), "masks"},
		"too much covered":    {made(func(p *redact.Plan) { p.Tracks[0].Keyframes[0].X = 90 }), "masks"},
		"covered for nothing": {made(func(p *redact.Plan) { p.Tracks[1].Keyframes[0].Frame = 1 }), "outside"},
		"not muted":           {made(func(p *redact.Plan) { p.Mutes = nil }), "mutes"},
		"muted too late":      {made(func(p *redact.Plan) { p.Mutes[0].From = .6 }), "mutes"},
		"muted a bit late":    {made(func(p *redact.Plan) { p.Mutes[0].From += .06 }), "mutes"},
		"muted a bit short":   {made(func(p *redact.Plan) { p.Mutes[0].To -= .06 }), "mutes"},
		"a frame is missing":  {short, "frames"},
		"frames are late":     {late, "pts"},
		"metadata":            {tagged, "metadata"},
		"the original":        {src, "blocks"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := plan
			if c.want == "frames" || c.want == "pts" || c.want == "metadata" || c.want == "blocks" {
				p.Tracks, p.Mutes = nil, nil // these copies cover nothing
			}
			r, err := export.Verify(t.Context(), src, c.copy, p)
			var failed *export.CheckError
			if c.want == "" {
				if err != nil {
					t.Errorf("err = %v", err)
				}
				return
			}
			if !errors.As(err, &failed) || !errors.Is(err, export.ErrCheck) {
				t.Fatalf("err = %v, want the check %q to fail", err, c.want)
			}
			for _, k := range r.Checks() {
				if k.Key == c.want && k.Passed {
					t.Errorf("check %q passed: %v", c.want, k.Params)
				}
			}
		})
	}
}
