package remote

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/redact"
)

// Recording is one recording open in the worker. It is safe for concurrent use.
type Recording struct {
	client *Client
	handle uint64
	info   RecordingInfo
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
}

// Request says how a frame is wanted.
type Request struct {
	MaxWidth  int          // JPEG is scaled down to fit; 0 = as it is
	MaxHeight int          //
	Lossless  bool         // PNG in full size
	Digest    bool         // fill FrameInfo.Digest
	Plan      *redact.Plan // cover the picture as a copy by this plan would
}

// Answer is one frame. The digest is that of the original picture, before any plan.
type Answer struct {
	Info  media.FrameInfo
	Bytes []byte
	MIME  string // image/jpeg or image/png
}

// Info returns what is known of the recording.
func (r *Recording) Info() RecordingInfo { return r.info }

// Times returns the time of every frame in seconds from the first shown one.
func (r *Recording) Times(ctx context.Context) ([]float64, error) {
	body, err := r.client.call(ctx, request{method: methodTimes, data: handleArgs{r.handle}}, nil)
	if err != nil {
		return nil, err
	}
	if int64(len(body)) != 8*r.info.Frames {
		return nil, fmt.Errorf("%s: %w", methodTimes, errProtocol)
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
	args := frameArgs{Handle: r.handle, Frame: n, MaxWidth: q.MaxWidth, MaxHeight: q.MaxHeight, Lossless: q.Lossless, Digest: q.Digest}
	if q.Plan != nil {
		if err := q.Plan.Check(); err != nil {
			return Answer{}, err
		}
		args.Plan = q.Plan.Canonical()
	}
	var out frameAnswer
	body, err := r.client.call(ctx, request{method: methodFrame, data: args}, &out)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Info: out.Info, Bytes: body, MIME: out.MIME}, nil
}

// Sound returns the sound of the given track (0 is the first) from from to to,
// in seconds from the first shown frame. The error may be media.ErrNoSound.
func (r *Recording) Sound(ctx context.Context, track int, from, to float64) (media.Samples, error) {
	var out soundAnswer
	body, err := r.client.call(ctx, request{method: methodSound, data: soundArgs{Handle: r.handle, Track: track, From: from, To: to}}, &out)
	if err != nil {
		return media.Samples{}, err
	}
	return media.Samples{Rate: out.Rate, Channels: out.Channels, From: out.From, Data: decodeSamples(body)}, nil
}

// Close lets go of the recording. Frames asked for afterwards fail.
func (r *Recording) Close() error {
	_, err := r.client.call(context.Background(), request{method: methodClose, data: handleArgs{r.handle}}, nil)
	return err
}

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
