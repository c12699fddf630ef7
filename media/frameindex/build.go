package frameindex

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// Scan makes a provisional index from packets alone, without decoding. A file
// without video gives an index without frames. Errors are those of probe.File.
func Scan(ctx context.Context, f *os.File) (*Index, error) {
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ix := start(s)
	if ix.stream < 0 {
		return ix.finish(), nil
	}
	err = s.Scan(ctx, func(p []av.Packet) error {
		ix.packets = append(ix.packets, p...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("scan packets: %w", err)
	}
	ix.guess()
	return ix.finish(), nil
}

func start(s *av.Source) *Index {
	ix := &Index{stream: s.Video(), fileSize: s.Size(), versions: av.Versions(), timeBase: media.Rational{Num: 1, Den: 1}}
	if ix.stream >= 0 {
		ix.timeBase = s.TimeBase(ix.stream)
		s.Select(ix.stream)
	}
	return ix
}

// guess orders the packets by time: what the decoder will most likely show.
func (ix *Index) guess() {
	without := 0
	for _, p := range ix.packets {
		if p.PTS == NoPTS {
			without++
		}
	}
	byDTS := without > len(ix.packets)/2
	for i, p := range ix.packets {
		t := p.PTS
		if byDTS {
			t = p.DTS
		}
		if p.Discard() || t == NoPTS && !byDTS || p.Size == 0 {
			continue
		}
		ix.frames = append(ix.frames, Entry{Packet: int64(i), PTS: t, Key: p.Key()})
	}
	slices.SortStableFunc(ix.frames, func(a, b Entry) int { return cmp.Compare(a.PTS, b.PTS) })
}

// threads of the linear pass; more would not agree with the machine's other work.
const threads = 2

// Build decodes the whole stream once and records it. progress (may be nil)
// tells bytes passed of bytes in all. A file without video gives a Verified
// index without frames; one whose video gives no picture is media.ErrDamaged.
// Where the decoder complains, the pass is run again with one thread, which
// alone is deterministic then, and the state is Damaged.
func Build(ctx context.Context, f *os.File, progress func(done, total int64)) (*Index, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	ix, damage, err := pass(ctx, f, threads, progress)
	if err == nil && damage > 0 {
		ix, _, err = pass(ctx, f, 1, progress)
		if err == nil {
			ix.state = Damaged
		}
	}
	if err != nil {
		return nil, err
	}
	if ix.stream >= 0 && len(ix.frames) == 0 {
		return nil, fmt.Errorf("index recording: %w: no picture could be decoded", media.ErrDamaged)
	}
	progress(ix.fileSize, ix.fileSize)
	return ix.finish(), nil
}

func pass(ctx context.Context, f *os.File, threads int, progress func(done, total int64)) (*Index, int64, error) {
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	ix := start(s)
	ix.state = Verified
	if ix.stream < 0 {
		return ix, 0, nil
	}
	d, err := av.NewDecoder(s, ix.stream, threads)
	if err != nil {
		return nil, 0, err
	}
	defer d.Close()
	damage, err := av.Pass(ctx, s, d, func(n int64, p av.Packet) {
		ix.packets = append(ix.packets, p)
		if n%64 == 0 && p.Pos >= 0 {
			progress(min(p.Pos, ix.fileSize), ix.fileSize)
		}
	}, func(fr *av.Frame) error {
		ix.frames = append(ix.frames, Entry{Packet: fr.Packet(), PTS: fr.PTS(), Hash: fr.Hash(), Key: fr.Key()})
		if fr.Corrupt() {
			ix.state = Damaged
		}
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("index recording: %w", err)
	}
	if ix.state == Damaged {
		damage++
	}
	return ix, damage, nil
}
