package extract

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
)

// maxPieceBytes bounds one packed strip or tile.
const maxPieceBytes = 64 << 20

// decodeJPEG puts together a page whose strips or tiles are JPEG pictures with
// common tables, as office copiers write them.
func (x *fax) decodeJPEG(d directory) (image.Image, error) {
	tables, err := x.tables(d)
	if err != nil {
		return nil, err
	}
	if d.pieceWidth < 1 || d.pieceHeight < 1 || len(d.pieceBytes) < len(d.pieces) {
		return nil, fmt.Errorf("read page: strips without size: %w", ErrDamaged)
	}
	across := (d.width + d.pieceWidth - 1) / d.pieceWidth
	out := image.NewRGBA(image.Rect(0, 0, d.width, d.height))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	for i, at := range d.pieces {
		corner := image.Pt(i%across*d.pieceWidth, i/across*d.pieceHeight)
		if corner.Y >= d.height {
			break
		}
		if d.pieceBytes[i] > maxPieceBytes {
			return nil, fmt.Errorf("read page: a strip of %d bytes: %w", d.pieceBytes[i], ErrLimit)
		}
		raw, err := piece(x.src, int64(at), int(d.pieceBytes[i]))
		if err != nil {
			return nil, err
		}
		img, err := jpeg.Decode(bytes.NewReader(whole(tables, raw)))
		if err != nil {
			return nil, fmt.Errorf("read page: %w (%w)", ErrDamaged, err)
		}
		draw.Draw(out, img.Bounds().Add(corner), img, img.Bounds().Min, draw.Src)
	}
	return out, nil
}

// tables are the bytes that stand before each strip's own: a JPEG without
// picture and end and, where the samples are RGB, Adobe's mark that says so.
func (x *fax) tables(d directory) ([]byte, error) {
	out := []byte{0xff, 0xd8}
	if d.photometric == photometricRGB {
		out = append(out, 0xff, 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0)
	}
	if d.tablesBytes == 0 {
		return out, nil
	}
	if d.tablesBytes > maxPieceBytes {
		return nil, fmt.Errorf("read page: tables of %d bytes: %w", d.tablesBytes, ErrLimit)
	}
	raw, err := piece(x.src, int64(d.tablesAt), int(d.tablesBytes))
	if err != nil {
		return nil, err
	}
	if len(raw) < 4 {
		return nil, fmt.Errorf("read page: tables cut short: %w", ErrDamaged)
	}
	return append(out, raw[2:len(raw)-2]...), nil
}

// whole is a strip with the tables before it; its own beginning goes.
func whole(tables, strip []byte) []byte {
	out := append([]byte{}, tables...)
	if len(strip) > 2 && strip[0] == 0xff && strip[1] == 0xd8 {
		strip = strip[2:]
	}
	return append(out, strip...)
}
