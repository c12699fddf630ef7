package text

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Forms of a transcript.
const (
	SRT = "srt" // SubRip
	VTT = "vtt" // WebVTT
	ASS = "ass" // (Advanced) SubStation Alpha
)

// Bounds of a transcript: a day of one span a second, and a span that is no book.
const (
	maxSpans = 100_000
	maxSpan  = 16 << 10 // bytes of words
)

// Why a file gives no transcript. It stays what it is: a paper of the case.
var (
	// ErrNoSpans: not one time was found, so it is no subtitle file of any form.
	ErrNoSpans = errors.New("no times of spoken words were found in the file")
	// ErrNoWords: there are times, and no words with them.
	ErrNoWords = errors.New("the transcript has times but no words")
	// ErrTooLarge: more spans than any recording has.
	ErrTooLarge = errors.New("the transcript has too many spans")
)

// Span is one spoken span of a transcript; times in ms from the start of the
// recording, T1 ≥ T0.
type Span struct {
	T0, T1  int64
	Speaker string
	Text    string
}

// Transcript is what a subtitle file says.
type Transcript struct {
	Form  string // SRT, VTT or ASS, by its content: names lie
	Title string // as an ASS file calls itself
	Spans []Span // in the order of their times
	// Skipped counts what had a time that could not be read, or words without
	// one. It is told to the person; the original holds all of it.
	Skipped int
}

// ParseTranscript reads a subtitle file in any encoding of Decode. Spans
// without words are left out, markup is dropped. Errors: ErrNoSpans,
// ErrNoWords, ErrTooLarge, extract.ErrDamaged when the bytes are no text.
func ParseTranscript(raw []byte) (Transcript, error) {
	s, err := Decode(raw)
	if err != nil {
		return Transcript{}, err
	}
	lines := strings.Split(s, "\n")
	p := &parser{}
	switch {
	case strings.HasPrefix(strings.TrimSpace(lines[0]), "WEBVTT"):
		p.vtt(lines)
	case slices.ContainsFunc(lines, isASS):
		p.ass(lines)
	default:
		p.srt(lines)
	}
	switch {
	case len(p.out.Spans) > maxSpans:
		return Transcript{}, fmt.Errorf("read transcript: %w", ErrTooLarge)
	case !p.times:
		return Transcript{}, fmt.Errorf("read transcript: %w", ErrNoSpans)
	case len(p.out.Spans) == 0:
		return Transcript{}, fmt.Errorf("read transcript: %w", ErrNoWords)
	}
	slices.SortStableFunc(p.out.Spans, func(a, b Span) int { return int(a.T0 - b.T0) })
	return p.out, nil
}

// parser gathers spans of any form.
type parser struct {
	out   Transcript
	times bool // a time was read
}

// add takes one span; past maxSpans it only remembers that there were more.
func (p *parser) add(s Span) {
	p.times = true
	s.Text, s.Speaker = bounded(strings.TrimSpace(s.Text)), strings.Join(strings.Fields(s.Speaker), " ")
	s.T1 = max(s.T1, s.T0)
	if s.Text != "" && len(p.out.Spans) <= maxSpans {
		p.out.Spans = append(p.out.Spans, s)
	}
}

func bounded(s string) string {
	if len(s) > maxSpan {
		s = strings.ToValidUTF8(s[:maxSpan], "")
	}
	return s
}

var (
	tags     = regexp.MustCompile(`</?[A-Za-z][^<>\n]*>|<\d+:[\d:.]+>`)
	override = regexp.MustCompile(`\{[^{}\n]*\}`)
)

// plain drops markup of SubRip and WebVTT: tags, karaoke times, entities, and
// the overrides that some editors write into SubRip.
func plain(s string) string {
	return strings.TrimSpace(html.UnescapeString(override.ReplaceAllStringFunc(tags.ReplaceAllString(s, ""), func(m string) string {
		if strings.HasPrefix(m, `{\`) {
			return ""
		}
		return m
	})))
}

// milliseconds of hours, minutes, seconds and a fraction of any length, whose
// first three digits count (",5" is half a second).
func milliseconds(f []string) int64 {
	n := func(s string) int64 { v, _ := strconv.ParseInt(s, 10, 64); return v } // digits only, by the pattern; "" is 0
	return ((n(f[0])*60+n(f[1]))*60+n(f[2]))*1000 + n((f[3] + "000")[:3])
}
