package remote

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
	maxHeader = 32 << 20
	maxBody   = 512 << 20
	maxFiles  = 2
)

var errProtocol = errors.New("the peer does not keep to the protocol")

// message is what travels: a prefix of three big-endian uint32 (length of the
// header, length of the body, number of descriptors), the header as JSON, the
// body as it is. The descriptors ride on the prefix (SCM_RIGHTS).
type message struct {
	header
	body  []byte
	files []*os.File // received ones are the receiver's to close
}

type header struct {
	ID     uint64          `json:"id"`   // of the request
	Kind   string          `json:"kind"` // call, cancel, progress or answer
	Method string          `json:"method,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
	Error  *wireError      `json:"error,omitempty"`
}

const (
	kindCall     = "call"
	kindCancel   = "cancel"
	kindProgress = "progress"
	kindAnswer   = "answer"
)

// wire sends and receives messages; sending is safe for concurrent use.
type wire struct {
	conn    *net.UnixConn
	sending sync.Mutex
}

func (w *wire) send(m message) error {
	head, err := json.Marshal(m.header)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	if len(head) > maxHeader || len(m.body) > maxBody || len(m.files) > maxFiles {
		return fmt.Errorf("send message: %w: too large", errProtocol)
	}
	prefix := make([]byte, 12)
	binary.BigEndian.PutUint32(prefix, uint32(len(head)))        //nolint:gosec // G115: bounded above
	binary.BigEndian.PutUint32(prefix[4:], uint32(len(m.body)))  //nolint:gosec // G115: bounded above
	binary.BigEndian.PutUint32(prefix[8:], uint32(len(m.files))) //nolint:gosec // G115: bounded above
	w.sending.Lock()
	defer w.sending.Unlock()
	if err := w.sendPrefix(prefix, m.files); err != nil {
		return fmt.Errorf("send message: %w", err)
	}
	buffers := net.Buffers{head, m.body}
	if _, err := buffers.WriteTo(w.conn); err != nil {
		return fmt.Errorf("send message: %w", err)
	}
	return nil
}

func (w *wire) sendPrefix(prefix []byte, files []*os.File) error {
	if len(files) == 0 {
		_, err := w.conn.Write(prefix)
		return err
	}
	return withDescriptors(files, nil, func(fds []int) error {
		n, _, err := w.conn.WriteMsgUnix(prefix, unix.UnixRights(fds...), nil)
		if err == nil && n < len(prefix) {
			_, err = w.conn.Write(prefix[n:])
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
	prefix := make([]byte, 12)
	var m message
	fail := func(err error) (message, error) {
		m.closeFiles()
		return message{}, err
	}
	if err := w.receivePrefix(prefix, &m); err != nil {
		return fail(err)
	}
	headLen, bodyLen, files := binary.BigEndian.Uint32(prefix), binary.BigEndian.Uint32(prefix[4:]), binary.BigEndian.Uint32(prefix[8:])
	if headLen > maxHeader || bodyLen > maxBody || int(files) != len(m.files) {
		return fail(errProtocol)
	}
	head := make([]byte, headLen)
	if _, err := io.ReadFull(w.conn, head); err != nil {
		return fail(err)
	}
	if err := json.Unmarshal(head, &m.header); err != nil {
		return fail(fmt.Errorf("%w: %w", errProtocol, err))
	}
	if bodyLen > 0 {
		m.body = make([]byte, bodyLen)
		if _, err := io.ReadFull(w.conn, m.body); err != nil {
			return fail(err)
		}
	}
	return m, nil
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
		case flags&unix.MSG_CTRUNC != 0:
			return fmt.Errorf("%w: too many descriptors", errProtocol)
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
		return fmt.Errorf("%w: %w", errProtocol, err)
	}
	for i := range controls {
		fds, err := unix.ParseUnixRights(&controls[i])
		if err != nil {
			return fmt.Errorf("%w: %w", errProtocol, err)
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
