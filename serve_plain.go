//go:build !e2e

package main

import (
	"context"

	"diaoyue.example/workstation/backend/accounts"
)

// serve is nothing in the binary that people get: it has no serve mode.
func serve(context.Context, []string) (code int, served bool) { return 0, false }

// argon is the default cost of passwords.
func argon() accounts.Argon { return accounts.Argon{} }
