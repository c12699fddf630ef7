package text

import "strings"

// ParseCue reads the words of one cue whose time is known otherwise, as a
// container of footage holds it: form is SRT, VTT, ASS or "" for words without
// markup. Of ASS it is the line of speech as Matroska orders it (read order,
// layer, style, name, three margins, effect, text). Two voices in a cue of
// WebVTT give two spans; without words there is none. The spans have no times.
func ParseCue(form, words string) []Span {
	p := &parser{}
	switch form {
	case SRT:
		p.add(Span{Text: plain(words)})
	case VTT:
		p.voices(Span{}, words)
	case ASS:
		const fields = 9
		if f := split(words, fields); len(f) == fields {
			p.add(Span{Speaker: f[3], Text: assWords(f[8])})
		}
	default:
		p.add(Span{Text: strings.TrimSpace(words)})
	}
	return p.out.Spans
}
