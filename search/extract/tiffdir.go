package extract

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Tags of TIFF 6.0, and of its technical note 2 on JPEG.
const (
	tagWidth        = 256
	tagHeight       = 257
	tagCompression  = 259
	tagPhotometric  = 262
	tagStrips       = 273
	tagOrientation  = 274
	tagRowsPerStrip = 278
	tagStripBytes   = 279
	tagXResolution  = 282
	tagYResolution  = 283
	tagUnit         = 296
	tagTileWidth    = 322
	tagTileHeight   = 323
	tagTiles        = 324
	tagTileBytes    = 325
	tagJPEGTables   = 347
)

const (
	compressionJPEG = 7
	photometricRGB  = 2
	unitCentimetre  = 3
	// Bounds of what a file may name: entries of a directory, numbers of an entry.
	maxEntries, maxNumbers = 512, 1 << 16
)

// directory is what a file says of one page.
type directory struct {
	at                       uint32
	width, height            int // as stored
	compression, photometric int
	orientation              int
	xres, yres               float64 // dots an inch, 0 unknown
	pieceWidth, pieceHeight  int     // of a strip or tile
	pieces, pieceBytes       []uint32
	tablesAt, tablesBytes    uint32
}

// shown is the size in dots of the page as it is shown: upright and with as
// many dots down as across.
func (d directory) shown() (w, h int) {
	w, h = d.width, d.height
	if d.xres > 0 && d.yres > 0 && (d.xres > d.yres*1.1 || d.yres > d.xres*1.1) {
		h = int(float64(h) * d.xres / d.yres)
	}
	if d.orientation >= 5 {
		w, h = h, w
	}
	return max(w, 1), max(h, 1)
}

func (d directory) dpi() float64 {
	if d.xres < 50 || d.xres > 2400 {
		return scanDPI
	}
	return d.xres
}

// directories walks the chain of pages. Errors: ErrDamaged, ErrLimit.
func directories(src io.ReaderAt, limit int) ([]directory, binary.ByteOrder, error) {
	head, err := piece(src, 0, headerBytes)
	if err != nil {
		return nil, nil, err
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[0] == 'M' {
		order = binary.BigEndian
	}
	var out []directory
	seen := map[uint32]bool{}
	for at := order.Uint32(head[4:]); at != 0; {
		if seen[at] {
			return nil, nil, fmt.Errorf("pages go in a circle: %w", ErrDamaged)
		}
		seen[at] = true
		if len(out) == limit {
			return nil, nil, fmt.Errorf("more than %d pages: %w", limit, ErrLimit)
		}
		d, next, err := readDirectory(src, order, at)
		if err != nil {
			return nil, nil, err
		}
		out, at = append(out, d), next
	}
	if len(out) == 0 {
		return nil, nil, fmt.Errorf("no pages: %w", ErrDamaged)
	}
	return out, order, nil
}

func readDirectory(src io.ReaderAt, order binary.ByteOrder, at uint32) (directory, uint32, error) {
	d := directory{at: at, orientation: 1}
	b, err := piece(src, int64(at), 2)
	if err != nil {
		return d, 0, err
	}
	count := int(order.Uint16(b))
	if count > maxEntries {
		return d, 0, fmt.Errorf("a page of %d entries: %w", count, ErrDamaged)
	}
	if b, err = piece(src, int64(at)+2, count*12+4); err != nil {
		return d, 0, err
	}
	inch := 1.0
	for i := range count {
		e := entry{order: order, raw: b[i*12 : i*12+12]}
		if err = d.take(src, e, &inch); err != nil {
			return d, 0, err
		}
	}
	d.xres, d.yres = d.xres*inch, d.yres*inch
	if d.pieceHeight == 0 {
		d.pieceHeight = d.height
	}
	if d.pieceWidth == 0 {
		d.pieceWidth = d.width
	}
	return d, order.Uint32(b[count*12:]), nil
}

// take notes one entry.
func (d *directory) take(src io.ReaderAt, e entry, inch *float64) (err error) {
	switch e.tag() {
	case tagWidth:
		d.width = e.number()
	case tagHeight:
		d.height = e.number()
	case tagCompression:
		d.compression = e.number()
	case tagPhotometric:
		d.photometric = e.number()
	case tagOrientation:
		if n := e.number(); n >= 1 && n <= 8 {
			d.orientation = n
		}
	case tagRowsPerStrip:
		d.pieceHeight = min(e.number(), max(d.height, 1))
	case tagTileWidth:
		d.pieceWidth = e.number()
	case tagTileHeight:
		d.pieceHeight = e.number()
	case tagStrips, tagTiles:
		d.pieces, err = e.numbers(src)
	case tagStripBytes, tagTileBytes:
		d.pieceBytes, err = e.numbers(src)
	case tagXResolution:
		d.xres = e.ratio(src)
	case tagYResolution:
		d.yres = e.ratio(src)
	case tagUnit:
		if e.number() == unitCentimetre {
			*inch = 2.54
		}
	case tagJPEGTables:
		d.tablesAt, d.tablesBytes = e.value(), e.count()
	}
	return err
}

// entry is twelve bytes: tag, type, count, value or where it stands.
type entry struct {
	order binary.ByteOrder
	raw   []byte
}

const typeShort = 3

func (e entry) tag() int      { return int(e.order.Uint16(e.raw)) }
func (e entry) kind() int     { return int(e.order.Uint16(e.raw[2:])) }
func (e entry) count() uint32 { return e.order.Uint32(e.raw[4:]) }
func (e entry) value() uint32 { return e.order.Uint32(e.raw[8:]) }

// number is the first value of an entry of one or two.
func (e entry) number() int {
	if e.kind() == typeShort {
		return int(e.order.Uint16(e.raw[8:]))
	}
	return int(min(e.value(), 1<<30))
}

func (e entry) numbers(src io.ReaderAt) ([]uint32, error) {
	n, size := int(min(e.count(), maxNumbers+1)), 4
	if e.kind() == typeShort {
		size = 2
	}
	if n > maxNumbers {
		return nil, fmt.Errorf("a page of %d pieces: %w", e.count(), ErrLimit)
	}
	raw := e.raw[8:]
	if n*size > 4 {
		var err error
		if raw, err = piece(src, int64(e.value()), n*size); err != nil {
			return nil, err
		}
	}
	out := make([]uint32, n)
	for i := range out {
		if size == 2 {
			out[i] = uint32(e.order.Uint16(raw[2*i:]))
		} else {
			out[i] = e.order.Uint32(raw[4*i:])
		}
	}
	return out, nil
}

// ratio is 0 for what is none.
func (e entry) ratio(src io.ReaderAt) float64 {
	b, err := piece(src, int64(e.value()), 8)
	if err != nil || e.order.Uint32(b[4:]) == 0 {
		return 0
	}
	return float64(e.order.Uint32(b)) / float64(e.order.Uint32(b[4:]))
}

// piece reads exactly n bytes. ErrDamaged when the file is shorter.
func piece(src io.ReaderAt, at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	if k, err := src.ReadAt(b, at); k < n {
		return nil, fmt.Errorf("read page: %w (%w)", ErrDamaged, err)
	}
	return b, nil
}
