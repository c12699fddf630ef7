package remote

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/redact"
)

// Recording is one recording open in the worker. It outlives the worker: asked
// after a death it opens itself in the next one. It is safe for concurrent use.
type Recording struct {
	client  *Client
	file    *os.File // its own
	subject subject
	index   []byte
	info    RecordingInfo

	entry  chan struct{} // guards what follows
	link   *link         // where handle is good
	handle uint64
	closed bool
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
	own, err := duplicate(f)
	if err != nil {
		return nil, err
	}
	r := &Recording{client: c, file: own, index: index, entry: make(chan struct{}, 1)}
	if r.subject, err = subjectOf(own); err == nil {
		_, err = r.ask(ctx, request{method: methodOpen}, nil)
	}
	if err != nil {
		return nil, errors.Join(err, own.Close())
	}
	return r, nil
}

// Info returns what is known of the recording.
func (r *Recording) Info() RecordingInfo { return r.info }

// ask asks for something of the recording, of the next worker too if this one
// dies of it.
func (r *Recording) ask(ctx context.Context, q request, out any) ([]byte, error) {
	body, err := r.attempt(ctx, q, out)
	if errors.Is(err, ErrWorkerGone) && ctx.Err() == nil {
		body, err = r.attempt(ctx, q, out)
	}
	return body, err
}

func (r *Recording) attempt(ctx context.Context, q request, out any) ([]byte, error) {
	leave, err := r.client.guard.enter(ctx, r.subject.id)
	if err != nil {
		return nil, err
	}
	body, err := r.here(ctx, q, out)
	leave(err)
	return body, err
}

func (r *Recording) here(ctx context.Context, q request, out any) ([]byte, error) {
	l, handle, err := r.opened(ctx)
	if err != nil || q.method == methodOpen {
		return nil, err
	}
	q.subject, q.patience = r.subject, r.client.opts.Patience
	switch args := q.data.(type) {
	case frameArgs:
		args.Handle = handle
		q.data = args
	case soundArgs:
		args.Handle = handle
		q.data = args
	default:
		q.data = handleArgs{handle}
	}
	return l.call(ctx, q, out)
}

// opened returns the recording's handle in the living worker, opening it there
// if need be.
func (r *Recording) opened(ctx context.Context) (*link, uint64, error) {
	select {
	case r.entry <- struct{}{}:
		defer func() { <-r.entry }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	if r.closed {
		return nil, 0, ErrClosed
	}
	if r.link != nil && r.link.alive() {
		return r.link, r.handle, nil
	}
	if err := r.client.admit(r.file); err != nil {
		return nil, 0, err
	}
	l, err := r.client.ready(ctx)
	if err != nil {
		return nil, 0, err
	}
	var out openAnswer
	q := request{
		method: methodOpen, body: r.index, files: []*os.File{r.file}, subject: r.subject,
		patience: r.client.long(), // without an index the whole file is scanned
	}
	if _, err = l.call(ctx, q, &out); err != nil {
		return nil, 0, err
	}
	if err = r.learn(out.Info); err != nil {
		return nil, 0, err
	}
	r.link, r.handle = l, out.Handle
	return l, out.Handle, nil
}

// maxFrames is more than any recording has: 100 hours of 240 pictures a second.
const maxFrames = 100_000_000

// learn takes what the worker says of the recording; the next worker must say
// the same.
func (r *Recording) learn(i RecordingInfo) error {
	switch {
	case i.Frames < 0 || i.Frames > maxFrames || i.Width < 0 || i.Height < 0 || i.Width > 1<<16 || i.Height > 1<<16:
		return fmt.Errorf("%w: a recording of %d frames", errProtocol, i.Frames)
	case r.link == nil:
		r.info = i
	case i.Frames != r.info.Frames || i.Width != r.info.Width || i.Height != r.info.Height || i.Provisional != r.info.Provisional:
		return fmt.Errorf("open again: %w: another recording", errProtocol)
	}
	return nil
}

// Times returns the time of every frame in seconds from the first shown one.
func (r *Recording) Times(ctx context.Context) ([]float64, error) {
	size := 8 * r.info.Frames
	body, err := r.ask(ctx, request{method: methodTimes, maxBody: uint32(size)}, nil) //nolint:gosec // G115: bounded by learn
	if err != nil {
		return nil, err
	}
	if int64(len(body)) != size {
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
	args := frameArgs{Frame: n, MaxWidth: q.MaxWidth, MaxHeight: q.MaxHeight, Lossless: q.Lossless, Digest: q.Digest, Step: q.Step}
	if q.Plan != nil {
		if err := q.Plan.Check(); err != nil {
			return Answer{}, err
		}
		args.Plan = q.Plan.Canonical()
	}
	var out frameAnswer
	body, err := r.ask(ctx, request{method: methodFrame, data: args, maxBody: r.picture()}, &out)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Info: out.Info, Bytes: body, MIME: out.MIME}, nil
}

// picture bounds the bytes of one picture: those of its points, and some.
func (r *Recording) picture() uint32 {
	return uint32(min(int64(r.info.Width)*int64(r.info.Height)*4+1<<20, maxShared)) //nolint:gosec // G115: bounded
}

// Sound returns the sound of the given track (0 is the first) from from to to,
// in seconds from the first shown frame. The error may be media.ErrNoSound.
func (r *Recording) Sound(ctx context.Context, track int, from, to float64) (media.Samples, error) {
	var out soundAnswer
	body, err := r.ask(ctx, request{
		method: methodSound, data: soundArgs{Track: track, From: from, To: to}, maxBody: maxShared,
	}, &out)
	if err != nil {
		return media.Samples{}, err
	}
	return media.Samples{Rate: out.Rate, Channels: out.Channels, From: out.From, Data: decodeSamples(body)}, nil
}

// Close lets go of the recording. Frames asked for afterwards fail.
func (r *Recording) Close() error {
	r.entry <- struct{}{}
	defer func() { <-r.entry }()
	if r.closed {
		return nil
	}
	r.closed = true
	var err error
	if r.link != nil && r.link.alive() {
		_, err = r.link.call(context.Background(), request{
			method: methodClose, data: handleArgs{r.handle}, patience: r.client.opts.Patience,
		}, nil)
		if errors.Is(err, ErrWorkerGone) {
			err = nil // then it is closed as well
		}
	}
	return errors.Join(err, r.file.Close())
}

// duplicate opens a descriptor of its own for the same file.
func duplicate(f *os.File) (*os.File, error) {
	fd := -1
	err := withDescriptors([]*os.File{f}, nil, func(fds []int) error {
		var err error
		fd, err = unix.FcntlInt(uintptr(fds[0]), unix.F_DUPFD_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hold file: %w", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
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
