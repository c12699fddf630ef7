package cli

import (
	"context"
	"errors"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/store"
)

// config is the archive meant, held by the command line.
func (c *call) config() (backend.Config, error) {
	dir, err := c.archiveDir()
	if err != nil {
		return backend.Config{}, err
	}
	state, err := c.stateDir()
	if err != nil {
		return backend.Config{}, err
	}
	return backend.Config{
		Dir: dir, StateDir: state, Mode: store.ModeCLI, User: c.env.Getenv("USER"),
		Now: c.env.Now, Log: c.env.Log, Argon: c.env.Argon, Workers: c.env.Workers, Keyring: c.env.Keyring,
	}, nil
}

// signedIn opens the archive, signs --as in, runs do, signs out and closes.
func (c *call) signedIn(ctx context.Context, do func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	return c.signedInto(ctx, cfg, do)
}

func (c *call) signedInto(ctx context.Context, cfg backend.Config, do func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error) (err error) {
	if c.as == "" {
		return errNoUser.With()
	}
	w, err := backend.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	password, err := c.password(c.words.line("password.ask", "number", c.as))
	if err != nil {
		return err
	}
	actor, err := w.Accounts.SignIn(ctx, c.as, password)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Accounts.SignOut(context.WithoutCancel(ctx), actor)) }()
	return do(ctx, w, actor)
}

// copyNamed is the copy with this id, number, or unique beginning of its id.
func (c *call) copyNamed(ctx context.Context, w *backend.Workstation, actor accounts.Actor, name string) (disclosure.Copy, error) {
	found, err := w.Disclosure.Copy(ctx, actor, name)
	if !errors.Is(err, disclosure.ErrNoCopy) {
		return found, err
	}
	list, listErr := w.Disclosure.Copies(ctx, actor, "")
	if listErr != nil {
		return disclosure.Copy{}, listErr
	}
	var ids []string
	for _, one := range list {
		if strings.HasPrefix(one.ID, name) {
			ids = append(ids, one.ID)
		}
	}
	switch {
	case len(ids) == 0 || len(name) < 4:
		return disclosure.Copy{}, err
	case len(ids) > 1:
		return disclosure.Copy{}, errAmbiguous.With("given", name, "count", number(int64(len(ids))))
	}
	return w.Disclosure.Copy(ctx, actor, ids[0])
}
