package speech_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/speech"
)

// library is where `make speech` puts sherpa-onnx.
const library = "../../build/bin/speech"

// folder makes a model folder of files with these contents, and one that holds
// a library of no use.
func folder(t *testing.T, files map[string]string) (dir, lib string) {
	t.Helper()
	dir, lib = t.TempDir(), t.TempDir()
	for name, text := range files {
		put(t, filepath.Join(dir, name), text)
	}
	put(t, filepath.Join(lib, "libsherpa-onnx-c-api.so"), "not a library")
	return dir, lib
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// says is a network that says this of itself: keys and values by turns.
func says(words ...string) string {
	said := map[string]string{}
	for i := 0; i < len(words); i += 2 {
		said[words[i]] = words[i+1]
	}
	return mediatest.Network("graph", said)
}

// list are words with their numbers.
const list = "a 0\nb 1\n"

func TestLook(t *testing.T) {
	sense, para := says("with_itn", "14", "lfr_window_size", "7"), says("lfr_window_size", "7", "model_type", "paraformer")
	whisper, other := says("n_text_layer", "4", "model_type", "whisper-base"), says("model_type", "zipformer")
	type files = map[string]string
	for name, tc := range map[string]struct {
		files files
		want  string // kind and files, or why it is no model
	}{
		"sense voice":        {files{"model.onnx": sense, "tokens.txt": list}, "sense-voice model.onnx"},
		"the smaller":        {files{"model.onnx": sense, "model.int8.onnx": sense, "tokens.txt": list}, "sense-voice model.int8.onnx"},
		"paraformer":         {files{"model.int8.onnx": para, "tokens.txt": list, "README.md": ""}, "paraformer model.int8.onnx"},
		"with a voice":       {files{"model.onnx": sense, "tokens.txt": list, "silero_vad.onnx": other}, "sense-voice model.onnx silero_vad.onnx"},
		"whisper":            {files{"base-encoder.onnx": whisper, "base-decoder.onnx": other, "base-tokens.txt": list}, "whisper base-encoder.onnx base-decoder.onnx"},
		"whisper, both":      {files{"base-encoder.onnx": whisper, "base-encoder.int8.onnx": whisper, "base-decoder.int8.onnx": other, "base-tokens.txt": list}, "whisper base-encoder.int8.onnx base-decoder.int8.onnx"},
		"nothing":            {files{}, "model model.onnx"},
		"a voice only":       {files{"silero_vad.onnx": other, "tokens.txt": list}, "model model.onnx"},
		"no tokens":          {files{"model.onnx": sense}, "tokens tokens.txt"},
		"empty tokens":       {files{"model.onnx": sense, "tokens.txt": ""}, "tokens tokens.txt"},
		"tokens of nonsense": {files{"model.onnx": sense, "tokens.txt": "\x00\xff\n\xff\n"}, "tokens tokens.txt"},
		"no decoder":         {files{"base-encoder.onnx": whisper, "base-tokens.txt": list}, "half decoder.onnx"},
		"no encoder":         {files{"base-decoder.onnx": whisper, "base-tokens.txt": list}, "half encoder.onnx"},
		"of another kind":    {files{"model.onnx": other, "tokens.txt": list}, "kind model.onnx"},
		"a half transducer":  {files{"encoder.onnx": other, "decoder.onnx": other, "tokens.txt": list}, "kind encoder.onnx"},
		"cut short":          {files{"model.onnx": sense[:len(sense)-20], "tokens.txt": list}, "whole model.onnx"},
		"empty":              {files{"model.onnx": "", "tokens.txt": list}, "whole model.onnx"},
		"a page of the web":  {files{"model.onnx": "<html>not found</html>", "tokens.txt": list}, "whole model.onnx"},
		"a pointer of LFS":   {files{"model.onnx": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n", "tokens.txt": list}, "whole model.onnx"},
		"a damaged voice":    {files{"model.onnx": sense, "tokens.txt": list, "silero_vad.onnx": "x"}, "whole silero_vad.onnx"},
		"a damaged decoder":  {files{"base-encoder.onnx": whisper, "base-decoder.onnx": "x", "base-tokens.txt": list}, "whole base-decoder.onnx"},
		"a word without end": {files{"model.onnx": "\x3a\x01x\x72\x04\x0a\x7fab", "tokens.txt": list}, "whole model.onnx"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, lib := folder(t, tc.files)
			m, err := speech.Look(dir, lib)
			got := strings.Join(strings.Fields(strings.Join([]string{m.Kind, m.Model, m.Encoder, m.Decoder, m.Voice}, " ")), " ")
			if lack := speech.LackOf(err); lack != nil {
				got = lack.Why + " " + lack.File
			}
			if got != tc.want {
				t.Errorf("%q (%v), want %q", got, err, tc.want)
			}
		})
	}
	dir, lib := folder(t, files{"model.onnx": sense, "tokens.txt": list})
	for _, tc := range []struct{ dir, lib, why string }{
		{filepath.Join(dir, "none"), lib, speech.LackFolder},
		{"", lib, speech.LackFolder},
		{dir, dir, speech.LackLibrary},
	} {
		if _, err := speech.Look(tc.dir, tc.lib); speech.LackOf(err) == nil || speech.LackOf(err).Why != tc.why {
			t.Errorf("%q, %q: %v, want %s", tc.dir, tc.lib, err, tc.why)
		}
	}
}

// The digest is what sha256sum gives for what it prints of the model's files.
func TestDigest(t *testing.T) {
	model := says("with_itn", "14", "lfr_window_size", "7")
	dir, lib := folder(t, map[string]string{"model.onnx": model, "tokens.txt": list, "README": "not of the model"})
	m, err := speech.Look(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	listing := fmt.Sprintf("%x  model.onnx\n%x  tokens.txt\n", sha256.Sum256([]byte(model)), sha256.Sum256([]byte(list)))
	sum := sha256.Sum256([]byte(listing))
	if name, err := m.Name(); err != nil || name != "sense-voice sha256:"+hex.EncodeToString(sum[:]) {
		t.Errorf("%q, %v", name, err)
	}
}

// hearing is a model that hears tones, looked at with the real library.
func hearing(t *testing.T) speech.Model {
	t.Helper()
	if _, err := os.Stat(filepath.Join(library, "libsherpa-onnx-c-api.so")); err != nil {
		t.Skipf("no sherpa-onnx here, make speech installs it: %v", err)
	}
	dir := t.TempDir()
	if err := mediatest.Hearing(dir, "低", "高"); err != nil {
		t.Fatal(err)
	}
	m, err := speech.Look(dir, library)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The real library loads a model and hears with it.
func TestHears(t *testing.T) {
	m := hearing(t)
	ears, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	tone := func(hz float64) []float32 {
		out := make([]float32, 2*speech.Rate)
		for i := range out {
			out[i] = float32(0.3 * math.Sin(2*math.Pi*hz*float64(i)/speech.Rate))
		}
		return out
	}
	for hz, want := range map[float64]string{300: "低", 3000: "高", 0: ""} {
		said, failed := ears.Words(tone(hz))
		if failed != nil || said.Text != want {
			t.Errorf("%.0f Hz: %+v, %v; want %q", hz, said, failed, want)
		}
	}
	said, err := ears.Words(append(tone(300), tone(3000)...))
	if err != nil || said.Text != "低高" || len(said.At) != 2 || math.Abs(said.At[1]-2) > 0.2 {
		t.Errorf("%+v, %v", said, err)
	}
	if _, _, ok := ears.Voice(tone(300), true); ok {
		t.Error("there is no network that tells speech")
	}
}

// What is no library, and what is one of another kind, is refused by name.
func TestOtherLibrary(t *testing.T) {
	m := hearing(t)
	m.Library = filepath.Join(t.TempDir(), "lib.so")
	put(t, m.Library, "not a library")
	if _, err := m.Load(); err == nil {
		t.Error("loaded")
	}
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", "ls /lib/*/libz.so.1 /usr/lib/*/libz.so.1").Output(); err == nil || len(out) > 0 {
		m.Library = strings.Fields(string(out))[0]
		if _, err := m.Load(); err == nil || !strings.Contains(err.Error(), "lacks") {
			t.Errorf("another library: %v", err)
		}
	}
}

// So it does with the other form whose files have the same names.
func TestHearsAsParaformer(t *testing.T) {
	dir := hearing(t).Dir
	if err := mediatest.Paraformer(dir, "低", "高", "静"); err != nil {
		t.Fatal(err)
	}
	m, err := speech.Look(dir, library)
	if err != nil || m.Kind != "paraformer" {
		t.Fatalf("%+v, %v", m, err)
	}
	ears, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]float32, speech.Rate)
	for i := range pcm {
		pcm[i] = float32(0.3 * math.Sin(2*math.Pi*3000*float64(i)/speech.Rate))
	}
	said, err := ears.Words(pcm)
	if err != nil || strings.Count(said.Text, "高") < 12 || strings.Contains(said.Text, "低") {
		t.Errorf("%+v, %v", said, err)
	}
}

// So it does with two networks.
func TestHearsAsWhisper(t *testing.T) {
	hearing(t) // or there is no library
	dir := t.TempDir()
	if err := mediatest.Whisper(dir, "烟花"); err != nil {
		t.Fatal(err)
	}
	m, err := speech.Look(dir, library)
	if err != nil || m.Kind != "whisper" {
		t.Fatalf("%+v, %v", m, err)
	}
	ears, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	if said, failed := ears.Words(make([]float32, speech.Rate)); failed != nil || said.Text != "烟花" {
		t.Errorf("%+v, %v", said, failed)
	}
}

// Where the folder holds what tells speech, that is asked.
func TestHearsVoices(t *testing.T) {
	dir := hearing(t).Dir
	if err := mediatest.Voice(dir); err != nil {
		t.Fatal(err)
	}
	m, err := speech.Look(dir, library)
	if err != nil {
		t.Fatal(err)
	}
	ears, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	var pcm []float32
	for _, v := range spoken(8, [2]float64{1, 3}, [2]float64{6, 8}) {
		pcm = append(pcm, float32(v)/32768)
	}
	near := func(at int, s float64) bool { return math.Abs(float64(at)/speech.Rate-s) < 0.7 }
	for range 2 { // a piece says nothing of the next
		spans, open, ok := ears.Voice(pcm, false)
		if !ok || !open || len(spans) != 1 || !near(spans[0][0], 1) || !near(spans[0][1], 3) {
			t.Errorf("%v, open %v, ok %v", spans, open, ok)
		}
	}
	spans, open, ok := ears.Voice(pcm, true)
	if !ok || open || len(spans) != 2 || !near(spans[1][0], 6) || spans[1][1] > len(pcm) || !near(spans[1][1], 8) {
		t.Errorf("to the end: %v, open %v, ok %v", spans, open, ok)
	}
}
