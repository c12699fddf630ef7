package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/media/mediatest"
)

// TestMain lets the test binary be the child that suffers hostile files.
func TestMain(m *testing.M) {
	if os.Getenv(hostileMark) != "" {
		os.Exit(dispatch(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// Three hostile files of each kind: no crash, no hang, no playlist followed,
// every refusal by name. `make hostile-media` does it with 2,000.
func TestHostileFiles(t *testing.T) {
	sources := hostileSources(t)
	args := append([]string{"media", "hostile", "--count", "60", "--seed", "7", "--json"}, sources...)
	out, _ := lab(t, 0, args...)
	var o ordeal
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		t.Fatal(err)
	}
	if o.Files != 60 || o.Fates[fatePlayed]+o.Fates[fateRefused] != 60 || o.Fates[fateRefused] < 12 || o.Fates[fatePlayed] < 6 {
		t.Errorf("%+v", o)
	}
}

// The runner must see what it is there to see.
func TestHostileFatesAreSeen(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if c := suffer(t.Context(), self, filepath.Join(t.TempDir(), "none")); c.fate != fateCrashed {
		t.Errorf("a child that ends with an error is %q", c.fate)
	}
	if c := suffer(t.Context(), self, hostileSources(t)[0]); c.fate != fatePlayed || c.memory <= 0 {
		t.Errorf("a whole file is %+v", c)
	}
	if c := suffer(t.Context(), self, "media.go"); c.fate != fateRefused || c.name != "unsupported" {
		t.Errorf("a text is %+v", c)
	}
}

func TestMutationsRepeat(t *testing.T) {
	file, other := make([]byte, 9000), make([]byte, 5000)
	for i := range file {
		file[i] = byte(i * 7)
	}
	for i, m := range mutations() {
		a := m.make(rand.New(rand.NewPCG(1, uint64(i))), file, other)
		b := m.make(rand.New(rand.NewPCG(1, uint64(i))), file, other)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: the same seed gives other bytes", m.name)
		}
		for j := range file {
			if file[j] != byte(j*7) {
				t.Fatalf("%s: the source was changed", m.name)
			}
		}
	}
}

func hostileSources(t *testing.T) []string {
	t.Helper()
	var out []string
	dir := t.TempDir() // one: the order of the sources, and so what the seed picks, is by name
	for name, c := range map[string]mediatest.Clip{
		"a.mp4": {GOP: 12, BFrames: 2, Sound: true},
		"b.ts":  {Format: "mpegts", GOP: 10},
		"c.mkv": {Format: "matroska", GOP: 25, BFrames: 1, Sound: true},
		"d.avi": {Format: "avi", Codec: "mpeg4"},
	} {
		c.Width, c.Height, c.Frames = 160, 96, 40
		path := filepath.Join(dir, name)
		if err := mediatest.Make(t.Context(), path, c); err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}
