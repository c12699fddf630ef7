package frameindex

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// maxPackets bounds an index: three days at 60 pictures a second. A file that
// claims more is no recording, and its table would fill the memory.
const maxPackets = 1 << 24

var errTooMany = fmt.Errorf("%w: more packets than any recording holds", media.ErrDamaged)

// Scan makes a provisional index from packets alone, without decoding. A file
// without video gives an index without frames. Errors are those of probe.File.
func Scan(ctx context.Context, f *os.File) (*Index, error) {
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	defer s.Watch(ctx)()
	ix := start(s)
	if ix.stream < 0 {
		return ix.finish(), nil
	}
	err = s.ScanTable(ctx, f, func(p []av.Packet) error {
		ix.packets = append(ix.packets, p...)
		if len(ix.packets) > maxPackets {
			return errTooMany
		}
		if len(p) > 0 && p[0].Encrypted() {
			return refusedEncrypted(f)
		}
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

// Options of a verified index; the zero value is good.
type Options struct {
	// Progress (may be nil) is told bytes passed of bytes in all.
	Progress func(done, total int64)
	// Partial is what Checkpoint was given last in an earlier, interrupted
	// build of the same file; nil begins at the start.
	Partial []byte
	// Checkpoint (may be nil) is handed the work so far now and then, at last
	// about every ten seconds of computing, to be kept by the caller. Its
	// error stops the build.
	Checkpoint func(partial []byte) error
}

// Build decodes the whole stream once and records it; see Resume.
func Build(ctx context.Context, f *os.File, progress func(done, total int64)) (*Index, error) {
	return Resume(ctx, f, Options{Progress: progress})
}

// Resume decodes the whole stream once and records it, going on from a partial
// build where there is one. A file without video gives a Verified index without
// frames; one whose video gives no picture is media.ErrDamaged, or
// media.ErrEncrypted. Where the decoder complains, the pass is run again from
// the start with one thread, which alone is deterministic then, and the state
// is Damaged, unless that pass has no complaint and the same pictures (of fields
// threads complain without a reason).
//
// A resumed build decodes again from a key packet some way before the point
// where it was interrupted. Every packet, time and picture from there on must
// be what the partial build recorded; a single one that differs, a partial of
// another file or other libraries, or bytes that are no partial at all make
// the build begin at the start. The result is the same as that of one pass.
func Resume(ctx context.Context, f *os.File, o Options) (*Index, error) {
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	var ix *Index
	var damage int64
	err := errNoResume
	if old := unfinished(o.Partial); old != nil {
		ix, damage, err = resumed(ctx, f, old, o)
	}
	if errors.Is(err, errNoResume) {
		ix, damage, err = pass(ctx, f, threads, o)
	}
	if err == nil && damage > 0 {
		o.Checkpoint = nil // what errors leave behind cannot be taken up again
		threaded := ix
		ix, damage, err = pass(ctx, f, 1, o)
		if err == nil && (damage > 0 || !slices.Equal(ix.frames, threaded.frames)) {
			ix.state = Damaged
		}
	}
	if err != nil {
		return nil, err
	}
	if ix.stream >= 0 && len(ix.frames) == 0 {
		return nil, refusedEmpty(f, ix)
	}
	o.Progress(ix.fileSize, ix.fileSize)
	return ix.finish(), nil
}

// refusedEmpty is the error of a stream that shows nothing.
func refusedEmpty(f *os.File, ix *Index) error {
	d := av.Diagnose(f)
	d.Kind, d.Detail = media.DiagnosisDamaged, fmt.Sprintf("none of %d packets gave a picture", len(ix.packets))
	return &media.Refused{Diagnosis: d, Err: fmt.Errorf("index recording: %w: no picture could be decoded", media.ErrDamaged)}
}

func refusedEncrypted(f *os.File) error {
	d := av.Diagnose(f)
	d.Kind = media.DiagnosisEncrypted
	return &media.Refused{Err: media.ErrEncrypted, Diagnosis: d}
}

// pass decodes from the first packet to the last.
func pass(ctx context.Context, f *os.File, threads int, o Options) (*Index, int64, error) {
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	defer s.Watch(ctx)()
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
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &recorder{ix: ix, o: o, stop: stop, hurt: func() bool { return d.Errors() > 0 || s.Gaps() > 0 }}
	damage, err := av.Pass(ctx, s, d, r.packet, r.frame)
	if r.encrypted {
		return nil, 0, fmt.Errorf("index recording: %w", refusedEncrypted(f))
	}
	return r.done(damage, err)
}

// recorder writes down what a linear pass meets.
type recorder struct {
	ix        *Index
	o         Options
	pixels    int64 // decoded since the last checkpoint
	patience  int64 // pixels from that one to the next
	encrypted bool
	many      bool        // too many packets
	stop      func()      // ends the pass
	hurt      func() bool // damage was met: what it leaves behind cannot be taken up again
}

// Pixels decoded until the first checkpoint, and between later ones at most: 10 s
// or so of one processor. Each stretch is twice the one before, so that writing
// them down stays a small part of the work from the beginning.
const (
	firstCheckpoint = 64 << 20
	checkpointEvery = 4 << 30
)

func (r *recorder) packet(n int64, p av.Packet) {
	if len(r.ix.packets) < maxPackets {
		r.ix.packets = append(r.ix.packets, p)
	} else {
		r.many = true
		r.stop()
	}
	if p.Encrypted() && !r.encrypted {
		r.encrypted = true
		r.stop()
	}
	if n%64 == 0 && p.Pos >= 0 {
		r.o.Progress(min(p.Pos, r.ix.fileSize), r.ix.fileSize)
	}
}

func (r *recorder) frame(fr *av.Frame) error {
	r.ix.frames = append(r.ix.frames, entryOf(fr))
	if fr.Corrupt() {
		r.ix.state = Damaged
	}
	w, h := fr.Size()
	if r.pixels += int64(w) * int64(h); r.pixels >= max(r.patience, firstCheckpoint) && r.o.Checkpoint != nil && !r.hurt() {
		r.pixels, r.patience = 0, min(max(r.patience, firstCheckpoint)*2, checkpointEvery)
		return r.o.Checkpoint(r.ix.marshal(magicPartial))
	}
	return nil
}

func entryOf(fr *av.Frame) Entry {
	return Entry{Packet: fr.Packet(), PTS: fr.PTS(), Hash: fr.Hash(), Key: fr.Key()}
}

func (r *recorder) done(damage int64, err error) (*Index, int64, error) {
	if r.many {
		err = errTooMany
	}
	if err != nil {
		return nil, 0, fmt.Errorf("index recording: %w", err)
	}
	if r.ix.state == Damaged {
		damage++
	}
	return r.ix, damage, nil
}
