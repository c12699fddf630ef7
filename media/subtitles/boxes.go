package subtitles

import (
	"encoding/binary"

	"diaoyue.example/workstation/media/internal/av"
)

// maxAtOnce bounds the cues that one packet says.
const maxAtOnce = 64

// phrase is what one cue says in one packet. Phrases that are equal, the source
// included, may be parts of one cue.
type phrase struct {
	part          bool // of a cue that may go on in the next packet
	source, words string
}

// phrases are what a packet says; none where it only ends the one before.
func phrases(codec string, payload []byte) []phrase {
	if codec == av.BoxedVTT {
		return boxedCues(payload)
	}
	if words := Words(codec, payload); words != "" {
		return []phrase{{words: words}}
	}
	return nil
}

// boxedCues reads a sample of WebVTT in an MP4 (ISO/IEC 14496-30): a box for
// each cue that is shown now, or one that says that there is none. The sample is
// foreign: no length in it is believed.
func boxedCues(b []byte) []phrase {
	var out []phrase
	for len(b) > 0 && len(out) < maxAtOnce {
		var kind string
		var body []byte
		if kind, body, b = box(b); kind != "vttc" {
			continue // vtte: nothing is shown; vtta: a note that is not shown
		}
		p := phrase{part: true}
		for len(body) > 0 {
			var inner []byte
			switch kind, inner, body = box(body); kind {
			case "payl":
				p.words = clean(inner)
			case "vsid", "iden":
				p.source += string(inner) + ";"
			}
		}
		if p.words != "" {
			out = append(out, p)
		}
	}
	return out
}

// box splits the first box off; what is shorter than it says ends where it
// ends, and what is none ends everything.
func box(b []byte) (kind string, body, rest []byte) {
	const head = 8
	if len(b) < head {
		return "", nil, nil
	}
	size := uint64(binary.BigEndian.Uint32(b))
	if size == 0 || size > uint64(len(b)) {
		size = uint64(len(b)) // to the end
	}
	if size < head {
		return "", nil, nil
	}
	return string(b[4:head]), b[head:size], b[size:]
}
