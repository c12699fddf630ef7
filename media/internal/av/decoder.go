package av

/*
#include "gaps.h"
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>
*/
import "C"

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"unsafe"

	"github.com/asticode/go-astiav"

	"diaoyue.example/workstation/media"
)

// Decoder decodes one stream of a Source. It is not safe for concurrent use.
type Decoder struct {
	ctx *astiav.CodecContext
	own *C.dy_decoder
}

// NewDecoder opens the stream's decoder; threads 1 is deterministic on damaged
// streams too. The error wraps ErrUnsupported. Close must follow, before the
// source's.
func NewDecoder(s *Source, stream, threads int) (*Decoder, error) {
	par := s.streams[stream].CodecParameters()
	codec := astiav.FindDecoder(par.CodecID())
	if codec == nil {
		return nil, fmt.Errorf("open decoder: %w: %s", media.ErrUnsupported, oneLine(par.CodecID().Name()))
	}
	d := &Decoder{ctx: astiav.AllocCodecContext(codec), own: C.dy_decoder_new()}
	if err := par.ToCodecContext(d.ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("open decoder: %w: %w", media.ErrDamaged, err)
	}
	d.ctx.SetThreadCount(threads)
	list := C.CString(codecs)
	defer C.free(unsafe.Pointer(list))
	if err := code(C.dy_open_decoder(d.c(), s.c.fmt, C.int(stream), d.own, list)); err != nil {
		d.Close()
		return nil, fmt.Errorf("open decoder %s: %w: %w", codec.Name(), media.ErrUnsupported, err)
	}
	return d, nil
}

func (d *Decoder) c() *C.AVCodecContext { return (*C.AVCodecContext)(raw(d.ctx)) }

// Close frees the decoder. A second call does nothing.
func (d *Decoder) Close() {
	if d.ctx == nil {
		return
	}
	d.ctx.Free()
	C.dy_decoder_free(d.own)
	d.ctx, d.own = nil, nil
}

// Errors counts what the decoder complained of so far; above 0 the stream is
// damaged and frame threads may give other pictures each time.
func (d *Decoder) Errors() int64 { return int64(C.dy_log_errors(&d.own.log)) }

// Flush forgets everything, as after a seek.
func (d *Decoder) Flush() { C.avcodec_flush_buffers(d.c()) }

// Skip says which pictures a decoder may leave out on its way to another one.
type Skip int

// What may be left out.
const (
	SkipNothing    Skip = iota
	SkipUnreferred      // pictures that no other one refers to
	SkipBetween         // pictures between two others (B), though others may refer to them
)

// Send gives the source's current packet to the decoder under a number, which
// comes back in the frames made of it. With skip, such a picture is not
// decoded. An error means a broken packet: one goes on. Before Send, Receive
// must have said ErrAgain: the number travels with the packet only then.
func (d *Decoder) Send(s *Source, number int64, skip Skip) error {
	return code(C.dy_send(d.c(), (*C.AVPacket)(raw(s.packet)), C.int64_t(number), C.int(skip)))
}

// Warm decodes one picture of H.264 after opening: the decoder keeps from the
// stream's first notes (SEI) what a later start would lack. Other codecs need
// none. The error says that no picture came.
func (d *Decoder) Warm(s *Source) error {
	if s.Codec(s.stream) != "h264" {
		return nil
	}
	for n := int64(0); ; n++ {
		f, err := d.Receive()
		if err == nil {
			f.Close()
			return nil
		}
		if !errors.Is(err, ErrAgain) && n > 0 {
			return err
		}
		if _, err = s.Next(); err != nil {
			return err
		}
		_ = d.Send(s, n, SkipNothing)
	}
}

// End tells the decoder that no packet follows.
func (d *Decoder) End() error {
	if err := code(C.dy_send(d.c(), nil, -1, 0)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// Receive returns the next frame, which the caller closes. It returns ErrAgain
// if a packet is wanted, io.EOF after the last one, another error for a frame
// that cannot be decoded.
func (d *Decoder) Receive() (*Frame, error) {
	f := astiav.AllocFrame()
	if err := d.ctx.ReceiveFrame(f); err != nil {
		f.Free()
		var n astiav.Error
		if errors.As(err, &n) {
			return nil, code(C.int(n))
		}
		return nil, err
	}
	out := &Frame{f: f}
	C.dy_frame_info(out.c(), &out.info)
	return out, nil
}

// Frame is one decoded picture or piece of sound, counted by reference inside.
// It must be closed; it may be read from several goroutines.
type Frame struct {
	f    *astiav.Frame
	info C.dy_frame
}

func (f *Frame) c() *C.AVFrame { return (*C.AVFrame)(f.f.UnsafePointer()) }

// PTS is the best guess of the presentation time, NoPTS if there is none.
func (f *Frame) PTS() int64 { return int64(f.info.pts) }

// Packet is the number under which the frame's packet was sent.
func (f *Frame) Packet() int64 { return int64(f.info.tag) }

// Key reports whether the picture was coded without reference to others.
func (f *Frame) Key() bool { return f.info.key != 0 }

// Corrupt reports that the decoder patched the picture.
func (f *Frame) Corrupt() bool { return f.info.corrupt != 0 }

// Size returns width and height in pixels, before rotation.
func (f *Frame) Size() (w, h int) { return int(f.info.width), int(f.info.height) }

// Samples returns the number of samples per channel, the rate and the channels.
func (f *Frame) Samples() (n, rate, channels int) {
	return int(f.info.samples), int(f.info.rate), int(f.info.channels)
}

// RawBytes is the size of the picture without padding, as framemd5 prints it.
func (f *Frame) RawBytes() int64 { return int64(C.dy_frame_bytes(f.c())) }

// Bytes is the memory the picture holds.
func (f *Frame) Bytes() int64 { return int64(C.dy_frame_held(f.c())) }

// PictureBytes estimates the memory of one decoded picture of a stream.
func PictureBytes(format string, width, height int) int64 {
	name := C.CString(format)
	defer C.free(unsafe.Pointer(name))
	n := int64(C.av_image_get_buffer_size(C.av_get_pix_fmt(name), C.int(width), C.int(height), 64))
	if n < 0 {
		n = int64(width) * int64(height) * 3 / 2
	}
	return int64(C.dy_room_taken(C.size_t(n)))
}

// Hash is a fast 64 bit hash of size, format and every byte of the picture.
func (f *Frame) Hash() uint64 { return f.hash(true) }

// hash with wide uses the widest instructions there are; the hash is the same.
func (f *Frame) hash(wide bool) uint64 { return uint64(C.dy_hash(f.c(), flag(wide))) }

// MD5 is the digest that ffmpeg's framemd5 prints for the picture.
func (f *Frame) MD5() (string, error) {
	var sum [16]C.uint8_t
	if err := code(C.dy_md5(f.c(), &sum[0])); err != nil {
		return "", fmt.Errorf("digest picture: %w", err)
	}
	return hex.EncodeToString(goBytes(&sum[0], 16)), nil
}

// Clone returns a second reference to the same picture.
func (f *Frame) Clone() *Frame {
	return &Frame{f: f.f.Clone(), info: f.info}
}

// Close gives the reference back. A second call does nothing.
func (f *Frame) Close() {
	if f.f == nil {
		return
	}
	f.f.Free()
	f.f = nil
}
