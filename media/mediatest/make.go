package mediatest

import (
	"context"
	"fmt"
	"os"
	"time"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// Clip describes a recording. The zero value of each field has a meaning; the
// zero Clip is ten seconds of 1280x720 at 25 pictures a second, without sound.
type Clip struct {
	Width, Height int // pixels, upright; 0 is 1280 and 720. Odd sizes are stored rounded up
	FPS           int // pictures a second; 0 is 25
	Frames        int // 0 is 250
	GOP           int // pictures from key to key; 0 is 250
	BFrames       int // pictures between references
	VFR           bool
	Sound         bool // speech-like, 48 kHz, one channel
	SoundOnly     bool // sound only: no pictures at all (implies Sound)
	FullRange     bool
	Matrix        string         // a media.Matrix constant; "" is BT.709
	SAR           media.Rational // shape of a stored point; zero is square
	Rotation      int            // 90, 180, 270: stored lying, with a display matrix

	Scene        Scene
	Device       string            // number of the body camera burnt in, ASCII; "" is DSJ-031457
	Start        time.Time         // of the clock burnt in; zero is 2026-03-13 09:33:15
	StartPTS     int64             // pts of the first picture, in 1/(1000·FPS) s
	CreationTime time.Time         // into the container; zero: none
	Metadata     map[string]string // into the container besides

	Format string            // mp4 (default), matroska, mpegts, avi, wav
	Codec  string            // FFmpeg's encoder; "" is libx264
	X264   string            // more settings of x264, as "open-gop=1"
	Preset string            // of x264; "" is superfast
	CRF    int               // of x264; 0 is 23
	Mux    map[string]string // options of the muxer, as movflags
	Seed   int64             // varies scene and speech
}

// Scene is what a clip shows.
type Scene int

// Scenes.
const (
	Courtyard Scene = iota
	Room
)

const soundRate = 48000

func (c Clip) filled() Clip {
	set := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	set(&c.Width, 1280)
	set(&c.Height, 720)
	set(&c.FPS, 25)
	set(&c.Frames, 250)
	set(&c.GOP, 250)
	set(&c.CRF, 23)
	if c.SAR.Num == 0 {
		c.SAR = media.Rational{Num: 1, Den: 1}
	}
	if c.Matrix == "" {
		c.Matrix = media.MatrixBT709
	}
	if c.Preset == "" {
		c.Preset = "superfast"
	}
	if c.Device == "" {
		c.Device = "DSJ-031457"
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2026, 3, 13, 9, 33, 15, 0, time.UTC)
	}
	c.Sound = c.Sound || c.SoundOnly
	return c
}

// timeBase of the pictures: a thousandth of the usual step.
func (c Clip) timeBase() media.Rational { return media.Rational{Num: 1, Den: int64(c.FPS) * 1000} }

// tick is the least step of the file's times, in timeBase units: AVI counts pictures.
func (c Clip) tick() int64 {
	if c.Format == "avi" {
		return 1000
	}
	return 1
}

// PTS returns the presentation time of each picture, in timeBase units.
func (c Clip) pts() []int64 {
	out := make([]int64, c.Frames)
	t := c.StartPTS
	for n := range out {
		out[n] = t
		t += 1000
		if c.VFR { // now and then a picture is missing, sometimes a run of them, and the rest trembles
			switch {
			case n%50 == 40:
				t += 7000
			case n%7 == 3:
				t += 1000
			}
			t += int64(n*7919%5)*40 - 80
		}
	}
	return out
}

// Make writes the recording to path, which must not exist. The same clip gives
// the same bytes with the same libraries.
func Make(ctx context.Context, path string, c Clip) (err error) {
	c = c.filled()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("make recording: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = fmt.Errorf("make recording: %w", e)
		}
	}()
	return write(ctx, f, c)
}

func write(ctx context.Context, f *os.File, c Clip) error {
	e, err := av.NewEncoder(f, c.options())
	if err != nil {
		return err
	}
	defer e.Abort()
	pts := c.pts()
	voice := newVoice(c.Seed, soundRate)
	said := 0
	speak := func(until float64) error {
		if !c.Sound {
			return nil
		}
		n := int(until*soundRate) - said
		if n <= 0 {
			return nil
		}
		said += n
		return e.Audio(voice.speak(n))
	}
	stage := newStage(c)
	for n, t := range pts {
		if err := ctx.Err(); err != nil {
			return err
		}
		seconds := c.timeBase().Seconds(t - c.StartPTS)
		if err := speak(seconds); err != nil {
			return err
		}
		if c.SoundOnly {
			continue
		}
		if err := e.Video(lay(stage.draw(int64(n), seconds), c.Rotation), t/c.tick()); err != nil {
			return err
		}
	}
	if err := speak(c.timeBase().Seconds(pts[len(pts)-1]-c.StartPTS) + 1/float64(c.FPS)); err != nil {
		return err
	}
	return e.Close()
}

func (c Clip) options() av.EncoderOptions {
	o := av.EncoderOptions{Format: c.Format, Metadata: map[string]string{}, Mux: c.Mux}
	for k, v := range c.Metadata {
		o.Metadata[k] = v
	}
	if !c.CreationTime.IsZero() {
		o.Metadata["creation_time"] = c.CreationTime.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	if !c.SoundOnly {
		w, h := c.Width, c.Height
		if c.Rotation == 90 || c.Rotation == 270 {
			w, h = h, w
		}
		o.Video = &av.VideoOptions{
			Width: w, Height: h, TimeBase: c.timeBase(), FrameRate: media.Rational{Num: int64(c.FPS), Den: 1},
			SAR: c.SAR, Rotation: c.Rotation, FullRange: c.FullRange, Matrix: c.Matrix,
			Codec: c.Codec, Preset: c.Preset, CRF: c.CRF, UseCRF: true, GOP: c.GOP, BFrames: c.BFrames, X264: c.X264,
		}
		o.Video.TimeBase = media.Rational{Num: c.tick(), Den: c.timeBase().Den}
	}
	if c.Sound {
		o.Audio = &av.AudioOptions{Rate: soundRate, Channels: 1, BitRate: 64000, Start: c.timeBase().Seconds(c.StartPTS)}
	}
	return o
}

// lay turns the upright picture the other way round, so that turning it
// clockwise by rotation makes it upright again.
func lay(p media.Picture, rotation int) media.Picture {
	if rotation == 0 {
		return p
	}
	w, h := p.Width, p.Height
	if rotation != 180 {
		w, h = h, w
	}
	out := media.NewPicture(w, h)
	out.FullRange, out.Matrix = p.FullRange, p.Matrix
	for i := range p.Planes {
		pw, ph := p.PlaneSize(i)
		for y := range ph {
			for x := range pw {
				v := p.Planes[i][y*p.Stride[i]+x]
				switch rotation {
				case 90:
					out.Planes[i][(pw-1-x)*out.Stride[i]+y] = v
				case 180:
					out.Planes[i][(ph-1-y)*out.Stride[i]+pw-1-x] = v
				case 270:
					out.Planes[i][x*out.Stride[i]+ph-1-y] = v
				}
			}
		}
	}
	return out
}
