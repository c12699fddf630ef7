// Package keyring keeps secrets in the operating system's keyring.
//
// Invariant: it is asked only by the real program, never by a test, only where
// there is a session to ask in (Here), and every answer comes within a bounded
// time, so that a keyring that waits for its password, or none at all, does not
// hang the opening of an archive.
package keyring

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/zalando/go-keyring"
)

// service is the name under which secrets stand in the keyring.
const service = "diaoyue"

// patience is how long the keyring may take, its password dialogue included.
const patience = 60 * time.Second

// System is the keyring of the user's session.
type System struct{}

// Here returns the keyring of this session, nil where there is none: on Linux
// it lives on the session's bus, and asking without one would start one.
func Here(goos, sessionBus string) *System {
	if goos == "linux" && sessionBus == "" {
		return nil
	}
	return &System{}
}

// Get returns a secret. fs.ErrNotExist when the keyring has none of that name.
func (System) Get(ctx context.Context, name string) (string, error) {
	var secret string
	err := within(ctx, func() error {
		var err error
		secret, err = keyring.Get(service, name)
		return err
	})
	if errors.Is(err, keyring.ErrNotFound) {
		return "", fs.ErrNotExist
	}
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Set keeps a secret.
func (System) Set(ctx context.Context, name, secret string) error {
	return within(ctx, func() error { return keyring.Set(service, name, secret) })
}

// Delete forgets a secret; one that is not there is forgotten already.
func (System) Delete(ctx context.Context, name string) error {
	err := within(ctx, func() error { return keyring.Delete(service, name) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

func within(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
