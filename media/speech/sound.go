package speech

import (
	"math"

	"diaoyue.example/workstation/media"
)

// Margin is how much more sound Mono wants at each end, in seconds: the filter
// reaches that far.
const Margin = 0.01

// taps is half of the filter's length, in samples of the slower rate.
const taps = 16

// Mono gives the sound from from to to (s) as Rate asks for it: both channels
// together, silent where s holds nothing. A moment sounds the same whatever
// piece it is asked for in.
func Mono(s media.Samples, from, to float64) []int16 {
	first := int64(math.Round(from * Rate))
	out := make([]int16, max(0, int64(math.Round(to*Rate))-first))
	if s.Rate <= 0 || s.Channels <= 0 || len(s.Data) == 0 {
		return out
	}
	in := mixed(s)
	start := int64(math.Round(s.From * float64(s.Rate))) // position of the first sample
	step := float64(s.Rate) / Rate
	f := filterOf(step)
	for i := range out {
		at := float64(first+int64(i))*step - float64(start)
		if at < -f.reach || at > float64(len(in))+f.reach {
			continue
		}
		out[i] = int16(math.Round(min(max(f.at(in, at), math.MinInt16), math.MaxInt16)))
	}
	return out
}

func mixed(s media.Samples) []float64 {
	out := make([]float64, len(s.Data)/s.Channels)
	for i := range out {
		for c := range s.Channels {
			out[i] += float64(s.Data[i*s.Channels+c])
		}
		out[i] /= float64(s.Channels)
	}
	return out
}

// filter is a windowed sinc below the slower of two rates.
type filter struct {
	step  float64 // samples in for one out
	reach float64 // samples in
	table []float64
}

const fine = 64 // table entries for a sample in

func filterOf(step float64) *filter {
	wide := max(1, step)
	f := &filter{step: step, reach: taps * wide}
	f.table = make([]float64, int(f.reach*fine)+2)
	for i := range f.table {
		x := float64(i) / fine
		if x >= f.reach {
			continue
		}
		window := 0.5 + 0.5*math.Cos(math.Pi*x/f.reach)
		f.table[i] = window * sinc(x*0.95/wide) * 0.95 / wide
	}
	return f
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// at is the sound at a position between samples.
func (f *filter) at(in []float64, pos float64) float64 {
	sum := 0.0
	for i := max(0, int(math.Ceil(pos-f.reach))); i < len(in) && float64(i) <= pos+f.reach; i++ {
		x := math.Abs(float64(i)-pos) * fine
		k := int(x)
		if k+1 >= len(f.table) {
			continue
		}
		w := f.table[k] + (f.table[k+1]-f.table[k])*(x-float64(k))
		sum += w * in[i]
	}
	return sum
}
