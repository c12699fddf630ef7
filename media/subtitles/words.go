package subtitles

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

const movText = "mov_text"

// Words returns the words of one packet with their markup, in UTF-8 without
// control characters but line ends; "" where there are none. The packet is
// foreign: no length in it is believed.
func Words(codec string, payload []byte) string {
	if codec == movText {
		return timedText(payload)
	}
	return clean(payload)
}

// timedText reads a sample of 3GPP timed text (TS 26.245 5.17): two bytes of
// length, so many bytes of UTF-8, or of UTF-16 behind a byte order mark, and
// boxes of style, which say nothing that was said.
func timedText(b []byte) string {
	if len(b) < 2 {
		return ""
	}
	n := int(binary.BigEndian.Uint16(b))
	b = b[2:min(2+n, len(b))]
	switch {
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return wide(b[2:], binary.BigEndian)
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return wide(b[2:], binary.LittleEndian)
	}
	return clean(b)
}

func wide(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return clean([]byte(string(utf16.Decode(units))))
}

func clean(b []byte) string {
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(string(b), "\ufffd"))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r == 0x7f) {
			return -1
		}
		return r
	}, s))
}
