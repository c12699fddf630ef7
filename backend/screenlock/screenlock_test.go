package screenlock_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"diaoyue.example/workstation/backend/screenlock"
)

// bus starts a message bus of its own and returns its address.
func bus(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = cmd.Start(); err != nil {
		stop()
		t.Skipf("no dbus-daemon: %v", err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestWatch(t *testing.T) {
	one, two := bus(t), bus(t)
	heard := make(chan string, 8)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	l, err := screenlock.Watch(ctx, screenlock.Buses{Session: one, System: two}, func(why string) { heard <- why })
	if err != nil || !l.Desktop || !l.Login {
		t.Fatalf("%+v, %v", l, err)
	}
	for _, c := range []struct {
		bus, path, signal string
		args              []any
		want              string
	}{
		{one, "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", []any{true}, screenlock.Screen},
		{one, "/org/ukui/ScreenSaver", "org.ukui.ScreenSaver.ActiveChanged", []any{true}, screenlock.Screen},
		{one, "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", []any{false}, ""},
		{one, "/x", "org.freedesktop.ScreenSaver.ActiveChanged", nil, ""},
		{two, "/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", []any{true}, screenlock.Sleep},
		{two, "/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", []any{false}, ""},
	} {
		conn, err := dbus.Connect(c.bus)
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Emit(dbus.ObjectPath(c.path), c.signal, c.args...); err != nil {
			t.Fatal(err)
		}
		wait := 5 * time.Second
		if c.want == "" {
			wait = 200 * time.Millisecond
		}
		got := ""
		select {
		case got = <-heard:
		case <-time.After(wait):
		}
		if got != c.want {
			t.Errorf("%s %v: heard %q, want %q", c.signal, c.args, got, c.want)
		}
		_ = conn.Close()
	}
}

// Without a bus, and with an address where nobody answers, it returns at once.
func TestNoBus(t *testing.T) {
	none := func(string) string { return "" }
	if b := screenlock.Here(none); b.Session != "" {
		t.Errorf("a session bus out of nothing: %q", b.Session)
	}
	dir := t.TempDir()
	env := func(name string) string { return map[string]string{"XDG_RUNTIME_DIR": dir}[name] }
	if got := screenlock.SessionBus(env); got != "" {
		t.Errorf("no socket, yet %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	l, err := screenlock.Watch(t.Context(), screenlock.Buses{Session: screenlock.SessionBus(env)}, func(string) { t.Error("heard") })
	if err == nil || l.Desktop || time.Since(begun) > 5*time.Second {
		t.Errorf("%+v, %v after %s", l, err, time.Since(begun))
	}
	if l, err := screenlock.Watch(t.Context(), screenlock.Buses{}, nil); err != nil || l.Desktop || l.Login {
		t.Errorf("%+v, %v", l, err)
	}
}
