package mediatest

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// Hearing writes a model folder in the form of SenseVoice that hears two words:
// a low tone (below some 700 Hz) is "low", a high one "high". It is of the size
// of a test, and loaded and run as any other model is.
func Hearing(dir, low, high string) error {
	const prefix = 4 // language, mood, kind of sound, form: the library leaves them out
	head := make([]float32, prefix*classes)
	for i := range prefix {
		head[i*classes+i+1] = 1
	}
	graph := tones() + node("Concat", "logits", "head", "y", "axis") + text(2, "hearing") + tensor("head", head, 1, prefix, classes)
	for _, name := range []string{"x_length", "language", "text_norm"} {
		graph += bytes(11, value(name, int32s, "N"))
	}
	graph += bytes(12, value("logits", floats, "N", "U", classes))
	said := stacking()
	for i, k := range []string{"lang_auto", "lang_zh", "lang_en", "lang_yue", "lang_ja", "lang_ko", "with_itn", "without_itn"} {
		said[k] = fmt.Sprint(i)
	}
	said["model_type"], said["normalize_samples"] = "sense_voice_ctc", "0"
	tokens := fmt.Sprintf("<unk> 0\n<|zh|> 1\n<|NEUTRAL|> 2\n<|Speech|> 3\n<|withitn|> 4\n%s 5\n%s 6\n。 7\n", low, high)
	return errors.Join(put(dir, "model.onnx", Network(graph, said)), put(dir, "tokens.txt", tokens))
}

// Paraformer writes a model folder in the form of Paraformer that hears a word
// for every 60 ms: low, high, or none for silence.
func Paraformer(dir, low, high, none string) error {
	graph := tones() + node("Identity", "logits", "y") + node("Identity", "token_num", "x_length") + text(2, "hearing")
	graph += bytes(11, value("x_length", int32s, "N"))
	graph += bytes(12, value("logits", floats, "N", "T", classes)) + bytes(12, value("token_num", int32s, "N"))
	said := stacking()
	said["model_type"] = "paraformer"
	tokens := fmt.Sprintf("%s 0\n<s> 1\n</s> 2\nu 3\nv 4\n%s 5\n%s 6\nw 7\n", none, low, high)
	return errors.Join(put(dir, "model.onnx", Network(graph, said)), put(dir, "tokens.txt", tokens))
}

// Whisper writes a model folder in the form of Whisper, of two networks, that
// hears the same word in all sound.
func Whisper(dir, word string) error {
	const sot, zh, transcribe, translate, bare, eot, blank, heard, all = 1, 2, 3, 4, 5, 6, 7, 8, 9
	const int64s = 7
	cross := []float32{0, 0}
	encoder := bytes(11, value("mel", floats, "N", 80, "T")) + tensor("c", cross, 1, 1, 1, 2) + text(2, "encoder")
	for _, name := range []string{"n_layer_cross_k", "n_layer_cross_v"} {
		encoder += node("Identity", name, "c") + bytes(12, value(name, floats, 1, 1, 1, 2))
	}
	next := make([]float32, all*all) // after each word the one that follows
	for i := range all {
		next[i*all+eot] = 1
	}
	next[bare*all+heard] = 2
	decoder := node("Gather", "logits", "next", "tokens") + tensor("next", next, all, all) + text(2, "decoder")
	decoder += bytes(11, value("tokens", int64s, "N", "L")) + bytes(12, value("logits", floats, "N", "L", all))
	for _, name := range []string{"n_layer_self_k_cache", "n_layer_self_v_cache"} {
		decoder += node("Identity", "out_"+name, "in_"+name) + bytes(11, value("in_"+name, floats, 1, "N", 448, 2)) + bytes(12, value("out_"+name, floats, 1, "N", 448, 2))
	}
	decoder += bytes(11, value("n_layer_cross_k", floats, 1, "N", "T", 2)) + bytes(11, value("n_layer_cross_v", floats, 1, "N", "T", 2)) + bytes(11, value("offset", int64s, 1))
	said := map[string]string{"model_type": "whisper-test", "all_language_tokens": fmt.Sprint(zh), "all_language_codes": "zh", "sot_sequence": fmt.Sprintf("%d,%d,%d", sot, zh, transcribe)}
	for k, v := range map[string]int{
		"n_mels": 80, "n_audio_ctx": 1500, "n_audio_state": 2, "n_audio_head": 1, "n_audio_layer": 1, "n_vocab": all, "n_text_ctx": 448,
		"n_text_state": 2, "n_text_head": 1, "n_text_layer": 1, "sot": sot, "sot_index": 0, "eot": eot, "blank_id": blank, "is_multilingual": 1,
		"no_speech": blank, "non_speech_tokens": blank, "transcribe": transcribe, "translate": translate, "sot_prev": blank, "sot_lm": blank, "no_timestamps": bare,
	} {
		said[k] = fmt.Sprint(v)
	}
	tokens := ""
	for i := range all {
		tokens += fmt.Sprintf("%s %d\n", base64.StdEncoding.EncodeToString([]byte(word)), i)
	}
	return errors.Join(put(dir, "test-encoder.onnx", Network(encoder, said)), put(dir, "test-decoder.onnx", Network(decoder, nil)), put(dir, "test-tokens.txt", tokens))
}

// What both forms of one network share: each frame is seven of 80 bands, stacked.
const (
	bands, stacked, classes = 80, 7, 8
	floats, int32s          = 1, 6 // types of ONNX
)

func stacking() map[string]string {
	flat := func(v string) string { return strings.TrimSuffix(strings.Repeat(v+",", bands*stacked), ",") }
	return map[string]string{
		"vocab_size": fmt.Sprint(classes), "lfr_window_size": fmt.Sprint(stacked), "lfr_window_shift": "6",
		"neg_mean": flat("0"), "inv_stddev": flat("1"),
	}
}

// tones tells frames by where they are loud: class 5 below, 6 above, 0 nowhere.
func tones() string {
	weights := make([]float32, bands*stacked*classes)
	for i := range bands * stacked {
		class, n := 5, float32(stacked*bands/4)
		if i%bands >= bands/4 {
			class, n = 6, 3*n
		}
		weights[i*classes+class] = 1 / n
	}
	bias := []float32{12, -1000, -1000, -1000, -1000, 0, 2, -1000} // what is quieter is nothing
	return node("MatMul", "xw", "x", "w") + node("Add", "y", "xw", "b") +
		tensor("w", weights, bands*stacked, classes) + tensor("b", bias, classes) +
		bytes(11, value("x", floats, "N", "T", bands*stacked))
}

// Voice writes a network in the form of Silero's that takes whatever is loud
// for speech.
func Voice(dir string) error {
	const int64s = 7
	graph := node("Abs", "loud", "input") + node("ReduceMean", "level", "loud") + node("Mul", "much", "level", "k")
	graph += node("Add", "more", "much", "c") + node("Sigmoid", "output", "more") + node("Identity", "stateN", "state")
	graph += text(2, "voice") + tensor("k", []float32{1000}) + tensor("c", []float32{-20})
	graph += bytes(11, value("input", floats, 1, "N")) + bytes(11, value("state", floats, 2, 1, 128)) + bytes(11, value("sr", int64s))
	graph += bytes(12, value("output", floats, 1, 1)) + bytes(12, value("stateN", floats, 2, 1, 128))
	return put(dir, "silero_vad.onnx", Network(graph, nil))
}

func put(dir, name, text string) error {
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil { //nolint:forbidigo // a model of a test
		return fmt.Errorf("make model: %w", err)
	}
	return nil
}

// Network is an ONNX file with this graph that says this of itself.
func Network(graph string, said map[string]string) string {
	out := number(1, 8) + bytes(8, number(2, 13)) + bytes(7, graph)
	for k, v := range said {
		out += bytes(14, text(1, k)+text(2, v))
	}
	return out
}

// The pieces of a protocol buffer.

func number(field, v uint64) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, field<<3), v))
}

func bytes(field uint64, v string) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, field<<3|2), uint64(len(v)))) + v
}

func text(field uint64, v string) string { return bytes(field, v) }

// node of the graph; with a last input "axis" it joins along the second axis.
func node(op, out string, in ...string) string {
	v := ""
	for _, name := range in {
		if name == "axis" {
			v += bytes(5, text(1, "axis")+number(3, 1)+number(20, 2))
			continue
		}
		v += text(1, name)
	}
	return bytes(1, v+text(2, out)+text(3, out)+text(4, op))
}

func tensor(name string, data []float32, dims ...uint64) string {
	v := ""
	for _, d := range dims {
		v += number(1, d)
	}
	raw := make([]byte, 0, 4*len(data))
	for _, f := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return bytes(5, v+number(2, 1)+text(8, name)+bytes(9, string(raw)))
}

func value(name string, kind uint64, dims ...any) string {
	shape := ""
	for _, d := range dims {
		switch d := d.(type) {
		case string:
			shape += bytes(1, text(2, d))
		case int:
			shape += bytes(1, number(1, uint64(d))) //nolint:gosec // G115: a size
		}
	}
	return text(1, name) + bytes(2, bytes(1, number(1, kind)+bytes(2, shape)))
}

// Tones is a sound of 16-bit samples in a WAV file: each tone is so many hertz
// (0 = silence) for so many seconds.
func Tones(rate int, tones ...[2]float64) []byte {
	var data []byte
	at := 0
	for _, t := range tones {
		for range int(t[1] * float64(rate)) {
			v := int16(12000 * math.Sin(2*math.Pi*t[0]*float64(at)/float64(rate)))
			data = binary.LittleEndian.AppendUint16(data, uint16(v)) //nolint:gosec // G115: the bits are kept
			at++
		}
	}
	le := binary.LittleEndian
	out := append([]byte("RIFF"), le.AppendUint32(nil, uint32(36+len(data)))...)                                       //nolint:gosec // G115: a test's
	out = append(append(out, "WAVEfmt "...), 16, 0, 0, 0, 1, 0, 1, 0)                                                  // PCM, one channel
	out = le.AppendUint16(le.AppendUint16(le.AppendUint32(le.AppendUint32(out, uint32(rate)), uint32(2*rate)), 2), 16) //nolint:gosec // G115: a test's
	out = le.AppendUint32(append(out, "data"...), uint32(len(data)))                                                   //nolint:gosec // G115: a test's
	return append(out, data...)
}
