package text

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	srtTimes = regexp.MustCompile(`^\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[,.:](\d{1,3}))?\s*-->\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[,.:](\d{1,3}))?`)
	arrow    = regexp.MustCompile(`^\s*[-\d:,. ]*-->`)
)

// srt reads SubRip: times, then words up to an empty line. The numbers between
// spans are ignored, for editors leave them wrong.
func (p *parser) srt(lines []string) {
	p.out.Form = SRT
	for i := 0; i < len(lines); i++ {
		m := srtTimes.FindStringSubmatch(lines[i])
		if m == nil {
			if arrow.MatchString(lines[i]) {
				p.out.Skipped++
			}
			continue
		}
		span := Span{T0: milliseconds(m[1:5]), T1: milliseconds(m[5:9])}
		var words []string
		for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" && !begins(lines, i+1) {
			i++
			words = append(words, plain(lines[i]))
		}
		span.Text = strings.Join(words, "\n")
		p.add(span)
	}
}

// begins says whether a new span starts at line i though no empty line stands
// before it: its times, or its number and then its times.
func begins(lines []string, i int) bool {
	if arrow.MatchString(lines[i]) {
		return true
	}
	_, err := strconv.Atoi(strings.TrimSpace(lines[i]))
	return err == nil && i+1 < len(lines) && arrow.MatchString(lines[i+1])
}
