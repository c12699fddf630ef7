package preview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
)

// Options of Make; the zero value is good.
type Options struct {
	Interval  float64 // s between tiles at least; 0 is 1
	MaxTiles  int     // over the whole recording; 0 is 1,200
	MaxTracks int     // sound tracks that get a curve; 0 is 4
}

const (
	tileWidth, tileHeight       = 192, 108 // the most
	contactWidth, contactHeight = 288, 162
	columns, rows               = 10, 10
	contactColumns              = 6
	contactTiles                = 30
	jpegQuality                 = 72
	cacheBytes                  = 48 << 20
)

func (o Options) filled() Options {
	if o.Interval <= 0 {
		o.Interval = 1
	}
	if o.MaxTiles <= 0 {
		o.MaxTiles = 1200
	}
	if o.MaxTracks <= 0 {
		o.MaxTracks = 4
	}
	return o
}

// Make makes the preview of the recording in f in its stored form. With a nil
// index the packets are scanned and frame numbers are provisional. Progress,
// which may be nil, counts tiles and pieces of sound. It stops early with the
// context's error. Errors: those of decode.Open; a frame or a track that
// cannot be decoded is left out.
func Make(ctx context.Context, f *os.File, ix *frameindex.Index, o Options, progress func(done, total int64)) ([]byte, error) {
	o = o.filled()
	d, err := decode.Open(ctx, f, ix, decode.Options{Threads: 1, CacheBytes: cacheBytes})
	if err != nil {
		return nil, fmt.Errorf("make preview: %w", err)
	}
	defer d.Close()
	m := maker{d: d, ix: d.Index(), aspect: aspect(d), tell: progress}
	if m.tell == nil {
		m.tell = func(int64, int64) {}
	}
	m.info = Info{
		Version: version, State: m.ix.State().String(), Frames: m.ix.Len(), Duration: m.ix.Duration(),
		Columns: columns, Rows: rows, Tiles: []Tile{}, Sheets: []blob{}, Tracks: []Track{},
	}
	if m.info.Frames == 0 {
		m.info.Duration = max(d.Container().Duration, 0)
	}
	frames := pick(m.ix, o)
	tracks := min(audio(d.Container()), o.MaxTracks)
	m.total = int64(len(frames)) + int64(tracks)*int64(math.Ceil(m.info.Duration/soundPiece))
	if err := m.pictures(ctx, frames); err != nil {
		return nil, fmt.Errorf("make preview: %w", err)
	}
	for track := range tracks {
		if err := m.curve(ctx, track); err != nil {
			return nil, fmt.Errorf("make preview: %w", err)
		}
	}
	m.tell(m.total, m.total)
	return write(m.info, m.body.Bytes())
}

type maker struct {
	d      *decode.Decoder
	ix     *frameindex.Index
	aspect float64 // of one upright point
	info   Info
	body   bytes.Buffer

	done, total int64
	tell        func(done, total int64)
}

// aspect is the shape of a point of the pictures.
func aspect(d *decode.Decoder) float64 {
	for _, s := range d.Container().Streams {
		if s.Index == d.Index().Stream() {
			return s.PixelAspect()
		}
	}
	return 1
}

func (m *maker) step() {
	m.done++
	m.tell(min(m.done, m.total), m.total)
}

func audio(c media.Container) int {
	n := 0
	for _, s := range c.Streams {
		if s.Kind == media.KindAudio {
			n++
		}
	}
	return n
}

// pick chooses the frames of the tiles, in order. Key frames are cheap: within
// an interval the first one is taken. Where there is none, the frame itself is
// decoded, in long recordings only every few seconds: a preview must not cost
// what a whole decode does.
func pick(ix *frameindex.Index, o Options) []int64 {
	if ix.Len() == 0 {
		return nil
	}
	duration := ix.Duration()
	interval := max(o.Interval, duration/float64(o.MaxTiles))
	const short, patience = 120.0, 5.0 // s
	sparse := interval
	if duration > short {
		sparse = max(interval, patience)
	}
	var out []int64
	last := math.Inf(-1)
	for k := 0; ; k++ {
		at := float64(k) * interval
		if at >= duration && k > 0 || len(out) >= o.MaxTiles {
			return out
		}
		n := ix.FrameAt(at)
		if !ix.At(n).Key {
			key := ix.KeyframeAfter(n)
			switch {
			case ix.At(key).Key && ix.Time(key) < at+interval:
				n = key
			case at-last < sparse:
				continue
			}
		}
		if len(out) > 0 && n <= out[len(out)-1] {
			continue
		}
		out = append(out, n)
		last = ix.Time(n)
	}
}

// pictures fills sheets and the contact sheet.
func (m *maker) pictures(ctx context.Context, frames []int64) error {
	var page, contact *sheet
	chosen := spread(frames, contactTiles)
	for _, n := range frames {
		p, err := m.picture(ctx, n)
		m.step()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // no tile: better than a wrong one
		}
		tile := Tile{Frame: n, Time: m.ix.Time(n)}
		if page == nil {
			w, h := within(p.Width, p.Height, m.aspect, tileWidth, tileHeight)
			m.info.TileWidth, m.info.TileHeight = w, h
			page = newSheet(w, h, columns, rows, p)
			w, h = within(p.Width, p.Height, m.aspect, contactWidth, contactHeight)
			across := min(contactColumns, len(chosen))
			contact = newSheet(w, h, across, (len(chosen)+across-1)/across, p)
			m.info.Contact = Contact{Width: w, Height: h, Columns: across, Tiles: []Tile{}}
		}
		page.put(p)
		m.info.Tiles = append(m.info.Tiles, tile)
		if page.full() {
			if err := m.keep(page); err != nil {
				return err
			}
		}
		if chosen[n] {
			contact.put(p)
			m.info.Contact.Tiles = append(m.info.Contact.Tiles, tile)
		}
	}
	if page == nil {
		return nil
	}
	if page.used > 0 {
		if err := m.keep(page); err != nil {
			return err
		}
	}
	data, err := decode.EncodeJPEG(contact.cut(), 0, 0, jpegQuality)
	if err != nil {
		return err
	}
	m.info.Contact.Blob = pack(&m.body, data)
	return nil
}

// keep stores a sheet and clears it for the next tiles.
func (m *maker) keep(s *sheet) error {
	data, err := decode.EncodeJPEG(s.cut(), 0, 0, jpegQuality)
	if err != nil {
		return err
	}
	m.info.Sheets = append(m.info.Sheets, pack(&m.body, data))
	s.clear()
	return nil
}

func (m *maker) picture(ctx context.Context, n int64) (media.Picture, error) {
	f, err := m.d.Frame(ctx, n)
	if err != nil {
		return media.Picture{}, err
	}
	defer f.Close()
	return f.Picture()
}

// spread chooses at most count of the frames, evenly.
func spread(frames []int64, count int) map[int64]bool {
	out := map[int64]bool{}
	count = min(count, len(frames))
	for i := range count {
		out[frames[i*len(frames)/count]] = true
	}
	return out
}

// curve adds one sound track.
func (m *maker) curve(ctx context.Context, track int) error {
	c := newCurve(m.info.Duration)
	for from := 0.0; from < m.info.Duration; from += soundPiece {
		s, err := m.d.Sound(ctx, track, from, min(from+soundPiece, m.info.Duration))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.step()
		if errors.Is(err, media.ErrNoSound) || errors.Is(err, media.ErrDamaged) && from == 0 {
			m.info.Tracks = append(m.info.Tracks, Track{Levels: []Level{}})
			return nil
		}
		if err == nil {
			c.add(s)
		}
	}
	t := Track{Levels: []Level{}}
	for _, l := range c.levels() {
		t.Levels = append(t.Levels, Level{BinMs: l.binMs, Bins: int64(len(l.pairs) / 2), Blob: pack(&m.body, l.pairs)})
	}
	m.info.Tracks = append(m.info.Tracks, t)
	return nil
}
