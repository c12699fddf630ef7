package text

import (
	"regexp"
	"strings"
)

var (
	// Cue settings (align, position, line, size, region) follow the times and say
	// nothing about what was said.
	vttTimes = regexp.MustCompile(`^\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})(?:\s|$)`)
	vttVoice = regexp.MustCompile(`<v(?:\.[^\s<>]*)?\s+([^<>]+)>`)
	vttOther = regexp.MustCompile(`^(?:NOTE|STYLE|REGION)(?:\s|$)`)
)

// vtt reads WebVTT: blocks parted by empty lines; a block of notes, styles or
// regions is none of speech. Two voices in one cue are two spans.
func (p *parser) vtt(lines []string) {
	p.out.Form = VTT
	for i := 1; i < len(lines); {
		block := i
		for i < len(lines) && strings.TrimSpace(lines[i]) != "" {
			i++
		}
		p.cue(lines[block:i])
		for i < len(lines) && strings.TrimSpace(lines[i]) == "" {
			i++
		}
	}
}

// cue reads one block: perhaps a name, times, words.
func (p *parser) cue(block []string) {
	if len(block) == 0 || vttOther.MatchString(block[0]) {
		return
	}
	for i, line := range block {
		if i > 1 || !strings.Contains(line, "-->") {
			continue
		}
		m := vttTimes.FindStringSubmatch(line)
		if m == nil || len(m[1]) > 4 || len(m[5]) > 4 {
			p.out.Skipped++
			return
		}
		p.voices(Span{T0: milliseconds(m[1:5]), T1: milliseconds(m[5:9])}, strings.Join(block[i+1:], "\n"))
		return
	}
	if p.times { // before the first time it is the file's head
		p.out.Skipped++
	}
}

// voices divides the words of a cue by who says them.
func (p *parser) voices(span Span, words string) {
	at := vttVoice.FindAllStringSubmatchIndex(words, -1)
	first := len(words)
	if len(at) > 0 {
		first = at[0][0]
	}
	p.add(Span{T0: span.T0, T1: span.T1, Text: vttWords(words[:first])})
	for i, m := range at {
		end := len(words)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		p.add(Span{T0: span.T0, T1: span.T1, Speaker: plain(words[m[2]:m[3]]), Text: vttWords(words[m[1]:end])})
	}
}

func vttWords(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	return strings.Join(lines, "\n")
}
