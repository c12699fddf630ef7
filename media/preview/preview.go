// Package preview makes the small pictures and the sound curve by which a
// person finds his way in a recording: tiles on sheets, one contact sheet, and
// the peaks of every sound track at several zooms.
//
// Invariant: a tile is the picture of exactly the frame that it names; what
// could not be decoded has no tile and is never stood in for by a neighbour.
// A preview is derived, versioned and checked on reading: it can be made anew
// from the original at any time and proves nothing.
package preview

import (
	"errors"
	"hash/crc32"
	"io"
)

// ErrFormat says that the bytes are no preview of this version, or were changed.
var ErrFormat = errors.New("not a preview of this version")

// ErrNone says that the preview has no such sheet, track or level.
var ErrNone = errors.New("the preview holds no such part")

// Info is what a preview holds. Tiles stand in ascending order, row by row,
// Columns × Rows of them on a sheet; the last sheet may be shorter.
type Info struct {
	Version    int     `json:"version"`
	State      string  `json:"state"`    // of the frame index it was made by
	Frames     int64   `json:"frames"`   // of the recording, by that index
	Duration   float64 `json:"duration"` // s
	TileWidth  int     `json:"tile_width"`
	TileHeight int     `json:"tile_height"`
	Columns    int     `json:"columns"`
	Rows       int     `json:"rows"`
	Tiles      []Tile  `json:"tiles"`
	Sheets     []blob  `json:"sheets"`
	Contact    Contact `json:"contact"`
	Tracks     []Track `json:"tracks"`
}

// Tile is one small picture.
type Tile struct {
	Frame int64   `json:"n"` // 0-based
	Time  float64 `json:"t"` // s since frame 0
}

// Contact is the whole recording on one picture.
type Contact struct {
	Width   int    `json:"width"` // of one tile
	Height  int    `json:"height"`
	Columns int    `json:"columns"`
	Tiles   []Tile `json:"tiles"`
	Blob    blob   `json:"blob"`
}

// Track is the curve of one sound track, finest level first. A track that
// could not be decoded has no levels.
type Track struct {
	Levels []Level `json:"levels"`
}

// Level is the curve at one zoom: Bins pairs of the least and the greatest
// sample, each as int8, from frame 0 on.
type Level struct {
	BinMs int   `json:"bin_ms"`
	Bins  int64 `json:"bins"`
	Blob  blob  `json:"blob"`
}

// blob is a part of the file after the header.
type blob struct {
	At   int64  `json:"at"`
	Size int64  `json:"size"`
	Sum  uint32 `json:"sum"` // CRC-32 (IEEE)
}

// Preview is an open preview. It is safe for concurrent use if its reader is.
type Preview struct {
	info Info
	from io.ReaderAt
	base int64 // of the first blob
}

// Info returns what the preview holds; the caller must not change it.
func (p *Preview) Info() Info { return p.info }

// Sheet returns sheet i (0-based) as a JPEG. ErrNone, ErrFormat.
func (p *Preview) Sheet(i int) ([]byte, error) {
	if i < 0 || i >= len(p.info.Sheets) {
		return nil, ErrNone
	}
	return p.read(p.info.Sheets[i])
}

// Contact returns the contact sheet as a JPEG. ErrNone where there is no picture.
func (p *Preview) Contact() ([]byte, error) {
	if p.info.Contact.Blob.Size == 0 {
		return nil, ErrNone
	}
	return p.read(p.info.Contact.Blob)
}

// Peaks returns the pairs of a level from bin `from` on, at most count of
// them; fewer at the end. ErrNone, ErrFormat.
func (p *Preview) Peaks(track, level int, from, count int64) ([]byte, error) {
	if track < 0 || track >= len(p.info.Tracks) || level < 0 || level >= len(p.info.Tracks[track].Levels) {
		return nil, ErrNone
	}
	l := p.info.Tracks[track].Levels[level]
	all, err := p.read(l.Blob)
	if err != nil {
		return nil, err
	}
	from = min(max(from, 0), l.Bins)
	to := min(from+max(count, 0), l.Bins)
	return all[2*from : 2*to], nil
}

func (p *Preview) read(b blob) ([]byte, error) {
	out := make([]byte, b.Size)
	if _, err := p.from.ReadAt(out, p.base+b.At); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if crc32.ChecksumIEEE(out) != b.Sum {
		return nil, ErrFormat
	}
	return out, nil
}
