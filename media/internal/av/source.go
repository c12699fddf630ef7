package av

/*
#include "gaps.h"
#include <stdlib.h>
*/
import "C"

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unsafe"

	"github.com/asticode/go-astiav"

	"diaoyue.example/workstation/media"
)

// Packet is what the container says of one packet of a stream.
type Packet struct {
	PTS, DTS, Pos, Duration int64 // NoPTS, and -1 for Pos, if the container is silent
	Size                    int32
	Flags                   int32
}

// Flags of packets.
const (
	flagKey       = 1
	flagDiscard   = 4
	flagEncrypted = C.dy_flag_encrypted
)

// Key reports whether decoding can begin here.
func (p Packet) Key() bool { return p.Flags&flagKey != 0 }

// Discard reports that the packet is decoded but never shown (edit lists).
func (p Packet) Discard() bool { return p.Flags&flagDiscard != 0 }

// Encrypted reports that the packet's content needs a key.
func (p Packet) Encrypted() bool { return p.Flags&flagEncrypted != 0 }

// Source is one open recording, read forward packet by packet from one chosen
// stream. It is not safe for concurrent use.
type Source struct {
	c       *C.dy_source
	fmt     *astiav.FormatContext
	streams []*astiav.Stream
	packet  *astiav.Packet
	stream  int
	video   int
	last    Packet // the one at hand
}

// Open reads the head of f, whatever f's offset. f may be closed afterwards.
// Errors wrap ErrEmpty, ErrUnsupported, ErrMissingMoov, ErrDamaged or the
// context's error.
func Open(ctx context.Context, f *os.File) (*Source, error) {
	if err := checkLayout(); err != nil {
		return nil, err
	}
	if err := notEmpty(f); err != nil {
		return nil, err
	}
	s := &Source{c: (*C.dy_source)(C.calloc(1, C.sizeof_dy_source)), stream: -1, video: -1}
	release := s.Watch(ctx)
	cformats, ccodecs := C.CString(formats), C.CString(codecs)
	defer C.free(unsafe.Pointer(cformats))
	defer C.free(unsafe.Pointer(ccodecs))
	r, err := withDescriptor(f, func(fd C.int) C.int { return C.dy_source_open(s.c, fd, cformats, ccodecs) })
	if err == nil && r >= 0 {
		r = C.dy_source_info(s.c)
	}
	release()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && r < 0 {
		err = s.openError(f, r)
	}
	if err != nil {
		C.dy_source_close(s.c)
		C.free(unsafe.Pointer(s.c))
		return nil, fmt.Errorf("open recording: %w", err)
	}
	s.fmt = wrap[astiav.FormatContext](unsafe.Pointer(s.c.fmt))
	s.streams = s.fmt.Streams()
	s.packet = astiav.AllocPacket()
	s.video = s.bestVideo()
	return s, nil
}

// notEmpty looks at the first bytes: a file of zeros is what a full card or a
// cut power leaves.
func notEmpty(f *os.File) error {
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("open recording: %w", err)
	}
	if len(bytes.Trim(head[:n], "\x00")) == 0 {
		d := Diagnose(f)
		d.Kind = media.DiagnosisEmpty
		return &media.Refused{Diagnosis: d, Err: fmt.Errorf("open recording: %w", media.ErrEmpty)}
	}
	return nil
}

// openError names what FFmpeg's number means for the file.
func (s *Source) openError(f *os.File, r C.int) error {
	last := s.logged()
	d := diagnosis{Diagnose(f)}
	d.Format, d.Detail = s.Format(), oneLine(last)
	var err error
	switch {
	case strings.Contains(last, "moov atom not found"):
		d.Kind, err = media.DiagnosisNoIndex, media.ErrMissingMoov
	case s.c.name[0] == 0, astiav.Error(r) == astiav.ErrDemuxerNotFound:
		if err = media.ErrUnsupported; d.Kind == "" {
			d.Kind = media.DiagnosisUnsupported
		}
	default:
		if d.Kind = media.DiagnosisDamaged; d.has("moov") {
			d.Kind = media.DiagnosisIndexBroken
		}
		err = fmt.Errorf("%w: %s: %s", media.ErrDamaged, astiav.Error(r).Error(), d.Detail)
	}
	return &media.Refused{Err: err, Diagnosis: d.Diagnosis}
}

func (s *Source) logged() string {
	var buf [256]C.char
	C.dy_log_last(&s.c.log, &buf[0], C.int(len(buf)))
	return C.GoString(&buf[0])
}

// Close frees everything but f. A second call does nothing.
func (s *Source) Close() {
	if s.c == nil {
		return
	}
	s.packet.Free()
	C.dy_source_close(s.c)
	C.free(unsafe.Pointer(s.c))
	s.c, s.fmt, s.streams = nil, nil, nil
}

// Size returns the file's length in bytes when it was opened.
func (s *Source) Size() int64 { return int64(s.c.io.size) }

// Gaps counts the runs of zeros, megabytes long, that brought no packet and that
// reading passed over to what follows them, or gave up. Zeros that the file ends
// with are none.
func (s *Source) Gaps() int64 { return int64(s.c.io.gaps) }

// Video returns the number of the stream that is shown (the one the ffmpeg
// program would choose), or -1.
func (s *Source) Video() int { return s.video }

// Audio returns the numbers of the sound streams, in the file's order.
func (s *Source) Audio() []int {
	var out []int
	for i, st := range s.streams {
		if st.CodecParameters().MediaType() == astiav.MediaTypeAudio {
			out = append(out, i)
		}
	}
	return out
}

// TimeBase returns the time base of a stream.
func (s *Source) TimeBase(stream int) media.Rational { return rational(s.streams[stream].TimeBase()) }

// Codec returns FFmpeg's name of a stream's codec.
func (s *Source) Codec(stream int) string {
	return s.streams[stream].CodecParameters().CodecID().Name()
}

// Rotation returns the quarter turns clockwise that make stream upright: 0, 90,
// 180 or 270, and 360 more where it is mirrored left to right before.
func (s *Source) Rotation(stream int) int { return int(C.dy_rotation(s.c.fmt, C.int(stream))) }

// PacketSamples returns how many samples per channel a sound packet of so many
// bytes holds, 0 if only its duration tells.
func (s *Source) PacketSamples(stream int, size int32) int {
	return int(C.dy_audio_samples(s.c.fmt, C.int(stream), C.int(size)))
}

// bestVideo follows the ffmpeg program's choice: the largest picture, streams
// marked default and streams with packets preferred, cover art never.
func (s *Source) bestVideo() int {
	best, score := -1, int64(-1)
	for i, st := range s.streams {
		par := st.CodecParameters()
		if par.MediaType() != astiav.MediaTypeVideo || s.cover(i) {
			continue
		}
		v := int64(par.Width()) * int64(par.Height())
		if C.dy_new_packets(s.c.fmt, C.int(i)) != 0 {
			v += 100000000
		}
		if C.dy_disposition(s.c.fmt, C.int(i))&C.AV_DISPOSITION_DEFAULT != 0 {
			v += 5000000
		}
		if v > score {
			best, score = i, v
		}
	}
	return best
}

func (s *Source) cover(stream int) bool {
	return C.dy_disposition(s.c.fmt, C.int(stream))&(C.AV_DISPOSITION_ATTACHED_PIC|C.AV_DISPOSITION_TIMED_THUMBNAILS) != 0
}

// Select chooses the stream that Next reads; the others are discarded.
func (s *Source) Select(stream int) {
	s.stream = stream
	C.dy_only_stream(s.c.fmt, C.int(stream))
}

// Next reads the next packet of the chosen stream; it stays inside for Send.
// A broken rest of a file is its end, as it is for the ffmpeg program: io.EOF,
// or the error that ended it (which Damage counts too).
func (s *Source) Next() (Packet, error) {
	var p C.dy_packet
	s.packet.Unref()
	if r := C.dy_next(s.c.fmt, (*C.AVPacket)(raw(s.packet)), C.int(s.stream), &p); r < 0 {
		return Packet{}, code(r)
	}
	s.last = packetOf(p)
	return s.last, nil
}

// Watch makes every read fail from the end of ctx on, also one that is under
// way; the source is of no use then. The function it returns ends the watch.
func (s *Source) Watch(ctx context.Context) (release func()) {
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		C.dy_io_stop(&s.c.io, 1)
		close(stopped)
	})
	return func() {
		if !stop() {
			<-stopped // it holds s.c
		}
	}
}

func packetOf(p C.dy_packet) Packet {
	return Packet{PTS: int64(p.pts), DTS: int64(p.dts), Pos: int64(p.pos), Duration: int64(p.duration), Size: int32(p.size), Flags: int32(p.flags)}
}

// tableTells reports that the container's own table of samples says everything
// of its packets: an MP4 that is not fragmented, whose pictures no parser reads.
func (s *Source) tableTells(f *os.File) bool {
	if !strings.HasPrefix(s.Format(), "mov,") || !slices.Contains([]string{"h264", "hevc", "mpeg4", "mjpeg"}, s.Codec(s.stream)) {
		return false
	}
	whole := false
	for _, p := range boxes(f, s.Size()) {
		if slices.Contains([]string{"moof", "sidx", "mfra", "styp"}, p.Type) {
			return false
		}
		whole = whole || p.Type == "moov" && p.Whole
	}
	return whole && C.dy_table_size(s.c.fmt, C.int(s.stream)) > 0
}

// ScanTable is Scan of all packets, without fetching their content where the
// container's table tells of them: of an hour that is gigabytes. Key packets are
// then those that the container names. The source is of no other use afterwards.
func (s *Source) ScanTable(ctx context.Context, f *os.File, fn func([]Packet) error) error {
	if s.tableTells(f) {
		if err := code(C.dy_table_only(s.c, C.int(s.stream))); err != nil {
			return fmt.Errorf("%w: table of samples: %w", media.ErrDamaged, err)
		}
	}
	return s.Scan(ctx, fn)
}

// scanBatch packets cross from C to Go at once: a call costs more than a packet.
const scanBatch = 1024

// Scan reads the remaining packets of the chosen stream without decoding and
// hands them on in batches. It stops at the end, at fn's error or when ctx ends.
func (s *Source) Scan(ctx context.Context, fn func([]Packet) error) error {
	buf := make([]C.dy_packet, scanBatch)
	out := make([]Packet, scanBatch)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var got C.int
		s.packet.Unref()
		r := C.dy_scan(s.c.fmt, (*C.AVPacket)(raw(s.packet)), C.int(s.stream), &buf[0], scanBatch, &got)
		for i := range int(got) {
			out[i] = packetOf(buf[i])
		}
		if err := fn(out[:got]); err != nil {
			return err
		}
		if r < 0 {
			return ctx.Err() // a watched source ends with its context
		}
	}
}

// SeekTime moves before the last seek point at or before ts (in the chosen
// stream's time base). Where it lands only the next packet tells.
func (s *Source) SeekTime(ts int64) error {
	return code(C.dy_seek_stream(s.c.fmt, C.int(s.stream), C.int64_t(ts)))
}

// SeekByte moves to a byte position, for formats without an index.
func (s *Source) SeekByte(pos int64) error {
	return code(C.dy_seek_byte(s.c.fmt, C.int64_t(pos)))
}

// ByteSeeks reports whether the format is sought by position rather than time.
func (s *Source) ByteSeeks() bool {
	n := s.Format()
	return n == "mpegts" || n == "mpeg"
}

// SeeksByPTS reports whether the format's own index counts presentation times.
func (s *Source) SeeksByPTS() bool { return s.Format() == "matroska,webm" }

// Format returns FFmpeg's names of the format.
func (s *Source) Format() string { return C.GoString(&s.c.name[0]) }
