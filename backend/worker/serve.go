package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"slices"

	"golang.org/x/sys/unix"
)

// Asked reports whether the arguments of this process (without its name) make
// it a child.
func Asked(args []string) bool { return len(args) > 0 && slices.Contains(names(), args[0]) }

// Engine is what a child does.
type Engine struct {
	// Warm loads whatever needs a name of a file or a new library; it runs
	// before the lock falls shut and has no limits yet. Setup is the command's.
	// May be nil.
	Warm func(setup []byte) error
	// Serve answers requests until the parent hangs up.
	Serve func(conn *net.UnixConn) error
}

// Main is the life of a child: it closes what was inherited, warms up, locks
// itself in, says so, and serves. It returns the exit code and is called before
// anything else in main, and by a test binary's TestMain.
func Main(e Engine) int {
	if err := run(e); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err) // the parent reads it and keeps the beginning
		return 1
	}
	return 0
}

func run(e Engine) error {
	closed, err := closeInherited()
	if err != nil {
		return err
	}
	conn, err := connOf(os.NewFile(socketFD, "parent"))
	if err != nil {
		return fmt.Errorf("not started by the program: %w", err)
	}
	raw, err := receiveNote(conn)
	if err != nil {
		return fmt.Errorf("read limits: %w", err)
	}
	var said letter
	if err = json.Unmarshal(raw, &said); err != nil {
		return fmt.Errorf("read limits: %w", err)
	}
	if said.Late {
		// For the group, which is this process alone: all its threads, and those to come.
		if err = unix.Setpriority(unix.PRIO_PGRP, 0, stepBack); err != nil {
			return fmt.Errorf("step back: %w", err)
		}
	}
	if e.Warm != nil {
		if err = e.Warm(said.Setup); err != nil {
			return fmt.Errorf("warm up: %w", err)
		}
		debug.FreeOSMemory() // what only the start needed is no part of the share
	}
	if said.Limits.Heap > 0 {
		debug.SetMemoryLimit(said.Limits.Heap)
	}
	status, err := lock(said.Limits)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	status.Descriptors = closed
	if raw, err = json.Marshal(status); err != nil {
		return fmt.Errorf("encode state: %w", err)
	}
	if err = sendNote(conn, raw); err != nil {
		return fmt.Errorf("say the state: %w", err)
	}
	if e.Serve == nil {
		return errors.New("nothing to serve")
	}
	return e.Serve(conn)
}
