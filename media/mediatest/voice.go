package mediatest

import (
	"math"
	"math/rand/v2"
)

// voice makes sound that a person takes for speech behind a wall: a pulse
// train through three formants, syllable by syllable, two speakers in turn,
// with hisses and pauses.
type voice struct {
	rng      *rand.Rand
	rate     float64
	phase    float64
	left     int // samples left of the syllable
	length   int
	kind     syllable
	pitch    float64
	bases    [2]float64
	speaker  int
	formants [3]resonator
	breath   int // syllables until the next pause
}

type syllable int

const (
	pause syllable = iota
	vowel
	hiss
)

func newVoice(seed int64, rate int) *voice {
	v := &voice{rng: rand.New(rand.NewPCG(uint64(seed), 0x5eed)), rate: float64(rate), bases: [2]float64{118, 196}} //nolint:gosec // a repeatable voice, no secret
	v.breath = 6
	return v
}

// resonator is one formant: a two-pole filter.
type resonator struct{ a, b, g, y1, y2 float64 }

func (r *resonator) tune(freq, width, rate float64) {
	d := math.Exp(-math.Pi * width / rate)
	r.a = 2 * d * math.Cos(2*math.Pi*freq/rate)
	r.b = -d * d
	r.g = 1 - d
}

func (r *resonator) next(x float64) float64 {
	y := r.g*x + r.a*r.y1 + r.b*r.y2
	r.y1, r.y2 = y, r.y1
	return y
}

// speak returns the next n samples.
func (v *voice) speak(n int) []int16 {
	vowels := [][3]float64{{730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}, {640, 1190, 2390}}
	out := make([]int16, n)
	for i := range out {
		if v.left == 0 {
			v.syllable(vowels[v.rng.IntN(len(vowels))])
		}
		x := v.source()
		t := float64(v.length-v.left) / float64(v.length)
		env := math.Sin(math.Pi * math.Min(1, t*1.05))
		y := 0.0
		for k := range v.formants {
			y += v.formants[k].next(x) / float64(k+1)
		}
		out[i] = int16(math.Max(-30000, math.Min(30000, y*env*9000)))
		v.left--
	}
	return out
}

func (v *voice) syllable(formants [3]float64) {
	ms := 110 + v.rng.IntN(130)
	switch {
	case v.breath <= 0:
		v.kind, ms = pause, 500+v.rng.IntN(900)
		v.breath = 5 + v.rng.IntN(10)
		v.speaker = v.rng.IntN(2)
	case v.kind == vowel && v.rng.IntN(4) == 0:
		v.kind, ms = hiss, 50+v.rng.IntN(50)
	default:
		v.kind = vowel
		v.breath--
	}
	v.pitch = v.bases[v.speaker] * (0.85 + 0.3*v.rng.Float64())
	for k := range v.formants {
		v.formants[k].tune(formants[k], 70+40*float64(k), v.rate)
	}
	v.length = ms * int(v.rate) / 1000
	v.left = v.length
}

func (v *voice) source() float64 {
	noise := v.rng.Float64()*2 - 1
	switch v.kind {
	case pause:
		return noise * 0.02
	case hiss:
		return noise * 3
	case vowel:
	}
	v.phase += v.pitch / v.rate
	if v.phase >= 1 {
		v.phase -= math.Floor(v.phase)
		return 60
	}
	return noise * 0.2
}
