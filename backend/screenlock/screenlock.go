// Package screenlock hears the desktop lock its screen and the machine go to
// sleep, over D-Bus. It is the one room of godbus.
//
// Invariant: it only listens, and that nobody answers is no failure: a desktop
// without these signals, or without a bus, leaves the program's own idle lock.
package screenlock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// What was heard.
const (
	Screen = "screen" // the desktop locked its screen
	Sleep  = "sleep"  // the machine is about to sleep
)

// Buses are the addresses to listen at; "" is not listened at.
type Buses struct{ Session, System string }

// Here returns the buses of this session, as far as they are there. A bus that
// is not running is never started.
func Here(getenv func(string) string) Buses {
	b := Buses{Session: SessionBus(getenv), System: getenv("DBUS_SYSTEM_BUS_ADDRESS")}
	if b.System == "" {
		b.System = ifThere("/run/dbus/system_bus_socket")
	}
	return b
}

// SessionBus returns the address of the session's bus, "" when there is none.
func SessionBus(getenv func(string) string) string {
	if address := getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" && !strings.HasPrefix(address, "disabled:") {
		return address
	}
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" {
		return ifThere(filepath.Join(dir, "bus"))
	}
	return ""
}

func ifThere(socket string) string {
	if _, err := os.Stat(socket); err != nil {
		return ""
	}
	return "unix:path=" + socket
}

// Listening says what is listened to.
type Listening struct {
	Desktop bool // the session's screen saver
	Login   bool // the login manager: lock and sleep
}

// patience bounds how long a bus may take to answer.
const patience = 3 * time.Second

// Watch calls heard with Screen or Sleep until ctx ends. It returns at once
// with what it listens to; errors say why a bus is not listened at.
func Watch(ctx context.Context, buses Buses, heard func(why string)) (Listening, error) {
	var l Listening
	var errs []error
	if buses.Session != "" {
		err := listen(ctx, buses.Session, session, heard)
		l.Desktop, errs = err == nil, append(errs, err)
	}
	if buses.System != "" {
		err := listen(ctx, buses.System, login, heard)
		l.Login, errs = err == nil, append(errs, err)
	}
	return l, errors.Join(errs...)
}

func listen(ctx context.Context, address string, subscribe func(context.Context, *dbus.Conn) error, heard func(string)) error {
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	first, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := subscribe(first, conn); err != nil {
		return errors.Join(err, conn.Close())
	}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	go func() {
		defer conn.Close()
		for {
			select {
			case <-ctx.Done():
				return
			case s, open := <-signals:
				if !open {
					return
				}
				if why := meaning(s); why != "" {
					heard(why)
				}
			}
		}
	}()
	return nil
}

// Screen savers of the desktops in use; all send ActiveChanged(bool).
func savers() []string {
	return []string{
		"org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.mate.ScreenSaver", "org.cinnamon.ScreenSaver",
		"org.ukui.ScreenSaver", "com.deepin.ScreenSaver",
	}
}

func session(ctx context.Context, conn *dbus.Conn) error {
	for _, name := range savers() {
		if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(name), dbus.WithMatchMember("ActiveChanged")); err != nil {
			return err
		}
	}
	return nil
}

const manager = "org.freedesktop.login1.Manager"

func login(ctx context.Context, conn *dbus.Conn) error {
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(manager), dbus.WithMatchMember("PrepareForSleep")); err != nil {
		return err
	}
	own := []dbus.MatchOption{dbus.WithMatchInterface("org.freedesktop.login1.Session"), dbus.WithMatchMember("Lock")}
	var path dbus.ObjectPath
	call := conn.Object("org.freedesktop.login1", "/org/freedesktop/login1").CallWithContext(ctx, manager+".GetSessionByPID", dbus.FlagNoAutoStart, uint32(os.Getpid())) //nolint:gosec // a pid fits
	if call.Store(&path) == nil {
		return conn.AddMatchSignalContext(ctx, append(own, dbus.WithMatchObjectPath(path))...)
	}
	return nil // no session of ours; sleep is still heard
}

// meaning says what a signal means, "" for nothing.
func meaning(s *dbus.Signal) string {
	on, _ := first(s.Body).(bool)
	switch {
	case s.Name == "org.freedesktop.login1.Session.Lock":
		return Screen
	case s.Name == manager+".PrepareForSleep" && on:
		return Sleep
	case strings.HasSuffix(s.Name, ".ScreenSaver.ActiveChanged") && on:
		return Screen
	}
	return ""
}

func first(body []any) any {
	if len(body) == 0 {
		return nil
	}
	return body[0]
}
