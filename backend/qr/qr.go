// Package qr draws QR codes for printed sheets.
//
// Invariant: the code holds the text byte for byte, so that what a phone reads
// from paper is what was printed.
package qr

import (
	"bytes"
	"fmt"
	"image/png"

	"rsc.io/qr"
)

// PNG draws text with error correction M, scale pixels a module. Texts of more
// than about 2,300 bytes do not fit and are an error.
func PNG(text string, scale int) ([]byte, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	code.Scale = scale
	var b bytes.Buffer
	if err := png.Encode(&b, code.Image()); err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	return b.Bytes(), nil
}
