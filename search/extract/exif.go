package extract

import (
	"encoding/binary"
	"image"
)

// exifBytes is how much of a JPEG file is read for its orientation.
const exifBytes = 64 << 10

// orientation is the EXIF orientation of a JPEG, 1 (upright) to 8; 1 when the
// file does not say.
func orientation(head []byte) int {
	if len(head) < 4 || head[0] != 0xff || head[1] != 0xd8 {
		return 1
	}
	for at := 2; at+4 <= len(head) && head[at] == 0xff; {
		size := int(binary.BigEndian.Uint16(head[at+2:]))
		end := at + 2 + size
		if size < 2 || end > len(head) {
			return 1
		}
		if head[at+1] == 0xe1 && size > 8 && string(head[at+4:at+10]) == "Exif\x00\x00" {
			return tiffOrientation(head[at+10 : end])
		}
		at = end
	}
	return 1
}

func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return 1
	}
	count := int(order.Uint16(b[at:]))
	for i := range count {
		e := at + 2 + i*12
		if e+12 > len(b) {
			return 1
		}
		if order.Uint16(b[e:]) == 0x0112 {
			if v := int(order.Uint16(b[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// upright turns a picture by its EXIF orientation.
func upright(src *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := w, h
	if turn >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range h {
		for x := range w {
			dx, dy := turned(x, y, w, h, turn)
			copy(dst.Pix[dst.PixOffset(dx, dy):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}

// turned is where a stored pixel is shown.
func turned(x, y, w, h, turn int) (dx, dy int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
