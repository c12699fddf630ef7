package speech

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"diaoyue.example/workstation/backend/conduit"
)

// Client is a model in a worker process, and in a fresh one after a death.
type Client struct{ line *conduit.Client }

// New gives a client that starts its worker when first asked.
func New(o conduit.Options) *Client { return &Client{conduit.New(o, conduit.Errors{})} }

// Close hangs up; what is still being asked ends.
func (c *Client) Close() error { return c.line.Close() }

// Rest lets the worker go, with all its memory; the next call starts another.
func (c *Client) Rest() { c.line.Renew() }

// Name is the kind and the digest of the model, for the sake of a recording:
// about is its file, of which nothing is handed over.
func (c *Client) Name(ctx context.Context, about *os.File) (string, error) {
	var out nameAnswer
	if _, err := c.line.Ask(ctx, conduit.Request{Method: methodName, About: about}, conduit.Once, &out); err != nil {
		return "", err
	}
	if out.Name == "" || len(out.Name) > maxName || strings.ContainsFunc(out.Name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }) {
		return "", fmt.Errorf("%s: %w", methodName, conduit.ErrProtocol)
	}
	return out.Name, nil
}

// Lines hears a piece of at most MaxPiece samples, of which what a call before
// left may be half, and emits its lines in order.
// What follows the used samples is to be given again, before what comes next:
// somebody speaks on there. The last piece is heard to its end. Errors are
// emit's, conduit.ErrGone, conduit.ErrRepeated and conduit.ErrProtocol; lines
// may have been emitted before.
func (c *Client) Lines(ctx context.Context, about *os.File, pcm []int16, last bool, emit func(Line) error) (used int, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	in := &intake{size: len(pcm), emit: emit, stop: stop}
	var out linesAnswer
	_, err = c.line.Ask(ctx, conduit.Request{
		Method: methodLines, Data: linesArgs{last}, Body: encoded(pcm), About: about, MaxBody: 8 * maxText, Keep: in.take, Linger: true,
	}, conduit.Once, &out)
	if in.failed != nil {
		return 0, in.failed
	}
	if err != nil {
		return 0, err
	}
	left := len(pcm) - out.Used
	if out.Used < in.to || left < 0 || left > maxLeft || last && left > 0 {
		return 0, fmt.Errorf("%d samples of %d used: %w", out.Used, len(pcm), conduit.ErrProtocol)
	}
	return out.Used, nil
}

var errLine = errors.New("a line that cannot be")

// intake receives the lines of one piece.
type intake struct {
	size int
	emit func(Line) error
	stop context.CancelFunc

	count, from, to int
	failed          error // emit's
}

// take judges a line and hands it on; an error says that it cannot be.
func (in *intake) take(part []byte) error {
	if in.failed != nil {
		return nil //nolint:nilerr // emit's error; the worker has not heard yet that it is over
	}
	var l Line
	if err := json.Unmarshal(part, &l); err != nil {
		return fmt.Errorf("%w: %w", errLine, err)
	}
	in.count++
	strange := func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) }
	if in.count > maxLines || l.From < in.from || l.To <= l.From || l.To > in.size || !(l.Confidence >= 0 && l.Confidence <= 1) ||
		strings.TrimSpace(l.Text) == "" || len(l.Text) > maxText || strings.ContainsFunc(l.Text, strange) {
		return errLine
	}
	in.from, in.to = l.From, max(in.to, l.To)
	if in.failed = in.emit(l); in.failed != nil {
		in.stop()
	}
	return nil
}
