package media

// Forms of the words of a subtitle cue, by which their markup is to be read.
const (
	SubtitlePlain = "plain" // no markup
	SubtitleSRT   = "srt"   // SubRip: tags, entities
	SubtitleVTT   = "vtt"   // WebVTT: tags, entities, voices
	SubtitleASS   = "ass"   // SubStation Alpha: the fields of a line of speech as Matroska orders them
)

// Bounds of what subtitle tracks may say, all of a recording together.
const (
	MaxSubtitleTracks = 32
	MaxSubtitleCues   = 100_000  // a day of one a second
	MaxSubtitleText   = 20 << 20 // bytes of words
	MaxSubtitleCue    = 64 << 10 // bytes of one cue, markup included; what is longer is cut
)

// SubtitleTrack is a subtitle stream of a recording.
type SubtitleTrack struct {
	Track    int           `json:"track"` // 1-based, among the subtitle streams in the file's order
	Codec    string        `json:"codec"` // FFmpeg's name
	Language string        `json:"language"`
	Title    string        `json:"title"`
	Form     string        `json:"form"` // one of the Subtitle forms; "" = its content is pictures, or of a kind not read
	Cues     []SubtitleCue `json:"cues"`
}

// SubtitleCue is what is shown in one span of time, in seconds from the first
// shown frame: 0 ≤ From ≤ To.
type SubtitleCue struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Text string  `json:"text"` // UTF-8, with its markup
}
