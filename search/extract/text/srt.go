package text

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// maxSpans bounds a transcript: a day of one span a second.
const maxSpans = 100_000

// Sentinels of transcripts.
var (
	ErrNotSRT   = errors.New("this is not a SubRip transcript")
	ErrTooLarge = errors.New("the transcript has too many spans")
)

var (
	srtTimes = regexp.MustCompile(`^\s*(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->\s*(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})`)
	srtTags  = regexp.MustCompile(`</?(?:[biu]|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}`)
)

// Span is one spoken span of a transcript; times in ms from the start of the
// recording, T1 ≥ T0.
type Span struct {
	T0, T1 int64
	Text   string
}

// ParseSRT reads a SubRip transcript in any encoding of Decode. Spans without
// words are left out; markup is dropped; the numbers between spans are ignored,
// for editors leave them wrong. ErrNotSRT when no span is found.
func ParseSRT(raw []byte) ([]Span, error) {
	s, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	var out []Span
	lines := strings.Split(s, "\n")
	times := false
	for i := 0; i < len(lines); i++ {
		m := srtTimes.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		times = true
		span := Span{T0: milliseconds(m[1:5]), T1: milliseconds(m[5:9])}
		span.T1 = max(span.T1, span.T0)
		var words []string
		for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" && !begins(lines, i+1) {
			i++
			words = append(words, strings.TrimSpace(html.UnescapeString(srtTags.ReplaceAllString(lines[i], ""))))
		}
		if span.Text = strings.TrimSpace(strings.Join(words, "\n")); span.Text == "" {
			continue
		}
		if len(out) == maxSpans {
			return nil, fmt.Errorf("read transcript: %w", ErrTooLarge)
		}
		out = append(out, span)
	}
	if !times {
		return nil, ErrNotSRT
	}
	return out, nil
}

// begins says whether a new span starts at line i though no empty line stands
// before it: its times, or its number and then its times.
func begins(lines []string, i int) bool {
	if srtTimes.MatchString(lines[i]) {
		return true
	}
	_, err := strconv.Atoi(strings.TrimSpace(lines[i]))
	return err == nil && i+1 < len(lines) && srtTimes.MatchString(lines[i+1])
}

// milliseconds of hours, minutes, seconds and a fraction (",5" is half a second
// only when written so short; SubRip writes three digits).
func milliseconds(f []string) int64 {
	n := func(s string) int64 { v, _ := strconv.ParseInt(s, 10, 64); return v } // digits only, by the pattern
	ms := n((f[3] + "00")[:3])
	return ((n(f[0])*60+n(f[1]))*60+n(f[2]))*1000 + ms
}
