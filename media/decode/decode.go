// Package decode gives exact frames and sound of one recording.
//
// Invariant: with a verified index, frame n is the picture that a linear
// decode shows as its n-th, in whatever order frames are asked for; every
// picture is compared with the index by hash before it is handed out, and one
// that cannot be reproduced is refused (media.ErrInexact), never shown under a
// wrong number.
package decode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/internal/av"
)

// ErrStale says that the index was made of another file or by other versions
// of the libraries: build it again.
var ErrStale = errors.New("the index belongs to another file or other libraries")

// ErrClosed says that the decoder was closed.
var ErrClosed = errors.New("the decoder is closed")

// Options of a decoder; the zero value is good.
type Options struct {
	Threads    int   // for each cursor; 0 is 2. Damaged streams always get 1
	CacheBytes int64 // for pictures decoded and ready for display; 0 is 256 MiB, less where single pictures are large
	Full       bool  // decode also the pictures passed over; for checking
}

// Decoder opens a recording once and answers any number of callers. One
// picture is decoded at a time, so that several wishes for neighbouring frames
// share one run instead of decoding the same group side by side; what comes
// after decoding (conversion, encoding) runs in parallel.
type Decoder struct {
	file      *os.File
	container media.Container
	index     *frameindex.Index
	opts      Options
	rotation  int
	places    func() *frameindex.Places
	points    *points

	turn    chan struct{} // held while a cursor works
	cursors []*cursor     // by use, the latest first; only in turn
	most    int           // cursors at once
	spare   *av.Source    // opened by Open, for the first cursor

	mu     sync.Mutex
	cache  *cache
	last   int64 // the frame asked for most recently
	closed bool

	ahead *ahead
	sound soundTracks
}

// Open prepares the recording in f, which may be closed afterwards. With a nil
// index a provisional one is scanned. A file without video opens too: its
// index has no frames, its sound can be had. Errors are those of probe.File,
// and ErrStale.
func Open(ctx context.Context, f *os.File, ix *frameindex.Index, opts Options) (*Decoder, error) {
	if ix == nil {
		var err error
		if ix, err = frameindex.Scan(ctx, f); err != nil {
			return nil, err
		}
	}
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	container := s.Container()
	if ix.State() != frameindex.Provisional && !ix.Current() || s.Size() != ix.FileSize() || ix.Stream() >= len(container.Streams) {
		s.Close()
		return nil, fmt.Errorf("open decoder: %w", ErrStale)
	}
	file, err := av.Dup(f)
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("open decoder: %w", err)
	}
	d := &Decoder{
		file: file, container: container, index: ix, last: -1, places: sync.OnceValue(ix.Places), points: newPoints(),
		turn: make(chan struct{}, 1), spare: s,
	}
	d.opts, d.most = sized(opts, ix, container)
	d.cache = newCache(d.opts.CacheBytes)
	d.ahead = newAhead(d)
	if ix.Stream() >= 0 {
		d.rotation = s.Rotation(ix.Stream())
	}
	d.sound.streams = s.Audio()
	return d, nil
}

const (
	defaultThreads = 2
	defaultCache   = 256 << 20
	leastCache     = 16 << 20
	allMemory      = 276 << 20 // for cursors and cache together
	cursorMemory   = 128 << 20 // for cursors beyond the first
	cursorPictures = 10        // held by one cursor: references, reordering, threads
	beingMade      = 2         // pictures on their way to the glass
	maxCursors     = 3
)

// sized fills in the options: the larger a picture, the fewer cursors and the
// smaller the cache, so that a 4K recording stays within 400 MB.
func sized(o Options, ix *frameindex.Index, c media.Container) (filled Options, cursors int) {
	if o.Threads <= 0 {
		o.Threads = defaultThreads
	}
	if ix.State() == frameindex.Damaged {
		o.Threads = 1
	}
	picture := int64(0)
	if ix.Stream() >= 0 {
		s := c.Streams[ix.Stream()]
		picture = av.PictureBytes(s.PixelFormat, s.Width, s.Height)
	}
	each := picture * cursorPictures
	cursors = 1
	for cursors < maxCursors && each*int64(cursors+1) <= cursorMemory {
		cursors++
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = max(min(defaultCache, allMemory-each*int64(cursors)-picture*beingMade), leastCache)
	}
	return o, cursors
}

// Container tells what the file says about itself.
func (d *Decoder) Container() media.Container { return d.container }

// Index tells which frame is which.
func (d *Decoder) Index() *frameindex.Index { return d.index }

// Frame returns frame n (0-based, display order); the caller closes it. It
// stops early with the context's error when ctx ends. Errors: media.ErrNoFrame
// outside of the recording, media.ErrInexact, media.ErrUnsupported, ErrClosed.
func (d *Decoder) Frame(ctx context.Context, n int64) (*Frame, error) {
	if n < 0 || n >= d.index.Len() {
		return nil, fmt.Errorf("frame %d of %d: %w", n, d.index.Len(), media.ErrNoFrame)
	}
	f, k, err := d.lookUp(n)
	if f != nil || err != nil {
		return f, err
	}
	return d.decoded(ctx, n, k)
}

// decoded decodes frame n when its turn comes, and keeps others on the way.
func (d *Decoder) decoded(ctx context.Context, n int64, k keeping) (*Frame, error) {
	defer d.ahead.standBack(n)()
	if err := d.take(ctx); err != nil {
		return nil, err
	}
	defer d.give()
	if f := d.cached(n); f != nil { // an earlier wish brought it along
		return f, nil
	}
	return d.decode(ctx, n, k)
}

// decode does so at once; only in turn.
func (d *Decoder) decode(ctx context.Context, n int64, k keeping) (*Frame, error) {
	pic, err := d.cursorFor(n).frame(ctx, n, k)
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", n, err)
	}
	d.keep(n, pic, k.alone)
	return d.wrap(n, pic), nil
}

// take waits for the turn.
func (d *Decoder) take(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	d.mu.Lock()
	closed := d.closed
	d.mu.Unlock()
	if closed {
		<-d.turn
		return ErrClosed
	}
	return nil
}

func (d *Decoder) give() { <-d.turn }

// cursorFor picks the cursor that reaches frame n with the least decoding: one
// that stands before it in the same group, else one that nobody went on from
// and that came cheaply to where it stands, else a new one, else the one that was
// idle longest. It comes first from then on. Leaps within short groups so share
// one decoder, whose memory stays in the processor's cache; in long groups a
// third less is decoded when three stand at three places.
func (d *Decoder) cursorFor(n int64) *cursor {
	best := -1
	for i, c := range d.cursors {
		if c.near(n) && (best < 0 || c.at > d.cursors[best].at) {
			best = i
		}
	}
	if best < 0 {
		best = slices.IndexFunc(d.cursors, func(c *cursor) bool { return !c.settled() })
	}
	if best < 0 && len(d.cursors) < d.most {
		d.cursors = append(d.cursors, &cursor{d: d, ix: d.index, at: -1})
	}
	if best < 0 {
		best = len(d.cursors) - 1
	}
	c := d.cursors[best]
	copy(d.cursors[1:best+1], d.cursors[:best])
	d.cursors[0] = c
	return c
}

// lookUp answers from the cache, or says which pictures met on the way are worth
// keeping: going backwards, a whole window is.
func (d *Decoder) lookUp(n int64) (f *Frame, k keeping, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, k, ErrClosed
	}
	moved := n - d.last
	d.last = n
	d.cache.look(n, 0)
	if pic := d.cache.frame(n); pic != nil {
		return d.wrap(n, pic), k, nil
	}
	k = keeping{from: n, to: n, every: 1, alone: true}
	if moved < 0 && -moved <= maxWindow {
		k.from, k.alone = max(0, n-d.cache.window()+1), false
	}
	return nil, k, nil
}

func (d *Decoder) cached(n int64) *Frame {
	d.mu.Lock()
	defer d.mu.Unlock()
	if pic := d.cache.frame(n); pic != nil {
		return d.wrap(n, pic)
	}
	return nil
}

func (d *Decoder) keep(n int64, pic *av.Frame, alone bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
	case alone:
		d.cache.putTrail(n, pic)
	default:
		d.cache.putFrame(n, pic)
	}
}

func (d *Decoder) wrap(n int64, pic *av.Frame) *Frame {
	return &Frame{pic: pic, rotation: d.rotation, timeBase: d.index.TimeBase(), info: d.info(n)}
}

func (d *Decoder) info(n int64) media.FrameInfo {
	e := d.index.At(n)
	return media.FrameInfo{Number: n, PTS: e.PTS, Time: d.index.Time(n), Keyframe: e.Key}
}

// Close waits for the frames under way and frees everything; frames that were
// handed out stay good until they are closed.
func (d *Decoder) Close() {
	d.mu.Lock()
	was := d.closed
	d.closed = true
	d.mu.Unlock()
	if was {
		return
	}
	d.ahead.close()
	d.turn <- struct{}{}
	defer d.give() // later callers meet ErrClosed, not a wait
	for _, c := range d.cursors {
		c.close()
	}
	d.cursors = nil
	if d.spare != nil {
		d.spare.Close()
		d.spare = nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cache.clear()
	d.sound.close()
	_ = d.file.Close()
}
