package frameindex

import (
	"context"
	"errors"
	"os"

	"diaoyue.example/workstation/media/internal/av"
)

// errNoResume says that a partial build cannot be gone on with.
var errNoResume = errors.New("the partial index does not fit the recording")

// unfinished reads a partial build; nil if it is none, or one that met errors.
func unfinished(data []byte) *Index {
	if len(data) == 0 {
		return nil
	}
	ix, err := unmarshal(data, magicPartial)
	if err != nil || ix.state != Verified {
		return nil
	}
	return ix
}

// overlapFrames is how many pictures at least must come out the same before a
// partial build is gone on with.
const overlapFrames = 8

// resumePoint returns the key packet where decoding starts again, and its
// frame; -1 if only the start would do. It lies a whole group before the end
// where there is one, because the frames of the last packets may be missing.
func (ix *Index) resumePoint() (packet, frame int64) {
	groups := 0
	for i := len(ix.keys) - 1; i >= 0 && ix.keys[i] > 0; i-- {
		n := ix.first[ix.keys[i]]
		if n < 0 || ix.Len()-n < overlapFrames {
			continue
		}
		if groups++; groups == 2 || ix.Len()-n > 500 {
			return ix.keys[i], n
		}
	}
	return -1, -1
}

// resumed goes on with a partial build. errNoResume asks to start over.
func resumed(ctx context.Context, f *os.File, old *Index, o Options) (*Index, int64, error) {
	k, n := old.resumePoint()
	if k < 0 {
		return nil, 0, errNoResume
	}
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	defer s.Watch(ctx)()
	ix := start(s)
	if !old.Current() || ix.stream != old.stream || ix.fileSize != old.fileSize || ix.timeBase != old.timeBase {
		return nil, 0, errNoResume
	}
	d, err := av.NewDecoder(s, ix.stream, threads)
	if err != nil {
		return nil, 0, err
	}
	defer d.Close()
	if d.Warm(s) != nil {
		return nil, 0, errNoResume
	}
	d.Flush()
	found, err := old.Places().Stand(ctx, s, k)
	if err != nil {
		return nil, 0, err
	}
	if !found {
		return nil, 0, errNoResume
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ix.state = Verified
	ix.packets = append(ix.packets, old.packets[:k]...)
	ix.frames = append(ix.frames, old.frames[:n]...)
	before := d.Errors()
	hurt := func() bool { return d.Errors() > before || s.Gaps() > 0 }
	r := &overlap{recorder: recorder{ix: ix, o: o, stop: stop, hurt: hurt}, old: old, key: k, before: before}
	damage, err := av.PassFrom(ctx, s, d, k, r.packet, r.frame)
	if err == nil && (ix.Len() < old.Len() || len(ix.packets) < len(old.packets)) {
		err = errNoResume
	}
	if errors.Is(err, errNoResume) {
		return nil, 0, errNoResume
	}
	return r.done(damage-r.before, err)
}

// overlap records as a linear pass does, and compares with the partial build as
// long as there is something to compare.
type overlap struct {
	recorder
	old     *Index
	key     int64 // packet where decoding began
	before  int64 // complaints of the warming picture
	began   bool  // the key's picture has come
	differs bool
}

func (v *overlap) packet(n int64, p av.Packet) {
	if n < int64(len(v.old.packets)) && p != v.old.packets[n] {
		v.differs = true
	}
	v.recorder.packet(n, p)
}

func (v *overlap) frame(fr *av.Frame) error {
	if !v.began {
		if fr.Packet() != v.key {
			return nil // leading pictures of an open group: the part before holds them
		}
		v.began = true
	}
	if v.differs {
		return errNoResume
	}
	at := v.ix.Len()
	if at < v.old.Len() && entryOf(fr) != v.old.frames[at] {
		return errNoResume
	}
	return v.recorder.frame(fr)
}
