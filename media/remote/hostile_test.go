package remote_test

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/media/remote"
)

// ends gives the two ends of a socket.
func ends(tb testing.TB) (near, far *net.UnixConn) {
	tb.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	out := make([]*net.UnixConn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "end")
		c, err := net.FileConn(f)
		f.Close()
		if err != nil {
			tb.Fatal(err)
		}
		out[i] = c.(*net.UnixConn)
		tb.Cleanup(func() { out[i].Close() })
	}
	return out[0], out[1]
}

func frame(header, body string) []byte {
	b := make([]byte, 12)
	binary.BigEndian.PutUint32(b, uint32(len(header)))
	binary.BigEndian.PutUint32(b[4:], uint32(len(body)))
	return append(append(b, header...), body...)
}

// TestHostileWorker: whatever a worker says, the client ends with ErrWorkerGone
// or an answer, never with a panic or a wait without end.
func TestHostileWorker(t *testing.T) {
	for name, answer := range map[string][]byte{
		"nothing":         nil,
		"half a prefix":   {0, 0, 0},
		"huge header":     {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0},
		"huge body":       {0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, '{', '}'},
		"missing file":    {0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, '{', '}'},
		"no JSON":         frame("]", ""),
		"unknown id":      frame(`{"id":99,"kind":"answer"}`, "x"),
		"wrong answer":    frame(`{"id":1,"kind":"answer","data":[]}`, ""),
		"error of no one": frame(`{"id":1,"kind":"answer","error":{"code":"x","text":"y"}}`, ""),
	} {
		t.Run(name, func(t *testing.T) {
			near, far := ends(t)
			c := remote.Dial(near)
			defer c.Close()
			go func() {
				buf := make([]byte, 4096)
				_, _ = far.Read(buf)
				_, _ = far.Write(answer)
				far.Close()
			}()
			f, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := c.Probe(t.Context(), f); err == nil {
				t.Error("no error")
			}
		})
	}
}

// TestHostileParent: a worker serves nothing but the protocol, and ends.
func TestHostileParent(t *testing.T) {
	for name, c := range map[string]struct {
		say  []byte
		good bool
	}{
		"hang up":        {nil, true},
		"unknown method": {frame(`{"id":1,"kind":"call","method":"open /etc/passwd"}`, ""), true},
		"no descriptor":  {frame(`{"id":1,"kind":"call","method":"probe"}`, ""), true},
		"unknown handle": {frame(`{"id":1,"kind":"call","method":"frame","data":{"handle":7}}`, ""), true},
		"cancel nothing": {frame(`{"id":1,"kind":"cancel"}`, ""), true},
		"answer":         {frame(`{"id":1,"kind":"answer"}`, ""), false},
		"noise":          {[]byte("GET / HTTP/1.1\r\n\r\n"), false},
	} {
		t.Run(name, func(t *testing.T) {
			near, far := ends(t)
			served := make(chan error, 1)
			go func() { served <- remote.Serve(far) }()
			if _, err := near.Write(c.say); err != nil {
				t.Fatal(err)
			}
			if err := near.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if err := <-served; (err == nil) != c.good && !errors.Is(err, unix.EPIPE) {
				t.Errorf("served with %v", err)
			}
		})
	}
}
