package frameindex

import (
	"cmp"
	"context"
	"slices"
	"sort"

	"diaoyue.example/workstation/media/internal/av"
)

// Places finds packets again after a seek. A packet is known by its place in
// the file and its size; time stamps may be rebuilt differently after a seek
// (AVI, MPEG-PS, TS) and count only where there is no place.
//
// It is immutable and safe for concurrent use.
type Places struct {
	packets []av.Packet
	sorted  []int32 // packet numbers by place
}

// Places returns the table for the index's packets.
func (ix *Index) Places() *Places { return NewPlaces(ix.packets) }

// NewPlaces returns the table for packets in the file's order, which must not
// change afterwards.
func NewPlaces(packets []av.Packet) *Places {
	p := &Places{packets: packets, sorted: make([]int32, len(packets))}
	ordered := true
	for i := range packets {
		p.sorted[i] = int32(i)
		ordered = ordered && (i == 0 || compare(packets[i-1], packets[i]) < 0)
	}
	if !ordered {
		slices.SortStableFunc(p.sorted, func(a, b int32) int { return compare(packets[a], packets[b]) })
	}
	return p
}

func compare(a, b av.Packet) int {
	if c := cmp.Compare(a.Pos, b.Pos); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Size, b.Size); c != 0 || a.Pos >= 0 {
		return c
	}
	return cmp.Compare(a.DTS, b.DTS)
}

// Find returns the number of the packet, -1 if it is none of these.
func (p *Places) Find(q av.Packet) int64 {
	i := sort.Search(len(p.sorted), func(i int) bool { return compare(p.packets[p.sorted[i]], q) >= 0 })
	if i == len(p.sorted) || compare(p.packets[p.sorted[i]], q) != 0 {
		return -1
	}
	return int64(p.sorted[i])
}

const (
	maxLandings = 6
	stepBack    = 188 * 2000 // bytes of transport stream to go back where a seek overshot
	leastBack   = 8          // packets to go back there otherwise
)

// Stand brings s to where packet k is at hand, inside s and ready to be sent.
// It reports false where no seek leads there; s must then be opened anew. The
// error is the context's.
func (p *Places) Stand(ctx context.Context, s *av.Source, k int64) (bool, error) {
	for try := range int64(maxLandings) {
		if p.jump(s, k, try) != nil {
			continue
		}
		found, err := p.land(ctx, s, k)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// jump seeks towards packet k, the farther before it the more often it was tried.
func (p *Places) jump(s *av.Source, k, try int64) error {
	q := p.packets[k]
	if s.ByteSeeks() && q.Pos >= 0 {
		return s.SeekByte(max(0, q.Pos-try*stepBack))
	}
	for ; try > 0 && k > 0; try-- {
		for k = max(k-leastBack, 0); k > 0 && !p.packets[k].Key(); k-- { // to a key before
		}
		q = p.packets[k]
	}
	ts := q.DTS
	if ts == av.NoPTS || s.SeeksByPTS() {
		ts = q.PTS
	}
	return s.SeekTime(ts)
}

// land reads on until packet k is at hand; it reports false when the seek came
// out behind k.
func (p *Places) land(ctx context.Context, s *av.Source, k int64) (bool, error) {
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		q, err := s.Next()
		if err != nil {
			return false, nil //nolint:nilerr // behind the end: the next try goes further back
		}
		if i := p.Find(q); i == k {
			return true, nil
		} else if i > k {
			return false, nil
		}
	}
}
