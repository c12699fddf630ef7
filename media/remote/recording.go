package remote

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/redact"
)

// Recording is one recording open in the worker. It outlives the worker: asked
// after a death it opens itself in the next one. It is safe for concurrent use.
type Recording struct {
	held *conduit.Held
	info RecordingInfo
	told bool // info is what the first worker said
}

// RecordingInfo is what is known of an open recording.
type RecordingInfo struct {
	Container   media.Container `json:"container"`
	Frames      int64           `json:"frames"`
	Provisional bool            `json:"provisional"` // frame numbers not verified by a linear pass yet
	Damaged     bool            `json:"damaged"`     // the linear pass met errors
	TimeBase    media.Rational  `json:"time_base"`
	Width       int             `json:"width"` // upright, pixels
	Height      int             `json:"height"`
	PixelAspect float64         `json:"pixel_aspect"` // width of an upright point by its height; 1 = square
}

// Request says how a frame is wanted.
type Request struct {
	MaxWidth  int          // JPEG is scaled down to fit; 0 = as it is
	MaxHeight int          //
	Lossless  bool         // PNG in full size
	Digest    bool         // fill FrameInfo.Digest
	Plan      *redact.Plan // cover the picture as a copy by this plan would
	Step      int          // frames from this wish to the next, 0 at rest; what is decoded ahead
}

// Answer is one frame. The digest is that of the original picture, before any plan.
type Answer struct {
	Info  media.FrameInfo
	Bytes []byte
	MIME  string // image/jpeg or image/png
}

// Open opens a recording for frames and sound; f may be closed afterwards. Index
// is what BuildIndex gave, or nil: then frame numbers are provisional.
func (c *Client) Open(ctx context.Context, f *os.File, index []byte) (*Recording, error) {
	r := &Recording{}
	var err error
	open := conduit.Request{Method: methodOpen, Body: index, Patience: c.long()} // without an index the whole file is scanned
	if r.held, err = c.line.Hold(ctx, f, open, r.learn); err != nil {
		return nil, err
	}
	return r, nil
}

// Info returns what is known of the recording.
func (r *Recording) Info() RecordingInfo { return r.info }

// maxFrames is more than any recording has: 100 hours of 240 pictures a second.
const maxFrames = 100_000_000

// learn takes what the worker says of the recording; the next worker must say
// the same.
func (r *Recording) learn(data json.RawMessage) error {
	var i RecordingInfo
	if err := json.Unmarshal(data, &i); err != nil {
		return fmt.Errorf("%w: %w", conduit.ErrProtocol, err)
	}
	switch {
	case !(i.PixelAspect > 0.01 && i.PixelAspect < 100):
		return fmt.Errorf("%w: points of shape %v", conduit.ErrProtocol, i.PixelAspect)
	case i.Frames < 0 || i.Frames > maxFrames || i.Width < 0 || i.Height < 0 || i.Width > 1<<16 || i.Height > 1<<16:
		return fmt.Errorf("%w: a recording of %d frames", conduit.ErrProtocol, i.Frames)
	case !r.told:
		r.info, r.told = i, true
	case i.Frames != r.info.Frames || i.Width != r.info.Width || i.Height != r.info.Height || i.Provisional != r.info.Provisional:
		return fmt.Errorf("open again: %w: another recording", conduit.ErrProtocol)
	}
	return nil
}

// Times returns the time of every frame in seconds from the first shown one.
func (r *Recording) Times(ctx context.Context) ([]float64, error) {
	size := 8 * r.info.Frames
	body, err := r.held.Ask(ctx, conduit.Request{Method: methodTimes, MaxBody: uint32(size)}, nil) //nolint:gosec // G115: bounded by learn
	if err != nil {
		return nil, err
	}
	if int64(len(body)) != size {
		return nil, fmt.Errorf("%s: %w", methodTimes, conduit.ErrProtocol)
	}
	out := make([]float64, r.info.Frames)
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(body[8*i:]))
	}
	return out, nil
}

// Frame returns frame n (0-based). Errors are media.ErrNoFrame, media.ErrInexact,
// media.ErrDamaged and those of a plan.
func (r *Recording) Frame(ctx context.Context, n int64, q Request) (Answer, error) {
	args := frameArgs{Frame: n, MaxWidth: q.MaxWidth, MaxHeight: q.MaxHeight, Lossless: q.Lossless, Digest: q.Digest, Step: q.Step}
	if q.Plan != nil {
		if err := q.Plan.Check(); err != nil {
			return Answer{}, err
		}
		args.Plan = q.Plan.Canonical()
	}
	var out frameAnswer
	body, err := r.held.Ask(ctx, conduit.Request{Method: methodFrame, Data: args, MaxBody: r.picture()}, &out)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Info: out.Info, Bytes: body, MIME: out.MIME}, nil
}

// picture bounds the bytes of one picture: those of its points, and some.
func (r *Recording) picture() uint32 {
	return uint32(min(int64(r.info.Width)*int64(r.info.Height)*4+1<<20, conduit.MaxBody)) //nolint:gosec // G115: bounded
}

// Sound returns the sound of the given track (0 is the first) from from to to,
// in seconds from the first shown frame. The error may be media.ErrNoSound.
func (r *Recording) Sound(ctx context.Context, track int, from, to float64) (media.Samples, error) {
	var out soundAnswer
	body, err := r.held.Ask(ctx, conduit.Request{
		Method: methodSound, Data: soundArgs{Track: track, From: from, To: to}, MaxBody: conduit.MaxBody,
	}, &out)
	if err != nil {
		return media.Samples{}, err
	}
	return media.Samples{Rate: out.Rate, Channels: out.Channels, From: out.From, Data: decodeSamples(body)}, nil
}

// Close lets go of the recording. Frames asked for afterwards fail.
func (r *Recording) Close() error { return r.held.Close() }

func encodeSamples(s []int16) []byte {
	out := make([]byte, 0, 2*len(s))
	for _, v := range s {
		out = binary.LittleEndian.AppendUint16(out, uint16(v)) //nolint:gosec // G115: the bits are kept
	}
	return out
}

func decodeSamples(b []byte) []int16 {
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[2*i:])) //nolint:gosec // G115: the bits are kept
	}
	return out
}
