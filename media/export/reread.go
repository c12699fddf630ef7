package export

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"os"
	"slices"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/probe"
	"diaoyue.example/workstation/media/redact"
)

// Bounds that a finished copy is held against.
const (
	maskMeanMax  = 2.0  // mean deviation of a frame's covers from black, in 8-bit steps
	maskWorstMax = 40   // largest deviation of one sample: compression rings a little at the edges
	psnrMin      = 38.0 // dB outside the covers, over the whole copy
	psnrFrameMin = 30.0 // dB outside the covers, the worst frame
	silenceMax   = 2    // loudest sample inside a mute, from its first to its last (digital silence, then AAC)
)

// Verify reads a finished copy of src by plan again and measures it, as Run does
// with what it made. A check that fails is a *CheckError beside the report.
func Verify(ctx context.Context, src, finished *os.File, plan redact.Plan) (Report, error) {
	if err := plan.Check(); err != nil {
		return Report{}, err
	}
	original, blocks, err := digestBlocks(ctx, src)
	if err != nil {
		return Report{}, err
	}
	if plan.Original != "" && plan.Original != "sha256:"+original.SHA256 {
		return Report{}, ErrOtherOriginal
	}
	w, err := open(ctx, src, plan, Options{})
	if err != nil {
		return Report{}, fmt.Errorf("verify copy: %w", err)
	}
	_, r, err := w.reread(ctx, finished, blocks)
	if err != nil {
		return r, fmt.Errorf("verify copy: %w", err)
	}
	return r, r.Err()
}

// reread decodes the finished copy beside the original and measures it.
func (w *work) reread(ctx context.Context, dst *os.File, blocks *blockSet) (FileDigest, Report, error) {
	r := Report{
		MaskMeanMax: maskMeanMax, MaskWorstMax: maskWorstMax,
		PSNRMin: psnrMin, PSNRFrameMin: psnrFrameMin, SilenceMax: silenceMax,
		Mutes: len(w.plan.Mutes), Blocks: blocks.count,
	}
	shared, digest, err := blocks.sharedBlocks(ctx, dst)
	if err != nil {
		return digest, r, err
	}
	r.BlocksShared = shared
	c, err := probe.File(ctx, dst)
	if err != nil {
		return digest, r, err
	}
	r.streams(c)
	if err := w.pictures(ctx, dst, &r); err != nil {
		return digest, r, err
	}
	return digest, r, w.silence(ctx, dst, c, &r)
}

func (r *Report) streams(c media.Container) {
	for _, s := range c.Streams {
		switch {
		case s.Kind == media.KindVideo && !s.Cover:
			r.Videos++
		case s.Kind == media.KindAudio:
			r.Audios++
		default:
			r.Others++
		}
		if s.Language != "" && s.Language != "und" {
			r.Metadata++
		}
	}
	for name := range c.Metadata {
		if !structural(name) {
			r.Metadata++
		}
	}
}

// shown is one picture of the original on its way to the comparison.
type shown struct {
	picture media.Picture
	n, pts  int64
}

// pictures decodes original and copy side by side.
func (w *work) pictures(ctx context.Context, dst *os.File, r *Report) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	originals := make(chan shown, 2)
	failed := make(chan error, 1)
	go func() {
		defer close(originals)
		failed <- w.originals(ctx, originals)
	}()
	c := comparison{plan: w.plan, r: r, base: w.index.TimeBase()}
	err := w.copyPictures(ctx, dst, originals, &c)
	if err != nil {
		stop()
	}
	for range originals { // frames that the copy lacks
		r.FramesWanted++
	}
	if theirs := <-failed; err == nil {
		err = theirs
	}
	c.finish()
	return err
}

func (w *work) originals(ctx context.Context, to chan<- shown) error {
	n, stamps := int64(0), stamper{base: w.index.TimeBase()}
	return decode.Linear(ctx, w.src, w.index, func(f *decode.Frame) error {
		p, err := f.Picture()
		if err != nil {
			return err
		}
		select {
		case to <- shown{p, n, stamps.of(f.Info())}:
		case <-ctx.Done():
			return ctx.Err()
		}
		n++
		return nil
	})
}

func (w *work) copyPictures(ctx context.Context, dst *os.File, originals <-chan shown, c *comparison) error {
	base, err := timeBaseOf(ctx, dst)
	if err != nil {
		return err
	}
	return decode.Linear(ctx, dst, nil, func(f *decode.Frame) error {
		q, err := f.Picture()
		if err != nil {
			return err
		}
		c.r.Frames++
		o, ok := <-originals
		if !ok {
			return nil // more frames than the original: the count will tell
		}
		c.r.FramesWanted++
		w.progress()
		c.times(o, f.Info().PTS, base)
		return c.picture(o.picture, q, o.n)
	})
}

func timeBaseOf(ctx context.Context, f *os.File) (media.Rational, error) {
	c, err := probe.File(ctx, f)
	if err != nil {
		return media.Rational{}, err
	}
	for _, s := range c.Streams {
		if s.Kind == media.KindVideo && !s.Cover {
			return s.TimeBase, nil
		}
	}
	return media.Rational{}, media.ErrNoVideo
}

// comparison gathers what pictures of original and copy have in common.
type comparison struct {
	plan    redact.Plan
	r       *Report
	base    media.Rational
	first   [2]int64 // time stamps of the first frame, original and copy
	squares float64
	samples float64
}

// times compares how long after the first frame both show a frame, exactly.
func (c *comparison) times(o shown, pts int64, base media.Rational) {
	if o.n == 0 {
		c.first = [2]int64{o.pts, pts}
	}
	if sameTime(o.pts-c.first[0], c.base, pts-c.first[1], base) {
		c.r.PTSEqual++
	}
}

func sameTime(a int64, ta media.Rational, b int64, tb media.Rational) bool {
	product := func(x ...int64) *big.Int {
		p := big.NewInt(1)
		for _, v := range x {
			p.Mul(p, big.NewInt(v))
		}
		return p
	}
	return product(a, ta.Num, tb.Den).Cmp(product(b, tb.Num, ta.Den)) == 0
}

func (c *comparison) picture(original, ours media.Picture, n int64) error {
	// The encoder stores odd sizes rounded up.
	if ours.Width < original.Width || ours.Height < original.Height || ours.FullRange != original.FullRange {
		return fmt.Errorf("%w: frame %d has another size or range", ErrCheck, n)
	}
	var rects []redact.Rect
	for _, g := range c.plan.Regions(n) {
		if r := g.Snap(original.Width, original.Height); !r.Empty() {
			rects = append(rects, r)
		}
	}
	luma, chroma := redact.Cover(original.FullRange)
	var f frameSums
	for i := range 3 {
		cover := luma
		if i > 0 {
			cover = chroma
		}
		f.plane(original, ours, i, rects, cover)
	}
	if f.inside > 0 {
		c.r.MaskedFrames++
		c.r.MaskedPixels += f.pixels
		c.r.MaskOpen += f.open
		c.r.MaskMean = max(c.r.MaskMean, float64(f.deviation)/float64(f.inside))
		c.r.MaskWorst = max(c.r.MaskWorst, f.worst)
	}
	if f.outside > 0 {
		c.squares += float64(f.squares)
		c.samples += float64(f.outside)
		if p := psnr(float64(f.squares), float64(f.outside)); c.r.PSNRFrame == 0 || p < c.r.PSNRFrame {
			c.r.PSNRFrame = p
		}
	}
	return nil
}

func (c *comparison) finish() {
	c.r.PSNR = psnr(c.squares, c.samples)
	if c.r.PSNRFrame == 0 {
		c.r.PSNRFrame = c.r.PSNR
	}
}

// psnr in dB, at most 99, which also stands for "nothing lay outside".
func psnr(squares, samples float64) float64 {
	if squares == 0 || samples == 0 {
		return 99
	}
	return min(99, math.Round(1000*math.Log10(255*255*samples/squares))/100)
}

// frameSums are one frame's sums over all planes.
type frameSums struct {
	inside, open, deviation int64 // samples under covers; of them beyond the bound; sum of deviations
	pixels                  int64 // luma samples under covers
	worst                   int
	outside, squares        int64
}

func (f *frameSums) plane(original, ours media.Picture, i int, rects []redact.Rect, cover byte) {
	w, h := original.PlaneSize(i)
	half := 0
	if i > 0 {
		half = 1
	}
	for y := range h {
		a := original.Planes[i][y*original.Stride[i]:][:w]
		b := ours.Planes[i][y*ours.Stride[i]:][:w]
		x := 0
		for _, s := range covered(rects, y<<half, half, w) {
			f.beside(a[x:s[0]], b[x:s[0]])
			f.under(b[s[0]:s[1]], cover, i == 0)
			x = s[1]
		}
		f.beside(a[x:], b[x:])
	}
}

// covered merges the covers that touch luma row y into rising column ranges of a
// plane that is halved 0 or 1 times.
func covered(rects []redact.Rect, y, half, w int) [][2]int {
	var out [][2]int
	for _, r := range rects {
		if y >= r.Y0 && y < r.Y1 {
			out = append(out, [2]int{r.X0 >> half, min((r.X1+half)>>half, w)})
		}
	}
	if len(out) < 2 {
		return out
	}
	slices.SortFunc(out, func(a, b [2]int) int { return a[0] - b[0] })
	merged := out[:1]
	for _, s := range out[1:] {
		if last := &merged[len(merged)-1]; s[0] <= last[1] {
			last[1] = max(last[1], s[1])
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

// beside sums a stretch outside the covers.
func (f *frameSums) beside(a, b []byte) {
	var sum int64
	for i, v := range a {
		d := int64(v) - int64(b[i])
		sum += d * d
	}
	f.squares += sum
	f.outside += int64(len(a))
}

// under sums a stretch under a cover.
func (f *frameSums) under(b []byte, cover byte, luma bool) {
	for _, v := range b {
		d := int(v) - int(cover)
		if d < 0 {
			d = -d
		}
		f.deviation += int64(d)
		f.worst = max(f.worst, d)
		if d > maskWorstMax {
			f.open++
		}
	}
	f.inside += int64(len(b))
	if luma {
		f.pixels += int64(len(b))
	}
}

// silence listens to every muted range of the copy.
func (w *work) silence(ctx context.Context, dst *os.File, c media.Container, r *Report) error {
	if len(w.plan.Mutes) == 0 || r.Audios == 0 {
		return nil
	}
	d, err := decode.Open(ctx, dst, nil, decode.Options{Threads: 1})
	if err != nil {
		return err
	}
	defer d.Close()
	format, err := d.Sound(ctx, 0, 0, 0.1)
	if err != nil {
		return err
	}
	for _, m := range w.plan.Mutes {
		from, to := m.Samples(format.Rate)
		to = min(to, int64(math.Ceil(c.Duration*float64(format.Rate))))
		for at := from; at < to; at += int64(10 * format.Rate) {
			s, err := soundOf(ctx, d, format, at, min(at+int64(10*format.Rate), to))
			if err != nil {
				return err
			}
			r.listen(s)
		}
	}
	return nil
}

// listen notes the loudest sample of a piece of a mute.
func (r *Report) listen(s media.Samples) {
	for _, v := range s.Data {
		loud := int(v)
		if loud < 0 {
			loud = -loud
		}
		r.Silence = max(r.Silence, loud)
	}
}
