// Package worker starts the child processes that touch foreign bytes, locks
// them in, and notices how they end.
//
// Invariant: a child has one socket to its parent and the files that are
// handed over it, besides what it opened itself before it was locked in, and
// nothing else: no name of a file, no network, no other program, no new machine
// code, no more memory than its share. When the parent dies it dies too;
// when it dies the parent is told how, and goes on.
package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Commands that make this program a child; hidden from its users.
const (
	Media   = "media-worker"
	Extract = "extract-worker"
	Speech  = "speech-worker"
)

// What can go wrong with starting a child.
var (
	// ErrStart says that no child could be started; the reason is wrapped.
	ErrStart = errors.New("the worker process cannot be started")
	// ErrNested says that a child wanted a child. A test binary whose TestMain
	// does not hand over to Main would otherwise run its tests without end.
	ErrNested = errors.New("a worker starts no workers")
)

// Limits of a child, in bytes and numbers; 0 leaves the system's.
type Limits struct {
	Data     uint64 `json:"data"`      // writable private memory (RLIMIT_DATA)
	Heap     int64  `json:"heap"`      // where Go's own collector begins to hurry
	Files    uint64 `json:"files"`     // open descriptors
	FileSize uint64 `json:"file_size"` // longest file or shared memory it may write
}

// Command says what to start.
type Command struct {
	Name   string // Media, Extract or Speech
	Role   string // what for, shown in the list of processes: desk, bench
	Limits Limits
	Late   bool   // it works in the background: what a person waits for has the processors first
	Setup  []byte // JSON for Engine.Warm, at most 8 KiB; may be nil
	// Patience is how long it may take to warm up and lock itself in; 0 is 20 s.
	Patience time.Duration
}

// letter is what a child is told first.
type letter struct {
	Limits Limits          `json:"limits"`
	Late   bool            `json:"late,omitempty"`
	Setup  json.RawMessage `json:"setup,omitempty"`
}

// stepBack is how much less of the processors a late child gets (nice).
const stepBack = 10

// patience is how long a child may take to lock itself in when nothing else is
// said.
const patience = 20 * time.Second

// Child is a running child. It is safe for concurrent use.
type Child struct {
	conn   *net.UnixConn
	status Status
	pid    int

	mu     sync.Mutex
	killed string // why we ended it ourselves
	exit   Exit
	proc   *os.Process
	done   chan struct{}
}

// Start starts this very program anew as the child c and returns when it has
// locked itself in. The child lives until it is killed, dies, or its socket is
// closed. Errors: ErrStart, ErrNested, the context's.
func Start(ctx context.Context, c Command) (*Child, error) {
	if len(os.Args) > 1 && slices.Contains(names(), os.Args[1]) {
		return nil, fmt.Errorf("%w: %w", ErrStart, ErrNested)
	}
	near, far, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStart, err)
	}
	child := &Child{conn: near, done: make(chan struct{})}
	err = child.launch(c, far)
	_ = far.Close() // the child has its own
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrStart, err), near.Close())
	}
	if err = child.greet(ctx, c); err != nil {
		child.Kill(WhyHung)
		how := child.Wait()
		return nil, errors.Join(fmt.Errorf("%w: %w (%s)", ErrStart, err, how), near.Close())
	}
	return child, nil
}

func names() []string { return []string{Media, Extract, Speech} }

// launch starts the process on a thread of its own that waits for its end: the
// kernel sends the signal of a parent's death when the starting thread dies.
func (c *Child) launch(command Command, far *os.File) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		said := &head{}
		cmd := &exec.Cmd{
			// Not os.Executable: the file may have been replaced by a newer
			// version since this process began; the two must be of one make.
			Path: "/proc/self/exe",
			Args: []string{os.Args[0], command.Name, command.Role},
			// Go asks the cgroup about processors again and again through files
			// that the lock would close.
			Env:         []string{"GODEBUG=updatemaxprocs=0"},
			Dir:         "/",
			ExtraFiles:  []*os.File{far},
			Stderr:      said,
			SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true},
			WaitDelay:   time.Second,
		}
		err := cmd.Start()
		if err == nil {
			c.pid, c.proc = cmd.Process.Pid, cmd.Process
		}
		started <- err
		if err != nil {
			return
		}
		_ = cmd.Wait() // what it says is read from the state
		c.mu.Lock()
		c.exit = exitOf(cmd.ProcessState, c.killed, said.String())
		c.mu.Unlock()
		close(c.done)
	}()
	return <-started
}

// greet sends limits and setup and waits until the child says what holds it.
func (c *Child) greet(ctx context.Context, command Command) error {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	limit := time.AfterFunc(cmp.Or(command.Patience, patience), func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer limit.Stop()
	raw, err := json.Marshal(letter{command.Limits, command.Late, command.Setup})
	if err != nil {
		return fmt.Errorf("encode limits: %w", err)
	}
	if len(raw) > maxNote {
		return fmt.Errorf("send limits: %w", errNote)
	}
	if err = sendNote(c.conn, raw); err != nil {
		return fmt.Errorf("send limits: %w", err)
	}
	if raw, err = receiveNote(c.conn); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("wait for the worker: %w", err)
	}
	if err = json.Unmarshal(raw, &c.status); err != nil {
		return fmt.Errorf("read the worker's state: %w", err)
	}
	if !stop() && ctx.Err() != nil {
		return ctx.Err()
	}
	return c.conn.SetDeadline(time.Time{})
}

// Conn is the socket to the child. Whoever closes it ends the child.
func (c *Child) Conn() *net.UnixConn { return c.conn }

// Status says what holds the child.
func (c *Child) Status() Status { return c.status }

// PID is the child's process id.
func (c *Child) PID() int { return c.pid }

// Done is closed when the child has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Kill ends the child at once; why is what Wait then says. Killing the dead is
// harmless.
func (c *Child) Kill(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.done:
		return
	default:
	}
	if c.killed == "" {
		c.killed = why
	}
	_ = c.proc.Kill() // it is dead already
}

// Wait returns how the child ended, when it has.
func (c *Child) Wait() string {
	<-c.done
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exit.Why
}

// Exit returns how the child ended; it waits for the end.
func (c *Child) Exit() Exit {
	<-c.done
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exit
}

// socketPair returns the near end for this process and the far one for the
// child.
func socketPair() (near *net.UnixConn, far *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make socket pair: %w", err)
	}
	f := os.NewFile(uintptr(fds[0]), "worker")
	far = os.NewFile(uintptr(fds[1]), "parent")
	near, err = connOf(f)
	if err != nil {
		return nil, nil, errors.Join(err, far.Close())
	}
	return near, far, nil
}

// connOf makes f a connection and closes f.
func connOf(f *os.File) (*net.UnixConn, error) {
	c, err := net.FileConn(f)
	_ = f.Close() // FileConn has a duplicate
	if err != nil {
		return nil, fmt.Errorf("make connection: %w", err)
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(errors.New("not a unix socket"), c.Close())
	}
	return u, nil
}
