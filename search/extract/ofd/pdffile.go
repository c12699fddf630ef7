package ofd

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
)

// pdfFile writes the objects of a PDF. It lives in memory for as long as its
// page is looked at, so streams are neither compressed nor copied: the file is
// a row of pieces.
type pdfFile struct {
	pieces [][]byte
	starts []int64 // of each piece
	size   int64   // of all pieces
	tail   bytes.Buffer
	at     []int64 // offset of object i+1; 0 while it is only promised
}

func newPDFFile() *pdfFile {
	f := &pdfFile{}
	f.tail.WriteString("%PDF-1.7\n")
	return f
}

// promise gives a number to an object that is written later.
func (f *pdfFile) promise() int {
	f.at = append(f.at, 0)
	return len(f.at)
}

// here is the offset at which the next byte is written.
func (f *pdfFile) here() int64 { return f.size + int64(f.tail.Len()) }

// keep writes a promised object: a dictionary or other value.
func (f *pdfFile) keep(id int, value string) {
	f.at[id-1] = f.here()
	fmt.Fprintf(&f.tail, "%d 0 obj\n%s\nendobj\n", id, value)
}

// put writes an object and gives its number.
func (f *pdfFile) put(value string) int {
	id := f.promise()
	f.keep(id, value)
	return id
}

// stream writes a stream, whose data must not change afterwards; entries stand
// in its dictionary beside the length.
func (f *pdfFile) stream(entries string, data []byte) int {
	id := f.promise()
	f.at[id-1] = f.here()
	fmt.Fprintf(&f.tail, "%d 0 obj\n<< %s /Length %d >>\nstream\n", id, entries, len(data))
	f.cut()
	f.add(data)
	f.tail.WriteString("\nendstream\nendobj\n")
	return id
}

// cut makes a piece of what was written since the last one.
func (f *pdfFile) cut() {
	f.add(bytes.Clone(f.tail.Bytes()))
	f.tail.Reset()
}

func (f *pdfFile) add(piece []byte) {
	f.pieces, f.starts = append(f.pieces, piece), append(f.starts, f.size)
	f.size += int64(len(piece))
}

// finish writes the table of objects; the file can be read now.
func (f *pdfFile) finish(root int) {
	xref := f.here()
	fmt.Fprintf(&f.tail, "xref\n0 %d\n0000000000 65535 f \n", len(f.at)+1)
	for _, at := range f.at {
		fmt.Fprintf(&f.tail, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&f.tail, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(f.at)+1, root, xref)
	f.cut()
}

// ReadAt is io.ReaderAt.
func (f *pdfFile) ReadAt(p []byte, off int64) (n int, err error) {
	i := sort.Search(len(f.starts), func(i int) bool { return f.starts[i] > off }) - 1
	for ; i >= 0 && i < len(f.pieces) && n < len(p); i++ {
		if from := off + int64(n) - f.starts[i]; from < int64(len(f.pieces[i])) {
			n += copy(p[n:], f.pieces[i][from:])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// write appends numbers as PDF wants them, then an operator.
func write(b *bytes.Buffer, op string, v ...float64) {
	for _, x := range v {
		b.Write(appendNumber(nil, x))
		b.WriteByte(' ')
	}
	b.WriteString(op)
	b.WriteByte('\n')
}

// appendNumber writes without exponent, six places at most.
func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) {
		v = 0
	}
	b = strconv.AppendFloat(b, min(max(v, -far*far), far*far), 'f', 6, 64)
	b = bytes.TrimRight(b, "0")
	return bytes.TrimSuffix(b, []byte("."))
}

func numberList(v []float64) string {
	out := []byte("[")
	for _, x := range v {
		out = append(appendNumber(out, x), ' ')
	}
	return string(append(out, ']'))
}
