package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/mediatest"
)

// TestMain lets the test binary be the worker that suffers hostile files.
func TestMain(m *testing.M) {
	if worker.Asked(os.Args[1:]) {
		os.Exit(child(os.Args[1:]))
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
	whole, text := hostileSources(t)[0], "media.go"
	if c, err := suffer(t.Context(), whole); err != nil || c.fate != fatePlayed || c.memory <= 0 {
		t.Errorf("a whole file is %+v, %v", c, err)
	}
	if c, err := suffer(t.Context(), text); err != nil || c.fate != fateRefused || c.name != "unsupported" {
		t.Errorf("a text is %+v, %v", c, err)
	}
	w, err := newMediaWorker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.child.Kill("test")
	if c := w.meet(t.Context(), f); c.fate != fateCrashed {
		t.Errorf("a worker that died is %+v", c)
	}
}

// The footprint is measured in the locked-in worker.
func TestMemoryOfTheWorker(t *testing.T) {
	out, _ := lab(t, 0, "media", "memory", hostileSources(t)[0], "--json")
	var m footprint
	if err := json.Unmarshal([]byte(out), &m); err != nil || m.Frames < 70 || m.Viewing < 5 || m.Index < 5 {
		t.Errorf("%s %v", out, err)
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
