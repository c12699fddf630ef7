package av

import (
	"bytes"
	"encoding/binary"
	"os"

	"diaoyue.example/workstation/media"
)

type diagnosis struct{ media.Diagnosis }

func (d diagnosis) has(box string) bool {
	for _, p := range d.Parts {
		if p.Type == box {
			return true
		}
	}
	return false
}

// Diagnose reads the file's own marks without FFmpeg: its size, the top-level
// boxes if it is an MP4, whether it is a list that names other files. It never
// fails; what cannot be read is left out. Kind is set for lists only.
func Diagnose(f *os.File) media.Diagnosis {
	d := media.Diagnosis{Parts: []media.Part{}}
	if info, err := f.Stat(); err == nil {
		d.Size = info.Size()
	}
	head := make([]byte, 512)
	n, _ := f.ReadAt(head, 0) // a short file is judged by what there is
	head = head[:n]
	text := bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n")
	for _, mark := range []string{"#EXTM3U", "ffconcat", "<MPD", "<?xml", "<smil", "[playlist]", "<asx", "<ASX"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			d.Kind = media.DiagnosisPlaylist
			return d
		}
	}
	d.Parts = boxes(f, d.Size)
	for _, p := range d.Parts {
		if p.Type != "mdat" {
			continue
		}
		const header = 8
		d.MediaBytes += max(min(p.Size, d.Size-p.Offset)-header, 0)
		if d.Codec == "" {
			d.Codec = sniff(f, p.Offset+header)
		}
	}
	return d
}

const maxParts = 32

// boxes lists the top-level boxes of an MP4, none if the file is no MP4.
func boxes(f *os.File, size int64) []media.Part {
	out := []media.Part{}
	for at := int64(0); at+8 <= size && len(out) < maxParts; {
		var h [16]byte
		n, _ := f.ReadAt(h[:], at) // cut short: judged below
		if n < 8 || !printable(h[4:8]) {
			break
		}
		length := int64(binary.BigEndian.Uint32(h[:]))
		switch {
		case length == 0: // to the end of the file
			length = size - at
		case length == 1 && n == len(h):
			length = int64(binary.BigEndian.Uint64(h[8:]) & (1<<62 - 1))
		}
		if length < 8 {
			break
		}
		out = append(out, media.Part{Type: string(h[4:8]), Offset: at, Size: length, Whole: length <= size-at})
		if length > size-at {
			break
		}
		at += length
	}
	switch {
	case len(out) == 0:
	case out[0].Type == "ftyp", out[0].Type == "mdat", out[0].Type == "moov", out[0].Type == "free", out[0].Type == "wide", out[0].Type == "skip":
		return out
	}
	return []media.Part{}
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// sniff looks for H.264 or H.265 pictures as an MP4 stores them: runs of units,
// each behind its length. It wants a run of several to be sure.
func sniff(f *os.File, at int64) string {
	buf := make([]byte, 1<<20)
	n, _ := f.ReadAt(buf, at) // less is fine
	buf = buf[:n]
	for from := 0; from < min(len(buf), 64<<10); from++ {
		if unitRun(buf[from:], h264Unit) {
			return "h264"
		}
		if unitRun(buf[from:], hevcUnit) {
			return "hevc"
		}
	}
	return ""
}

func unitRun(b []byte, fits func(h []byte, first bool) bool) bool {
	const enough = 4
	for run := 0; run < enough; run++ {
		if len(b) < 6 {
			return false
		}
		n := int(binary.BigEndian.Uint32(b))
		if n < 2 || n > len(b)-4 || !fits(b[4:], run == 0) {
			return false
		}
		b = b[4+n:]
	}
	return true
}

// h264Unit: the first of a run is a parameter set, a note or a key picture.
func h264Unit(h []byte, first bool) bool {
	kind := h[0] & 31
	if h[0]&0x80 != 0 {
		return false
	}
	if first {
		return kind >= 5 && kind <= 9
	}
	return kind >= 1 && kind <= 9
}

func hevcUnit(h []byte, first bool) bool {
	kind := h[0] >> 1
	if h[0]&0x81 != 0 || h[1]&0xf8 != 0 || h[1]&7 == 0 {
		return false
	}
	if first {
		return kind >= 16 && kind <= 21 || kind >= 32 && kind <= 35 || kind == 39
	}
	return kind <= 9 || kind >= 16 && kind <= 21 || kind >= 32 && kind <= 40
}
