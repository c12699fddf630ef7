// Package speech hears what is said in a recording, with a model that the
// bureau provides and in a process of its own.
//
// Invariant: sound goes in and words come out; neither leaves this machine. A
// line lies within the sound that was given, and what the process says is
// bounded and looked at before it is believed. A call is complete in itself:
// after a death the next process goes on where the caller is.
package speech

// Rate of all sound here, in Hz; it has one channel.
const Rate = 16000

// Line is one spoken sentence, or as much of it as is heard at once.
type Line struct {
	From       int     `json:"from"` // sample of the piece that was given
	To         int     `json:"to"`
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence,omitempty"` // 0..1, 0 unknown
}

// Said is what was heard in one span.
type Said struct {
	Text       string
	Tokens     []string  // of which the text is made
	At         []float64 // s of each token's beginning; nil when the model does not say
	Confidence float64   // 0..1, 0 unknown
}

// Ears are a loaded model. They hear one span at a time.
type Ears interface {
	// Name is the kind of the model and its digest.
	Name() string
	// Voice says where somebody speaks, as samples from and to, and whether
	// speech goes on at the end; not ok where nothing is there that could say so.
	Voice(pcm []float32, last bool) (spans [][2]int, open, ok bool)
	// Words hears what is said.
	Words(pcm []float32) (Said, error)
}

// Methods of the protocol.
const (
	methodName  = "name"  // the model's
	methodLines = "lines" // of a piece of sound, one by one
)

type nameAnswer struct {
	Name string `json:"name"`
}

type linesArgs struct {
	Last bool `json:"last"` // nothing follows this piece
}

type linesAnswer struct {
	Used int `json:"used"` // samples that need not be given again
}

// Bounds of a piece of sound and of what is heard in it.
const (
	MaxPiece = 120 * Rate // samples
	maxSpan  = 28 * Rate  // Whisper hears 30 s at once
	maxLeft  = 2 * maxSpan
	maxLines = 2000 // of one piece
	maxText  = 4000 // bytes of one line
	maxName  = 200  // bytes
)
