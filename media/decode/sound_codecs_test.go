package decode_test

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"diaoyue.example/workstation/media/decode"
)

// A tone that rises, so that no piece equals another one, and knocks, so that
// codecs of more than one packet length or window use them all.
const (
	rising = "aevalsrc=0.4*sin(2*PI*(300+80*t)*t)+0.1*sin(2*PI*1700*t)"
	knocks = `+0.4*lt(mod(t\,0.37)\,0.002)`
)

// Whatever the codec and the container, and in whatever order pieces are asked
// for, samples are those of ffmpeg's decoding from the start: lead-in that is
// cut away, frames that lean on the ones before, bit reservoirs.
func TestSoundOfEveryCodec(t *testing.T) {
	requireFFmpeg(t)
	for name, c := range map[string]struct {
		sound       string
		rate, slack int // slack: by how much a sample may differ after a seek
		args        []string
	}{
		"aac.m4a":     {rising, 44100, 2, []string{"-c:a", "aac"}},
		"knocks.m4a":  {rising + knocks, 48000, 2, []string{"-c:a", "aac", "-aac_pns", "0"}},
		"knocks.mp3":  {rising + knocks, 48000, 2, []string{"-c:a", "libmp3lame"}},
		"knocks.webm": {rising + knocks, 48000, 2, []string{"-c:a", "libopus"}},
		"aac.adts":    {rising, 44100, 2, []string{"-c:a", "aac", "-f", "adts"}},
		"aac.ts":      {rising, 48000, 2, []string{"-c:a", "aac"}},
		"mp2.mpg":     {rising, 48000, 2, []string{"-c:a", "mp2", "-f", "mpeg"}},
		"mp2.ts":      {rising, 48000, 2, []string{"-c:a", "mp2"}},
		"mp3.mp3":     {rising, 44100, 2, []string{"-c:a", "libmp3lame"}},
		"mp3.avi":     {rising, 44100, 2, []string{"-c:a", "libmp3lame"}},
		"mp3.mp4":     {rising, 44100, 2, []string{"-c:a", "libmp3lame"}},
		"opus.webm":   {rising, 48000, 2, []string{"-c:a", "libopus"}},
		"vorbis.mkv":  {rising + knocks, 44100, 2, []string{"-c:a", "libvorbis"}},
		"vorbis.webm": {rising + knocks, 48000, 2, []string{"-c:a", "libvorbis", "-q:a", "8"}},
		"vorbis.ogg":  {rising + knocks, 16000, 2, []string{"-c:a", "libvorbis"}},
		"ac3.mkv":     {rising, 48000, 2, []string{"-c:a", "ac3"}},
		"flac.flac":   {rising, 44100, 0, []string{"-c:a", "flac"}},
		"flac.mkv":    {rising, 44100, 0, []string{"-c:a", "flac"}},
		"pcm.wav":     {rising, 16000, 0, []string{"-c:a", "pcm_s16le"}},
		"pcm.mov":     {rising, 48000, 0, []string{"-c:a", "pcm_s16be"}},
		"law.avi":     {rising, 16000, 0, []string{"-c:a", "pcm_alaw"}},
		"ima.wav":     {rising, 16000, 0, []string{"-c:a", "adpcm_ima_wav"}},
		"stereo.m4a":  {rising, 48000, 2, []string{"-ac", "2", "-c:a", "aac"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			ffmpeg(t, slices.Concat([]string{"-f", "lavfi", "-i", c.sound + ":d=6:s=" + strconv.Itoa(c.rate)}, c.args, []string{path})...)
			want := samples(ffmpeg(t, "-i", path, "-vn", "-f", "s16le", "-"))
			f := open(t, path)
			d := opened(t, f, nil, decode.Options{})
			defer d.Close()
			whole := sound(t, d, 0, 9) // a file without pictures keeps its own clock
			if whole.Rate != c.rate {
				t.Fatalf("%d Hz", whole.Rate)
			}
			// By the file's clock there may be silence where encoder delay was cut
			// away, and Matroska rounds to milliseconds; from the first sample on that
			// is heard all are ffmpeg's.
			lag := lagOf(whole.Data, want, whole.Channels)
			ours, theirs := whole.Data[max(lag, 0):], want[max(-lag, 0):]
			if i, d := differs(ours, theirs); d > 1 {
				t.Fatalf("moved by %d, sample %d differs from ffmpeg's by %d", lag, i, d)
			}
			if n := len(theirs) - len(ours); n > c.rate/500*whole.Channels || loud(whole.Data[:max(lag, 0)]) > 0 || loud(ours[min(len(theirs), len(ours)):]) > 0 {
				t.Errorf("moved by %d: %d samples, ffmpeg's %d", lag, len(ours), len(theirs))
			}
			fresh := opened(t, f, nil, decode.Options{})
			defer fresh.Close()
			for _, from := range []float64{4.5, 1.25, 3, .5, 5.1, .02, 2.999} {
				from += whole.From
				part := sound(t, fresh, from, from+.5)
				at := int(math.Round((part.From-whole.From)*float64(c.rate))) * whole.Channels
				if at < 0 || len(part.Data) < c.rate/3 {
					t.Fatalf("from %v: %d samples from %d", from, len(part.Data), at)
				}
				if i, d := differs(part.Data, whole.Data[at:]); d > c.slack {
					t.Errorf("from %v: sample %d differs by %d", from, i, d)
				}
			}
		})
	}
}

// Each track of several is its own, and a track that ends early is silent then.
func TestSoundTracks(t *testing.T) {
	requireFFmpeg(t)
	path := filepath.Join(t.TempDir(), "two.mkv")
	ffmpeg(t, "-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=4", "-f", "lavfi", "-i", "sine=440:d=4", "-f", "lavfi", "-i", "sine=1000:d=2",
		"-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:v", "libx264", "-c:a", "flac", path)
	d := opened(t, open(t, path), nil, decode.Options{})
	defer d.Close()
	for track, want := range []int{440, 1000} {
		s, err := d.Sound(t.Context(), track, .5, 1.5)
		if err != nil {
			t.Fatal(err)
		}
		crossings := 0
		for i := 1; i < len(s.Data); i++ {
			if s.Data[i-1] < 0 && s.Data[i] >= 0 {
				crossings++
			}
		}
		if crossings < want-3 || crossings > want+3 {
			t.Errorf("track %d swings %d times a second, want %d", track, crossings, want)
		}
	}
	s, err := d.Sound(t.Context(), 1, 3, 3.5)
	if err != nil || loud(s.Data) != 0 {
		t.Errorf("behind its end: loudness %d, %v", loud(s.Data), err)
	}
}

// lagOf finds by how many samples ours comes later than theirs.
func lagOf(ours, theirs []int16, channels int) int {
	const reach, window, start = 2200, 3000, 60000
	best, least := 0, math.MaxInt
	for lag := -reach * channels; lag <= reach*channels; lag += channels {
		sum := 0
		for i := start; i < start+window && i+lag < len(ours) && i < len(theirs) && sum < least; i++ {
			d := int(ours[i+lag]) - int(theirs[i])
			sum += max(d, -d)
		}
		if sum < least {
			best, least = lag, sum
		}
	}
	return best
}

func samples(raw []byte) []int16 {
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return out
}

// differs returns the place and the size of the largest difference.
func differs(a, b []int16) (at, most int) {
	for i := range min(len(a), len(b)) {
		d := int(a[i]) - int(b[i])
		if d = max(d, -d); d > most {
			at, most = i, d
		}
	}
	return at, most
}
