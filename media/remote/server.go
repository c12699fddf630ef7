package remote

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"sync"

	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/probe"
	"diaoyue.example/workstation/media/redact"
)

// Serve answers requests from conn until the other end hangs up, which is no
// error, and then lets go of everything. It is what a worker process runs.
func Serve(conn *net.UnixConn) error {
	s := &server{open: map[uint64]*served{}, running: map[uint64]context.CancelFunc{}}
	s.wire = wire{conn: conn, maxHeader: maxCallHeader, maxBody: func(header) uint32 { return maxCallBody }}
	ctx, stop := context.WithCancel(context.Background())
	err := s.listen(ctx)
	stop()
	_ = conn.Close() // nobody is left to be told
	s.idle.Wait()
	for _, r := range s.open {
		r.decoder.Close()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

type server struct {
	wire wire
	idle sync.WaitGroup

	mu      sync.Mutex
	next    uint64
	open    map[uint64]*served
	running map[uint64]context.CancelFunc
}

// served is one open recording. Frames are read side by side; closing waits for
// them.
type served struct {
	decoder *decode.Decoder

	mu   sync.Mutex
	text string // the last plan given, as it came
	plan *redact.Plan
}

func (s *server) listen(ctx context.Context) error {
	for {
		m, err := s.wire.receive()
		if err != nil {
			return err
		}
		switch m.Kind {
		case kindCall:
			call, cancel := context.WithCancel(ctx)
			s.mu.Lock()
			s.running[m.ID] = cancel
			s.mu.Unlock()
			s.idle.Go(func() { s.answer(call, m) })
		case kindCancel:
			m.closeFiles()
			s.mu.Lock()
			if cancel := s.running[m.ID]; cancel != nil {
				cancel()
			}
			s.mu.Unlock()
		default:
			m.closeFiles()
			return errProtocol
		}
	}
}

func (s *server) answer(ctx context.Context, m message) {
	defer m.closeFiles()
	reply := message{header: header{ID: m.ID, Kind: kindAnswer}}
	data, body, err := s.do(ctx, m)
	if err == nil {
		reply.Data, err = json.Marshal(data)
		reply.body = body
	}
	if err != nil {
		reply.Data, reply.body, reply.Error = nil, nil, newWireError(err)
	}
	s.mu.Lock()
	s.running[m.ID]()
	delete(s.running, m.ID)
	s.mu.Unlock()
	if err := s.wire.send(reply); err != nil {
		_ = s.wire.conn.Close() // the listener ends
	}
}

func (s *server) do(ctx context.Context, m message) (data any, body []byte, err error) {
	progress := func(done, total int64) {
		at, failed := json.Marshal(progressData{done, total})
		if failed == nil {
			// A peer that is gone is noticed by the listener.
			_ = s.wire.send(message{header: header{ID: m.ID, Kind: kindProgress, Data: at}})
		}
	}
	files := map[string]int{methodProbe: 1, methodIndex: 1, methodOpen: 1, methodExport: 2, methodPreview: 1}
	if len(m.files) != files[m.Method] {
		return nil, nil, fmt.Errorf("%w: %d descriptors with %q", errProtocol, len(m.files), m.Method)
	}
	switch m.Method {
	case methodProbe:
		data, err = probe.File(ctx, m.files[0])
	case methodIndex:
		body, err = s.buildIndex(ctx, m, progress)
	case methodExport:
		data, err = s.export(ctx, m, progress)
	case methodPreview:
		body, err = makePreview(ctx, m, progress)
	case methodOpen:
		data, err = s.openRecording(ctx, m)
	case methodTimes, methodFrame, methodSound:
		data, body, err = s.ask(ctx, m)
	case methodClose:
		err = s.closeRecording(m)
	default:
		err = fmt.Errorf("%w: method %q", errProtocol, m.Method)
	}
	return data, body, err
}

// buildIndex goes on from the body, and hands on what it has so far now and then.
func (s *server) buildIndex(ctx context.Context, m message, progress func(done, total int64)) ([]byte, error) {
	ix, err := frameindex.Resume(ctx, m.files[0], frameindex.Options{
		Progress: progress, Partial: m.body,
		Checkpoint: func(part []byte) error {
			if len(part) > maxCallBody {
				return nil // it could not be sent back: such a build begins anew
			}
			return s.wire.send(message{header: header{ID: m.ID, Kind: kindKeep}, body: part})
		},
	})
	if err != nil {
		return nil, err
	}
	return ix.Marshal(), nil
}

func (s *server) export(ctx context.Context, m message, progress func(done, total int64)) (export.Manifest, error) {
	var args exportArgs
	if err := json.Unmarshal(m.Data, &args); err != nil {
		return export.Manifest{}, fmt.Errorf("%w: %w", errProtocol, err)
	}
	plan, err := redact.ParsePlan(args.Plan)
	if err != nil {
		return export.Manifest{}, err
	}
	return export.Run(ctx, m.files[0], m.files[1], plan, export.Options{Progress: sparse(progress)})
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

func (s *server) openRecording(ctx context.Context, m message) (openAnswer, error) {
	var ix *frameindex.Index
	var err error
	if len(m.body) > 0 {
		if ix, err = frameindex.Unmarshal(m.body); err != nil {
			return openAnswer{}, err
		}
	}
	d, err := decode.Open(ctx, m.files[0], ix, decode.Options{})
	if err != nil {
		return openAnswer{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.open[s.next] = &served{decoder: d}
	return openAnswer{Handle: s.next, Info: infoOf(d)}, nil
}

func infoOf(d *decode.Decoder) RecordingInfo {
	ix := d.Index()
	out := RecordingInfo{
		Container: d.Container(), Frames: ix.Len(), TimeBase: ix.TimeBase(),
		Provisional: ix.State() == frameindex.Provisional, Damaged: ix.State() == frameindex.Damaged,
	}
	for _, st := range out.Container.Streams {
		if st.Index == ix.Stream() {
			out.Width, out.Height = st.Width, st.Height
			if st.Rotation%180 != 0 {
				out.Width, out.Height = st.Height, st.Width
			}
		}
	}
	return out
}

func (s *server) closeRecording(m message) error {
	var args handleArgs
	if err := json.Unmarshal(m.Data, &args); err != nil {
		return fmt.Errorf("%w: %w", errProtocol, err)
	}
	s.mu.Lock()
	r := s.open[args.Handle]
	delete(s.open, args.Handle)
	s.mu.Unlock()
	if r == nil {
		return ErrClosed
	}
	r.decoder.Close() // waits for the frames under way
	return nil
}

func (s *server) ask(ctx context.Context, m message) (data any, body []byte, err error) {
	var args handleArgs
	if err := json.Unmarshal(m.Data, &args); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errProtocol, err)
	}
	s.mu.Lock()
	r := s.open[args.Handle]
	s.mu.Unlock()
	if r == nil {
		return nil, nil, ErrClosed
	}
	switch m.Method {
	case methodTimes:
		return nil, r.times(), nil
	case methodSound:
		return r.sound(ctx, m.Data)
	default:
		return r.frame(ctx, m.Data)
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

func (r *served) sound(ctx context.Context, data []byte) (any, []byte, error) {
	var args soundArgs
	if err := json.Unmarshal(data, &args); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errProtocol, err)
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

func (r *served) frame(ctx context.Context, data []byte) (any, []byte, error) {
	var args frameArgs
	if err := json.Unmarshal(data, &args); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errProtocol, err)
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
	body, err := decode.EncodeJPEG(v.Picture, args.MaxWidth, args.MaxHeight, jpegQuality)
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
