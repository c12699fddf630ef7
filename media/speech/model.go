package speech

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"diaoyue.example/workstation/media/internal/sherpa"
)

// Why a folder is no model.
const (
	LackFolder  = "folder"  // it is not there, or cannot be read
	LackLibrary = "library" // what runs models is not beside the program
	LackModel   = "model"   // nothing in it is a network
	LackKind    = "kind"    // its network is of none of the kinds
	LackHalf    = "half"    // of Whisper's two networks one is there
	LackTokens  = "tokens"  // the list of words is not there
	LackWhole   = "whole"   // a network is cut short or damaged
)

// Lack says what keeps a folder from being a model.
type Lack struct {
	Why  string // one of the Lacks
	File string // which one is meant: a name, or how names of its kind end
}

func (l *Lack) Error() string { return fmt.Sprintf("no model: %s %s", l.Why, l.File) }

// Model is a folder that holds what is needed to hear. Files are names in it.
type Model struct {
	Dir     string
	Library string // path of what runs it
	Kind    string // sense-voice, paraformer or whisper
	Model   string // of sense-voice and paraformer
	Encoder string // of whisper
	Decoder string
	Tokens  string
	Voice   string // "" = spans are told by loudness
	Size    int64  // of its networks, in bytes
}

// voiceFile is what tells speech from other sound, where it is there.
const voiceFile = "silero_vad.onnx"

// Dir is the folder speech beside the program: the library lies in it, and the
// bureau's model in its folder model.
func Dir() string {
	program, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Join(filepath.Dir(program), "speech")
}

// Look looks what kind of model a folder holds, without loading it; library is
// the folder of what runs it. The error is a *Lack. Of a network that is there
// as int8 and in full the smaller is taken.
func Look(dir, library string) (Model, error) {
	m := Model{Dir: dir, Library: filepath.Join(library, sherpa.Library)}
	entries, err := os.ReadDir(dir)
	if dir == "" || err != nil {
		return Model{}, &Lack{LackFolder, dir}
	}
	if _, err = os.Stat(m.Library); err != nil {
		return Model{}, &Lack{LackLibrary, sherpa.Library}
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if slices.Contains(names, voiceFile) {
		m.Voice = voiceFile
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == voiceFile })
	if m.Tokens = ending(names, "tokens.txt"); m.Tokens == "" {
		m.Tokens = "tokens.txt"
		err = &Lack{LackTokens, m.Tokens}
	}
	if lack := m.networks(names); lack != nil {
		return Model{}, lack
	}
	if err == nil && !listed(filepath.Join(dir, m.Tokens)) {
		err = &Lack{LackTokens, m.Tokens}
	}
	if err != nil {
		return Model{}, err
	}
	return m, nil
}

// listed reports whether a file is a list of words: each with its number. The
// library itself takes any.
func listed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	in, n := bufio.NewScanner(f), 0
	for in.Scan() {
		if in.Text() == "" {
			continue
		}
		at := strings.LastIndexAny(in.Text(), " \t")
		if _, err := strconv.Atoi(in.Text()[at+1:]); err != nil {
			return false
		}
		n++
	}
	return in.Err() == nil && n > 1
}

// networks finds the networks and tells their kind by what they say of
// themselves: files of SenseVoice and of Paraformer have the same names.
func (m *Model) networks(names []string) error {
	m.Encoder, m.Decoder = network(names, "encoder"), network(names, "decoder")
	if m.Encoder == "" && m.Decoder == "" {
		if m.Model = network(names, ""); m.Model == "" {
			return &Lack{LackModel, "model.onnx"}
		}
	} else if m.Encoder == "" {
		return &Lack{LackHalf, "encoder.onnx"}
	} else if m.Decoder == "" {
		return &Lack{LackHalf, "decoder.onnx"}
	}
	for _, name := range []string{m.Model, m.Encoder, m.Decoder, m.Voice} {
		if name == "" {
			continue
		}
		said, size, err := saysOfItself(filepath.Join(m.Dir, name))
		if err != nil {
			return &Lack{LackWhole, name}
		}
		m.Size += size
		if kind := kindOf(said); name == m.Model || name == m.Encoder {
			m.Kind = kind
		}
	}
	if (m.Kind == sherpa.Whisper) != (m.Encoder != "") || m.Kind == "" {
		return &Lack{LackKind, m.Model + m.Encoder}
	}
	return nil
}

func kindOf(said map[string]string) string {
	_, itn := said["with_itn"]
	_, window := said["lfr_window_size"]
	_, layers := said["n_text_layer"]
	switch {
	case itn && window:
		return sherpa.SenseVoice
	case window:
		return sherpa.Paraformer
	case layers || strings.HasPrefix(said["model_type"], "whisper"):
		return sherpa.Whisper
	}
	return ""
}

// network finds the network whose name holds part, as int8 before any other.
func network(names []string, part string) string {
	fit := func(tail string) string {
		return ending(slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.Contains(n, part) }), tail)
	}
	if small := fit(".int8.onnx"); small != "" {
		return small
	}
	return fit(".onnx")
}

// ending is the shortest name that ends so, of several the first.
func ending(names []string, tail string) string {
	out := ""
	for _, n := range names {
		if strings.HasSuffix(n, tail) && (out == "" || len(n) < len(out)) {
			out = n
		}
	}
	return out
}

// files are those that hearing uses, in the order of their names.
func (m Model) files() []string {
	out := slices.DeleteFunc([]string{m.Model, m.Encoder, m.Decoder, m.Tokens, m.Voice}, func(n string) bool { return n == "" })
	slices.Sort(out)
	return out
}

// Name is the kind and the digest by which a transcript names its model: that
// of what sha256sum prints for the model's files in the order of their names.
func (m Model) Name() (string, error) {
	all := sha256.New()
	for _, name := range m.files() {
		digest, err := digestOf(filepath.Join(m.Dir, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%s  %s\n", digest, name)
	}
	return m.Kind + " sha256:" + hex.EncodeToString(all.Sum(nil)), nil
}

func digestOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open model: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err = io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read model: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// loaded are the ears that a model folder gives.
type loaded struct {
	*sherpa.Recognizer

	name string
}

// Load loads the model. One that is broken inside may end this process.
func (m Model) Load() (Ears, error) {
	name, err := m.Name()
	if err != nil {
		return nil, err
	}
	in := func(name string) string {
		if name == "" {
			return ""
		}
		return filepath.Join(m.Dir, name)
	}
	r, err := sherpa.Open(sherpa.Config{
		Library: m.Library, Kind: m.Kind, Model: in(m.Model), Encoder: in(m.Encoder), Decoder: in(m.Decoder),
		Tokens: in(m.Tokens), Voice: in(m.Voice),
	})
	if err != nil {
		return nil, err
	}
	return &loaded{r, name}, nil
}

func (l *loaded) Name() string { return l.name }

func (l *loaded) Words(pcm []float32) (Said, error) {
	s, err := l.Recognizer.Words(pcm)
	return Said(s), err
}

// LackOf is why a folder is no model; nil when err says nothing of it.
func LackOf(err error) *Lack {
	var l *Lack
	if errors.As(err, &l) {
		return l
	}
	return nil
}
