package speech

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Fields of an ONNX file (ModelProto), and of a word it says of itself.
const (
	fieldGraph    = 7
	fieldMetadata = 14
	wireVarint    = 0
	wireFixed64   = 1
	wireBytes     = 2
	wireFixed32   = 5
	maxMetadata   = 1 << 20 // bytes of one word: SenseVoice's longest has 12,000
)

var errNotONNX = errors.New("not a whole ONNX file")

// saysOfItself reads the words that a network carries, and its size, without
// reading the network: a file that is cut short or is something else gives an
// error here and not a dead process later.
func saysOfItself(path string) (said map[string]string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open model: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("open model: %w", err)
	}
	p := &fields{file: f, size: info.Size(), r: bufio.NewReaderSize(f, 4096)}
	said, graph := map[string]string{}, false
	for p.at < p.size {
		field, n, err := p.next()
		if err != nil {
			return nil, 0, err
		}
		graph = graph || field == fieldGraph && n > 0
		if field != fieldMetadata {
			err = p.skip(n)
		} else if n > maxMetadata {
			err = errNotONNX
		} else {
			err = p.word(said, n)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	if !graph {
		return nil, 0, errNotONNX
	}
	return said, p.size, nil
}

// fields goes over the outermost fields of a protocol buffer.
type fields struct {
	file     *os.File
	r        *bufio.Reader
	at, size int64
}

func (p *fields) ReadByte() (byte, error) {
	b, err := p.r.ReadByte()
	if err == nil {
		p.at++
	}
	return b, err
}

// next gives the number of the next field and the bytes of its value.
func (p *fields) next() (field, n int64, err error) {
	tag, err := binary.ReadUvarint(p)
	if err != nil {
		return 0, 0, errNotONNX
	}
	field = int64(tag >> 3)
	switch tag & 7 {
	case wireVarint:
		_, err = binary.ReadUvarint(p)
	case wireFixed64:
		n = 8
	case wireFixed32:
		n = 4
	case wireBytes:
		var long uint64
		long, err = binary.ReadUvarint(p)
		n = int64(long) //nolint:gosec // G115: checked below
	default:
		return 0, 0, errNotONNX
	}
	if err != nil || field == 0 || n < 0 || n > p.size-p.at {
		return 0, 0, errNotONNX
	}
	return field, n, nil
}

func (p *fields) skip(n int64) error {
	if n <= int64(p.r.Buffered()) {
		_, _ = p.r.Discard(int(n)) // it is there
	} else {
		if _, err := p.file.Seek(p.at+n, io.SeekStart); err != nil {
			return fmt.Errorf("read model: %w", err)
		}
		p.r.Reset(p.file)
	}
	p.at += n
	return nil
}

// word reads one key and its value.
func (p *fields) word(said map[string]string, n int64) error {
	raw := make([]byte, n)
	if _, err := io.ReadFull(p.r, raw); err != nil {
		return errNotONNX
	}
	p.at += n
	pair := map[uint64]string{}
	for len(raw) > 0 {
		tag, a := binary.Uvarint(raw)
		if a <= 0 || tag&7 != wireBytes {
			return errNotONNX
		}
		long, b := binary.Uvarint(raw[a:])
		if b <= 0 || long > uint64(len(raw)-a-b) { //nolint:gosec // G115: not negative, both were read from it
			return errNotONNX
		}
		start := a + b
		pair[tag>>3] = string(raw[start : start+int(long)]) //nolint:gosec // G115: bounded
		raw = raw[start+int(long):]                         //nolint:gosec // G115: bounded
	}
	said[pair[1]] = pair[2]
	return nil
}
