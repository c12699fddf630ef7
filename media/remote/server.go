package remote

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"sync"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/probe"
	"diaoyue.example/workstation/media/redact"
)

// Serve answers requests from conn until the other end hangs up, which is no
// error, and then lets go of everything. It is what a worker process runs.
func Serve(conn *net.UnixConn) error { return conduit.Serve(conn, errs(), do) }

// served is one open recording. Frames are read side by side; closing waits for
// them.
type served struct {
	decoder *decode.Decoder

	mu   sync.Mutex
	text string // the last plan given, as it came
	plan *redact.Plan
}

// Close waits for the frames under way.
func (r *served) Close() error {
	r.decoder.Close()
	return nil
}

func do(ctx context.Context, c *conduit.Call) (data any, body []byte, err error) {
	switch c.Method {
	case methodProbe:
		data, err = probed(ctx, c)
	case methodIndex:
		body, err = buildIndex(ctx, c)
	case methodExport:
		data, err = exported(ctx, c)
	case methodPreview:
		body, err = makePreview(ctx, c)
	case methodSubtitles:
		body, err = readSubtitles(ctx, c)
	case methodOpen:
		data, err = openRecording(ctx, c)
	case methodTimes, methodFrame, methodSound:
		data, body, err = ask(ctx, c)
	default:
		err = fmt.Errorf("%w: method %q", conduit.ErrProtocol, c.Method)
	}
	return data, body, err
}

func probed(ctx context.Context, c *conduit.Call) (any, error) {
	files, err := c.Files(1)
	if err != nil {
		return nil, err
	}
	return probe.File(ctx, files[0])
}

// buildIndex goes on from the body, and hands on what it has so far now and then.
func buildIndex(ctx context.Context, c *conduit.Call) ([]byte, error) {
	files, err := c.Files(1)
	if err != nil {
		return nil, err
	}
	ix, err := frameindex.Resume(ctx, files[0], frameindex.Options{
		Progress: c.Progress, Partial: c.Body,
		Checkpoint: func(part []byte) error {
			if len(part) > conduit.MaxCallBody {
				return nil // it could not be sent back: such a build begins anew
			}
			return c.Keep(part)
		},
	})
	if err != nil {
		return nil, err
	}
	return ix.Marshal(), nil
}

func exported(ctx context.Context, c *conduit.Call) (any, error) {
	files, err := c.Files(2)
	if err != nil {
		return nil, err
	}
	var args exportArgs
	if err = c.Arguments(&args); err != nil {
		return nil, err
	}
	plan, err := redact.ParsePlan(args.Plan)
	if err != nil {
		return nil, err
	}
	return export.Run(ctx, files[0], files[1], plan, export.Options{Progress: sparse(c.Progress)})
}

// sparse lets about every hundredth step through, and the last.
func sparse(progress func(done, total int64)) func(done, total int64) {
	var told int64
	return func(done, total int64) {
		if done == total || done < told || done-told >= max(1, total/100) {
			told = done
			progress(done, total)
		}
	}
}

func openRecording(ctx context.Context, c *conduit.Call) (any, error) {
	files, err := c.Files(1)
	if err != nil {
		return nil, err
	}
	var ix *frameindex.Index
	if len(c.Body) > 0 {
		if ix, err = frameindex.Unmarshal(c.Body); err != nil {
			return nil, err
		}
	}
	d, err := decode.Open(ctx, files[0], ix, decode.Options{})
	if err != nil {
		return nil, err
	}
	c.Hold(&served{decoder: d})
	return infoOf(d), nil
}

func infoOf(d *decode.Decoder) RecordingInfo {
	ix := d.Index()
	out := RecordingInfo{
		Container: d.Container(), Frames: ix.Len(), TimeBase: ix.TimeBase(),
		Provisional: ix.State() == frameindex.Provisional, Damaged: ix.State() == frameindex.Damaged,
	}
	out.PixelAspect = 1
	for _, st := range out.Container.Streams {
		if st.Index == ix.Stream() {
			out.Width, out.Height = st.Width, st.Height
			out.PixelAspect = st.PixelAspect()
			if st.Rotation%180 != 0 {
				out.Width, out.Height = st.Height, st.Width
			}
		}
	}
	return out
}

func ask(ctx context.Context, c *conduit.Call) (data any, body []byte, err error) {
	held, err := c.Held()
	if err != nil {
		return nil, nil, err
	}
	r, ok := held.(*served)
	if !ok {
		return nil, nil, conduit.ErrClosed
	}
	switch c.Method {
	case methodTimes:
		return nil, r.times(), nil
	case methodSound:
		return r.sound(ctx, c)
	default:
		return r.frame(ctx, c)
	}
}

func (r *served) times() []byte {
	ix := r.decoder.Index()
	out := make([]byte, 0, 8*ix.Len())
	for n := range ix.Len() {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(ix.Time(n)))
	}
	return out
}

func (r *served) sound(ctx context.Context, c *conduit.Call) (any, []byte, error) {
	var args soundArgs
	if err := c.Arguments(&args); err != nil {
		return nil, nil, err
	}
	s, err := r.decoder.Sound(ctx, args.Track, args.From, args.To)
	if err != nil {
		return nil, nil, err
	}
	return soundAnswer{Rate: s.Rate, Channels: s.Channels, From: s.From}, encodeSamples(s.Data), nil
}

// jpegQuality is that of pictures on the glass; what is to be measured is asked
// for without loss.
const jpegQuality = 88

// movingQuality is that of pictures which are followed by others at once: the
// next coarser step of the codec, with fewer bytes to make, carry and take apart.
const movingQuality = 82

func (r *served) frame(ctx context.Context, c *conduit.Call) (any, []byte, error) {
	var args frameArgs
	if err := c.Arguments(&args); err != nil {
		return nil, nil, err
	}
	plan, err := r.planOf(args.Plan)
	if err != nil {
		return nil, nil, err
	}
	if args.Step != 0 && !args.Lossless && !args.Digest {
		return r.moving(ctx, args, plan)
	}
	f, err := r.decoder.Frame(ctx, args.Frame)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	out := frameAnswer{Info: f.Info(), MIME: "image/jpeg"}
	if args.Digest {
		out.Info.Digest = f.MD5()
	}
	p, err := f.Picture()
	if err != nil {
		return nil, nil, err
	}
	if plan != nil {
		plan.Apply(&p, args.Frame)
	}
	var body []byte
	if args.Lossless {
		out.MIME = "image/png"
		body, err = decode.EncodePNG(p)
	} else {
		body, err = decode.EncodeJPEG(p, args.MaxWidth, args.MaxHeight, jpegQuality)
	}
	return out, body, err
}

// moving answers a wish in motion: what comes next is decoded ahead, in the
// size of the display. A plan is in the pixels of the original, so its pictures
// are kept whole.
func (r *served) moving(ctx context.Context, args frameArgs, plan *redact.Plan) (any, []byte, error) {
	w := decode.Wish{MaxWidth: args.MaxWidth, MaxHeight: args.MaxHeight, Step: int64(args.Step)}
	if plan != nil {
		w.MaxWidth, w.MaxHeight = 0, 0
	}
	v, err := r.decoder.View(ctx, args.Frame, w)
	if err != nil {
		return nil, nil, err
	}
	if plan != nil {
		v.Picture = v.Picture.Clone()
		plan.Apply(&v.Picture, args.Frame)
	}
	body, err := decode.EncodeJPEG(v.Picture, args.MaxWidth, args.MaxHeight, movingQuality)
	return frameAnswer{Info: v.Info, MIME: "image/jpeg"}, body, err
}

// planOf parses a plan, keeping the last one: a preview asks with the same plan
// for every frame.
func (r *served) planOf(text json.RawMessage) (*redact.Plan, error) {
	if len(text) == 0 {
		return nil, nil //nolint:nilnil // no plan is a plan that covers nothing
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.plan == nil || r.text != string(text) {
		p, err := redact.ParsePlan(text)
		if err != nil {
			return nil, err
		}
		r.plan, r.text = &p, string(text)
	}
	return r.plan, nil
}
