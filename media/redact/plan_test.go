package redact_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/media/redact"
)

const sample = `{"version":1,"original":"sha256:` + zeros + `","tracks":[{"id":"t1","shape":"rect","effect":"fill","ground":"个人隐私","reason":"当事人面部","keyframes":[{"frame":0,"x":10,"y":20,"w":64,"h":64,"visible":true}]}],"mutes":[{"from":1.5,"to":2.25,"effect":"silence"}]}`

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func TestParsePlan(t *testing.T) {
	p, err := redact.ParsePlan([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	want := redact.Plan{
		Version: 1, Original: "sha256:" + zeros,
		Tracks: []redact.Track{{
			ID: "t1", Shape: "rect", Effect: "fill", Ground: "个人隐私", Reason: "当事人面部",
			Keyframes: []redact.Keyframe{{X: 10, Y: 20, W: 64, H: 64, Visible: true}},
		}},
		Mutes: []redact.Mute{{From: 1.5, To: 2.25, Effect: "silence"}},
	}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
	if got := string(p.Canonical()); got != sample {
		t.Errorf("canonical form differs from the sample:\n%s", got)
	}
}

func TestCanonicalForgetsSpelling(t *testing.T) {
	loose := strings.NewReplacer(`{"version":1,`, "{ \n", `"mutes":`, `"version": 1e0, "mutes":`, `"y":20`, `"y":20.0`, `个人`, "\\u4e2a\\u4eba").Replace(sample)
	if loose == sample {
		t.Fatal("nothing was respelt")
	}
	a, err := redact.ParsePlan([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	b, err := redact.ParsePlan([]byte(strings.Replace(loose, "1e0", "1", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest() != b.Digest() {
		t.Errorf("digests differ:\n%s\n%s", a.Canonical(), b.Canonical())
	}
}

func TestParsePlanRefuses(t *testing.T) {
	swap := func(old, with string) string {
		t.Helper()
		s := strings.Replace(sample, old, with, 1)
		if s == sample {
			t.Fatalf("%q is not in the sample", old)
		}
		return s
	}
	cases := map[string]struct {
		plan string
		want error
	}{
		"no JSON":            {"cover it all", redact.ErrSyntax},
		"tail":               {sample + "{}", redact.ErrSyntax},
		"null":               {swap(`[{"from":1.5,"to":2.25,"effect":"silence"}]`, "null"), redact.ErrSyntax},
		"unknown field":      {swap(`"shape":`, `"rotation":3,"shape":`), redact.ErrUnknownField},
		"capital letter":     {swap(`"tracks"`, `"Tracks"`), redact.ErrUnknownField},
		"field twice":        {swap(`"visible":true`, `"visible":true,"visible":false`), redact.ErrTwice},
		"no version":         {swap(`"version":1,`, ``), redact.ErrMissingField},
		"no rectangle":       {swap(`"w":64,`, ``), redact.ErrMissingField},
		"newer version":      {swap(`"version":1`, `"version":2`), redact.ErrVersion},
		"original":           {swap(`sha256:0`, `md5:0`), redact.ErrOriginal},
		"ellipse":            {swap(`"rect"`, `"ellipse"`), redact.ErrShape},
		"mosaic":             {swap(`"fill"`, `"pixelate"`), redact.ErrEffect},
		"blur":               {swap(`"fill"`, `"blur"`), redact.ErrEffect},
		"tone":               {swap(`"silence"`, `"tone"`), redact.ErrEffect},
		"ground":             {swap(`个人隐私`, `心情`), redact.ErrGround},
		"empty id":           {swap(`"t1"`, `""`), redact.ErrTrackID},
		"no keyframe":        {swap(`{"frame":0,"x":10,"y":20,"w":64,"h":64,"visible":true}`, ``), redact.ErrKeyframes},
		"keyframes not rise": {swap(`"visible":true}`, `"visible":true},{"frame":0,"visible":false}`), redact.ErrKeyframes},
		"negative frame":     {swap(`"frame":0`, `"frame":-1`), redact.ErrKeyframes},
		"empty rectangle":    {swap(`"w":64`, `"w":0`), redact.ErrGeometry},
		"huge":               {swap(`"x":10`, `"x":1e9`), redact.ErrGeometry},
		"mute backwards":     {swap(`"to":2.25`, `"to":1.5`), redact.ErrMute},
		"long reason":        {swap(`当事人面部`, strings.Repeat("x", 2001)), redact.ErrReason},
		"too large":          {strings.Repeat(" ", 17<<20), redact.ErrTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := redact.ParsePlan([]byte(c.plan)); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
		})
	}
}

func TestForgottenVisibleCovers(t *testing.T) {
	p, err := redact.ParsePlan([]byte(strings.Replace(sample, `,"visible":true`, "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Regions(5)) != 1 {
		t.Error("a keyframe without the word visible must cover")
	}
}

func TestGrounds(t *testing.T) {
	var keys []string
	for _, g := range redact.Grounds() {
		keys = append(keys, g.Key)
	}
	if d := cmp.Diff([]string{"state_secret", "trade_secret", "personal_privacy", "other"}, keys); d != "" {
		t.Error(d)
	}
}

// TestVector holds the test vector of docs/formats/plan.md.
func TestVector(t *testing.T) {
	doc, err := os.ReadFile("../../docs/formats/plan.md")
	if err != nil {
		t.Fatal(err)
	}
	p, err := redact.ParsePlan([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{sample, p.Digest()} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("docs/formats/plan.md lacks %s", want)
		}
	}
}

func FuzzParsePlan(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"version":1,"tracks":[],"mutes":[]}`))
	f.Add([]byte(`{"version":1,"tracks":[{"id":"a","shape":"rect","effect":"fill","keyframes":[{"frame":3,"visible":false}]}]}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := redact.ParsePlan(data)
		if err != nil {
			return
		}
		again, err := redact.ParsePlan(p.Canonical())
		if err != nil {
			t.Fatalf("canonical form is refused: %v", err)
		}
		if again.Digest() != p.Digest() {
			t.Fatal("canonical form is not a fixed point")
		}
		for n := range int64(4) {
			for _, r := range p.Regions(n) {
				if s := r.Snap(33, 17); s.X0 < 0 || s.Y0 < 0 || s.X1 > 33 || s.Y1 > 17 {
					t.Fatalf("region leaves the picture: %+v", s)
				}
			}
		}
	})
}
