package word

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"diaoyue.example/workstation/search/extract/text"
)

const macPage = 10000

// pageOfCharset is the code page of a font's \fcharset (RTF 1.9.1, font table).
func pageOfCharset(charset, ansi int) int {
	switch charset {
	case 77:
		return macPage
	case 128:
		return 932
	case 129:
		return 949
	case 134:
		return chinesePage
	case 136:
		return 950
	case 161:
		return 1253
	case 162:
		return 1254
	case 163:
		return 1258
	case 177:
		return 1255
	case 178:
		return 1256
	case 186:
		return 1257
	case 204:
		return 1251
	case 222:
		return 874
	case 238:
		return 1250
	case 1:
		return ansi
	}
	return westernPage
}

// wide says whether characters of a code page may take two bytes.
func wide(page int) bool {
	return page == 932 || page == chinesePage || page == 949 || page == 950 || page == 54936
}

// half says whether bytes end in the first of two.
func half(b []byte, page int) bool {
	if !wide(page) {
		return false
	}
	lead := false
	for _, c := range b {
		lead = !lead && c >= 0x81 && c != 0xff && (page != 932 || c < 0xa0 || c >= 0xe0)
	}
	return lead
}

// decoded turns bytes of a code page into text. A page that is not known, and
// bytes that are none of it, are read as western.
func decoded(b []byte, page int) string {
	if enc := text.CodePage(page); enc != nil {
		if s, err := enc.NewDecoder().Bytes(b); err == nil && !strings.ContainsRune(string(s), utf8.RuneError) {
			return string(s)
		}
		if wide(page) && half(b, page) { // cut off in the middle of a character
			return decoded(b[:len(b)-1], page) + "\ufffd"
		}
	}
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return out.String()
}
