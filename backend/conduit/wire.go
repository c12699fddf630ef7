package conduit

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Bounds of one message. The worker has foreign bytes inside it and may be
// taken over by them, so nothing that it says is believed without a bound.
const (
	MaxCallBody = 64 << 20 // of a call: a frame index

	maxCallHeader   = 32 << 20 // ours: a plan may be long
	maxAnswerHeader = 8 << 20  // the worker's: the report of an export may be long
	maxInline       = 64 << 10 // a longer body travels as shared memory
	maxFiles        = 3        // two of a call and the body
)

// message is what travels: a prefix of three big-endian uint32 (length of the
// header; length of the body; number of descriptors, with bodyApart when the
// last of them is the body), the header as JSON, the body as it is. The
// descriptors ride on the prefix (SCM_RIGHTS).
type message struct {
	header
	body  []byte
	files []*os.File // received ones are the receiver's to close
	gone  error      // instead of an answer; never travels
}

const bodyApart = 1 << 31

type header struct {
	ID     uint64          `json:"id"`   // of the request
	Kind   string          `json:"kind"` // call, cancel, progress, keep or answer
	Method string          `json:"method,omitempty"`
	Handle uint64          `json:"handle,omitempty"` // of what is held open: asked for, or just opened
	Data   json.RawMessage `json:"data,omitempty"`
	Error  *wireError      `json:"error,omitempty"`
}

const (
	kindCall     = "call"
	kindCancel   = "cancel"
	kindProgress = "progress"
	kindKeep     = "keep" // the body is a part of the work, finished or to go on from later
	kindAnswer   = "answer"
)

// wire sends and receives messages; sending is safe for concurrent use.
type wire struct {
	conn      *net.UnixConn
	maxHeader uint32                // of what is received
	maxBody   func(h header) uint32 // of what is received; told before the body is read
	sending   sync.Mutex
}

func (w *wire) send(m message) error {
	head, err := json.Marshal(m.header)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	if len(head) > maxCallHeader || len(m.body) > MaxBody || len(m.files) > maxFiles-1 {
		return fmt.Errorf("send message: %w: too large", ErrProtocol)
	}
	files, inline, apart := m.files, m.body, uint32(0)
	if len(m.body) > maxInline {
		shared, err := share(m.body)
		if err != nil {
			return fmt.Errorf("send message: %w", err)
		}
		defer shared.Close()
		files, inline, apart = append(files[:len(files):len(files)], shared), nil, bodyApart
	}
	prefix := make([]byte, 12, 12+len(head)+len(inline))
	binary.BigEndian.PutUint32(prefix, uint32(len(head)))            //nolint:gosec // G115: bounded above
	binary.BigEndian.PutUint32(prefix[4:], uint32(len(m.body)))      //nolint:gosec // G115: bounded above
	binary.BigEndian.PutUint32(prefix[8:], uint32(len(files))|apart) //nolint:gosec // G115: bounded above
	whole := append(append(prefix, head...), inline...)
	w.sending.Lock()
	defer w.sending.Unlock()
	if err := w.write(whole, files); err != nil {
		return fmt.Errorf("send message: %w", err)
	}
	return nil
}

// write sends b with the descriptors riding on its first byte.
func (w *wire) write(b []byte, files []*os.File) error {
	if len(files) == 0 {
		_, err := w.conn.Write(b)
		return err
	}
	return withDescriptors(files, nil, func(fds []int) error {
		n, _, err := w.conn.WriteMsgUnix(b, unix.UnixRights(fds...), nil)
		if err == nil && n < len(b) {
			_, err = w.conn.Write(b[n:])
		}
		return err
	})
}

// withDescriptors holds every file open while its number is used, without
// changing the file's mode as Fd would.
func withDescriptors(files []*os.File, fds []int, use func([]int) error) error {
	if len(files) == 0 {
		return use(fds)
	}
	raw, err := files[0].SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		inner = withDescriptors(files[1:], append(fds, int(fd)), use)
	})
	return errors.Join(err, inner)
}

func (w *wire) receive() (message, error) {
	var m message
	if err := w.receiveInto(&m); err != nil {
		m.closeFiles()
		return message{}, err
	}
	return m, nil
}

func (w *wire) receiveInto(m *message) error {
	prefix := make([]byte, 12)
	if err := w.receivePrefix(prefix, m); err != nil {
		return err
	}
	headLen, bodyLen, files := binary.BigEndian.Uint32(prefix), binary.BigEndian.Uint32(prefix[4:]), binary.BigEndian.Uint32(prefix[8:])
	apart := files&bodyApart != 0
	if headLen > w.maxHeader || int(files&^bodyApart) != len(m.files) || apart && len(m.files) == 0 || !apart && bodyLen > maxInline {
		return ErrProtocol
	}
	head := make([]byte, headLen)
	if _, err := io.ReadFull(w.conn, head); err != nil {
		return err
	}
	if err := json.Unmarshal(head, &m.header); err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	if bodyLen > w.maxBody(m.header) {
		return fmt.Errorf("%w: a body of %d bytes", ErrProtocol, bodyLen)
	}
	if apart {
		body := m.files[len(m.files)-1]
		m.files = m.files[:len(m.files)-1]
		defer body.Close()
		var err error
		m.body, err = unshare(body, int(bodyLen))
		return err
	}
	if bodyLen > 0 {
		m.body = make([]byte, bodyLen)
		if _, err := io.ReadFull(w.conn, m.body); err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) receivePrefix(prefix []byte, m *message) error {
	oob := make([]byte, unix.CmsgSpace(maxFiles*4))
	for got := 0; got < len(prefix); {
		n, oobn, flags, _, err := w.conn.ReadMsgUnix(prefix[got:], oob)
		if oobn > 0 {
			if bad := m.takeFiles(oob[:oobn]); bad != nil {
				return bad
			}
		}
		switch {
		case err != nil:
			return err
		case flags&unix.MSG_CTRUNC != 0 || len(m.files) > maxFiles:
			return fmt.Errorf("%w: too many descriptors", ErrProtocol)
		case n == 0:
			return io.EOF
		}
		got += n
	}
	return nil
}

func (m *message) takeFiles(oob []byte) error {
	controls, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	for i := range controls {
		fds, err := unix.ParseUnixRights(&controls[i])
		if err != nil {
			return fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		for _, fd := range fds {
			m.files = append(m.files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return nil
}

func (m *message) closeFiles() {
	for _, f := range m.files {
		_ = f.Close() // only handed on
	}
	m.files = nil
}

// socketPair returns the two ends of a stream socket.
func socketPair() (a, b *net.UnixConn, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make socket pair: %w", err)
	}
	ends := make([]*net.UnixConn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "socketpair")
		c, err := net.FileConn(f)
		_ = f.Close() // FileConn has a duplicate
		if err != nil {
			return nil, nil, fmt.Errorf("make socket pair: %w", err)
		}
		ends[i], _ = c.(*net.UnixConn)
	}
	return ends[0], ends[1], nil
}
