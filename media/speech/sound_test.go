package speech_test

import (
	"math"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/speech"
)

// tone is a sound of hz in both channels.
func tone(rate, channels int, hz, from, to float64) media.Samples {
	s := media.Samples{Rate: rate, Channels: channels, From: from}
	for i := range int((to - from) * float64(rate)) {
		v := int16(10000 * math.Sin(2*math.Pi*hz*(from+float64(i)/float64(rate))))
		for range channels {
			s.Data = append(s.Data, v)
		}
	}
	return s
}

// A tone below half of the rate stays what it is, one above is gone.
func TestMonoKeepsSpeechOnly(t *testing.T) {
	for _, rate := range []int{8000, 16000, 22050, 44100, 48000} {
		out := speech.Mono(tone(rate, 2, 1000, 1, 3), 1.5, 2.5)
		if len(out) != speech.Rate {
			t.Fatalf("%d samples", len(out))
		}
		for i, v := range out {
			want := 10000 * math.Sin(2*math.Pi*1000*(1.5+float64(i)/speech.Rate))
			if math.Abs(float64(v)-want) > 120 {
				t.Fatalf("%d Hz, sample %d is %d, want %.0f", rate, i, v, want)
			}
		}
	}
	for i, v := range speech.Mono(tone(48000, 1, 12000, 0, 2), 0.5, 1.5) {
		if v > 60 || v < -60 {
			t.Fatalf("sample %d of a tone too high is %d", i, v)
		}
	}
}

// Pieces join: a moment is the same whatever piece it is asked for in.
func TestMonoJoins(t *testing.T) {
	s := tone(44100, 2, 440, 0, 4)
	whole := speech.Mono(s, 0, 4)
	cut := media.Samples{Rate: s.Rate, Channels: s.Channels, From: 2, Data: s.Data[2*2*44100:]}
	for i, v := range speech.Mono(cut, 2+speech.Margin, 4) {
		if w := whole[int((2+speech.Margin)*speech.Rate)+i]; v-w > 1 || w-v > 1 {
			t.Fatalf("sample %d is %d, was %d", i, v, w)
		}
	}
}

// Where there is no sound it is silent.
func TestMonoOfNothing(t *testing.T) {
	for name, s := range map[string]media.Samples{"nothing": {}, "no rate": {Channels: 1, Data: []int16{1}}, "later": tone(16000, 1, 440, 9, 10)} {
		out := speech.Mono(s, 0, 1)
		if len(out) != speech.Rate {
			t.Errorf("%s: %d samples", name, len(out))
		}
		for _, v := range out {
			if v != 0 {
				t.Errorf("%s is not silent", name)
				break
			}
		}
	}
	if out := speech.Mono(media.Samples{}, 2, 1); len(out) != 0 {
		t.Errorf("backwards: %d samples", len(out))
	}
}
