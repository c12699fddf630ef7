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
type cache struct {
	budget, used int64
	typical      int64 // bytes of the decoded picture put last
	at, step     int64 // where the person looks, and the motion
	entries      map[cacheKey]cacheEntry
	trail        []int64 // frames decoded going forward, the oldest first
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

// putFrame keeps a reference of its own to pic.
func (c *cache) putFrame(n int64, pic *av.Frame) {
	k := cacheKey{n: n}
	if _, ok := c.entries[k]; ok {
		return
	}
	c.typical = pic.Bytes()
	c.entries[k] = cacheEntry{frame: pic.Clone(), bytes: c.typical}
	c.added(k, c.typical)
}

// trailLength is how many pictures decoded going forward stay behind the
// person. A cache that filled up with them would make the decoder write each
// new picture into memory that the system has yet to clear, a quarter of the
// cost of a step; so their memory goes round.
const trailLength = 2

// putTrail keeps pic as the newest of those decoded going forward.
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
	c.added(k, bytes)
}

func (c *cache) added(k cacheKey, bytes int64) {
	for c.used += bytes; c.used > c.budget && len(c.entries) > 1; {
		c.drop(c.farthest(k))
	}
}

// farthest returns the entry that is least likely wanted again, never k.
func (c *cache) farthest(k cacheKey) cacheKey {
	var worst cacheKey
	most := int64(-1)
	for e := range c.entries {
		if v := c.remote(e.n); e != k && v > most {
			worst, most = e, v
		}
	}
	return worst
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
	c.used -= e.bytes
	if e.frame != nil {
		e.frame.Close()
	}
}

func (c *cache) clear() {
	c.trail = nil
	for k := range c.entries {
		c.drop(k)
	}
}

// window returns how many frames a run backwards should keep: three quarters
// of the budget, so that the rest of it stays for what was there before.
func (c *cache) window() int64 {
	if c.typical == 0 {
		return 8
	}
	return min(max(c.budget*3/4/c.typical, 4), maxWindow)
}
