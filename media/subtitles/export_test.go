package subtitles

import "diaoyue.example/workstation/media/internal/av"

// Phrases are what a sample of WebVTT in an MP4 says: its source, a bar, its
// words.
func Phrases(sample []byte) []string {
	var out []string
	for _, p := range phrases(av.BoxedVTT, sample) {
		out = append(out, p.source+"|"+p.words)
	}
	return out
}
