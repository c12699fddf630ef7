package text

import (
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// CodePage is the encoding that Windows numbers so; nil when it is not known.
func CodePage(number int) encoding.Encoding {
	name := "windows-" + strconv.Itoa(number)
	switch number {
	case 936, 20936, 54936: // GBK and what grew out of it
		return simplifiedchinese.GB18030
	case 52936:
		return simplifiedchinese.HZGB2312
	case 65001:
		return encoding.Nop
	case 10000:
		return charmap.Macintosh
	case 932:
		name = "shift_jis"
	case 949:
		name = "euc-kr"
	case 950:
		name = "big5"
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return enc
}
