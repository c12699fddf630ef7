package text

import (
	"regexp"
	"slices"
	"strings"
)

var assTime = regexp.MustCompile(`^\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,3}))?\s*$`)

// assFields are the fields of a line of speech where the file names none.
const assFields = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"

func isASS(line string) bool {
	line = strings.TrimSpace(line)
	return strings.EqualFold(line, "[Script Info]") || strings.EqualFold(line, "[Events]")
}

// ass reads SubStation Alpha, both versions: the lines of speech under
// [Events], whose fields the line "Format:" names. Comments, styles, fonts and
// pictures are none of speech; shapes drawn by \p are no words.
func (p *parser) ass(lines []string) {
	p.out.Form = ASS
	fields := split(assFields, -1)
	events := false
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			events = strings.EqualFold(line, "[Events]")
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		switch {
		case !ok:
		case !events && strings.EqualFold(key, "Title"):
			p.out.Title = strings.TrimSpace(value)
		case events && strings.EqualFold(key, "Format"):
			fields = split(value, -1)
		case events && strings.EqualFold(key, "Dialogue"):
			p.dialogue(fields, value)
		}
	}
}

// dialogue reads one line of speech. The text is the last field, whatever
// commas it holds.
func (p *parser) dialogue(fields []string, line string) {
	values := split(line, len(fields))
	field := func(names ...string) string {
		i := slices.IndexFunc(fields, func(f string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(f, n) })
		})
		if i < 0 || i >= len(values) {
			return ""
		}
		return values[i]
	}
	from, to := assTime.FindStringSubmatch(field("Start")), assTime.FindStringSubmatch(field("End"))
	if from == nil || to == nil {
		p.out.Skipped++
		return
	}
	p.add(Span{
		T0: milliseconds(from[1:5]), T1: milliseconds(to[1:5]),
		Speaker: field("Name", "Actor"), Text: assWords(field("Text")),
	})
}

// split cuts at commas into at most n fields, -1 = all.
func split(s string, n int) []string {
	out := strings.SplitN(s, ",", n)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

var (
	assBlock = regexp.MustCompile(`\{[^{}]*\}`)
	assShape = regexp.MustCompile(`\\p(\d+)`)
)

// assWords drops the overrides in braces and what they draw, and makes \N and
// \n lines, \h a space.
func assWords(s string) string {
	var out strings.Builder
	drawing, at := false, 0
	keep := func(to int) {
		if !drawing {
			out.WriteString(s[at:to])
		}
	}
	for _, m := range assBlock.FindAllStringIndex(s, -1) {
		keep(m[0])
		at = m[1]
		if shapes := assShape.FindAllStringSubmatch(s[m[0]:m[1]], -1); len(shapes) > 0 {
			drawing = strings.Trim(shapes[len(shapes)-1][1], "0") != ""
		}
	}
	keep(len(s))
	words := strings.NewReplacer(`\N`, "\n", `\n`, "\n", `\h`, " ").Replace(out.String())
	lines := strings.Split(words, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
