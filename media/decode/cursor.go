package decode

import (
	"context"
	"errors"
	"fmt"
	"io"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/internal/av"
)

// keeping says which frames met on the way go into the cache: every so many,
// counted back from `to`, down to `from`.
type keeping struct {
	from, to, every int64
	alone           bool                         // a step on or a leap: nothing says that its like is wanted again
	put             func(n int64, pic *av.Frame) // nil: as they are
}

func (k keeping) wants(n int64) bool { return n >= k.from && n <= k.to && (k.to-n)%k.every == 0 }

// cursor is one demuxer and decoder standing somewhere in the recording.
type cursor struct {
	d      *Decoder
	ix     *frameindex.Index
	src    *av.Source
	dec    *av.Decoder
	next   int64 // number of the packet that is read next
	at     int64 // frame given out last, -1 if the decoder was just started
	ended  bool  // the decoder was told that nothing follows
	warmed bool  // a picture was decoded since the file was opened
	passed bool  // the last packet was passed over
	repeat int64 // frames seen of packet tag
	tag    int64
	onward int   // frames given by going on, since it was put where it stands
	begun  int64 // frame at which it was put there
}

// dear is how many frames of decoding are worth keeping a decoder for: more
// than its memory costs when another one has to be warmed.
const dear = 32

// settled reports that somebody goes on from where the cursor stands and may
// come back to it, or that coming there again would be dear.
func (c *cursor) settled() bool { return c.onward >= 2 || c.at-c.begun >= dear }

func (c *cursor) close() {
	if c.dec != nil {
		c.dec.Close()
	}
	if c.src != nil {
		c.src.Close()
	}
	c.dec, c.src = nil, nil
}

// restart opens the file anew: packet 0 is the only start that is always exact.
func (c *cursor) restart(ctx context.Context) error {
	c.close()
	var err error
	if c.src, c.d.spare = c.d.spare, nil; c.src == nil {
		if c.src, err = av.Open(ctx, c.d.file); err != nil {
			return err
		}
	}
	c.src.Select(c.ix.Stream())
	if c.dec, err = av.NewDecoder(c.src, c.ix.Stream(), c.d.opts.Threads); err != nil {
		c.close()
		return err
	}
	c.next, c.at, c.begun, c.ended, c.warmed, c.passed = 0, -1, 0, false, false, false
	c.repeat, c.tag = 0, -1
	return nil
}

// maxSeeks bounds how many seek points are tried before the long way from
// packet 0.
const maxSeeks = 4

// errMissed says that a run did not show the frame it was for.
var errMissed = errors.New("the frame did not come")

// point returns the best seek point for frame n among packets before limit.
func (c *cursor) point(n, limit int64) int64 {
	return c.ix.SeekPoint(n, limit, func(packet int64) bool {
		return c.d.points.usable(packet, c.distance(packet, n))
	})
}

// distance counts the frames from a seek point to frame n.
func (c *cursor) distance(packet, n int64) int64 {
	return n - max(c.ix.FrameOf(packet), 0)
}

// near reports whether going on from where the cursor stands is the shortest
// way to frame n.
func (c *cursor) near(n int64) bool {
	if c.src == nil || c.ended {
		return false
	}
	point := c.point(n, c.ix.Packets())
	return c.at >= 0 && c.at < n && point < c.next || c.at < 0 && c.next <= 1 && point <= 0
}

// frame returns picture n and keeps others on the way.
func (c *cursor) frame(ctx context.Context, n int64, k keeping) (*av.Frame, error) {
	if c.src == nil {
		if err := c.restart(ctx); err != nil {
			return nil, err
		}
		if pic := c.opening(n); pic != nil {
			return pic, nil
		}
	}
	if c.near(n) {
		c.onward++
		if pic, err := c.run(ctx, n, k); err == nil || ctx.Err() != nil {
			return pic, err
		}
	}
	c.onward = 0
	point := c.point(n, c.ix.Packets())
	nearest := int64(-1) // distance of the best point that failed
	for try := 0; try < maxSeeks && point >= 0; try++ {
		err := c.seek(ctx, point)
		if err == nil {
			var pic *av.Frame
			if pic, err = c.run(ctx, n, k); err == nil {
				if nearest >= 0 {
					c.d.points.recovered(nearest)
				}
				return pic, nil
			}
			if ctx.Err() == nil {
				nearest = max(nearest, c.distance(point, n))
				c.d.points.fail(point, c.distance(point, n))
			}
		} else if ctx.Err() == nil {
			c.d.points.unreachable(point)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		point = c.point(n, point)
	}
	return c.fromStart(ctx, n, k)
}

// opening is picture n if the recording begins with it, nil if it does not come
// so. A decoder that goes on keeps its first picture back until it has seen what
// may have to be shown before it, three or four pictures later: a person who opens
// a recording waits for that. One that is told that nothing follows gives it at
// once. The hash says whether it is the same picture.
func (c *cursor) opening(n int64) *av.Frame {
	e := c.ix.At(n)
	if e.Packet != 0 || !e.Key || c.ix.State() != frameindex.Verified {
		return nil
	}
	if _, err := c.src.Next(); err != nil {
		c.lose() // the usual way meets it again
		return nil
	}
	pic := c.lone()
	_ = c.dec.Send(c.src, 0, av.SkipNothing)
	c.next = 1
	if pic != nil && (pic.Packet() != 0 || pic.Hash() != e.Hash) {
		pic.Close()
		return nil
	}
	return pic
}

// lone decodes the packet at hand by itself, nil if no picture comes of it.
func (c *cursor) lone() *av.Frame {
	dec, err := av.NewDecoder(c.src, c.ix.Stream(), 1)
	if err != nil {
		return nil
	}
	defer dec.Close()
	if dec.Send(c.src, 0, av.SkipNothing) != nil || dec.End() != nil {
		return nil
	}
	pic, err := dec.Receive()
	if err != nil {
		return nil
	}
	return pic
}

// fromStart decodes from packet 0: first by packet numbers, passing over what
// nothing refers to, then counting every picture, as the linear pass did.
func (c *cursor) fromStart(ctx context.Context, n int64, k keeping) (*av.Frame, error) {
	if err := c.restart(ctx); err != nil {
		return nil, err
	}
	if pic, err := c.run(ctx, n, k); err == nil || ctx.Err() != nil {
		return pic, err
	}
	if err := c.restart(ctx); err != nil {
		return nil, err
	}
	pic, err := c.count(ctx, n)
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: %w", media.ErrInexact, err)
	}
	return pic, err
}

// run decodes forward until frame n comes and proves it by its hash.
func (c *cursor) run(ctx context.Context, n int64, k keeping) (*av.Frame, error) {
	last := c.ix.At(n).Packet
	for {
		pic, err := c.receive(ctx, k, last)
		if err != nil {
			if ctx.Err() == nil {
				c.lose() // a wish given up leaves the cursor where it stands
			}
			return nil, err
		}
		shown := c.number(pic)
		switch {
		case shown == n:
			if !c.matches(n, pic) {
				pic.Close()
				c.lose()
				return nil, errMissed
			}
			c.at = n
			return pic, nil
		case shown > n:
			pic.Close()
			c.lose()
			return nil, errMissed
		case k.wants(shown) && c.matches(shown, pic):
			if k.put != nil {
				k.put(shown, pic)
			} else {
				c.d.keep(shown, pic, false)
			}
		}
		c.at = max(c.at, shown)
		pic.Close()
	}
}

// count decodes from packet 0 until the n-th picture, whatever its packet.
func (c *cursor) count(ctx context.Context, n int64) (*av.Frame, error) {
	for i := int64(0); ; i++ {
		pic, err := c.receive(ctx, keeping{}, -1)
		if err != nil {
			c.lose()
			return nil, err
		}
		c.number(pic)
		if i == n {
			if !c.matches(n, pic) {
				pic.Close()
				c.lose()
				return nil, errMissed
			}
			c.at = n
			return pic, nil
		}
		pic.Close()
	}
}

// lose makes the next frame start with a seek.
func (c *cursor) lose() { c.at, c.ended = -1, true }

// number tells which frame a picture is, -1 if none. One packet may hold two
// pictures (two fields, packed B-frames): they follow one another.
func (c *cursor) number(pic *av.Frame) int64 {
	tag := pic.Packet()
	if tag == c.tag {
		c.repeat++
	} else {
		c.tag, c.repeat = tag, 0
	}
	n := c.ix.FrameOf(tag)
	if n < 0 {
		return -1
	}
	for left := c.repeat; left > 0; left-- {
		n++
		for n < c.ix.Len() && c.ix.At(n).Packet != tag {
			n++
		}
	}
	return min(n, c.ix.Len()-1)
}

func (c *cursor) matches(n int64, pic *av.Frame) bool {
	return c.ix.State() == frameindex.Provisional || pic.Hash() == c.ix.At(n).Hash
}

// receive feeds packets until a picture comes out. Pictures that are not to be
// kept and that no other refers to are passed over, never that of packet last.
func (c *cursor) receive(ctx context.Context, k keeping, last int64) (*av.Frame, error) {
	for {
		pic, err := c.dec.Receive()
		switch {
		case err == nil:
			c.warmed = true
			return pic, nil
		case errors.Is(err, io.EOF):
			return nil, errMissed
		case !errors.Is(err, av.ErrAgain) && c.ended:
			continue // a broken picture at the end: what follows may be whole
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := c.src.Next(); err != nil {
			if c.ended {
				return nil, errMissed
			}
			c.ended = true
			_ = c.dec.End()
			continue
		}
		_ = c.dec.Send(c.src, c.next, c.passOver(k, last)) // a broken packet is passed over, as in the linear pass
		c.next++
	}
}

// passOver says whether the packet at hand may be skipped if nothing refers to
// its picture. Damaged streams are always decoded whole. A packet that shows
// nothing may be the second field of the one before and goes the same way:
// alone it would be taken for a picture.
func (c *cursor) passOver(k keeping, last int64) av.Skip {
	before := c.passed
	c.passed = false
	if c.d.opts.Full || last < 0 || c.next == last || c.ix.State() == frameindex.Damaged {
		return av.SkipNothing
	}
	n := c.ix.FrameOf(c.next)
	if n < 0 && before || n >= 0 && n < c.ix.FrameOf(last) && !k.wants(n) {
		c.passed = true
		return av.SkipUnreferred
	}
	return av.SkipNothing
}

// seek brings the decoder before packet k, or fails.
func (c *cursor) seek(ctx context.Context, k int64) error {
	if err := c.warm(ctx); err != nil {
		return err
	}
	c.dec.Flush()
	c.at, c.ended, c.passed, c.tag, c.repeat = -1, false, false, -1, 0
	found, err := c.d.places().Stand(ctx, c.src, k)
	if err != nil || !found {
		c.lose()
		if err == nil {
			err = fmt.Errorf("packet %d: %w", k, errMissed)
		}
		return err
	}
	_ = c.dec.Send(c.src, k, av.SkipNothing)
	c.next, c.begun = k+1, max(c.ix.FrameOf(k), 0)
	return nil
}

// warm decodes one picture after opening, where the codec asks for it.
func (c *cursor) warm(ctx context.Context) error {
	if c.warmed || c.src.Codec(c.ix.Stream()) != "h264" {
		return nil
	}
	pic, err := c.receive(ctx, keeping{}, -1)
	if err != nil {
		c.warmed = true
		return ctx.Err()
	}
	pic.Close()
	return nil
}
