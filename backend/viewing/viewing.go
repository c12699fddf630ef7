package viewing

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/search/extract"
)

// maxSound is the longest piece of sound given out at once, in seconds.
const maxSound = 60

// Viewing is one open viewing. It is safe for concurrent use; after Close
// every method returns ErrNoViewing.
type Viewing struct {
	desk      *Desk
	info      Info
	file      *os.File
	recording *remote.Recording
	document  extract.Document
	times     []float64
	index     []byte

	engine sync.RWMutex // recording, times, index and numbers of frames hold still while it is held

	announcing sync.Mutex // one announcement at a time
	thumbnails sync.Mutex
	derived    []string // kinds of derived files whose use is logged

	mu         sync.Mutex
	closed     bool
	suspended  bool            // the seat is locked
	served     marks           // given out in this viewing
	unreported marks           // given out and not yet in the log
	announced  marks           // an entry says that it may be given out
	heard      marks           // milliseconds of sound given out with a picture
	stamps     map[int64]int64 // timestamps of the frames served in provisional numbers
	waiting    map[*wish]struct{}
	newest     int64
	using      sync.WaitGroup // requests inside the handles
	silence    *time.Timer
	idle       *time.Timer
}

// wish is a frame being waited for.
type wish struct {
	generation int64
	cancel     context.CancelFunc
}

func newViewing(d *Desk, info Info) *Viewing {
	v := &Viewing{desk: d, info: info, waiting: map[*wish]struct{}{}, stamps: map[int64]int64{}}
	v.silence = time.AfterFunc(d.cfg.Silence, v.reportServed)
	v.silence.Stop()
	v.idle = time.AfterFunc(d.cfg.Idle, v.expire)
	return v
}

// ID returns the viewing's id, part of every address of a frame.
func (v *Viewing) ID() string { return v.info.ID }

// Info returns what is known of the viewing.
func (v *Viewing) Info() Info {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.info
}

// Frame returns frame n (0-based) and marks it as served. Of requests with a
// generation only the newest is decoded; older ones get ErrSuperseded.
func (v *Viewing) Frame(ctx context.Context, n int64, q FrameRequest) (remote.Answer, error) {
	if err := v.begin(); err != nil {
		return remote.Answer{}, err
	}
	defer v.end()
	if v.recording == nil {
		return remote.Answer{}, ErrNotFootage
	}
	if n < 0 || n >= v.info.Frames {
		return remote.Answer{}, ErrNoFrame.With("frame", strconv.FormatInt(n, 10))
	}
	ctx, w, err := v.wait(ctx, q.Generation)
	if err != nil {
		return remote.Answer{}, err
	}
	defer v.leave(w)
	entered := v.ahead(ctx, Range{n, n})
	answer, err := v.recording.Frame(ctx, n, remote.Request{
		MaxWidth: q.MaxW, MaxHeight: q.MaxH, Lossless: q.Lossless, Digest: q.Digest, Step: q.Step, Plan: q.Plan,
	})
	logged := entered()
	if v.overtaken(q.Generation) {
		return remote.Answer{}, ErrSuperseded
	}
	if err != nil {
		return remote.Answer{}, engineFault(err)
	}
	if logged != nil {
		return remote.Answer{}, logged
	}
	v.stamp(n, answer.Info.PTS)
	return answer, v.serve(Range{n, n})
}

// Sound returns a piece of at most 60 s of a sound track, in seconds from the
// first frame. ErrNoSound.
func (v *Viewing) Sound(ctx context.Context, track int, from, to float64) (media.Samples, error) {
	if err := v.begin(); err != nil {
		return media.Samples{}, err
	}
	defer v.end()
	if v.recording == nil {
		return media.Samples{}, ErrNotFootage
	}
	if !(from >= 0 && to > from && to-from <= maxSound) {
		return media.Samples{}, ErrNoSound
	}
	ms := Range{int64(from * 1000), int64(math.Ceil(to*1000)) - 1}
	r := Range{frameAt(v.times, from), frameAt(v.times, to)}
	if v.info.Unit() == UnitMs {
		whole := v.info.whole()
		ms = Range{min(ms.From, whole.To), min(max(ms.To, ms.From), whole.To)}
		r = ms
	}
	entered := v.ahead(ctx, r)
	s, err := v.recording.Sound(ctx, track, from, to)
	logged := entered()
	if err != nil {
		return media.Samples{}, engineFault(err)
	}
	if logged != nil {
		return media.Samples{}, logged
	}
	return s, v.sound(ms)
}

// Page returns page n (1-based) as a picture of about the given width in
// pixels and marks it as served.
func (v *Viewing) Page(ctx context.Context, n, widthPx int) (extract.Image, error) {
	if err := v.begin(); err != nil {
		return extract.Image{}, err
	}
	defer v.end()
	if err := v.hasPage(n); err != nil {
		return extract.Image{}, err
	}
	at := Range{int64(n), int64(n)}
	entered := v.ahead(ctx, at)
	img, err := v.document.Render(ctx, n, widthPx)
	if logged := entered(); logged != nil {
		return extract.Image{}, logged
	}
	if err != nil {
		return extract.Image{}, engineFault(err)
	}
	return img, v.serve(at)
}

// PageText returns the text of page n (1-based) with its places, and marks the
// page as served.
func (v *Viewing) PageText(ctx context.Context, n int) (PageText, error) {
	if err := v.begin(); err != nil {
		return PageText{}, err
	}
	defer v.end()
	if err := v.hasPage(n); err != nil {
		return PageText{}, err
	}
	at := Range{int64(n), int64(n)}
	entered := v.ahead(ctx, at)
	p, err := v.document.Page(ctx, n)
	if logged := entered(); logged != nil {
		return PageText{}, logged
	}
	if err != nil {
		return PageText{}, engineFault(err)
	}
	if p.NeedsOCR() && v.info.CopyID == "" {
		if p, err = v.readOff(ctx, p); err != nil {
			return PageText{}, err
		}
	}
	if err := v.serve(at); err != nil {
		return PageText{}, err
	}
	boxes := p.Boxes
	if boxes == nil {
		boxes = []extract.Box{}
	}
	return PageText{Page: n, Source: p.Source, Text: p.Text, Boxes: boxes, Width: p.Width, Height: p.Height}, nil
}

// readOff gives a page that is a picture the text that was read off it, where
// it was.
func (v *Viewing) readOff(ctx context.Context, p extract.Page) (extract.Page, error) {
	kept, err := v.desk.cfg.Catalog.Page(ctx, v.info.Record.ID, p.N)
	if errors.Is(err, catalog.ErrNoPage) || err == nil && kept.Source != extract.SourceOCR {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Source, p.Text = kept.Source, kept.Text
	p.Boxes, err = extract.UnpackBoxes(kept.Boxes, kept.Text)
	return p, err
}

// Times returns the seconds of each frame from the first; empty for documents.
func (v *Viewing) Times() ([]float64, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.end()
	return append([]float64{}, v.times...), nil
}

// Keyframes returns the numbers of the frames that decode by themselves; empty
// while the frame index is not made.
func (v *Viewing) Keyframes() ([]int64, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.end()
	out := []int64{}
	if v.index == nil {
		return out, nil
	}
	ix, err := frameindex.Unmarshal(v.index)
	if err != nil {
		return nil, engineFault(err)
	}
	for n := range ix.Len() {
		if ix.At(n).Key {
			out = append(out, n)
		}
	}
	return out, nil
}

// Annotations returns the notes on the record.
func (v *Viewing) Annotations(ctx context.Context) ([]catalog.Annotation, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.end()
	return v.desk.cfg.Catalog.Annotations(ctx, v.info.Record.ID)
}

// Annotate puts a note at a frame, a range of frames or a page of what is
// being viewed; RecordID, ViewingID, Time and the author are set here.
func (v *Viewing) Annotate(ctx context.Context, a catalog.Annotation) (catalog.Annotation, error) {
	if err := v.begin(); err != nil {
		return catalog.Annotation{}, err
	}
	defer v.end()
	actor := v.info.Actor
	objects := map[string]string{"viewing": v.info.ID, "record": v.info.Record.ID, "case": v.info.Record.CaseID}
	if err := v.desk.cfg.Accounts.Require(ctx, actor, accounts.Annotate, objects); err != nil {
		return catalog.Annotation{}, err
	}
	if v.document != nil {
		if err := v.hasPage(a.Page); err != nil {
			return catalog.Annotation{}, err
		}
	} else {
		if a.Page != 0 || a.Frame < 0 || max(a.Frame, a.FrameTo) >= v.info.Total() {
			return catalog.Annotation{}, ErrNoFrame.With("frame", strconv.FormatInt(a.Frame, 10))
		}
		// Sound alone has no frames: its notes stand at milliseconds.
		a.Time = float64(a.Frame) / 1000
		if v.info.Unit() == UnitFrame {
			a.Time = v.times[a.Frame]
		}
	}
	a.RecordID, a.ViewingID, a.Author, a.AuthorID = v.info.Record.ID, v.info.ID, actor.Name, actor.ID
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Annotation, Objects: objects,
		Codes: map[string]any{"frame": a.Frame, "frame_to": a.FrameTo, "page": a.Page}, Details: map[string]any{"text": a.Text},
	}
	_, err := v.desk.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		var err error
		a, err = v.desk.cfg.Catalog.AddAnnotation(ctx, tx, a)
		return err
	})
	return a, err
}

// begin lets a request in; the caller must call v.end when it is answered.
func (v *Viewing) begin() error {
	if err := v.enter(); err != nil {
		return err
	}
	v.engine.RLock()
	return nil
}

func (v *Viewing) enter() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return ErrNoViewing.With("viewing", v.info.ID)
	}
	if v.suspended {
		return ErrSuspended
	}
	v.idle.Reset(v.desk.cfg.Idle)
	v.using.Add(1)
	return nil
}

func (v *Viewing) end() {
	v.engine.RUnlock()
	v.using.Done()
}

// wait notes a wish and gives up those it overtakes.
func (v *Viewing) wait(ctx context.Context, generation int64) (context.Context, *wish, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if generation > 0 && generation < v.newest {
		return ctx, nil, ErrSuperseded
	}
	v.newest = max(v.newest, generation)
	for w := range v.waiting {
		if w.generation > 0 && w.generation < v.newest {
			w.cancel()
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &wish{generation, cancel}
	v.waiting[w] = struct{}{}
	return ctx, w, nil
}

func (v *Viewing) leave(w *wish) {
	v.mu.Lock()
	delete(v.waiting, w)
	v.mu.Unlock()
	w.cancel()
}

func (v *Viewing) overtaken(generation int64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return generation > 0 && generation < v.newest
}

// serve notes that r leaves the desk. If nobody reports it, the desk does. A
// seat that was locked meanwhile gets nothing.
func (v *Viewing) serve(r Range) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.suspended {
		return ErrSuspended
	}
	v.served.add(r)
	fresh := len(v.unreported) == 0
	v.unreported.add(r)
	if fresh && !v.closed {
		v.silence.Reset(v.desk.cfg.Silence)
	}
	return nil
}

// sound notes that milliseconds of sound leave the desk. Of a recording of
// sound alone they are what is shown.
func (v *Viewing) sound(ms Range) error {
	if v.info.Unit() == UnitMs {
		return v.serve(ms)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.suspended {
		return ErrSuspended
	}
	v.heard.add(ms)
	return nil
}

// stamp keeps the timestamp of a frame whose number may change.
func (v *Viewing) stamp(n, pts int64) {
	if !v.info.Provisional {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stamps[n] = pts
}

func (v *Viewing) hasPage(n int) error {
	if v.document == nil {
		return ErrNotPages
	}
	if n < 1 || n > v.info.Pages {
		return ErrNoPage.With("page", strconv.Itoa(n))
	}
	return nil
}

func (v *Viewing) expire() {
	if err := v.Close(context.Background(), CloseTimeout); err != nil {
		slog.Error("close idle viewing", slog.String("viewing", v.info.ID), slog.Any("error", err))
	}
}

// frameAt returns the last frame shown at or before a time, 0 before the first.
func frameAt(times []float64, at float64) int64 {
	i := sort.SearchFloat64s(times, at)
	if i < len(times) && times[i] == at {
		return int64(i)
	}
	return int64(max(i-1, 0))
}
