// Package sherpa is the one room that calls sherpa-onnx: it loads the library
// by its path, a model into it, and hears samples.
//
// Invariant: the program links nothing of it and starts without it; a library
// of any other version than the one whose structures stand in capi.h is not
// called. After Open no file is needed any more, so that the process may lock
// itself in.
package sherpa

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "ears.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"os"
	"unsafe"
)

// Version is the only one of the library that is called.
const Version = C.SHERPA_VERSION

// Library is the file of its C interface; libonnxruntime.so lies beside it.
const Library = "libsherpa-onnx-c-api.so"

// Rate is that of all samples, in Hz.
const Rate = 16000

// Kinds of models.
const (
	SenseVoice = "sense-voice"
	Paraformer = "paraformer"
	Whisper    = "whisper"
)

// Config names files by their paths.
type Config struct {
	Library string // the library's file
	Kind    string
	Model   string // of SenseVoice and Paraformer
	Encoder string // of Whisper
	Decoder string
	Tokens  string
	Voice   string // the network that tells speech from other sound (Silero); "" = none
	Threads int    // 0 = one
}

// Said is what was heard in one span.
type Said struct {
	Text       string
	Tokens     []string  // of which the text is made
	At         []float64 // s of each token's beginning; nil when the model does not say
	Confidence float64   // 0..1, 0 unknown
}

// Recognizer is a loaded model. It hears one span at a time. Close it.
type Recognizer struct {
	ears  *C.ears
	voice bool
}

// Open loads library and model. A model that is broken inside may end this
// process: what opens one is a child.
func Open(cfg Config) (*Recognizer, error) {
	for _, path := range []string{cfg.Model, cfg.Encoder, cfg.Decoder, cfg.Tokens, cfg.Voice} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("open model: %w", err)
		}
	}
	var keep words
	defer keep.free()
	why := make([]byte, 512)
	e := C.ears_load(keep.c(cfg.Library), (*C.char)(unsafe.Pointer(&why[0])), C.int(len(why)))
	if e == nil {
		return nil, fmt.Errorf("load sherpa-onnx: %s", C.GoString((*C.char)(unsafe.Pointer(&why[0]))))
	}
	r := &Recognizer{ears: e}
	ok := C.ears_model(e, keep.c(cfg.Kind), keep.c(cfg.Model), keep.c(cfg.Encoder), keep.c(cfg.Decoder), keep.c(cfg.Tokens), C.int(max(1, cfg.Threads)))
	if ok == 0 {
		r.Close()
		return nil, errors.New("load model: it is refused")
	}
	if cfg.Voice == "" {
		return r, nil
	}
	if C.ears_voice(e, keep.c(cfg.Voice)) == 0 {
		r.Close()
		return nil, errors.New("load voice detector: it is refused")
	}
	r.voice = true
	return r, nil
}

// Words hears what is said in the samples.
func (r *Recognizer) Words(pcm []float32) (Said, error) {
	if len(pcm) == 0 {
		return Said{}, nil
	}
	res := C.ears_words(r.ears, (*C.float)(&pcm[0]), C.int(len(pcm)))
	if res == nil {
		return Said{}, errors.New("hear: no answer")
	}
	defer C.ears_forget(r.ears, res)
	out := Said{Text: C.GoString(res.text)}
	n := int(res.count)
	if n <= 0 || res.tokens_arr == nil {
		return out, nil
	}
	for _, t := range unsafe.Slice(res.tokens_arr, n) {
		out.Tokens = append(out.Tokens, C.GoString(t))
	}
	if res.timestamps != nil {
		for _, at := range unsafe.Slice(res.timestamps, n) {
			out.At = append(out.At, float64(at))
		}
	}
	if res.ys_log_probs != nil {
		out.Confidence = mean(unsafe.Slice(res.ys_log_probs, n))
	}
	return out, nil
}

// mean is the geometric mean of what stands as logarithms.
func mean(logs []C.float) float64 {
	sum := 0.0
	for _, l := range logs {
		sum += float64(l)
	}
	p := math.Exp(sum / float64(len(logs)))
	if math.IsNaN(p) || p > 1 {
		return 0
	}
	return p
}

// Voice says where somebody speaks, as samples from and to, and whether speech
// goes on at the end (never of the last piece). Not ok: there is no network
// that could say so.
func (r *Recognizer) Voice(pcm []float32, last bool) (spans [][2]int, open, ok bool) {
	if !r.voice || len(pcm) == 0 {
		return nil, false, r.voice
	}
	end := C.int(0)
	if last {
		end = 1
	}
	C.ears_listen(r.ears, (*C.float)(&pcm[0]), C.int(len(pcm)), end)
	for {
		var from, to C.int
		if C.ears_span(r.ears, &from, &to) == 0 {
			break
		}
		spans = append(spans, [2]int{int(from), min(int(to), len(pcm))})
	}
	return spans, !last && C.ears_open(r.ears) != 0, true
}

// Close lets the model go; the library stays.
func (r *Recognizer) Close() {
	if r.ears != nil {
		C.ears_close(r.ears)
		r.ears = nil
	}
}

// words are strings for the other side, until they are freed together.
type words []unsafe.Pointer

func (w *words) c(s string) *C.char {
	p := C.CString(s)
	*w = append(*w, unsafe.Pointer(p))
	return p
}

func (w *words) free() {
	for _, p := range *w {
		C.free(p)
	}
}
