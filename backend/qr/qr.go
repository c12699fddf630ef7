// Package qr draws QR codes for printed sheets.
//
// Invariant: the code holds the text byte for byte, so that what a phone reads
// from paper is what was printed.
package qr

import (
	"fmt"

	"rsc.io/qr"
)

// Quiet is the white border of a code, in modules, without which no reader
// finds it (ISO/IEC 18004).
const Quiet = 4

// PNG draws text with error correction M, scale pixels a module, with its
// white border. Texts of more than about 2,300 bytes do not fit and are an
// error.
func PNG(text string, scale int) ([]byte, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	// Not code.Image, which draws one pixel a module whatever the scale.
	code.Scale = scale
	return code.PNG(), nil
}
