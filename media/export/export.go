// Package export makes the copy that leaves the house: it decodes a recording,
// covers every picture by the plan, encodes it anew and then reads the finished
// copy again from end to end to prove what it holds.
//
// The invariant: nothing of the original passes but pictures under the plan and
// one sound under its mutes; a copy that fails any check is an error, not a copy.
package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/probe"
	"diaoyue.example/workstation/media/redact"
)

// Options of Run; the zero value is good.
type Options struct {
	// Progress is called with frames passed of frames to pass. Encoding and
	// re-reading each count every frame once.
	Progress func(done, total int64)
	// Index of the source, if there is one; else its packets are scanned.
	Index *frameindex.Index
}

// Run makes the copy of src by plan in dst, which must be an empty regular file
// open for reading and writing, and checks it. The same source, plan and
// libraries give the same bytes. Time stamps are those of the source, so a
// variable frame rate stays one; sound is cut where the picture ends.
//
// Errors: those of the plan, ErrOtherOriginal, ErrTarget, *CheckError (ErrCheck),
// media's errors for a source that cannot be decoded. After an error dst holds
// nothing of use.
func Run(ctx context.Context, src, dst *os.File, plan redact.Plan, opt Options) (Manifest, error) {
	if err := plan.Check(); err != nil {
		return Manifest{}, err
	}
	if s, err := dst.Stat(); err != nil || !s.Mode().IsRegular() || s.Size() != 0 {
		return Manifest{}, ErrTarget
	}
	original, blocks, err := digestBlocks(ctx, src)
	if err != nil {
		return Manifest{}, err
	}
	if plan.Original != "" && plan.Original != "sha256:"+original.SHA256 {
		return Manifest{}, ErrOtherOriginal
	}
	w, err := open(ctx, src, plan, opt)
	if err != nil {
		return Manifest{}, fmt.Errorf("export: %w", err)
	}
	m, err := w.make(ctx, dst, blocks)
	if err != nil {
		return Manifest{}, fmt.Errorf("export: %w", err)
	}
	m.Plan, m.Original = plan.Digest(), original
	return m, nil
}

// work is one export on its way.
type work struct {
	src       *os.File
	plan      redact.Plan
	opt       Options
	container media.Container
	video     media.Stream
	sound     bool
	index     *frameindex.Index
	done      int64 // frames passed, for progress
}

func open(ctx context.Context, src *os.File, plan redact.Plan, opt Options) (*work, error) {
	c, err := probe.File(ctx, src)
	if err != nil {
		return nil, err
	}
	w := &work{src: src, plan: plan, opt: opt, container: c, index: opt.Index}
	if w.index == nil {
		if w.index, err = frameindex.Scan(ctx, src); err != nil {
			return nil, err
		}
	}
	at := slices.IndexFunc(c.Streams, func(s media.Stream) bool { return s.Index == w.index.Stream() })
	if w.index.Len() == 0 || at < 0 {
		return nil, media.ErrNoVideo
	}
	w.video = c.Streams[at]
	w.sound = slices.ContainsFunc(c.Streams, func(s media.Stream) bool { return s.Kind == media.KindAudio })
	return w, nil
}

// make encodes and checks. A picture too busy for the first quality, which the
// bound outside the covers tells, is encoded again with the next better one.
func (w *work) make(ctx context.Context, dst *os.File, blocks *blockSet) (Manifest, error) {
	for i, crf := range qualities() {
		if i > 0 {
			if err := dst.Truncate(0); err != nil {
				return Manifest{}, fmt.Errorf("begin anew: %w", err)
			}
		}
		w.done = 0
		m, err := w.encode(ctx, dst, crf)
		if err != nil {
			return Manifest{}, err
		}
		if err = dst.Sync(); err != nil {
			return Manifest{}, fmt.Errorf("sync copy: %w", err)
		}
		m.Copy, m.Report, err = w.reread(ctx, dst, blocks)
		if err != nil {
			return Manifest{}, fmt.Errorf("re-read copy: %w", err)
		}
		err = m.Report.Err()
		if err == nil {
			return m, nil
		}
		var failed *CheckError
		if i == len(qualities())-1 || !errors.As(err, &failed) || failed.Check.Key != "outside" {
			return Manifest{}, err
		}
	}
	return Manifest{}, ErrCheck // not reached: the last quality returns above
}

// qualities of x264 (crf), tried in this order.
func qualities() []int { return []int{18, 12, 6} }

func (w *work) progress() {
	w.done++
	if w.opt.Progress != nil {
		w.opt.Progress(min(w.done, 2*w.index.Len()), 2*w.index.Len())
	}
}

// dropped lists what stays behind.
func (w *work) dropped() []Dropped {
	out := []Dropped{}
	audio := false
	for _, s := range w.container.Streams {
		switch {
		case s.Index == w.video.Index:
		case s.Kind == media.KindAudio && !audio:
			audio = true
		case s.Cover:
			out = append(out, Dropped{Kind: DroppedCover, Index: s.Index, What: s.Codec})
		default:
			out = append(out, Dropped{Kind: s.Kind, Index: s.Index, What: s.Codec})
		}
	}
	var names []string
	for name := range w.container.Metadata {
		if !structural(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		out = append(out, Dropped{Kind: DroppedMetadata, Index: -1, What: name})
	}
	return out
}

// structural reports whether a metadata field only says which kind of container
// it is.
func structural(name string) bool {
	return name == "major_brand" || name == "minor_version" || name == "compatible_brands"
}
