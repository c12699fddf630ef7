package word

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound"
)

// Places in the file information block, which opens the stream WordDocument
// ([MS-DOC] 2.5).
const (
	fibBytes     = 0x1aa
	fibVersion   = 0x02 // nFib
	fibFlags     = 0x0a
	fibClx       = 0x1a2 // offset of the piece table in the table stream, then its length
	flagEncrypt  = 0x0100
	flagTable1   = 0x0200
	word97       = 0xc1
	magicWord97  = 0xa5ec
	pieceBytes   = 8 // of a piece descriptor
	singleByte   = 1 << 30
	prcTag       = 1
	pieceTag     = 2
	streamLimit  = 256 << 20
	mainStream   = "WordDocument"
	pictureSpare = "Data"
)

// binary reads a DOC: the text lies in pieces of the main stream, and a table in
// another stream says in which order.
func (w *Format) binary(ctx context.Context, f *os.File, size int64) (text string, pictures bool, err error) {
	c, err := compound.Open(f, size)
	if err != nil {
		return "", false, err
	}
	if c.Has("EncryptedPackage") {
		return "", false, extract.ErrEncrypted
	}
	if !c.Has(mainStream) {
		return "", false, fmt.Errorf("%s: %w", stranger(c), extract.ErrUnsupported)
	}
	main, err := c.Stream(mainStream, streamLimit)
	if err != nil {
		return "", false, err
	}
	if len(main) < 0x20 {
		return "", false, fmt.Errorf("main stream of %d bytes: %w", len(main), extract.ErrDamaged)
	}
	flags := binary.LittleEndian.Uint16(main[fibFlags:])
	if flags&flagEncrypt != 0 {
		return "", false, extract.ErrEncrypted
	}
	if magic, v := binary.LittleEndian.Uint16(main), binary.LittleEndian.Uint16(main[fibVersion:]); v < word97 || magic != magicWord97 {
		if v >= word97 || v == 0 {
			return "", false, fmt.Errorf("main stream begins with %04x: %w", magic, extract.ErrDamaged)
		}
		return "", false, fmt.Errorf("a document of Word 6 or 95: %w", extract.ErrUnsupported)
	}
	name := "0Table"
	if flags&flagTable1 != 0 {
		name = "1Table"
	}
	table, err := c.Stream(name, streamLimit)
	if err != nil {
		return "", false, err
	}
	pieces, err := pieceTable(main, table)
	if err != nil {
		return "", false, err
	}
	r := runs{limit: w.limits.TextBytes}
	for _, p := range pieces {
		if err := ctx.Err(); err != nil {
			return "", false, err
		}
		if err := r.piece(main, p); err != nil {
			return "", false, err
		}
	}
	return r.out.String(), r.pictures, nil
}

// stranger names a compound file that is no Word document.
func stranger(c *compound.File) string {
	for _, k := range []struct{ entry, kind string }{
		{"Workbook", "a workbook of Excel 97 to 2003"},
		{"Book", "a workbook of Excel 5 or 95"},
		{"PowerPoint Document", "a presentation of PowerPoint 97 to 2003"},
		{"__properties_version1.0", "a mail of Outlook"},
		{"VisioDocument", "a drawing of Visio"},
	} {
		if c.Has(k.entry) {
			return k.kind
		}
	}
	return "a compound file of an unknown kind"
}

// piece is a run of characters of the main stream.
type piece struct {
	at, count int // bytes, characters
	single    bool
}

// pieceTable reads the table of pieces ([MS-DOC] 2.9.38, 2.8.35).
func pieceTable(main, table []byte) ([]piece, error) {
	if len(main) < fibBytes {
		return nil, fmt.Errorf("main stream of %d bytes: %w", len(main), extract.ErrDamaged)
	}
	at, n := int64(binary.LittleEndian.Uint32(main[fibClx:])), int64(binary.LittleEndian.Uint32(main[fibClx+4:]))
	if n == 0 || at+n > int64(len(table)) {
		return nil, fmt.Errorf("piece table outside its stream: %w", extract.ErrDamaged)
	}
	clx := table[at : at+n]
	for len(clx) > 3 && clx[0] == prcTag { // properties come first
		skip := 3 + int(binary.LittleEndian.Uint16(clx[1:]))
		if skip > len(clx) {
			return nil, fmt.Errorf("properties outside the piece table: %w", extract.ErrDamaged)
		}
		clx = clx[skip:]
	}
	if len(clx) < 5 || clx[0] != pieceTag {
		return nil, fmt.Errorf("no piece table: %w", extract.ErrDamaged)
	}
	body := clx[5:]
	length := min(int64(binary.LittleEndian.Uint32(clx[1:])), int64(len(body)))
	count := int((length - 4) / (4 + pieceBytes))
	out := make([]piece, 0, max(count, 0))
	for i := range count {
		from, to := binary.LittleEndian.Uint32(body[4*i:]), binary.LittleEndian.Uint32(body[4*i+4:])
		fc := binary.LittleEndian.Uint32(body[4*(count+1)+pieceBytes*i+2:])
		if to < from {
			return nil, fmt.Errorf("pieces out of order: %w", extract.ErrDamaged)
		}
		p := piece{at: int(fc &^ (3 << 30)), count: int(to - from), single: fc&singleByte != 0}
		width := 2
		if p.single {
			p.at, width = p.at/2, 1
		}
		if p.at+p.count*width > len(main) {
			return nil, fmt.Errorf("a piece outside the main stream: %w", extract.ErrDamaged)
		}
		out = append(out, p)
	}
	return out, nil
}
