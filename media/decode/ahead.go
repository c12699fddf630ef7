package decode

import (
	"context"
	"sync"
)

// ahead decodes in the background what a moving wish will ask for next. It
// works one run at a time, only while no wish waits for the turn.
type ahead struct {
	d    *Decoder
	wake chan struct{}

	mu      sync.Mutex
	at      int64 // the newest moving wish
	wish    Wish
	waiting int                // wishes in want of the turn
	run     keeping            // what is being decoded
	stop    context.CancelFunc // of that run, nil if none
	working bool               // the goroutine lives
	closed  bool
	gone    chan struct{} // closed by the goroutine at its end
}

func newAhead(d *Decoder) *ahead {
	return &ahead{d: d, wake: make(chan struct{}, 1), gone: make(chan struct{})}
}

// follow notes the newest moving wish.
func (a *ahead) follow(n int64, w Wish) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	turned := a.wish.Step*w.Step <= 0
	a.at, a.wish = n, w
	if turned && a.stop != nil {
		a.stop()
	}
	if !a.working {
		a.working = true
		go a.work()
	}
	a.rouse()
}

func (a *ahead) rouse() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// standBack makes way for a wish: the run under way ends, unless it is about
// to bring frame n. The function it returns ends the precedence.
func (a *ahead) standBack(n int64) (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting++
	if a.stop != nil && !a.run.wants(n) {
		a.stop()
	}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.waiting--
		a.rouse()
	}
}

func (a *ahead) work() {
	defer close(a.gone)
	for range a.wake {
		for a.once() {
		}
		a.mu.Lock()
		closed := a.closed
		a.mu.Unlock()
		if closed {
			return
		}
	}
}

// once does one run; false when there is nothing to do for now.
func (a *ahead) once() bool {
	a.mu.Lock()
	at, w := a.at, a.wish
	if a.closed || a.waiting > 0 || w.Step == 0 {
		a.mu.Unlock()
		return false
	}
	a.mu.Unlock()
	k, some := a.d.upcoming(at, w)
	if !some {
		return false
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	a.mu.Lock()
	if a.closed || a.waiting > 0 {
		a.mu.Unlock()
		return false
	}
	a.run, a.stop = k, stop
	a.mu.Unlock()
	err := a.d.prepare(ctx, k, w)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stop = nil
	return err == nil
}

// close ends the work and waits for it.
func (a *ahead) close() {
	a.mu.Lock()
	a.closed = true
	working := a.working
	if a.stop != nil {
		a.stop()
	}
	a.rouse()
	a.mu.Unlock()
	if working {
		<-a.gone
	}
}

// playAhead is how many pictures are decoded ahead in play.
const playAhead = 8

// upcoming finds the next frames worth decoding for motion at frame n.
func (d *Decoder) upcoming(n int64, w Wish) (keeping, bool) {
	count, _ := d.room(w)
	reach := min(playAhead, count/2)
	if w.Step < 0 {
		reach = count / 2
	}
	for i := int64(1); i <= reach; i++ {
		m := n + i*w.Step
		if m < 0 || m >= d.index.Len() {
			break
		}
		if d.has(m, w) {
			continue
		}
		if w.Step > 0 {
			return keeping{from: m, to: m, every: 1}, true
		}
		return d.window(m, w), true
	}
	return keeping{}, false
}

// prepare decodes the run and keeps it.
func (d *Decoder) prepare(ctx context.Context, k keeping, w Wish) error {
	if err := d.take(ctx); err != nil {
		return err
	}
	defer d.give()
	if d.has(k.to, w) {
		return nil
	}
	pic, err := d.cursorFor(k.to).frame(ctx, k.to, k)
	if err != nil {
		return err
	}
	if k.put != nil {
		k.put(k.to, pic)
	} else {
		d.keep(k.to, pic, false)
	}
	pic.Close()
	return nil
}
