package speech

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"sync"

	"diaoyue.example/workstation/backend/conduit"
)

// Serve answers requests with ears until the other end hangs up, which is no
// error. It is what a worker process runs.
func Serve(conn *net.UnixConn, ears Ears) error {
	s := &server{ears: ears}
	return conduit.Serve(conn, conduit.Errors{}, s.do)
}

type server struct {
	turn sync.Mutex
	ears Ears
}

func (s *server) do(ctx context.Context, c *conduit.Call) (data any, body []byte, err error) {
	switch c.Method {
	case methodName:
		return nameAnswer{s.ears.Name()}, nil, nil
	case methodLines:
		s.turn.Lock()
		defer s.turn.Unlock()
		data, err = s.lines(ctx, c)
		return data, nil, err
	}
	return nil, nil, fmt.Errorf("%w: method %q", conduit.ErrProtocol, c.Method)
}

func (s *server) lines(ctx context.Context, c *conduit.Call) (any, error) {
	var args linesArgs
	if err := c.Arguments(&args); err != nil {
		return nil, err
	}
	if len(c.Body) > 2*MaxPiece {
		return nil, fmt.Errorf("%w: a piece of %d bytes", conduit.ErrProtocol, len(c.Body))
	}
	pcm := decoded(c.Body)
	spans, used := spansOf(s.ears, pcm, args.Last)
	before := ""
	for i, p := range spans {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.Progress(int64(i), int64(len(spans))) // a sign of life: a span takes its time
		said, err := s.ears.Words(pcm[p.from:p.to])
		if err != nil {
			return nil, err
		}
		for _, l := range linesOf(said, p, before) {
			part, err := json.Marshal(l)
			if err != nil {
				return nil, fmt.Errorf("encode line: %w", err)
			}
			if err = c.Keep(part); err != nil {
				return nil, err
			}
		}
		before = said.Text
	}
	return linesAnswer{used}, nil
}

func encoded(pcm []int16) []byte {
	out := make([]byte, 0, 2*len(pcm))
	for _, v := range pcm {
		out = binary.LittleEndian.AppendUint16(out, uint16(v)) //nolint:gosec // G115: the bits are kept
	}
	return out
}

func decoded(b []byte) []float32 {
	out := make([]float32, len(b)/2)
	for i := range out {
		out[i] = float32(int16(binary.LittleEndian.Uint16(b[2*i:]))) / 32768 //nolint:gosec // G115: the bits are kept
	}
	return out
}
