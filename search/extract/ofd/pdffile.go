package ofd

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// pdfFile writes the objects of a PDF. Streams are not compressed: it lives in
// memory for as long as its page is looked at.
type pdfFile struct {
	buf bytes.Buffer
	at  []int // offset of object i+1; 0 while it is only promised
}

func newPDFFile() *pdfFile {
	f := &pdfFile{}
	f.buf.WriteString("%PDF-1.7\n")
	return f
}

// promise gives a number to an object that is written later.
func (f *pdfFile) promise() int {
	f.at = append(f.at, 0)
	return len(f.at)
}

// keep writes a promised object: a dictionary or other value, and its stream
// when there is one.
func (f *pdfFile) keep(id int, value string) {
	f.at[id-1] = f.buf.Len()
	fmt.Fprintf(&f.buf, "%d 0 obj\n%s\nendobj\n", id, value)
}

// put writes an object and gives its number.
func (f *pdfFile) put(value string) int {
	id := f.promise()
	f.keep(id, value)
	return id
}

// stream writes a stream; entries stand in its dictionary beside the length.
func (f *pdfFile) stream(entries string, data []byte) int {
	id := f.promise()
	f.at[id-1] = f.buf.Len()
	fmt.Fprintf(&f.buf, "%d 0 obj\n<< %s /Length %d >>\nstream\n", id, entries, len(data))
	f.buf.Write(data)
	f.buf.WriteString("\nendstream\nendobj\n")
	return id
}

// finish writes the table of objects and gives the file.
func (f *pdfFile) finish(root int) []byte {
	xref := f.buf.Len()
	fmt.Fprintf(&f.buf, "xref\n0 %d\n0000000000 65535 f \n", len(f.at)+1)
	for _, at := range f.at {
		fmt.Fprintf(&f.buf, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&f.buf, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(f.at)+1, root, xref)
	return f.buf.Bytes()
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
