package mail

import (
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strings"

	"diaoyue.example/workstation/search/extract/text"
)

// word is an encoded word of RFC 2047.
var word = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=`)

// decoded gives the value of a head's field. Neighbouring words of one charset
// are joined before they are decoded: many mailers cut in the middle of a
// character. What is not encoded at all is read as text is.
func decoded(v string) string {
	var out strings.Builder
	var bytes []byte
	charset := ""
	flush := func() {
		if s, err := text.DecodeAs(bytes, charset); err == nil {
			out.WriteString(s)
		}
		bytes, charset = nil, ""
	}
	at := 0
	for _, m := range word.FindAllStringSubmatchIndex(v, -1) {
		between := v[at:m[0]]
		name := strings.ToLower(v[m[2]:m[3]])
		name, _, _ = strings.Cut(name, "*") // a language may follow
		if charset != name || strings.TrimSpace(between) != "" {
			flush()
		}
		if strings.TrimSpace(between) != "" || at == 0 {
			out.WriteString(plain(between))
		}
		charset = name
		bytes = append(bytes, unpacked(v[m[4]:m[5]], v[m[6]:m[7]])...)
		at = m[1]
	}
	flush()
	out.WriteString(plain(v[at:]))
	return out.String()
}

func plain(s string) string {
	d, err := text.Decode([]byte(s))
	if err != nil {
		return strings.ToValidUTF8(s, "\ufffd")
	}
	return d
}

// unpacked gives the bytes of a word as far as they can be read.
func unpacked(how, s string) []byte {
	if strings.EqualFold(how, "b") {
		s = strings.TrimRight(strings.Join(strings.Fields(s), ""), "=")
		out, err := base64.RawStdEncoding.DecodeString(s)
		if err != nil {
			return out // what came before the damage
		}
		return out
	}
	out, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(strings.ReplaceAll(s, "_", " "))))
	if err != nil {
		return out
	}
	return out
}
