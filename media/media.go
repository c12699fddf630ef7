// Package media is the vocabulary of recordings: what a file holds, which
// picture is which frame, and what its sound is.
//
// Invariant: a picture is named by its frame number (0-based, display order)
// and never by seconds; seconds are derived from it. The package knows no
// decoder and no case.
package media

import "errors"

// Errors of the engine. Every failure on a foreign file wraps one of them.
var (
	// ErrEmpty says that the file has no bytes, or nothing but zero bytes.
	ErrEmpty = errors.New("the file is empty")
	// ErrUnsupported says that the format or codec is unknown or not allowed.
	ErrUnsupported = errors.New("the format or codec is not supported")
	// ErrDamaged says that the format is known but its content cannot be read.
	ErrDamaged = errors.New("the recording is damaged")
	// ErrMissingMoov says that an MP4 lacks its index (moov), as after a loss of power.
	ErrMissingMoov = errors.New("the recording has no index (moov); the device was probably cut off")
	// ErrEncrypted says that the pictures are there but need a key.
	ErrEncrypted = errors.New("the recording is encrypted")
	// ErrNoVideo says that the file holds no moving picture.
	ErrNoVideo = errors.New("the file has no video")
	// ErrNoSound says that the file holds no sound track of that number.
	ErrNoSound = errors.New("the file has no such sound track")
	// ErrNoFrame says that the frame number lies outside the recording.
	ErrNoFrame = errors.New("no such frame")
	// ErrInexact says that a frame could not be reproduced as the linear pass
	// saw it; it is refused rather than shown under a wrong number.
	ErrInexact = errors.New("the frame could not be reproduced exactly")
)

// Rational is Num/Den: a time base in seconds, a frame rate in 1/s, an aspect ratio.
type Rational struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// Float returns the quotient, 0 if Den is 0.
func (r Rational) Float() float64 {
	if r.Den == 0 {
		return 0
	}
	return float64(r.Num) / float64(r.Den)
}

// Seconds returns the length of ticks of this time base, in seconds.
func (r Rational) Seconds(ticks int64) float64 {
	if r.Den == 0 {
		return 0
	}
	return float64(ticks) * float64(r.Num) / float64(r.Den)
}

// Container is what a file says about itself.
type Container struct {
	Format    string            `json:"format"`     // names of the demuxer, as "mov,mp4,m4a,3gp,3g2,mj2"
	Duration  float64           `json:"duration"`   // s, 0 if unknown
	Start     float64           `json:"start"`      // s, time stamp of the first packet
	BitRate   int64             `json:"bit_rate"`   // bit/s, 0 if unknown
	CreatedAt string            `json:"created_at"` // RFC 3339 as the file says, or ""
	Device    string            `json:"device"`     // make and model as the file says, or ""
	Streams   []Stream          `json:"streams"`
	Metadata  map[string]string `json:"metadata"`
}

// Kinds of streams.
const (
	KindVideo      = "video"
	KindAudio      = "audio"
	KindSubtitle   = "subtitle"
	KindData       = "data"
	KindAttachment = "attachment"
)

// Stream is one stream of a container.
type Stream struct {
	Index        int      `json:"index"`
	Kind         string   `json:"kind"` // one of the Kind constants
	Codec        string   `json:"codec"`
	Profile      string   `json:"profile"`
	Language     string   `json:"language"`
	TimeBase     Rational `json:"time_base"`
	Frames       int64    `json:"frames"`   // as the container says; 0 unknown
	Duration     float64  `json:"duration"` // s, 0 unknown
	Cover        bool     `json:"cover"`    // cover art, not a moving picture
	Width        int      `json:"width"`    // coded size in pixels, before rotation
	Height       int      `json:"height"`
	SAR          Rational `json:"sar"`      // shape of a pixel; 0/1 unknown
	Rotation     int      `json:"rotation"` // 0, 90, 180 or 270: turn clockwise to stand upright; from 360 on mirrored left to right before
	FrameRate    Rational `json:"frame_rate"`
	VariableRate bool     `json:"variable_rate"`
	PixelFormat  string   `json:"pixel_format"`
	ColorSpace   string   `json:"color_space"`
	ColorRange   string   `json:"color_range"`
	SampleRate   int      `json:"sample_rate"` // Hz
	Channels     int      `json:"channels"`
}

// PixelAspect is the shape of a point of the upright picture, its width by its
// height. What is not told, or no shape that a camera gives, is square.
func (s Stream) PixelAspect() float64 {
	const widest = 8
	a := s.SAR.Float()
	if s.SAR.Num <= 0 || s.SAR.Den <= 0 || a > widest || a < 1.0/widest {
		return 1
	}
	if s.Rotation%180 != 0 {
		return 1 / a
	}
	return a
}

// Samples is a piece of sound.
type Samples struct {
	Rate     int     // Hz, at most 48000
	Channels int     // 1 or 2
	Data     []int16 // interleaved
	From     float64 // s of the first sample, counted from the first shown frame
}

// FrameInfo names one picture of a recording.
type FrameInfo struct {
	Number   int64   `json:"frame"` // 0-based, display order
	PTS      int64   `json:"pts"`   // in the stream's time base
	Time     float64 `json:"time"`  // s from the first shown frame
	Keyframe bool    `json:"keyframe"`
	Digest   string  `json:"digest,omitempty"` // MD5 as ffmpeg's framemd5 gives it, on request
}
