package export

import (
	"context"
	"fmt"
	"math"
	"os"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/internal/av"
)

// latestStart is how late, in seconds, a copy may begin on its own clock. A
// transport stream's clock may stand at hours; the copy's then starts at 0.
const latestStart = 10

// encode writes the copy and returns the manifest so far.
func (w *work) encode(ctx context.Context, dst *os.File, crf int) (Manifest, error) {
	m := Manifest{TimeBase: w.index.TimeBase(), Dropped: w.dropped()}
	e := encoding{work: w, m: &m, dst: dst, crf: crf, stamps: stamper{base: m.TimeBase}}
	defer e.close()
	err := decode.Linear(ctx, w.src, w.index, func(f *decode.Frame) error { return e.frame(ctx, f) })
	if err != nil {
		return m, fmt.Errorf("encode: %w", err)
	}
	if m.Frames == 0 {
		return m, media.ErrNoVideo
	}
	if err := e.soundUpTo(ctx, w.index.Duration()); err != nil {
		return m, err
	}
	m.Spans = e.spans()
	return m, e.encoder.Close()
}

// spans says when each track covers.
func (e *encoding) spans() []Span {
	out := []Span{}
	for _, t := range e.plan.Tracks {
		for _, s := range t.Spans(e.m.Frames) {
			end := max(e.index.Duration(), e.m.Duration)
			if s.To+1 < e.m.Frames {
				end = e.times[s.To+1]
			}
			out = append(out, Span{Track: t.ID, FromFrame: s.From, ToFrame: s.To, From: e.times[s.From], To: end})
		}
	}
	return out
}

// encoding is one pass from decoder to encoder.
type encoding struct {
	*work
	m       *Manifest
	dst     *os.File
	crf     int
	encoder *av.Encoder
	sounds  *decode.Decoder
	format  media.Samples // rate and channels of the sound
	heard   int64         // samples encoded so far
	stamps  stamper
	first   int64 // time stamp of frame 0
	times   []float64
}

func (e *encoding) close() {
	if e.encoder != nil {
		e.encoder.Abort()
	}
	if e.sounds != nil {
		e.sounds.Close()
	}
}

func (e *encoding) frame(ctx context.Context, f *decode.Frame) error {
	p, err := f.Picture()
	if err != nil {
		return err
	}
	n := e.m.Frames
	pts := e.stamps.of(f.Info())
	if n == 0 {
		if err := e.start(ctx, p, pts); err != nil {
			return err
		}
	}
	if p.Width != e.m.Width || p.Height != e.m.Height {
		return fmt.Errorf("%w: the picture changes its size at frame %d", media.ErrUnsupported, n)
	}
	e.plan.Apply(&p, n)
	if err := e.encoder.Video(p, pts+e.m.Shift); err != nil {
		return err
	}
	e.m.Frames++
	e.m.Duration = e.m.TimeBase.Seconds(pts - e.first)
	e.times = append(e.times, e.m.Duration)
	e.progress()
	return e.soundUpTo(ctx, e.m.Duration)
}

// stamper gives each frame of a linear pass its own time stamp. Where a
// container has none, or gives one twice, the next free tick stands in: encoders
// want rising stamps.
type stamper struct {
	base media.Rational
	last int64
	any  bool
}

func (s *stamper) of(i media.FrameInfo) int64 {
	pts := i.PTS
	if pts == frameindex.NoPTS {
		pts = int64(math.Round(i.Time / s.base.Float()))
	}
	if s.any && pts <= s.last {
		pts = s.last + 1
	}
	s.last, s.any = pts, true
	return pts
}

func (e *encoding) start(ctx context.Context, p media.Picture, first int64) error {
	e.first = first
	if s := e.m.TimeBase.Seconds(first); s < 0 || s > latestStart {
		e.m.Shift = -first
	}
	sar := e.video.SAR
	if e.video.Rotation%180 != 0 {
		sar.Num, sar.Den = sar.Den, sar.Num
	}
	o := av.EncoderOptions{Video: &av.VideoOptions{
		Width: p.Width, Height: p.Height, TimeBase: e.m.TimeBase, FrameRate: e.video.FrameRate, SAR: sar,
		FullRange: p.FullRange, Matrix: p.Matrix, Preset: "veryfast", CRF: e.crf, UseCRF: true, GOP: 250, BFrames: 2, Threads: 2,
		X264: "mbtree=0", // with it Debian's x264 gives other bytes now and then
	}}
	e.m.Width, e.m.Height = p.Width, p.Height
	e.m.Video = fmt.Sprintf("h264 libx264 veryfast crf %d", e.crf)
	if e.sound {
		if err := e.openSound(ctx); err != nil {
			return err
		}
		o.Audio = &av.AudioOptions{
			Rate: e.format.Rate, Channels: e.format.Channels, BitRate: int64(64000 * e.format.Channels),
			Start: e.m.TimeBase.Seconds(first + e.m.Shift),
		}
		e.m.Audio = fmt.Sprintf("aac %d Hz %d ch", e.format.Rate, e.format.Channels)
	}
	var err error
	e.encoder, err = av.NewEncoder(e.dst, o)
	return err
}

// openSound learns rate and channels from the first moment of the first track.
func (e *encoding) openSound(ctx context.Context) (err error) {
	if e.sounds, err = decode.Open(ctx, e.src, e.index, decode.Options{Threads: 1}); err != nil {
		return err
	}
	if e.format, err = e.sounds.Sound(ctx, 0, 0, 0.1); err != nil {
		return fmt.Errorf("first sound track: %w", err)
	}
	if e.format.Rate <= 0 || e.format.Channels <= 0 {
		return fmt.Errorf("first sound track: %w", media.ErrUnsupported)
	}
	return nil
}

// soundChunk is how much sound is read at a time, in seconds.
const soundChunk = 2

// smear is how far, in samples, AAC carries a sound into its neighbourhood: its
// window is two frames of 1024 samples. Export mutes that much more at both ends
// of a mute, so that no original sound is left in the range that was asked for.
const smear = 2048

// soundUpTo encodes the sound before the given second, in whole chunks until
// the end is asked for, so that sound and picture lie side by side in the file.
func (e *encoding) soundUpTo(ctx context.Context, seconds float64) error {
	if !e.sound {
		return nil
	}
	end := int64(math.Round(seconds * float64(e.format.Rate)))
	last := seconds >= e.index.Duration()
	for chunk := int64(soundChunk * e.format.Rate); e.heard+chunk <= end || last && e.heard < end; {
		s, err := e.soundBetween(ctx, e.heard, min(e.heard+chunk, end))
		if err != nil {
			return err
		}
		wide := e.plan.Widened(float64(smear) / float64(e.format.Rate))
		wide.Silence(&s)
		if err := e.encoder.Audio(s.Data); err != nil {
			return err
		}
		e.heard += int64(len(s.Data) / s.Channels)
	}
	return nil
}

// soundBetween returns exactly the samples from..to; where the track has none
// there is silence.
func (e *encoding) soundBetween(ctx context.Context, from, to int64) (media.Samples, error) {
	return soundOf(ctx, e.sounds, e.format, from, to)
}

func soundOf(ctx context.Context, d *decode.Decoder, format media.Samples, from, to int64) (media.Samples, error) {
	rate := float64(format.Rate)
	got, err := d.Sound(ctx, 0, float64(from)/rate, float64(to)/rate)
	if err != nil {
		return media.Samples{}, fmt.Errorf("sound: %w", err)
	}
	out := media.Samples{Rate: format.Rate, Channels: format.Channels, From: float64(from) / rate, Data: make([]int16, (to-from)*int64(format.Channels))}
	if len(got.Data) == 0 {
		return out, nil
	}
	if got.Rate != format.Rate || got.Channels != format.Channels {
		return media.Samples{}, fmt.Errorf("%w: the sound changes its format", media.ErrUnsupported)
	}
	at := (int64(math.Round(got.From*rate)) - from) * int64(format.Channels)
	data := got.Data
	if at < 0 {
		data = data[min(-at, int64(len(data))):]
		at = 0
	}
	copy(out.Data[min(at, int64(len(out.Data))):], data)
	return out, nil
}
