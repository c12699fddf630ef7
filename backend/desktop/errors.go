package desktop

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"diaoyue.example/workstation/backend/fault"
)

// Sentinels of the shell itself; everything else comes from the rooms below.
var (
	// ErrNotOpen: no archive is open.
	ErrNotOpen = fault.New("desktop.not_open", "no archive is open")
	// ErrNotSignedIn: nobody sits at the station.
	ErrNotSignedIn = fault.New("desktop.not_signed_in", "nobody is signed in")
	// ErrLocked: the seat is locked until its password is given.
	ErrLocked = fault.New("desktop.locked", "the seat is locked")
	// ErrNoArticle: the rules have no article of that key.
	ErrNoArticle = fault.New("desktop.no_article", "no such article")
	// ErrBadRequest: the address or its numbers cannot be read.
	ErrBadRequest = fault.New("desktop.bad_request", "the request cannot be read")
	// ErrNotWritten: a paper's file could not be written. Parameter "path".
	ErrNotWritten = fault.New("desktop.not_written", "the file could not be written")
	// ErrStopped: the person stopped it; nothing was concluded.
	ErrStopped = fault.New("desktop.stopped", "stopped by the person")
	// ErrPanic: a face failed in a way nobody foresaw; the log file has the trace.
	ErrPanic = fault.New("desktop.panic", "a face failed")
)

// Problem is how an error crosses the bridge.
type Problem struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Params  map[string]string `json:"params"`
}

// FormatError is how the window's bridge is told of an error: a Problem as JSON
// text. It must be text: Wails hands the page new Error(text), which of an
// object would leave "[object Object]" and lose the code.
func FormatError(err error) any {
	text, encodeErr := json.Marshal(ProblemOf(err))
	if encodeErr != nil {
		return err.Error()
	}
	return string(text)
}

// ProblemOf turns any error into a Problem. The message is for the developer;
// the interface shows the sentence of the code.
func ProblemOf(err error) Problem {
	params := fault.Params(err)
	if params == nil {
		params = map[string]string{}
	}
	code := fault.Code(err)
	message := err.Error()
	if code == fault.Internal {
		// An unforeseen error may hold a path or a name: the log file has it,
		// the glass does not.
		message = "internal error"
	}
	return Problem{Code: code, Message: message, Params: params}
}

// caught is deferred by everything the bridge calls: a panic in a bound method
// would leave the page's promise pending for ever.
func (s *Shell) caught(err *error) {
	if x := recover(); x != nil {
		s.log.Error("face panicked", slog.String("panic", fmt.Sprint(x)), slog.String("stack", string(debug.Stack())))
		*err = ErrPanic.With()
		return
	}
	if *err != nil && fault.Code(*err) == fault.Internal && !errors.Is(*err, s.ctx.Err()) {
		s.log.Error("face failed", slog.String("error", (*err).Error()))
	}
}
