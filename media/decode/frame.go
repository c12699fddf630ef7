package decode

import (
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// Frame is one decoded picture with its name. It must be closed.
type Frame struct {
	pic      *av.Frame
	info     media.FrameInfo
	rotation int
	timeBase media.Rational
}

// Info names the frame; its Digest is empty until MD5 was asked for.
func (f *Frame) Info() media.FrameInfo { return f.info }

// TimeBase returns the seconds per unit of Info().PTS.
func (f *Frame) TimeBase() media.Rational { return f.timeBase }

// MD5 returns the digest of the decoded picture's bytes, before rotation and
// conversion, as `ffmpeg -noautorotate -vsync passthrough -f framemd5` prints
// it; "" if the picture has no such form.
func (f *Frame) MD5() string {
	if f.info.Digest == "" {
		f.info.Digest, _ = f.pic.MD5()
	}
	return f.info.Digest
}

// Bytes returns the size of the decoded picture's bytes, which MD5 covers.
func (f *Frame) Bytes() int64 { return f.pic.RawBytes() }

// Hash returns the fast hash that the index compares.
func (f *Frame) Hash() uint64 { return f.pic.Hash() }

// Picture returns the picture upright in its full size, as 8 bit I420 in memory
// of its own, with its own matrix and range. Ten and more bits are reduced; HDR
// (PQ, HLG) is brought to BT.709 SDR.
func (f *Frame) Picture() (media.Picture, error) { return f.Display(0, 0) }

// Display returns the same fitted into maxW by maxH pixels (0: no bound), never
// enlarged.
func (f *Frame) Display(maxW, maxH int) (media.Picture, error) {
	w, h := f.pic.Size()
	if f.rotation%180 != 0 {
		w, h = h, w
	}
	w, h = fit(w, h, maxW, maxH)
	return f.pic.Picture(f.rotation, w, h)
}

// Close gives the picture's memory back.
func (f *Frame) Close() { f.pic.Close() }
