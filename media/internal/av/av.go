// Package av is the one room that calls FFmpeg: it opens recordings, decodes
// them packet by packet, converts pictures and writes new recordings.
//
// Invariant: bytes come and go only through an open descriptor that the caller
// handed in (pread and pwrite inside C); never by a path, never through a
// protocol, and only by the formats and codecs of the whitelists. The process
// that decodes foreign bytes is meant to be a child: see media/remote.
package av

/*
#cgo pkg-config: libavcodec libavformat libavutil libswscale libswresample
#cgo CFLAGS: -O3 -Wall
#cgo LDFLAGS: -lm
#include "gaps.h"
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <stdlib.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"unsafe"

	"github.com/asticode/go-astiav"

	"diaoyue.example/workstation/media"
)

// ErrAgain says that the decoder wants another packet before it gives a frame.
var ErrAgain = errors.New("more input is needed")

// formats may be opened. Playlists (hls, dash, concat, sdp) are not among
// them: they name other files.
const formats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,dhav,h264,hevc,m4v,mxf,nut,ivf," +
	"wav,w64,mp3,aac,flac,ogg,amr,amrnb,amrwb,aiff,caf,ac3,au"

// codecs may be opened, by the names of FFmpeg's decoders.
const codecs = "h264,hevc,mpeg4,mpeg1video,mpeg2video,mpegvideo,mjpeg,mjpegb,vp8,vp9,libdav1d,libaom-av1,av1,h263,h263i,h263p,flv," +
	"msmpeg4v1,msmpeg4v2,msmpeg4,wmv1,wmv2,wmv3,vc1,theora,libtheora,rawvideo,dvvideo,prores,dnxhd,ffv1,huffyuv,ffvhuff,utvideo,png,cinepak,svq1,svq3,msvideo1,msrle,qtrle," +
	"aac,aac_latm,mp3,mp3float,mp2,mp2float,mp1,mp1float,ac3,eac3,flac,alac,vorbis,libvorbis,opus,libopus,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb," +
	"pcm_alaw,pcm_mulaw,pcm_s8,pcm_u8,pcm_s16le,pcm_s16be,pcm_u16le,pcm_u16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_bluray,pcm_dvd," +
	"adpcm_ima_wav,adpcm_ima_qt,adpcm_ima_amv,adpcm_ms,adpcm_yamaha,adpcm_g722,adpcm_g726,adpcm_g726le,g723_1,g729,gsm,gsm_ms,wmav1,wmav2,wmapro,wmavoice,wmalossless"

// NoPTS stands for a missing time stamp.
const NoPTS = int64(-1 << 63)

// checkLayout guards the one assumption about go-astiav's insides: in v0.16.0
// the C pointer is the first field, "c", of each of these types. It also
// refuses a libavcodec other than the headers' (5.1: major 59), whose structs
// would not match.
func checkLayout() error {
	for _, t := range []reflect.Type{reflect.TypeFor[astiav.CodecContext](), reflect.TypeFor[astiav.Packet](), reflect.TypeFor[astiav.Frame](), reflect.TypeFor[astiav.FormatContext]()} {
		if f := t.Field(0); f.Name != "c" || f.Type.Kind() != reflect.Pointer {
			return fmt.Errorf("go-astiav is not v0.16.0: %s begins with %s %s", t, f.Name, f.Type)
		}
	}
	if got := int(C.avcodec_version() >> 16); got != C.LIBAVCODEC_VERSION_MAJOR {
		return fmt.Errorf("libavcodec %d is loaded, but %d was built against", got, C.LIBAVCODEC_VERSION_MAJOR)
	}
	return nil
}

// raw returns the C pointer behind a go-astiav value; see checkLayout.
func raw[T any](p *T) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(p))
}

// wrap makes a go-astiav value around a C pointer that this package owns.
func wrap[T any](c unsafe.Pointer) *T {
	p := new(T)
	*(*unsafe.Pointer)(unsafe.Pointer(p)) = c
	return p
}

// Versions names the libraries, for derived files: pictures may differ between them.
func Versions() string {
	v := func(n C.uint) string { return fmt.Sprintf("%d.%d.%d", n>>16, n>>8&255, n&255) }
	return "lavc " + v(C.avcodec_version()) + " lavf " + v(C.avformat_version()) + " lavu " + v(C.avutil_version())
}

// withDescriptor hands f's descriptor to fn without changing f's mode.
func withDescriptor(f *os.File, fn func(fd C.int) C.int) (C.int, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("use descriptor: %w", err)
	}
	var r C.int
	if err := conn.Control(func(fd uintptr) { r = fn(C.int(fd)) }); err != nil {
		return 0, fmt.Errorf("use descriptor: %w", err)
	}
	return r, nil
}

// code turns FFmpeg's number into an error; EOF and EAGAIN become io.EOF and ErrAgain.
func code(r C.int) error {
	switch {
	case r >= 0:
		return nil
	case astiav.Error(r) == astiav.ErrEof:
		return io.EOF
	case astiav.Error(r) == astiav.ErrEagain:
		return ErrAgain
	default:
		return astiav.Error(r)
	}
}

func goBytes(p *C.uint8_t, n int) []byte {
	return C.GoBytes(unsafe.Pointer(p), C.int(n))
}

// one line of foreign text without control characters.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
}

func rational(r astiav.Rational) media.Rational {
	return media.Rational{Num: int64(r.Num()), Den: int64(r.Den())}
}
