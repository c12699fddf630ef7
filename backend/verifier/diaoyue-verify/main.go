// Command diaoyue-verify is the stand-alone verifier of an archive's log, for
// a court or the 司法局: one static file that needs no archive.
package main

import (
	"context"
	"os"
	"os/signal"

	"diaoyue.example/workstation/backend/verifier"
)

// version is set by the build (-X main.version).
var version = "dev"

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	st, err := os.Stderr.Stat()
	return verifier.Run(ctx, verifier.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Version: version,
		Terminal: err == nil && st.Mode()&os.ModeCharDevice != 0,
	})
}
