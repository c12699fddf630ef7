package decode

import (
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// EncodeJPEG writes p as a JPEG that fits into maxW by maxH pixels (0: no
// bound) and is never enlarged; quality 1 to 100. Colours are brought from the
// picture's matrix and range to the one that JPEG means (BT.601, full).
func EncodeJPEG(p media.Picture, maxW, maxH, quality int) ([]byte, error) {
	w, h := fit(p.Width, p.Height, maxW, maxH)
	return av.JPEG(p, w, h, quality)
}

// EncodePNG writes p in its own size without loss, in 8 bit RGB by the
// picture's matrix and range.
func EncodePNG(p media.Picture) ([]byte, error) { return av.PNG(p) }

// fit keeps the shape.
func fit(w, h, maxW, maxH int) (fw, fh int) {
	fw, fh = w, h
	if maxW > 0 && fw > maxW {
		fw, fh = maxW, (h*maxW+w/2)/w
	}
	if maxH > 0 && fh > maxH {
		fw, fh = (w*maxH+h/2)/h, maxH
	}
	return max(fw, 1), max(fh, 1)
}
