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

// packetID tells packets apart across seeks. Their place in the file does;
// time stamps may be rebuilt differently after a seek (AVI, MPEG-PS, TS) and
// count only where there is no place.
type packetID struct{ pos, size, dts int64 }

func identify(p av.Packet) packetID {
	if p.Pos >= 0 {
		return packetID{p.Pos, int64(p.Size), 0}
	}
	return packetID{-1, int64(p.Size), p.DTS}
}

func identities(ix *frameindex.Index) map[packetID]int64 {
	out := make(map[packetID]int64, ix.Packets())
	for i := range ix.Packets() {
		out[identify(ix.Packet(i))] = i
	}
	return out
}

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
	repeat int64 // frames seen of packet lastTag
	tag    int64
}

func (d *Decoder) newCursor(ctx context.Context) (*cursor, error) {
	c := &cursor{d: d, ix: d.index}
	if err := c.restart(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

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
	if c.src, err = av.Open(ctx, c.d.file); err != nil {
		return err
	}
	c.src.Select(c.ix.Stream())
	if c.dec, err = av.NewDecoder(c.src, c.ix.Stream(), c.d.opts.Threads); err != nil {
		c.close()
		return err
	}
	c.next, c.at, c.ended, c.warmed = 0, -1, false, false
	c.repeat, c.tag = 0, -1
	return nil
}

// maxSeeks bounds how many seek points are tried before the long way from
// packet 0; each that fails is not tried again.
const maxSeeks = 3

// errMissed says that a run did not show the frame it was for.
var errMissed = errors.New("the frame did not come")

// frame returns picture n and keeps those from `from` on in the cache.
func (c *cursor) frame(ctx context.Context, n, from int64) (*av.Frame, error) {
	if c.src == nil {
		if err := c.restart(ctx); err != nil {
			return nil, err
		}
	}
	point := c.ix.SeekPoint(n, c.ix.Packets(), c.d.usable)
	if c.at >= 0 && c.at < n && point < c.next && !c.ended || c.at < 0 && c.next == 0 && point <= 0 && !c.ended {
		if pic, err := c.run(ctx, n, from); err == nil || ctx.Err() != nil {
			return pic, err
		}
	}
	for try := 0; try < maxSeeks && point >= 0; try++ {
		err := c.seek(ctx, point)
		if err == nil {
			var pic *av.Frame
			if pic, err = c.run(ctx, n, from); err == nil {
				return pic, nil
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.d.blacklist(point)
		point = c.ix.SeekPoint(n, point, c.d.usable)
	}
	return c.fromStart(ctx, n, from)
}

// fromStart decodes from packet 0: first by packet numbers, passing over what
// nothing refers to, then counting every picture, as the linear pass did.
func (c *cursor) fromStart(ctx context.Context, n, from int64) (*av.Frame, error) {
	if err := c.restart(ctx); err != nil {
		return nil, err
	}
	if pic, err := c.run(ctx, n, from); err == nil || ctx.Err() != nil {
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
func (c *cursor) run(ctx context.Context, n, from int64) (*av.Frame, error) {
	last := c.ix.At(n).Packet
	for {
		pic, err := c.receive(ctx, from, last)
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
		case shown >= from && c.matches(shown, pic):
			c.d.keep(shown, pic)
		}
		c.at = max(c.at, shown)
		pic.Close()
	}
}

// count decodes from packet 0 until the n-th picture, whatever its packet.
func (c *cursor) count(ctx context.Context, n int64) (*av.Frame, error) {
	for i := int64(0); ; i++ {
		pic, err := c.receive(ctx, 0, -1)
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

// receive feeds packets until a picture comes out. Pictures before frame
// `from` that no other refers to are passed over, never that of packet keep.
func (c *cursor) receive(ctx context.Context, from, keep int64) (*av.Frame, error) {
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
		_ = c.dec.Send(c.src, c.next, c.passOver(from, keep)) // a broken packet is passed over, as in the linear pass
		c.next++
	}
}

// passOver says whether the packet at hand may be skipped if nothing refers to
// its picture. Damaged streams are always decoded whole.
func (c *cursor) passOver(from, keep int64) bool {
	if c.d.opts.Full || keep < 0 || c.next == keep || c.ix.State() == frameindex.Damaged {
		return false
	}
	n := c.ix.FrameOf(c.next)
	return n >= 0 && n < from
}

// seek brings the decoder before packet k, or fails.
func (c *cursor) seek(ctx context.Context, k int64) error {
	if err := c.warm(ctx); err != nil {
		return err
	}
	c.dec.Flush()
	c.at, c.ended, c.tag, c.repeat = -1, false, -1, 0
	for try := range int64(maxLandings) {
		if err := c.jump(k, try); err != nil {
			continue
		}
		found, err := c.land(ctx, k)
		if err != nil || found {
			return err
		}
	}
	c.lose()
	return fmt.Errorf("packet %d: %w", k, errMissed)
}

// warm decodes one picture after opening: H.264 keeps from the stream's first
// notes (SEI) what a later start would lack.
func (c *cursor) warm(ctx context.Context) error {
	if c.warmed || c.src.Codec(c.ix.Stream()) != "h264" {
		return nil
	}
	pic, err := c.receive(ctx, 0, -1)
	if err != nil {
		c.warmed = true
		return ctx.Err()
	}
	pic.Close()
	return nil
}

const (
	maxLandings = 6
	stepBack    = 188 * 2000 // bytes of transport stream to go back where a seek overshot
)

// jump seeks towards packet k, the farther before it the more often it was tried.
func (c *cursor) jump(k, try int64) error {
	p := c.ix.Packet(k)
	if c.src.ByteSeeks() && p.Pos >= 0 {
		return c.src.SeekByte(max(0, p.Pos-try*stepBack))
	}
	for ; try > 0 && k > 0; try-- {
		for k--; k > 0 && !c.ix.Packet(k).Key(); k-- { // to the key before
		}
		p = c.ix.Packet(k)
	}
	ts := p.DTS
	if ts == av.NoPTS || c.src.SeeksByPTS() {
		ts = p.PTS
	}
	return c.src.SeekTime(ts)
}

// land reads on until packet k is at hand and sends it; it reports false when
// the seek came out behind k.
func (c *cursor) land(ctx context.Context, k int64) (bool, error) {
	for {
		if err := ctx.Err(); err != nil {
			c.lose()
			return false, err
		}
		p, err := c.src.Next()
		if err != nil {
			return false, nil //nolint:nilerr // behind the end: the next try goes further back
		}
		i, known := c.d.packets[identify(p)]
		switch {
		case !known, i < k:
			continue
		case i > k:
			return false, nil
		}
		_ = c.dec.Send(c.src, k, false)
		c.next = k + 1
		return true, nil
	}
}
