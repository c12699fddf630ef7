// Package conduit carries calls to a worker process over one socket and brings
// back what it answers; the engines say what the calls mean. Files travel as
// open descriptors, never as paths.
//
// The invariant: every call is answered exactly once or ends with ErrGone, in
// bounded time; what the worker says is bounded before it is believed. What is
// held open outlives the worker it was opened in.
package conduit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrGone says that the worker died or hung up; a fresh one may be asked.
var ErrGone = errors.New("the worker is gone")

// ErrRepeated says that this file ended workers so often that none is given it
// any more.
var ErrRepeated = errors.New("this file repeatedly ends the worker")

// ErrClosed says that what was asked of was closed before.
var ErrClosed = errors.New("it is closed")

// ErrProtocol says that the other end said what it never should.
var ErrProtocol = errors.New("the peer does not keep to the protocol")

// ErrHung is, besides ErrGone, the error of the call that the worker gave no sign
// of life about. It is not asked again by itself: it would hang again.
var ErrHung = errors.New("it gave no sign of life about this call")

// gone is ErrGone with how it came.
type gone struct {
	why   string
	cause error
}

func (g *gone) Error() string { return fmt.Sprintf("%v: %s: %v", ErrGone, g.why, g.cause) }

func (g *gone) Is(target error) bool { return target == ErrGone }

func (g *gone) Unwrap() error { return g.cause }

// Why says, of an error that is ErrGone, how the worker ended: in the worker's
// own codes, WhyHung or WhyProtocol; "" when none ended.
func Why(err error) string {
	var g *gone
	if errors.As(err, &g) {
		return g.why
	}
	return ""
}

// Errors is how an engine's errors cross: by code for its sentinels, and with
// what it found out besides.
type Errors struct {
	Sentinels map[string]error // by code; both ends must have the same
	// Detail is what is known besides the text, nil for nothing; Restore gives
	// the error that the engine itself would have returned. May both be nil.
	Detail  func(err error) any
	Restore func(err error, detail json.RawMessage) error
}

// wireError is an error that crosses: its text and, when it is one of the
// sentinels, which.
type wireError struct {
	Code   string          `json:"code,omitempty"`
	Text   string          `json:"text"`
	Detail json.RawMessage `json:"detail,omitempty"`
}

// answered is an error that crossed; errors.Is finds the sentinel that was
// meant at the other end.
type answered struct {
	text  string
	meant error
}

func (e *answered) Error() string { return e.text }

func (e *answered) Unwrap() error { return e.meant }

// own are the sentinels of this room.
func own() map[string]error {
	return map[string]error{
		"gone": ErrGone, "closed": ErrClosed, "protocol": ErrProtocol,
		"canceled": context.Canceled, "deadline": context.DeadlineExceeded,
	}
}

func (t Errors) encode(err error) *wireError {
	e := &wireError{Text: err.Error()}
	for _, table := range []map[string]error{own(), t.Sentinels} {
		for code, s := range table {
			if errors.Is(err, s) {
				e.Code = code
			}
		}
	}
	if t.Detail == nil {
		return e
	}
	if d := t.Detail(err); d != nil {
		if raw, failed := json.Marshal(d); failed == nil {
			e.Detail = raw
		}
	}
	return e
}

func (t Errors) decode(e *wireError) error {
	meant := t.Sentinels[e.Code]
	if meant == nil {
		meant = own()[e.Code]
	}
	err := error(&answered{e.Text, meant})
	if t.Restore != nil && len(e.Detail) > 0 {
		err = t.Restore(err, e.Detail)
	}
	return err
}
