package worker

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"syscall"
)

// Why a child ended. These are codes; the words are the screen's.
const (
	WhyHung     = "hung"     // killed: it did not answer in time
	WhyProtocol = "protocol" // killed: what it said made no sense
	WhyMemory   = "memory"   // it wanted more than its share
	WhyCrash    = "crash"    // a decoder broke
	WhyKilled   = "killed"   // by the system or a person
	WhyExit     = "exit"     // it ended by itself
	WhyClosed   = "closed"   // we hung up
)

// Exit is how a child ended.
type Exit struct {
	Why    string
	Signal string // of the kernel, or of the crash inside; "" none
	Code   int    // -1 after a signal
}

// exitOf judges an end by the state of the process, by what we did to it
// ourselves and by the first words it said when it died: Go's runtime catches a
// crash of C code, tells of it and exits with 2.
func exitOf(state *os.ProcessState, killed, said string) Exit {
	e := Exit{Code: state.ExitCode(), Why: WhyExit}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		e.Signal, e.Why = signalName(ws.Signal()), WhyCrash
		if ws.Signal() == syscall.SIGKILL || ws.Signal() == syscall.SIGTERM {
			e.Why = WhyKilled
		}
	}
	switch {
	case strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory") ||
		strings.Contains(said, "failed to create new OS thread") || strings.Contains(said, "pthread_create failed"):
		e.Why = WhyMemory
	case e.Code == 2 && strings.Contains(said, "SIG"):
		e.Why, e.Signal = WhyCrash, named(said)
	case e.Code == 2 && (strings.Contains(said, "panic:") || strings.Contains(said, "fatal error:")):
		e.Why = WhyCrash
	}
	if killed != "" && e.Why != WhyMemory {
		e.Why = killed
	}
	return e
}

func named(said string) string {
	for _, s := range []string{"SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL", "SIGSYS"} {
		if strings.Contains(said, s) {
			return s
		}
	}
	return ""
}

func signalName(s syscall.Signal) string {
	names := map[syscall.Signal]string{
		syscall.SIGSEGV: "SIGSEGV", syscall.SIGBUS: "SIGBUS", syscall.SIGABRT: "SIGABRT", syscall.SIGFPE: "SIGFPE",
		syscall.SIGILL: "SIGILL", syscall.SIGSYS: "SIGSYS", syscall.SIGKILL: "SIGKILL", syscall.SIGTERM: "SIGTERM",
		syscall.SIGXFSZ: "SIGXFSZ", syscall.SIGXCPU: "SIGXCPU",
	}
	if n := names[s]; n != "" {
		return n
	}
	return s.String()
}

// head keeps the first words of what is written to it and swallows the rest: a
// child that was taken over may talk without end.
type head struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *head) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if room := 4096 - h.buf.Len(); room > 0 {
		h.buf.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.String()
}
