package remote_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/remote"
)

func frame(header string) []byte {
	b := make([]byte, 12)
	binary.BigEndian.PutUint32(b, uint32(len(header)))
	return append(b, header...)
}

// TestHostileWorker: whatever bytes a worker sends, File ends with a state and
// Open with an error, never with a panic or a wait without end.
func TestHostileWorker(t *testing.T) {
	for name, answer := range map[string][]byte{
		"nothing":       nil,
		"half a prefix": {0, 0, 0},
		"huge header":   {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0},
		"huge body":     {0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, '{', '}'},
		"missing file":  {0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, '{', '}'},
		"no JSON":       frame("]"),
		"unknown id":    frame(`{"id":99,"kind":"answer"}`),
		"wrong answer":  frame(`{"id":1,"kind":"answer","data":[]}`),
		"error":         frame(`{"id":1,"kind":"answer","error":{"code":"x","text":"y"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			for _, ask := range []func(*remote.Client) bool{
				func(c *remote.Client) bool {
					meta, _ := pages(t, c, paper(t))
					return meta.State == extract.StateFailed
				},
				func(c *remote.Client) bool {
					_, err := c.Open(t.Context(), paper(t), "a.pdf")
					return err != nil
				},
			} {
				near, far := ends(t)
				c := remote.Dial(near, extract.Limits{})
				go func() {
					buf := make([]byte, 4096)
					_, _ = far.Read(buf)
					_, _ = far.Write(answer)
					far.Close()
				}()
				if !ask(c) {
					t.Error("it was believed")
				}
				c.Close()
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
		"unknown method": {frame(`{"id":1,"kind":"call","method":"open /etc/passwd"}`), true},
		"no descriptor":  {frame(`{"id":1,"kind":"call","method":"file","data":{}}`), true},
		"unknown handle": {frame(`{"id":1,"kind":"call","method":"page","handle":7,"data":{"page":1}}`), true},
		"answer":         {frame(`{"id":1,"kind":"answer"}`), false},
		"noise":          {[]byte("GET / HTTP/1.1\r\n\r\n"), false},
	} {
		t.Run(name, func(t *testing.T) {
			x := extractor(t)
			near, far := ends(t)
			defer near.Close()
			served := make(chan error, 1)
			go func() { served <- remote.Serve(far, x) }()
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
