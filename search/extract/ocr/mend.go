package ocr

import (
	"math"
	"slices"
	"strings"
)

// mended puts right what the network cannot know from a line alone.
func mended(chars []char) []char {
	out := fullWidth(chars)
	yearBrackets(out)
	return out
}

// fullWidth mends punctuation that is full width in print and was read half as
// wide: that between Chinese characters. Spaces are kept between Latin
// characters only.
func fullWidth(chars []char) []char {
	wide := map[string]string{",": "\uff0c", ";": "\uff1b", ":": "\uff1a", "?": "\uff1f", "!": "\uff01"}
	var out []char
	for i, c := range chars {
		before, after := "", ""
		if i > 0 {
			before = chars[i-1].text
		}
		if i+1 < len(chars) {
			after = chars[i+1].text
		}
		switch {
		case c.text == " " && (before == "" || after == "" || !narrow(before) || !narrow(after)):
			continue
		case wide[c.text] != "" && before != "" && !narrow(before) && (after == "" || !narrow(after)):
			c.text = wide[c.text]
		}
		out = append(out, c)
	}
	return out
}

// Brackets as they are read, and those that stand around the year of a document
// number (GB/T 9704: hexagonal).
const (
	opening, closing         = "\u3014[\uff3b\u3010(\uff08", "\u3015]\uff3d\u3011)\uff09"
	openingYear, closingYear = "\u3014", "\u3015"
)

// yearBrackets mends the brackets around a year when the two are no pair: those
// of a document number look much like others.
func yearBrackets(chars []char) {
	for i := 0; i+5 < len(chars); i++ {
		open, shut := strings.Index(opening, chars[i].text), strings.Index(closing, chars[i+5].text)
		if open < 0 || shut < 0 || open == shut {
			continue
		}
		if !slices.ContainsFunc(chars[i+1:i+5], func(c char) bool { return c.text < "0" || c.text > "9" }) {
			chars[i].text, chars[i+5].text = openingYear, closingYear
		}
	}
}

// once drops the first characters of a line that are the last of the line
// before: where a line was found in two pieces, they overlap.
func once(before, chars []char) []char {
	if len(before) == 0 {
		return chars
	}
	last := before[len(before)-1]
	for len(chars) > 0 {
		c := chars[0]
		apart := math.Hypot(c.place.middle.x-last.place.middle.x, c.place.middle.y-last.place.middle.y)
		if apart > min(last.place.h, c.place.h)/4 {
			break
		}
		chars = chars[1:]
	}
	return chars
}
