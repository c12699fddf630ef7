// Command diaoyue is the workstation: without a command it opens the window,
// with one it runs the command line.
package main

import (
	"context"
	_ "embed"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/cli"
	"diaoyue.example/workstation/backend/desktop"
	"diaoyue.example/workstation/backend/keyring"
	"diaoyue.example/workstation/backend/screenlock"
)

// version is set by the build (-X main.version).
var version = "dev"

//go:embed build/appicon.png
var icon []byte

func main() {
	if backend.IsWorker(os.Args[1:]) {
		os.Exit(backend.Worker(os.Args[1:]))
	}
	closeInspector()
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.DiscardHandler)
	env := cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
		Now: time.Now, Log: log, Version: version, Argon: argon(), Workers: true, Keyring: ring(),
		Window: func(ctx context.Context, archive, state string) error {
			out, err := openLog(state)
			if err != nil {
				return err
			}
			defer out.Close()
			return desktop.Run(ctx, newShell(ctx, archive, state, out), icon)
		},
	}
	if code, served := serve(ctx, os.Args[1:]); served {
		return code
	}
	return cli.Run(ctx, env)
}

func newShell(ctx context.Context, archive, state string, log io.Writer) *desktop.Shell {
	return desktop.New(ctx, desktop.Config{
		Dir: archive, StateDir: state, User: os.Getenv("USER"), Version: version, Now: time.Now, Argon: argon(), Workers: true,
		Log: slog.New(slog.NewTextHandler(log, nil)), Keyring: ring(), Buses: screenlock.Here(os.Getenv),
	})
}

// ring is the keyring of the session, nil where there is none: the signing key
// of a new archive lies in a file of mode 0600 then, and the interface says so.
func ring() audit.Keyring {
	if here := keyring.Here(runtime.GOOS, screenlock.SessionBus(os.Getenv)); here != nil {
		return here
	}
	return nil
}

// openLog opens the operation log: ids, codes and digests only, for whoever
// keeps the program running. It is not the audit log.
func openLog(state string) (io.WriteCloser, error) {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(state, "diaoyue.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
