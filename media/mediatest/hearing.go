package mediatest

import (
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
	const bands, stacked, classes, prefix = 80, 7, 8, 4
	weights := make([]float32, bands*stacked*classes)
	for i := range bands * stacked {
		class := 5
		if i%bands >= bands/4 {
			class = 6
		}
		n := float32(stacked * bands / 4)
		if class == 6 {
			n *= 3
		}
		weights[i*classes+class] = 1 / n
	}
	bias := []float32{12, -1000, -1000, -1000, -1000, 0, 2, -1000} // what is quieter is nothing
	head := make([]float32, prefix*classes)
	for i := range prefix {
		head[i*classes+i+1] = 1
	}
	graph := node("MatMul", "xw", "x", "w")
	graph += node("Add", "y", "xw", "b")
	graph += node("Concat", "logits", "head", "y", "axis")
	graph += text(2, "hearing")
	graph += tensor("w", weights, bands*stacked, classes) + tensor("b", bias, classes) + tensor("head", head, 1, prefix, classes)
	const float, int32s = 1, 6
	graph += bytes(11, value("x", float, "N", "T", bands*stacked))
	for _, name := range []string{"x_length", "language", "text_norm"} {
		graph += bytes(11, value(name, int32s, "N"))
	}
	graph += bytes(12, value("logits", float, "N", "U", classes))
	flat := func(v string) string { return strings.TrimSuffix(strings.Repeat(v+",", bands*stacked), ",") }
	said := map[string]string{
		"model_type": "sense_voice_ctc", "vocab_size": fmt.Sprint(classes), "lfr_window_size": fmt.Sprint(stacked), "lfr_window_shift": "6",
		"normalize_samples": "0", "with_itn": "14", "without_itn": "15", "lang_auto": "0", "lang_zh": "3", "lang_en": "4", "lang_yue": "7",
		"lang_ja": "11", "lang_ko": "12", "lang_nospeech": "13", "neg_mean": flat("0"), "inv_stddev": flat("1"),
	}
	tokens := fmt.Sprintf("<unk> 0\n<|zh|> 1\n<|NEUTRAL|> 2\n<|Speech|> 3\n<|withitn|> 4\n%s 5\n%s 6\n。 7\n", low, high)
	return errors.Join(put(dir, "model.onnx", Network(graph, said)), put(dir, "tokens.txt", tokens))
}

// Voice writes a network in the form of Silero's that takes whatever is loud
// for speech.
func Voice(dir string) error {
	const float, int64s = 1, 7
	graph := node("Abs", "loud", "input") + node("ReduceMean", "level", "loud") + node("Mul", "much", "level", "k")
	graph += node("Add", "more", "much", "c") + node("Sigmoid", "output", "more") + node("Identity", "stateN", "state")
	graph += text(2, "voice") + tensor("k", []float32{1000}) + tensor("c", []float32{-20})
	graph += bytes(11, value("input", float, 1, "N")) + bytes(11, value("state", float, 2, 1, 128)) + bytes(11, value("sr", int64s))
	graph += bytes(12, value("output", float, 1, 1)) + bytes(12, value("stateN", float, 2, 1, 128))
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
