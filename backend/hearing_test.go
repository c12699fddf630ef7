package backend_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/transcription"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/speech"
)

// act is the file of a model folder that says what a fake of it does; starts
// counts how often one was started.
const act, starts = "act", "starts"

// fakeEars are a model that hears how long a span is, and may die over it.
type fakeEars struct {
	act   string
	first bool // process of this model
	heard *int // spans
}

func (fakeEars) Name() string { return "sense-voice sha256:fake" }

func (fakeEars) Voice([]float32, bool) (spans [][2]int, open, ok bool) { return nil, false, false }

func (e fakeEars) Words(pcm []float32) (speech.Said, error) {
	*e.heard++
	if e.act == "crash" || e.act == "crash-once" && e.first && *e.heard == 3 {
		panic("crash")
	}
	if e.act == "slow" {
		time.Sleep(time.Second)
	}
	if e.act == "silence" {
		return speech.Said{}, nil
	}
	return speech.Said{Text: fmt.Sprintf("第%.0f秒", float64(len(pcm))/speech.Rate), Confidence: 0.8}, nil
}

// speechWorker is the real one, or what the model's folder says.
func speechWorker() worker.Engine {
	ears, whole := fakeEars{heard: new(int)}, transcription.Engine()
	fake := false
	return worker.Engine{
		Warm: func(raw []byte) error {
			var s transcription.Setup
			if err := json.Unmarshal(raw, &s); err != nil {
				return err
			}
			said, err := os.ReadFile(filepath.Join(s.Model, act))
			if err != nil {
				return whole.Warm(raw)
			}
			fake, ears.act = true, string(said)
			before, _ := os.ReadFile(filepath.Join(s.Model, starts))
			ears.first = len(before) == 0
			return os.WriteFile(filepath.Join(s.Model, starts), append(before, '.'), 0o600)
		},
		Serve: func(conn *net.UnixConn) error {
			if !fake {
				return whole.Serve(conn)
			}
			if ears.act == "nonsense" {
				_, err := conn.Write([]byte(strings.Repeat("lorem ipsum ", 100)))
				return errors.Join(err, <-make(chan error))
			}
			return speech.Serve(conn, ears)
		},
	}
}

// hears is a house with this model folder and library, whose workers are
// children.
func hears(t *testing.T, model, library string) *backendtest.House {
	t.Helper()
	h := backendtest.Open(t, backendtest.Options{})
	h.Config.Workers, h.Config.SpeechModel, h.Config.SpeechLibrary = true, model, library
	h.Reopen(t)
	return h
}

// fakeModel is a folder in which a fake does what it says.
func fakeModel(t *testing.T, does string) (model, library string) {
	t.Helper()
	model, library = t.TempDir(), t.TempDir()
	if err := mediatest.Hearing(model, "a", "b"); err != nil {
		t.Fatal(err)
	}
	file(t, filepath.Join(model, act), does)
	file(t, filepath.Join(library, "libsherpa-onnx-c-api.so"), "none")
	return model, library
}

// tones takes a sound of tones into a case.
func tones(t *testing.T, h *backendtest.House, tones ...[2]float64) catalog.Record {
	t.Helper()
	path := file(t, filepath.Join(t.TempDir(), "现场.wav"), string(mediatest.Tones(16000, tones...)))
	r := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	settled(t, h)
	return r
}

func settled(t *testing.T, h *backendtest.House) {
	t.Helper()
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// transcribed asks for words and returns the job when it has ended.
func transcribed(t *testing.T, h *backendtest.House, r catalog.Record) jobs.Job {
	t.Helper()
	if err := h.Ingest.Transcribe(t.Context(), h.As(accounts.Reviewer), r.ID); err != nil {
		t.Fatal(err)
	}
	settled(t, h)
	now, err := h.Ingest.Transcription(t.Context(), r.ID)
	if err != nil || now.Job == nil {
		t.Fatalf("%+v, %v", now, err)
	}
	return *now.Job
}

// A recording is heard by the real library, from the button to the hit.
func TestSpeechIsHeardAndFound(t *testing.T) {
	library, err := filepath.Abs("../build/bin/speech")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = os.Stat(filepath.Join(library, "libsherpa-onnx-c-api.so")); err != nil {
		t.Skipf("no sherpa-onnx here, make speech installs it: %v", err)
	}
	model := t.TempDir()
	if err = mediatest.Hearing(model, "请出示证件", "这是烟花爆竹"); err != nil {
		t.Fatal(err)
	}
	h := hears(t, model, library)
	if has := h.Helpers(); has.Speech != "sense-voice" || has.SpeechLack != nil || has.SpeechDir != model {
		t.Errorf("helpers %+v", has)
	}
	r := tones(t, h, [2]float64{0, 2}, [2]float64{300, 2}, [2]float64{0, 60}, [2]float64{3000, 3}, [2]float64{0, 1})
	if j := transcribed(t, h, r); j.State != jobs.Done {
		t.Fatalf("%+v", j)
	}
	lines, err := h.Catalog.Transcripts(t.Context(), r.ID)
	if err != nil || len(lines) != 1 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	line := lines[0]
	if line.Origin != catalog.OriginMachine || !strings.HasPrefix(line.Engine, "sense-voice sha256:") || line.Author != "" || len(line.Cues) != 2 {
		t.Fatalf("%+v", line)
	}
	for i, want := range []catalog.Cue{{From: 2, To: 4, Text: "请出示证件"}, {From: 64, To: 67, Text: "这是烟花爆竹"}} {
		c := line.Cues[i]
		if c.Text != want.Text || math.Abs(c.From-want.From) > 0.3 || math.Abs(c.To-want.To) > 0.3 || c.Engine != line.Engine || c.CheckedBy != "" {
			t.Errorf("cue %+v, want %+v", c, want)
		}
	}
	found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Reviewer), retrieval.Query{Text: `"烟花爆竹"`, Limit: 10})
	if err != nil || len(found.Groups) != 1 || math.Abs(found.Groups[0].Records[0].Hits[0].Time-64) > 0.3 {
		t.Errorf("found %+v, %v", found.Groups, err)
	}
	for event, want := range map[audit.Event]string{audit.Job: `"model":"sense-voice"`, audit.Extraction: `"model":"` + line.Engine + `"`} {
		entries, err := h.Log.List(t.Context(), audit.Filter{Event: event})
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, e := range entries {
			raw, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(raw)
		}
		if !strings.Contains(all.String(), want) {
			t.Errorf("no entry of %s says %s", event, want)
		}
	}
	if j := transcribed(t, h, r); j.Code != ingest.ErrHeardAlready.Code() {
		t.Errorf("the same model once more: %+v", j)
	}
}

// What goes wrong has a name; the program and its log live on.
func TestBadTranscribers(t *testing.T) {
	for does, want := range map[string]string{
		"crash":    ingest.ErrSpeechEnded.Code(),
		"nonsense": ingest.ErrSpeechEnded.Code(),
		"silence":  ingest.ErrNothingHeard.Code(),
	} {
		t.Run(does, func(t *testing.T) {
			model, library := fakeModel(t, does)
			h := hears(t, model, library)
			r := tones(t, h, [2]float64{0, 1}, [2]float64{300, 2}, [2]float64{0, 1})
			if j := transcribed(t, h, r); j.State != jobs.Failed || j.Code != want {
				t.Errorf("%+v, want %s", j, want)
			}
			if lines, err := h.Catalog.Transcripts(t.Context(), r.ID); err != nil || len(lines) > 0 {
				t.Errorf("%d lines, %v", len(lines), err)
			}
		})
	}
}

// A model that is broken inside is refused by name.
func TestBrokenModelIsRefused(t *testing.T) {
	library, err := filepath.Abs("../build/bin/speech")
	if err != nil {
		t.Fatal(err)
	}
	model := t.TempDir()
	file(t, filepath.Join(model, "model.onnx"), mediatest.Network("graph", map[string]string{"with_itn": "14", "lfr_window_size": "7"}))
	file(t, filepath.Join(model, "tokens.txt"), "a 0\nb 1\n")
	if _, err = os.Stat(filepath.Join(library, "libsherpa-onnx-c-api.so")); err != nil {
		library = t.TempDir() // nothing of the kind is refused in the same way
		file(t, filepath.Join(library, "libsherpa-onnx-c-api.so"), "none")
	}
	h := hears(t, model, library)
	r := tones(t, h, [2]float64{300, 2})
	if j := transcribed(t, h, r); j.State != jobs.Failed || j.Code != ingest.ErrSpeechRefused.Code() {
		t.Errorf("%+v", j)
	}
}

// What was heard before a death is kept: the fresh process goes on there.
func TestHearingGoesOn(t *testing.T) {
	model, library := fakeModel(t, "crash-once")
	h := hears(t, model, library)
	var sound [][2]float64
	for range 8 {
		sound = append(sound, [2]float64{0, 25}, [2]float64{300, 5})
	}
	r := tones(t, h, sound...)
	if j := transcribed(t, h, r); j.State != jobs.Done || j.Attempts != 2 {
		t.Fatalf("%+v", j)
	}
	lines, err := h.Catalog.Transcripts(t.Context(), r.ID)
	if err != nil || len(lines) != 1 || len(lines[0].Cues) != 8 {
		t.Fatalf("%+v, %v", lines, err)
	}
	for i, c := range lines[0].Cues {
		if want := 25 + 30*float64(i); math.Abs(c.From-want) > 0.3 || math.Abs(c.To-want-5) > 0.3 || c.Confidence != 0.8 {
			t.Errorf("cue %+v, want one at %.0f s", c, want)
		}
	}
	if n, failed := h.Jobs.CountParts(t.Context(), ingest.JobTranscription); failed != nil || n != 0 {
		t.Errorf("%d parts left, %v", n, failed)
	}
	began, err := os.ReadFile(filepath.Join(model, starts))
	if err != nil || len(began) != 2 {
		t.Errorf("%d processes, %v", len(began), err)
	}
}

// It is asked for once at a time, and who may ask may stop it.
func TestTranscriptionIsStopped(t *testing.T) {
	model, library := fakeModel(t, "slow")
	h := hears(t, model, library)
	var sound [][2]float64
	for range 20 {
		sound = append(sound, [2]float64{300, 1}, [2]float64{0, 1})
	}
	r := tones(t, h, sound...)
	reviewer := h.As(accounts.Reviewer)
	if err := h.Ingest.Transcribe(t.Context(), reviewer, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.Ingest.Transcribe(t.Context(), reviewer, r.ID); !errors.Is(err, ingest.ErrHearing) {
		t.Errorf("asked twice: %v", err)
	}
	if err := h.Ingest.StopTranscription(t.Context(), h.As(accounts.SystemAdministrator), r.ID); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("stopped by one who may not: %v", err)
	}
	if err := h.Ingest.StopTranscription(t.Context(), reviewer, r.ID); err != nil {
		t.Fatal(err)
	}
	settled(t, h)
	now, err := h.Ingest.Transcription(t.Context(), r.ID)
	if err != nil || now.Job == nil || now.Job.State != jobs.Cancelled {
		t.Errorf("%+v, %v", now, err)
	}
	if lines, err := h.Catalog.Transcripts(t.Context(), r.ID); err != nil || len(lines) > 0 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

// Who may not amend may not ask, nor anybody where there is no model, nor for
// what makes no sound.
func TestTranscriptionRefusals(t *testing.T) {
	model, library := fakeModel(t, "")
	h := hears(t, model, library)
	r := tones(t, h, [2]float64{300, 2})
	paper := h.Take(t, r.CaseID, file(t, filepath.Join(t.TempDir(), "笔录.txt"), "现场检查笔录"))[0]
	reviewer := h.As(accounts.Reviewer)
	ask := func(actor accounts.Actor, id string, want *fault.Fault) {
		t.Helper()
		if err := h.Ingest.Transcribe(t.Context(), actor, id); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
	ask(h.As(accounts.SystemAdministrator), r.ID, accounts.ErrForbidden)
	ask(reviewer, paper.ID, ingest.ErrNotHeard)
	ask(reviewer, "none", catalog.ErrNoRecord)
	settled(t, h)
	if j := transcribed(t, h, r); j.State != jobs.Done {
		t.Errorf("%+v", j)
	}
	if err := h.Ingest.StopTranscription(t.Context(), reviewer, r.ID); err != nil {
		t.Errorf("stop of what has ended: %v", err)
	}
	if err := os.Remove(filepath.Join(model, "tokens.txt")); err != nil {
		t.Fatal(err)
	}
	h.Reopen(t)
	ask(reviewer, r.ID, ingest.ErrSpeechTokens)
	if has := h.Helpers(); has.Speech != "" || fault.Code(has.SpeechLack) != ingest.ErrSpeechTokens.Code() || has.SpeechDir != model {
		t.Errorf("helpers %+v", has)
	}
	h.Config.SpeechModel = transcription.None
	h.Reopen(t)
	ask(reviewer, r.ID, ingest.ErrSpeechFolder)
}
