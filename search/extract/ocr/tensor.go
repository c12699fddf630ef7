package ocr

import "image"

// tensor is n pictures of w × h pixels as the networks take them: plane by
// plane, blue first, for they were taught by a library that keeps them so.
type tensor struct {
	n, w, h int
	data    []float32
}

// scaling turns a byte of each plane (blue, green, red) into a number.
type scaling struct{ mean, std [3]float32 }

// forDetection is the scaling that detection was taught with, plane by plane.
func forDetection() scaling {
	return scaling{mean: [3]float32{0.485, 0.456, 0.406}, std: [3]float32{0.229, 0.224, 0.225}}
}

// forReading is the scaling of the two networks that look at lines.
func forReading() scaling {
	return scaling{mean: [3]float32{0.5, 0.5, 0.5}, std: [3]float32{0.5, 0.5, 0.5}}
}

func newTensor(n, w, h int) tensor { return tensor{n: n, w: w, h: h, data: make([]float32, n*3*w*h)} }

// put writes a picture, not larger than the tensor's, as the i-th. What it
// leaves free stays 0, which is grey.
func (t tensor) put(i int, img *image.RGBA, s scaling) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	plane := t.w * t.h
	for c := range 3 {
		var table [256]float32
		for v := range table {
			table[v] = (float32(v)/255 - s.mean[c]) / s.std[c]
		}
		at := (i*3 + c) * plane
		for y := range h {
			row := img.Pix[y*img.Stride : y*img.Stride+4*w]
			out := t.data[at+y*t.w : at+y*t.w+w]
			for x := range out {
				out[x] = table[row[4*x+2-c]]
			}
		}
	}
}
