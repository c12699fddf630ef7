package preview

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
)

// magic begins every preview; the last byte is the version. In version 1 tiles
// did not respect the shape of points.
const magic = "DYPREVW\x02"

const (
	version   = 2
	maxHeader = 8 << 20
	maxTiles  = 100_000
)

// pack appends a part and says where it lies.
func pack(body *bytes.Buffer, part []byte) blob {
	b := blob{At: int64(body.Len()), Size: int64(len(part)), Sum: crc32.ChecksumIEEE(part)}
	body.Write(part)
	return b
}

// write puts a preview together:
//
//	magic, length of the header as uint32 little-endian, the header as JSON
//	(Info), the SHA-256 of all before, then the parts; a part's place counts
//	from the end of that digest.
func write(info Info, body []byte) ([]byte, error) {
	head, err := json.Marshal(info)
	if err != nil {
		return nil, fmt.Errorf("write preview: %w", err)
	}
	out := make([]byte, 0, len(magic)+4+len(head)+sha256.Size+len(body))
	out = append(out, magic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(head))) //nolint:gosec // a few hundred KiB at most
	out = append(out, head...)
	sum := sha256.Sum256(out)
	out = append(out, sum[:]...)
	return append(out, body...), nil
}

// Read opens a preview of size bytes; only its header is read. Anything that
// is not what Make wrote gives ErrFormat.
func Read(from io.ReaderAt, size int64) (*Preview, error) {
	start := make([]byte, len(magic)+4)
	if size < int64(len(start)+sha256.Size) {
		return nil, ErrFormat
	}
	if _, err := from.ReadAt(start, 0); err != nil {
		return nil, fmt.Errorf("read preview: %w", err)
	}
	length := int64(binary.LittleEndian.Uint32(start[len(magic):]))
	base := int64(len(start)) + length + sha256.Size
	if string(start[:len(magic)]) != magic || length > maxHeader || base > size {
		return nil, ErrFormat
	}
	rest := make([]byte, length+sha256.Size)
	if _, err := from.ReadAt(rest, int64(len(start))); err != nil {
		return nil, fmt.Errorf("read preview: %w", err)
	}
	head, sum := rest[:length], rest[length:]
	if want := sha256.Sum256(append(start, head...)); !bytes.Equal(sum, want[:]) {
		return nil, ErrFormat
	}
	p := &Preview{from: from, base: base}
	if json.Unmarshal(head, &p.info) != nil || !p.info.sound(size-base) {
		return nil, ErrFormat
	}
	return p, nil
}

// sound reports whether every part lies within the file and every number is one
// that Make could have written.
func (i Info) sound(body int64) bool {
	within := func(b blob) bool { return b.At >= 0 && b.Size >= 0 && b.At <= body && b.Size <= body-b.At }
	if i.Version != version || len(i.Tiles) > maxTiles || !within(i.Contact.Blob) || i.Duration < 0 {
		return false
	}
	perSheet := i.Columns * i.Rows
	if len(i.Tiles) > 0 && (i.TileWidth < 1 || i.TileHeight < 1 || i.Columns < 1 || i.Rows < 1 || len(i.Sheets) != (len(i.Tiles)+perSheet-1)/perSheet) {
		return false
	}
	last := int64(-1)
	for _, t := range i.Tiles {
		if t.Frame <= last || t.Frame >= i.Frames {
			return false
		}
		last = t.Frame
	}
	for _, s := range i.Sheets {
		if !within(s) {
			return false
		}
	}
	for _, t := range i.Tracks {
		for _, l := range t.Levels {
			if !within(l.Blob) || l.BinMs < 1 || l.Bins < 0 || l.Blob.Size%2 != 0 || l.Blob.Size/2 != l.Bins {
				return false
			}
		}
	}
	return true
}
