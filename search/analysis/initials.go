package analysis

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// mostReadings bounds the initials of one name: surnames have few readings.
const mostReadings = 8

// longestName is the most characters a name has; a longer text is no name.
const longestName = 12

// Initials lists the initials of a name's pinyin, lower case, one entry for
// each way of reading it that begins differently: 单雄信 gives dxx and sxx.
// Letters and digits stand for themselves. A text without Han has none.
func Initials(name string) []string {
	runes := []rune(name)
	if len(runes) > longestName {
		return nil
	}
	args := pinyin.Args{Style: pinyin.FirstLetter, Heteronym: true}
	out := []string{""}
	han := false
	for _, r := range runes {
		var letters []string
		switch {
		case unicode.Is(unicode.Han, r):
			letters = distinct(pinyin.SinglePinyin(r, args))
			han = true
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			letters = []string{string(unicode.ToLower(r))}
		}
		out = extend(out, letters)
	}
	if !han || out[0] == "" {
		return nil
	}
	return out
}

// extend puts each letter behind each of the beginnings, while there is room.
func extend(begun, letters []string) []string {
	switch {
	case len(letters) == 0:
		return begun
	case len(begun)*len(letters) > mostReadings:
		letters = letters[:1]
	}
	out := make([]string, 0, len(begun)*len(letters))
	for _, l := range letters {
		for _, b := range begun {
			out = append(out, b+l)
		}
	}
	return out
}

func distinct(in []string) []string {
	var out []string
	for _, s := range in {
		if s != "" && !strings.Contains(strings.Join(out, ""), s) {
			out = append(out, s)
		}
	}
	return out
}
