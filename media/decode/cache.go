package decode

import (
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// maxWindow bounds how many frames one run backwards keeps.
const maxWindow = 96

// cache keeps pictures under a budget of bytes: as they were decoded, or ready
// for display. What lies farthest from where the person looks goes first, and
// what lies behind the direction of motion before what lies ahead.
//
// The decoder keeps the memory of a decoded picture for its next ones, so the
// most that decoded pictures ever took counts as theirs for good; they may take
// two thirds.
type cache struct {
	budget        int64
	decoded, most int64 // bytes of decoded pictures, now and at most
	views         int64 // bytes of pictures ready for display
	typical       int64 // bytes of the decoded picture put last
	at, step      int64 // where the person looks, and the motion
	entries       map[cacheKey]cacheEntry
	trail         []int64 // frames decoded alone, the oldest first
}

// cacheKey names a picture: as decoded (zero size), or fitted into a size.
type cacheKey struct {
	n    int64
	w, h int
}

type cacheEntry struct {
	frame *av.Frame
	view  *media.Picture
	bytes int64
}

func newCache(budget int64) *cache {
	return &cache{budget: budget, entries: map[cacheKey]cacheEntry{}}
}

// look says where the person is now, and how many frames on the next wish will be.
func (c *cache) look(n, step int64) { c.at, c.step = n, step }

// frame returns a new reference to the decoded picture n, or nil.
func (c *cache) frame(n int64) *av.Frame {
	if e, ok := c.entries[cacheKey{n: n}]; ok {
		return e.frame.Clone()
	}
	return nil
}

// frameRoom is how many bytes decoded pictures may take, viewRoom how many
// those that are ready for display.
func (c *cache) frameRoom() int64 { return c.budget * 2 / 3 }
func (c *cache) viewRoom() int64  { return c.budget - c.most }

// putFrame keeps a reference of its own to pic.
func (c *cache) putFrame(n int64, pic *av.Frame) {
	k := cacheKey{n: n}
	if _, ok := c.entries[k]; ok {
		return
	}
	c.typical = pic.Bytes()
	c.entries[k] = cacheEntry{frame: pic.Clone(), bytes: c.typical}
	for c.decoded += c.typical; c.decoded > c.frameRoom(); {
		worst, some := c.farthest(k)
		if !some {
			break
		}
		c.drop(worst)
	}
	c.most = max(c.most, c.decoded)
	c.fitViews(cacheKey{})
}

// trailLength is how many pictures of steps forward and of leaps stay behind
// the person. A cache that filled up with them would make the decoder write
// each new picture into memory that the system has yet to clear, a quarter of
// the cost of a step; so their memory goes round.
const trailLength = 2

// putTrail keeps pic as the newest of those decoded alone.
func (c *cache) putTrail(n int64, pic *av.Frame) {
	c.putFrame(n, pic)
	if c.trail = append(c.trail, n); len(c.trail) <= trailLength {
		return
	}
	if k := (cacheKey{n: c.trail[0]}); k.n != n {
		if _, ok := c.entries[k]; ok {
			c.drop(k)
		}
	}
	c.trail = append(c.trail[:0], c.trail[1:]...)
}

// putView keeps a picture for display, which must not change any more.
func (c *cache) putView(k cacheKey, p media.Picture) {
	if _, ok := c.entries[k]; ok {
		return
	}
	bytes := int64(len(p.Planes[0]) + len(p.Planes[1]) + len(p.Planes[2]))
	c.entries[k] = cacheEntry{view: &p, bytes: bytes}
	c.views += bytes
	c.fitViews(k)
}

// fitViews lets go of pictures ready for display, but never of k.
func (c *cache) fitViews(k cacheKey) {
	for c.views > c.viewRoom() {
		worst, some := c.farthest(k)
		if !some {
			return
		}
		c.drop(worst)
	}
}

// farthest returns the entry of k's kind that is least likely wanted again,
// never k; a zero k means those ready for display.
func (c *cache) farthest(k cacheKey) (worst cacheKey, some bool) {
	most := int64(-1)
	for e, entry := range c.entries {
		if (entry.frame != nil) != (c.entries[k].frame != nil) || e == k {
			continue
		}
		if v := c.remote(e.n); v > most {
			worst, most = e, v
		}
	}
	return worst, most >= 0
}

// remote weighs a frame's distance from the person.
func (c *cache) remote(n int64) int64 {
	const behind = 64 // a frame behind counts as one so many times farther ahead
	d := n - c.at
	switch {
	case c.step == 0:
		return max(d, -d)
	case c.step < 0:
		d = -d
	}
	if d < 0 {
		return -d * behind
	}
	return d
}

func (c *cache) drop(k cacheKey) {
	e := c.entries[k]
	delete(c.entries, k)
	if e.frame == nil {
		c.views -= e.bytes
		return
	}
	c.decoded -= e.bytes
	e.frame.Close()
}

func (c *cache) clear() {
	c.trail = nil
	for k := range c.entries {
		c.drop(k)
	}
}

// window returns how many frames a run backwards should keep: nearly all that
// there is room for, so that a few stay of what was there before.
func (c *cache) window() int64 {
	if c.typical == 0 {
		return 8
	}
	return min(max(c.frameRoom()*7/8/c.typical, 4), maxWindow)
}
