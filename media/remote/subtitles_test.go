package remote_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/remote"
)

// A recording without subtitles has none, and without an index there is no
// frame 0 to count from.
func TestNoSubtitles(t *testing.T) {
	f, _ := clip(t)
	c := pair(t)
	index, err := c.BuildIndex(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Subtitles(t.Context(), f, index); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := c.Subtitles(t.Context(), f, nil); !errors.Is(err, media.ErrNoFrame) {
		t.Errorf("without an index: %v", err)
	}
}

// What a worker says of subtitles is bounded before it is believed.
func TestHostileSubtitles(t *testing.T) {
	for name, body := range map[string]string{
		"no JSON":      "]",
		"no times":     `[{"track":1,"form":"srt","cues":[{"from":-1,"to":2,"text":"a"}]}]`,
		"huge time":    `[{"track":1,"form":"srt","cues":[{"from":1e300,"to":1e301,"text":"a"}]}]`,
		"unknown form": `[{"track":1,"form":"x"}]`,
		"too many":     "[" + strings.Repeat(`{"track":1},`, media.MaxSubtitleTracks) + `{"track":1}]`,
	} {
		t.Run(name, func(t *testing.T) {
			near, far := ends(t)
			c := remote.Dial(near)
			defer c.Close()
			done := make(chan struct{})
			go func() {
				defer close(done)
				buf := make([]byte, 4096)
				_, _ = far.Read(buf)
				_, _ = far.Write(frame(`{"id":1,"kind":"answer"}`, body))
				_, _ = far.Read(buf) // until the other end hangs up
				far.Close()
			}()
			f, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := c.Subtitles(t.Context(), f, nil)
			if err == nil || errors.Is(err, remote.ErrWorkerGone) {
				t.Errorf("%d tracks, %v", len(got), err)
			}
			c.Close()
			<-done
		})
	}
}
