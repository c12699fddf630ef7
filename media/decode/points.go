package decode

import "sync"

// points remembers which seek points fail, and how far behind them a frame
// must lie to come out right: streams that refresh their pictures bit by bit
// (intra refresh) are whole again only some frames after a point.
type points struct {
	mu     sync.Mutex
	failed map[int64]int64 // packet → farthest frame distance that failed
	need   int64           // distance that the stream as a whole asks for
	votes  int             // points that showed it
}

func newPoints() *points { return &points{failed: map[int64]int64{}} }

// hopeless is a distance at which a point that fails is not tried again.
const hopeless = 1 << 10

// usable reports whether a point so many frames before the wish may be tried.
func (p *points) usable(packet, distance int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	far, bad := p.failed[packet]
	return distance >= p.need && (!bad || distance > far && far < hopeless)
}

// fail notes that a frame at that distance did not come out right.
func (p *points) fail(packet, distance int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed[packet] = max(p.failed[packet], distance)
}

// unreachable notes that no seek leads to the point.
func (p *points) unreachable(packet int64) { p.fail(packet, hopeless) }

// recovered notes that after failures nearer by, a point at that distance
// served. When it happens again and again, nearer points are not tried at all.
func (p *points) recovered(nearest int64) {
	const sure = 2
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.votes++; p.votes >= sure {
		p.need = max(p.need, nearest+1)
	}
}
