package av

/*
#include "mux.h"
#include <stdlib.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"unsafe"

	"diaoyue.example/workstation/media"
)

// ErrClosed says that the encoder was closed before.
var ErrClosed = errors.New("the encoder is closed")

// VideoOptions says how pictures are encoded.
type VideoOptions struct {
	Width, Height int            // pixels; an odd size is stored rounded up, last row or column repeated
	TimeBase      media.Rational // s per unit of pts
	FrameRate     media.Rational // a hint for the encoder; pts decide
	SAR           media.Rational // zero: unknown
	Rotation      int            // 0, 90, 180, 270: the display matrix to write, clockwise
	FullRange     bool
	Matrix        string // of the pictures, a media.Matrix constant
	Codec         string // FFmpeg's name; "" is libx264
	Preset        string // of x264; "" is veryfast
	CRF           int    // of x264: 0 lossless .. 51; DefaultCRF if UseCRF is false
	UseCRF        bool
	GOP           int    // pictures from key to key; 0 is 250
	BFrames       int    // pictures between references, 0..16
	X264          string // more x264 settings, "a=b:c=d"
	KeepSEI       bool   // keep x264's own notes (version, settings) in the stream
	Threads       int    // 0 is 2; the same number gives the same bytes
}

// AudioOptions says how sound is encoded: AAC (PCM in AVI and WAV).
type AudioOptions struct {
	Rate, Channels int
	BitRate        int64   // bit/s; 0 is 96000
	Start          float64 // s of the first sample on the video's clock
}

// EncoderOptions describes a new recording of one video, one sound, or both.
type EncoderOptions struct {
	Format   string // FFmpeg's muxer; "" is mp4
	Video    *VideoOptions
	Audio    *AudioOptions
	Metadata map[string]string // of the container, as creation_time; nothing else is written
	Mux      map[string]string // options of the muxer, as movflags
}

// DefaultCRF is x264's quality where the caller names none.
const DefaultCRF = 20

// Encoder writes a recording. The same pictures, sound and options give the
// same bytes: no library version, no time of writing enters the file. It is
// not safe for concurrent use.
type Encoder struct {
	c    *C.dy_mux
	opts EncoderOptions
}

// NewEncoder starts a recording at the start of f, which must be a regular
// file open for writing; f stays the caller's. Close or Abort must follow.
func NewEncoder(f *os.File, o EncoderOptions) (*Encoder, error) {
	if err := checkLayout(); err != nil {
		return nil, err
	}
	if o.Video == nil && o.Audio == nil {
		return nil, errors.New("start encoder: neither video nor sound")
	}
	e := &Encoder{c: (*C.dy_mux)(C.calloc(1, C.sizeof_dy_mux)), opts: o}
	e.c.io.fd = -1
	opt, free := muxOptions(o)
	defer free()
	r, err := withDescriptor(f, func(fd C.int) C.int { return C.dy_mux_open(e.c, fd, opt) })
	if err == nil {
		err = code(r)
	}
	if err != nil {
		e.Abort()
		return nil, fmt.Errorf("start encoder: %w", err)
	}
	return e, nil
}

func muxOptions(o EncoderOptions) (opt *C.dy_mux_options, free func()) {
	var owned []unsafe.Pointer
	text := func(s, otherwise string) *C.char {
		if s == "" {
			s = otherwise
		}
		c := C.CString(s)
		owned = append(owned, unsafe.Pointer(c))
		return c
	}
	opt = (*C.dy_mux_options)(C.calloc(1, C.sizeof_dy_mux_options))
	opt.format = text(o.Format, "mp4")
	if v := o.Video; v != nil {
		opt.codec, opt.preset, opt.x264_params = text(v.Codec, "libx264"), text(v.Preset, "veryfast"), text(v.X264, "")
		opt.width, opt.height = C.int(v.Width), C.int(v.Height)
		opt.tb_num, opt.tb_den = C.int(v.TimeBase.Num), C.int(v.TimeBase.Den)
		opt.rate_num, opt.rate_den = C.int(v.FrameRate.Num), C.int(max(v.FrameRate.Den, 1))
		opt.sar_num, opt.sar_den = C.int(v.SAR.Num), C.int(max(v.SAR.Den, 1))
		opt.gop, opt.b_frames, opt.threads = C.int(orDefault(v.GOP, 250)), C.int(v.BFrames), C.int(orDefault(v.Threads, 2))
		opt.crf = DefaultCRF
		if v.UseCRF {
			opt.crf = C.int(v.CRF)
		}
		opt.full_range, opt.keep_sei = flag(v.FullRange), flag(v.KeepSEI)
		opt.space, opt.rotation = C.int(spaceOf(v.Matrix)), C.int(v.Rotation)
	}
	if a := o.Audio; a != nil {
		opt.rate, opt.channels = C.int(a.Rate), C.int(a.Channels)
		opt.bit_rate = C.int64_t(orDefault(a.BitRate, 96000))
		opt.sound_start = C.int64_t(round(a.Start * float64(a.Rate)))
	}
	opt.metadata, opt.mux_options = dictionary(o.Metadata), dictionary(o.Mux)
	return opt, func() {
		C.av_dict_free(&opt.metadata)
		C.av_dict_free(&opt.mux_options)
		for _, p := range owned {
			C.free(p)
		}
		C.free(unsafe.Pointer(opt))
	}
}

// Video adds one picture, whose size must be that of the options; pts must rise.
func (e *Encoder) Video(p media.Picture, pts int64) error {
	if e.c == nil {
		return ErrClosed
	}
	if v := e.opts.Video; v == nil || p.Width != v.Width || p.Height != v.Height || !p.Valid() {
		return fmt.Errorf("encode picture: %dx%d is not what was announced", p.Width, p.Height)
	}
	r := C.dy_mux_picture(e.c, plane(p, 0), plane(p, 1), plane(p, 2),
		C.int(p.Stride[0]), C.int(p.Stride[1]), C.int(p.Stride[2]), C.int(p.Width), C.int(p.Height), C.int64_t(pts))
	if err := code(r); err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	return nil
}

// Audio adds interleaved samples right after those before.
func (e *Encoder) Audio(data []int16) error {
	if e.c == nil {
		return ErrClosed
	}
	if e.opts.Audio == nil || len(data)%e.opts.Audio.Channels != 0 {
		return errors.New("encode sound: not what was announced")
	}
	if len(data) == 0 {
		return nil
	}
	r := C.dy_mux_sound(e.c, (*C.int16_t)(unsafe.Pointer(&data[0])), C.int(len(data)/e.opts.Audio.Channels))
	if err := code(r); err != nil {
		return fmt.Errorf("encode sound: %w", err)
	}
	return nil
}

// Close writes what is left and the container's end. The caller syncs the file.
func (e *Encoder) Close() error {
	if e.c == nil {
		return ErrClosed
	}
	r := C.dy_mux_finish(e.c)
	e.Abort()
	if err := code(r); err != nil {
		return fmt.Errorf("finish recording: %w", err)
	}
	return nil
}

// Abort frees the encoder without finishing the file. After Close it does nothing.
func (e *Encoder) Abort() {
	if e.c == nil {
		return
	}
	C.dy_mux_close(e.c)
	C.free(unsafe.Pointer(e.c))
	e.c = nil
}

func dictionary(m map[string]string) *C.AVDictionary {
	var d *C.AVDictionary
	for _, k := range slices.Sorted(maps.Keys(m)) {
		ck, cv := C.CString(k), C.CString(m[k])
		C.av_dict_set(&d, ck, cv, 0)
		C.free(unsafe.Pointer(ck))
		C.free(unsafe.Pointer(cv))
	}
	return d
}

func plane(p media.Picture, i int) *C.uint8_t {
	return (*C.uint8_t)(unsafe.Pointer(&p.Planes[i][0]))
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

func orDefault[T int | int64](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}
