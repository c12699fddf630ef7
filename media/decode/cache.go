package decode

import (
	"container/list"

	"diaoyue.example/workstation/media/internal/av"
)

// maxWindow bounds how many frames one run backwards keeps.
const maxWindow = 96

// cache keeps the pictures used last, under a budget of bytes.
type cache struct {
	budget, used int64
	typical      int64 // bytes of the picture put last
	order        *list.List
	byNumber     map[int64]*list.Element
}

type cached struct {
	n   int64
	pic *av.Frame
}

func newCache(budget int64) *cache {
	return &cache{budget: budget, order: list.New(), byNumber: map[int64]*list.Element{}}
}

// get returns a new reference to picture n, or nil.
func (c *cache) get(n int64) *av.Frame {
	e := c.byNumber[n]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(cached).pic.Clone()
}

// put keeps a reference of its own to pic.
func (c *cache) put(n int64, pic *av.Frame) {
	if c.byNumber[n] != nil {
		return
	}
	c.typical = pic.Bytes()
	c.used += c.typical
	c.byNumber[n] = c.order.PushFront(cached{n, pic.Clone()})
	for c.used > c.budget && c.order.Len() > 1 {
		c.drop(c.order.Back())
	}
}

func (c *cache) drop(e *list.Element) {
	v := c.order.Remove(e).(cached)
	delete(c.byNumber, v.n)
	c.used -= v.pic.Bytes()
	v.pic.Close()
}

func (c *cache) clear() {
	for c.order.Len() > 0 {
		c.drop(c.order.Back())
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
