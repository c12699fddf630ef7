//go:build e2e

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/desktop"
	"diaoyue.example/workstation/frontend"
	"diaoyue.example/workstation/media/mediatest"
)

// serve is the command of the end-to-end build: the window's faces and handler
// over loopback HTTP (diaoyue serve --addr 127.0.0.1:0 --archive DIR).
func serve(ctx context.Context, args []string) (code int, served bool) {
	if len(args) == 0 || args[0] != "serve" {
		return 0, false
	}
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	addr := flags.String("addr", "127.0.0.1:0", "address to listen on")
	archive := flags.String("archive", "", "archive folder")
	state := flags.String("state", "", "state folder (default: XDG_STATE_HOME/diaoyue)")
	assets := flags.String("assets", "", "folder of the built interface (default: the embedded one)")
	hears := flags.String("hears", "", "folder in which a model of the tests is laid that hears tones")
	low, high := flags.String("low", "low", "word that it hears in a low tone"), flags.String("high", "high", "in a high one")
	_ = flags.Parse(args[1:])
	if *hears != "" {
		if err := errors.Join(mediatest.Hearing(*hears, *low, *high), os.Setenv("DIAOYUE_SPEECH_MODEL", *hears)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1, true
		}
	}
	if err := serveOn(ctx, *addr, *archive, *state, *assets); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}

func serveOn(ctx context.Context, addr, archive, state, assets string) error {
	built, err := fs.Sub(frontend.Assets, "dist")
	if err != nil {
		return err
	}
	if assets != "" {
		built = os.DirFS(assets)
	}
	if archive != "" {
		if archive, err = filepath.Abs(archive); err != nil {
			return err
		}
	}
	return desktop.Serve(ctx, newShell(ctx, archive, state, os.Stderr), addr, built, os.Stdout)
}

// argon is cheap when the tests ask for it: they sign in often. The binary that
// people get does not know the variable.
func argon() accounts.Argon {
	if os.Getenv("DIAOYUE_CHEAP_PASSWORDS") != "" {
		return accounts.CheapForTests()
	}
	return accounts.Argon{}
}
