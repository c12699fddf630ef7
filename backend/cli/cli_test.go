package cli_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/cli"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/mediatest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		// The command line as people get it, but for the cost of passwords:
		// hashing at the real cost would be most of the test.
		"diaoyue": func() {
			if backend.IsWorker(os.Args[1:]) {
				os.Exit(backend.Worker(os.Args[1:]))
			}
			os.Exit(cli.Run(context.Background(), cli.Env{
				Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
				Now: time.Now, Log: slog.New(slog.DiscardHandler), Version: "test", Argon: accounts.CheapForTests(), Workers: true,
			}))
		},
		// hold holds an archive as a window would, until it is killed.
		"hold": func() {
			if _, err := store.Acquire(os.Args[1], store.Holder{Mode: store.ModeWindow, User: "lin"}); err != nil {
				os.Exit(1)
			}
			if err := os.WriteFile("held", nil, 0o600); err != nil {
				os.Exit(1)
			}
			time.Sleep(time.Minute)
		},
		"wait-for": func() {
			for range 200 {
				if _, err := os.Stat(os.Args[1]); err == nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			os.Exit(1)
		},
		// clip makes a small recording with its frame numbers in the picture.
		"clip": func() {
			err := mediatest.Make(context.Background(), os.Args[1], mediatest.Clip{
				Width: 320, Height: 180, FPS: 25, Frames: 150, GOP: 50, BFrames: 2, Sound: true,
			})
			if err != nil {
				println(err.Error())
				os.Exit(1)
			}
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_STATE_HOME", e.WorkDir+"/state")
			e.Setenv("XDG_DATA_HOME", e.WorkDir+"/data")
			e.Setenv("XDG_CACHE_HOME", e.WorkDir+"/../cache")
			e.Setenv("DIAOYUE_PASSWORD", "testing-1234")
			e.Setenv("DIAOYUE_ARCHIVE", e.WorkDir+"/archive")
			return nil
		},
		RequireExplicitExec: true,
	})
}
