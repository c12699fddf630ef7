package extract

import "math"

// minWidth is the narrowest picture that is made of a page.
const minWidth = 16

// maxHeight is the highest: beyond 65,535 there is no JPEG, and nobody reads
// such a strip at once.
const maxHeight = 20_000

// PictureSize is the size in pixels of a page of w × h (in any unit) shown
// widthPx wide, within the limits.
func PictureSize(w, h float64, widthPx int, l Limits) (width, height int) {
	width = min(max(widthPx, minWidth), l.RenderWidth)
	if float64(width)*float64(width)*h/w > float64(l.RenderPixels) {
		width = max(1, int(math.Sqrt(float64(l.RenderPixels)*w/h)))
	}
	if float64(width)*h/w > maxHeight {
		width = max(1, int(maxHeight*w/h))
	}
	height = max(1, int(math.Round(float64(width)*h/w)))
	return width, min(height, maxHeight)
}
