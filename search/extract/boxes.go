package extract

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// boxesVersion opens packed boxes.
const boxesVersion = 1

// maxPackedBoxes bounds what packed boxes unfold to.
const maxPackedBoxes = 16 << 20

// grain is the finest place that packed boxes keep: a part of the page's side.
const grain = math.MaxUint16

// PackBoxes makes boxes small for keeping, about 4 bytes a character: places are
// kept to 1/65,535 of the page, confidence to 1/255, the text not at all.
func PackBoxes(boxes []Box) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte(boxesVersion)
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return nil, fmt.Errorf("pack boxes: %w", err)
	}
	end := 0
	var raw []byte
	for _, b := range boxes {
		if b.Start < end || b.End < b.Start {
			return nil, errors.New("pack boxes: they are not in the order of the text")
		}
		raw = binary.AppendUvarint(raw, uint64(b.Start-end))   //nolint:gosec // G115: not negative, by the line before
		raw = binary.AppendUvarint(raw, uint64(b.End-b.Start)) //nolint:gosec // G115: the same
		for _, v := range [4]float64{b.X, b.Y, b.W, b.H} {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(math.Round(min(max(v, 0), 1)*grain)))
		}
		raw = append(raw, byte(math.Round(min(max(b.Confidence, 0), 1)*math.MaxUint8)))
		end = b.End
	}
	if _, err = w.Write(raw); err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("pack boxes: %w", err)
	}
	return out.Bytes(), nil
}

// UnpackBoxes gives the boxes of a text. ErrDamaged when they are not of it.
func UnpackBoxes(packed []byte, text string) ([]Box, error) {
	if len(packed) == 0 {
		return []Box{}, nil
	}
	if packed[0] != boxesVersion {
		return nil, fmt.Errorf("unpack boxes of version %d: %w", packed[0], ErrDamaged)
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed[1:])), maxPackedBoxes))
	if err != nil {
		return nil, fmt.Errorf("unpack boxes: %w (%w)", ErrDamaged, err)
	}
	out, end := []Box{}, 0
	for len(raw) > 0 {
		gap, n := binary.Uvarint(raw)
		length, k := binary.Uvarint(raw[max(n, 0):])
		rest := max(n, 0) + max(k, 0)
		if n <= 0 || k <= 0 || gap > uint64(len(text)) || length > uint64(len(text)) || len(raw) < rest+9 {
			return nil, fmt.Errorf("unpack boxes: %w", ErrDamaged)
		}
		b := Box{Start: end + int(gap)} //nolint:gosec // G115: not longer than the text, by the line before
		b.End = b.Start + int(length)   //nolint:gosec // G115: the same
		if b.End > len(text) {
			return nil, fmt.Errorf("unpack boxes: they are longer than the text: %w", ErrDamaged)
		}
		b.Text = text[b.Start:b.End]
		for i, to := range [4]*float64{&b.X, &b.Y, &b.W, &b.H} {
			*to = float64(binary.LittleEndian.Uint16(raw[rest+2*i:])) / grain
		}
		b.Confidence = float64(raw[rest+8]) / math.MaxUint8
		out, end, raw = append(out, b), b.End, raw[rest+9:]
	}
	return out, nil
}
