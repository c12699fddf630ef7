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
	CacheBytes int64 // for decoded pictures; 0 is 192 MiB
	Full       bool  // decode also the pictures passed over; for checking
}

const (
	defaultThreads = 2
	defaultCache   = 192 << 20
	maxCursors     = 2 // one for the person, one for what runs beside
)

// Decoder opens a recording once and answers any number of callers.
type Decoder struct {
	file      *os.File
	container media.Container
	index     *frameindex.Index
	opts      Options
	rotation  int
	packets   map[packetID]int64

	cursors chan *cursor // free ones; nil stands for one not opened yet

	mu     sync.Mutex
	cache  *cache
	last   int64 // the frame asked for most recently
	bad    map[int64]bool
	closed bool

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
	defer s.Close()
	if ix.State() != frameindex.Provisional && !ix.Current() || s.Size() != ix.FileSize() || ix.Stream() >= len(s.Container().Streams) {
		return nil, fmt.Errorf("open decoder: %w", ErrStale)
	}
	file, err := av.Dup(f)
	if err != nil {
		return nil, fmt.Errorf("open decoder: %w", err)
	}
	if opts.Threads <= 0 {
		opts.Threads = defaultThreads
	}
	if ix.State() == frameindex.Damaged {
		opts.Threads = 1
	}
	if opts.CacheBytes <= 0 {
		opts.CacheBytes = defaultCache
	}
	d := &Decoder{
		file: file, container: s.Container(), index: ix, opts: opts, last: -1, bad: map[int64]bool{},
		packets: identities(ix), cache: newCache(opts.CacheBytes), cursors: make(chan *cursor, maxCursors),
	}
	if ix.Stream() >= 0 {
		d.rotation = s.Rotation(ix.Stream())
	}
	d.sound.streams = s.Audio()
	for range maxCursors {
		d.cursors <- nil
	}
	return d, nil
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
	f, from, err := d.lookUp(n)
	if f != nil || err != nil {
		return f, err
	}
	c, err := d.takeCursor(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { d.giveBack(c) }()
	if f := d.cached(n); f != nil { // another caller decoded it meanwhile
		return f, nil
	}
	if c == nil {
		if c, err = d.newCursor(ctx); err != nil {
			return nil, err
		}
	}
	pic, err := c.frame(ctx, n, from)
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", n, err)
	}
	d.keep(n, pic)
	return d.wrap(n, pic), nil
}

// lookUp answers from the cache, or says from which frame on the pictures met
// on the way are worth keeping: going backwards, a whole window is.
func (d *Decoder) lookUp(n int64) (f *Frame, from int64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, 0, ErrClosed
	}
	backwards := n < d.last && d.last-n <= maxWindow
	d.last = n
	if pic := d.cache.get(n); pic != nil {
		return d.wrap(n, pic), 0, nil
	}
	from = n
	if backwards {
		from = max(0, n-d.cache.window()+1)
	}
	return nil, from, nil
}

func (d *Decoder) cached(n int64) *Frame {
	d.mu.Lock()
	defer d.mu.Unlock()
	if pic := d.cache.get(n); pic != nil {
		return d.wrap(n, pic)
	}
	return nil
}

func (d *Decoder) keep(n int64, pic *av.Frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.cache.put(n, pic)
	}
}

func (d *Decoder) wrap(n int64, pic *av.Frame) *Frame {
	e := d.index.At(n)
	return &Frame{
		pic: pic, rotation: d.rotation, timeBase: d.index.TimeBase(),
		info: media.FrameInfo{Number: n, PTS: e.PTS, Time: d.index.Time(n), Keyframe: e.Key},
	}
}

// takeCursor waits for a free cursor; an opened one comes first.
func (d *Decoder) takeCursor(ctx context.Context) (*cursor, error) {
	var c *cursor
	select {
	case c = <-d.cursors:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c == nil {
		select {
		case other := <-d.cursors:
			d.cursors <- nil
			c = other
		default:
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		d.cursors <- c
		return nil, ErrClosed
	}
	return c, nil
}

func (d *Decoder) giveBack(c *cursor) { d.cursors <- c }

func (d *Decoder) usable(packet int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.bad[packet]
}

func (d *Decoder) blacklist(packet int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bad[packet] = true
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
	for range maxCursors {
		if c := <-d.cursors; c != nil {
			c.close()
		}
	}
	for range maxCursors {
		d.cursors <- nil // later callers meet ErrClosed, not a wait
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cache.clear()
	d.sound.close()
	_ = d.file.Close()
}
