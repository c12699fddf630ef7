package decode

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// Wish says how a picture is wanted for display.
type Wish struct {
	MaxWidth, MaxHeight int   // pixels it must fit into, never enlarged; 0: no bound
	Step                int64 // frames from this wish to the next at the present speed: 0 at rest, 1 in play, -1 in reverse, ±8 at eightfold speed
}

// View is one picture ready for display, with its name.
type View struct {
	Info    media.FrameInfo
	Picture media.Picture // shared with other views: Clone it before changing it
}

// View returns frame n for display: upright, 8 bit, HDR brought to SDR, fitted
// into the wished size. While the wish moves (Step), what comes next is decoded
// ahead in the background, in the direction of motion; any wish that finds its
// picture missing goes before that work. A wish that was overtaken by a newer
// one is given up by ending its ctx. Errors are those of Frame.
func (d *Decoder) View(ctx context.Context, n int64, w Wish) (View, error) {
	if n < 0 || n >= d.index.Len() {
		return View{}, fmt.Errorf("frame %d of %d: %w", n, d.index.Len(), media.ErrNoFrame)
	}
	w.Step = min(max(w.Step, -maxStep), maxStep)
	if w.Step == 0 {
		f, err := d.Frame(ctx, n)
		if err != nil {
			return View{}, err
		}
		defer f.Close()
		return f.view(w)
	}
	defer d.ahead.follow(n, w) //nolint:contextcheck // what is decoded ahead outlives the wish
	v, f, err := d.recall(n, w)
	if err != nil || v.Picture.Width > 0 {
		return v, err
	}
	if f == nil {
		if v, f, err = d.inMotion(ctx, n, w); err != nil || f == nil {
			return v, err
		}
	}
	defer f.Close()
	return f.view(w)
}

// inMotion decodes frame n for a moving wish when its turn comes. An earlier
// wish may have brought it along by then, ready for display.
func (d *Decoder) inMotion(ctx context.Context, n int64, w Wish) (View, *Frame, error) {
	defer d.ahead.standBack(n)()
	if err := d.take(ctx); err != nil {
		return View{}, nil, err
	}
	defer d.give()
	if v, f, err := d.recall(n, w); err != nil || f != nil || v.Picture.Width > 0 {
		return v, f, err
	}
	f, err := d.decode(ctx, n, d.around(n, w))
	return View{}, f, err
}

// maxStep bounds the stride of motion.
const maxStep = 64

// recall answers from the cache: a picture ready for display, or a decoded one.
func (d *Decoder) recall(n int64, w Wish) (View, *Frame, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return View{}, nil, ErrClosed
	}
	d.last = n
	d.cache.look(n, w.Step)
	if e, ok := d.cache.entries[cacheKey{n, w.MaxWidth, w.MaxHeight}]; ok && e.view != nil {
		return View{Info: d.info(n), Picture: *e.view}, nil, nil
	}
	if pic := d.cache.frame(n); pic != nil {
		return View{}, d.wrap(n, pic), nil
	}
	return View{}, nil, nil
}

// around says what to keep while frame n is decoded for a moving wish. In
// reverse that is a window of what comes next; in play the last few, for wishes
// that come out of order.
func (d *Decoder) around(n int64, w Wish) keeping {
	const late = 3
	if w.Step > 0 {
		return keeping{from: n - late*w.Step, to: n, every: w.Step}
	}
	return d.window(n, w)
}

// window is the run of frames that ends with `to` and that reverse motion will
// show; two of them fit into the cache. It begins where decoding must begin
// anyway, if that is near enough: each group is decoded once, and the first
// picture, which comes last out of the decoder, is not waited for longer than
// need be.
func (d *Decoder) window(to int64, w Wish) keeping {
	count, small := d.room(w)
	k := keeping{from: max(to+w.Step*(count/2-1), d.groupOf(to)), to: to, every: -w.Step}
	if small {
		k.put = func(n int64, pic *av.Frame) { d.keepView(n, pic, w) }
	}
	return k
}

// groupOf returns the frame from which frame n is decoded.
func (d *Decoder) groupOf(n int64) int64 {
	point := d.index.SeekPoint(n, d.index.Packets(), func(packet int64) bool {
		return d.points.usable(packet, n-max(d.index.FrameOf(packet), 0))
	})
	return max(d.index.FrameOf(point), 0)
}

// room returns how many pictures for the wish fit into the cache, and whether
// they are kept in display size because that is much less than decoded.
func (d *Decoder) room(w Wish) (count int64, small bool) {
	s := d.container.Streams[d.index.Stream()]
	decoded := max(av.PictureBytes(s.PixelFormat, s.Width, s.Height), 1)
	uw, uh := s.Width, s.Height
	if d.rotation%180 != 0 {
		uw, uh = uh, uw
	}
	fw, fh := fit(uw, uh, w.MaxWidth, w.MaxHeight)
	shown := int64(fw)*int64(fh)*3/2 + 1
	const share, least, most = 90, 4, 600 // percent of the room; pictures
	d.mu.Lock()
	bytes, each := d.cache.frameRoom(), decoded
	if small = shown*3 < decoded*2; small {
		bytes, each = d.cache.viewRoom(), shown
	}
	d.mu.Unlock()
	return min(max(bytes*share/100/each, least), most), small
}

// keepView keeps a picture in display size.
func (d *Decoder) keepView(n int64, pic *av.Frame, w Wish) {
	f := Frame{pic: pic, rotation: d.rotation}
	v, err := f.view(w)
	if err != nil {
		return // the wish for this frame will meet the error itself
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.cache.putView(cacheKey{n, w.MaxWidth, w.MaxHeight}, v.Picture)
	}
}

// has reports whether the wish for frame n would find its picture.
func (d *Decoder) has(n int64, w Wish) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, view := d.cache.entries[cacheKey{n, w.MaxWidth, w.MaxHeight}]
	_, frame := d.cache.entries[cacheKey{n: n}]
	return view || frame
}

func (f *Frame) view(w Wish) (View, error) {
	p, err := f.Display(w.MaxWidth, w.MaxHeight)
	return View{Info: f.info, Picture: p}, err
}
