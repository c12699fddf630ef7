package worker_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/worker"
)

// The test binary is the child too: there it tries what it is asked to try.
func TestMain(m *testing.M) {
	if worker.Asked(os.Args[1:]) {
		os.Exit(worker.Main(worker.Engine{Serve: try}))
	}
	goleak.VerifyTestMain(m)
}

func limits() worker.Limits {
	return worker.Limits{Data: 512 << 20, Heap: 128 << 20, Files: 64, FileSize: 1 << 20}
}

func start(t *testing.T) *worker.Child {
	t.Helper()
	c, err := worker.Start(t.Context(), worker.Command{Name: worker.Media, Role: "test", Limits: limits()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Kill(worker.WhyClosed)
		c.Wait()
		c.Conn().Close()
	})
	return c
}

// try answers each line with what came of it.
func try(conn *net.UnixConn) error {
	in := bufio.NewScanner(conn)
	for in.Scan() {
		verb, object, _ := strings.Cut(in.Text(), " ")
		said := "done"
		if err := attempts()[verb](object); err != nil {
			said = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		if _, err := fmt.Fprintln(conn, said); err != nil {
			return err
		}
	}
	return in.Err()
}

func attempts() map[string]func(string) error {
	return map[string]func(string) error{
		"open":   func(name string) error { _, err := os.ReadFile(name); return err },
		"stat":   func(name string) error { _, err := os.Stat(name); return err },
		"list":   func(name string) error { _, err := os.ReadDir(name); return err },
		"create": func(name string) error { return os.WriteFile(name, []byte("x"), 0o600) },
		"remove": os.Remove,
		"dial":   func(addr string) error { c, err := net.Dial("tcp", addr); _ = c; return err },
		"unix":   func(name string) error { c, err := net.Dial("unix", name); _ = c; return err },
		"listen": func(addr string) error { l, err := net.Listen("tcp", addr); _ = l; return err },
		"socket": func(string) error { _, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0); return err },
		"exec":   func(name string) error { return exec.Command(name).Run() },
		"execve": func(name string) error { return unix.Exec(name, []string{name}, nil) },
		"fork": func(string) error {
			_, _, e := unix.RawSyscall(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0)
			if e != 0 {
				return e
			}
			return nil
		},
		"ptrace": func(pid string) error { n, _ := strconv.Atoi(pid); return unix.PtraceAttach(n) },
		"signal": func(pid string) error { n, _ := strconv.Atoi(pid); return unix.Kill(n, unix.SIGUSR1) },
		"tgkill": func(pid string) error { n, _ := strconv.Atoi(pid); return unix.Tgkill(n, n, unix.SIGUSR1) },
		"peek": func(pid string) error {
			n, _ := strconv.Atoi(pid)
			b := make([]byte, 8)
			_, err := unix.ProcessVMReadv(n, []unix.Iovec{{Base: &b[0], Len: 8}}, []unix.RemoteIovec{{Base: 0x1000, Len: 8}}, 0)
			return err
		},
		"code": func(string) error {
			_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
			return err
		},
		"raise": func(string) error {
			return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
		},
		"file": func(size string) error {
			n, _ := strconv.ParseInt(size, 10, 64)
			fd, err := unix.MemfdCreate("x", unix.MFD_CLOEXEC)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			return unix.Ftruncate(fd, n)
		},
		"descriptors": func(string) error {
			// They are closed again: the questions come in any order, and one
			// asked later may need a descriptor of its own.
			for range 100 {
				fd, err := unix.MemfdCreate("x", unix.MFD_CLOEXEC)
				if err != nil {
					return err
				}
				defer unix.Close(fd)
			}
			return nil
		},
		"map": func(size string) error { // what a decoder's malloc comes to
			n, _ := strconv.Atoi(size)
			_, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
			return err
		},
		"hoard": func(string) error {
			debug.SetGCPercent(-1)
			var keep [][]byte
			for range 100 {
				b := make([]byte, 16<<20)
				for i := range b {
					b[i] = 1
				}
				keep = append(keep, b)
			}
			return fmt.Errorf("kept %d", len(keep))
		},
		"crash":       func(string) error { var p *int; *p = 1; return nil }, //nolint:govet // on purpose
		"die":         func(string) error { os.Exit(7); return nil },
		"hang":        func(string) error { select {} },
		"environment": func(string) error { return errors.New(strings.Join(os.Environ(), " ")) },
		"threads": func(string) error { // what locks in must hold on every thread
			errs := make(chan error, 32)
			for range 32 {
				go func() {
					_, err := os.ReadFile("/etc/passwd")
					time.Sleep(10 * time.Millisecond)
					errs <- err
				}()
			}
			for range 32 {
				if err := <-errs; err == nil {
					return errors.New("a thread could read")
				}
			}
			return nil
		},
	}
}

func ask(t *testing.T, c *worker.Child, line string) (string, error) {
	t.Helper()
	if err := c.Conn().SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintln(c.Conn(), line); err != nil {
		return "", err
	}
	said, err := bufio.NewReader(c.Conn()).ReadString('\n')
	return strings.TrimSpace(said), err
}

// Each thing that a decoder taken over by a hostile file could want is refused.
func TestRefused(t *testing.T) {
	c := start(t)
	mine := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(mine, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	self := strconv.Itoa(os.Getpid())
	for line, want := range map[string]error{
		"open /etc/passwd":     unix.EPERM,
		"open /proc/self/mem":  unix.EPERM,
		"open " + mine:         unix.EPERM,
		"stat " + mine:         unix.EPERM,
		"list /":               unix.EPERM,
		"create " + mine + "2": unix.EPERM,
		"remove " + mine:       unix.EPERM,
		"dial 127.0.0.1:80":    unix.EPERM,
		"unix /run/dbus/x":     unix.EPERM,
		"listen 127.0.0.1:0":   unix.EPERM,
		"socket":               unix.EPERM,
		"exec /bin/true":       unix.EPERM,
		"execve /bin/true":     unix.EPERM,
		"fork":                 unix.EPERM,
		"ptrace " + self:       unix.EPERM,
		"signal " + self:       unix.EPERM,
		"tgkill " + self:       unix.EPERM,
		"peek " + self:         unix.EPERM,
		"code":                 unix.EPERM,
		"raise":                unix.EPERM,
		"file 2000000":         unix.EFBIG,
		"map 1073741824":       unix.ENOMEM,
		"descriptors":          unix.EMFILE,
	} {
		said, err := ask(t, c, line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if !strings.Contains(said, want.Error()) {
			t.Errorf("%s: %q, want %q", line, said, want)
		}
	}
	if said, err := ask(t, c, "threads"); err != nil || said != "done" {
		t.Errorf("threads: %q %v", said, err)
	}
	if said, err := ask(t, c, "environment"); err != nil || said != "GODEBUG=updatemaxprocs=0" {
		t.Errorf("environment: %q %v", said, err)
	}
}

// Landlock alone, should seccomp ever be lacking, is a second lock; both say
// whether they hold.
func TestStatus(t *testing.T) {
	s := start(t).Status()
	if !s.Seccomp || !s.NoNewPrivs || !s.Undumpable || s.Limits != limits() {
		t.Errorf("status %+v", s)
	}
	if s.Landlock == 0 {
		t.Log("landlock is not in force here:", s.Note)
	} else if !s.Full() {
		t.Errorf("not full: %+v", s)
	}
}

func TestInheritedDescriptorsAreClosed(t *testing.T) {
	leaked, err := unix.Dup(1) // without close-on-exec, as libraries of a window do
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(leaked)
	c := start(t)
	if c.Status().Descriptors == 0 {
		t.Error("no inherited descriptor was closed")
	}
}

func TestHowItEnds(t *testing.T) {
	for _, tc := range []struct {
		line, why, signal string
	}{
		{"crash", worker.WhyCrash, "SIGSEGV"},
		{"die", worker.WhyExit, ""},
		{"hoard", worker.WhyMemory, ""},
	} {
		t.Run(tc.line, func(t *testing.T) {
			c := start(t)
			if said, err := ask(t, c, tc.line); err == nil {
				t.Fatalf("it lives and says %q", said)
			}
			if e := c.Exit(); e.Why != tc.why || e.Signal != tc.signal {
				t.Errorf("ended as %+v, want %s %s", e, tc.why, tc.signal)
			}
		})
	}
	t.Run("killed by a person", func(t *testing.T) {
		c := start(t)
		if err := syscall.Kill(c.PID(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if e := c.Exit(); e.Why != worker.WhyKilled || e.Signal != "SIGKILL" {
			t.Errorf("ended as %+v", e)
		}
	})
	t.Run("hung", func(t *testing.T) {
		c := start(t)
		if _, err := fmt.Fprintln(c.Conn(), "hang"); err != nil {
			t.Fatal(err)
		}
		c.Kill(worker.WhyHung)
		if c.Wait() != worker.WhyHung {
			t.Errorf("ended as %s", c.Wait())
		}
	})
	t.Run("hung up", func(t *testing.T) {
		c := start(t)
		if err := c.Conn().Close(); err != nil {
			t.Fatal(err)
		}
		if e := c.Exit(); e.Why != worker.WhyExit || e.Code != 0 {
			t.Errorf("ended as %+v", e)
		}
	})
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := worker.Start(ctx, worker.Command{Name: worker.Media, Limits: limits()}); !errors.Is(err, context.Canceled) || c != nil {
		t.Errorf("child %v, %v", c, err)
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		c, err := worker.Start(b.Context(), worker.Command{Name: worker.Media, Limits: limits()})
		if err != nil {
			b.Fatal(err)
		}
		c.Conn().Close()
		c.Wait()
	}
}

// What works in the background stands back with every thread it has.
func TestLateStandsBack(t *testing.T) {
	for late, want := range map[bool]string{false: "0", true: "10"} {
		c, err := worker.Start(t.Context(), worker.Command{Name: worker.Media, Role: "test", Late: late, Limits: limits()})
		if err != nil {
			t.Fatal(err)
		}
		stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", c.PID()))
		if err != nil || len(stats) < 2 {
			t.Fatalf("%v, %v", stats, err)
		}
		for _, path := range stats {
			text, err := os.ReadFile(path)
			if err != nil {
				continue // a thread that has ended meanwhile
			}
			const nice = 16 // of the fields behind the name (proc(5))
			if fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])); fields[nice] != want {
				t.Errorf("late %v: %s has nice %s", late, path, fields[nice])
			}
		}
		c.Kill("test")
		c.Wait()
	}
}
