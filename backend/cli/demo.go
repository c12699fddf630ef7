package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/demo"
)

// demoRun makes the demonstration archive. With a screen it opens the window
// on it; without one, or with --headless, it walks the whole way and checks
// each step.
func demoRun(ctx context.Context, c *call) error {
	headless := c.flags.Bool("headless", false, "")
	small := c.flags.Bool("small", false, "") // short recordings, for tests
	if err := c.parse(0, 0); err != nil {
		return err
	}
	screen := c.env.Getenv("DISPLAY") != "" || c.env.Getenv("WAYLAND_DISPLAY") != ""
	options := demo.Options{Small: *small}
	if !c.json {
		options.Report = c.step
	}
	if *headless || !screen || c.env.Window == nil {
		return c.demoHeadless(ctx, options)
	}
	return c.demoWindow(ctx, options)
}

func (c *call) demoHeadless(ctx context.Context, options demo.Options) error {
	var steps []demo.Step
	if c.json {
		options.Report = func(s demo.Step) { steps = append(steps, s) }
	}
	cfg := backend.Config{Now: c.env.Now, Log: c.env.Log, Argon: c.env.Argon, Workers: c.env.Workers, User: c.env.Getenv("USER")}
	if c.given {
		var err error
		if cfg, err = c.config(); err != nil {
			return err
		}
	}
	runErr := demo.Run(ctx, cfg, options)
	people, err := demo.Accounts()
	if err != nil {
		return errors.Join(runErr, err)
	}
	printErr := c.print(map[string]any{
		"ok": runErr == nil, "archive": cfg.Dir, "steps": steps, "accounts": people,
	}, func() {
		if runErr == nil {
			c.say("demo.done")
		}
		if c.given {
			c.showAccounts(people)
		}
	})
	return errors.Join(runErr, printErr)
}

// demoWindow makes the archive once and opens the window on it; an archive of
// an earlier demonstration is opened as it stands.
func (c *call) demoWindow(ctx context.Context, options demo.Options) error {
	if !c.given {
		data, err := c.home("XDG_DATA_HOME", ".local", "share")
		if err != nil {
			return err
		}
		c.archive = filepath.Join(data, "diaoyue", "demo")
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	w, err := backend.Open(ctx, cfg)
	if errors.Is(err, backend.ErrNoArchive) {
		w, err = demo.Make(ctx, cfg, options)
	}
	if err != nil {
		return err
	}
	if err = w.Close(); err != nil {
		return err
	}
	people, err := demo.Accounts()
	if err != nil {
		return err
	}
	if err := c.print(map[string]any{"ok": true, "archive": cfg.Dir, "accounts": people}, func() {
		c.showAccounts(people)
		c.say("demo.window")
	}); err != nil {
		return err
	}
	return c.window(ctx)
}

// step prints a step of the demonstration as it ends.
func (c *call) step(s demo.Step) {
	mark := c.words.line("demo.ok")
	if s.Error != "" {
		mark = c.words.line("demo.failed")
	}
	c.row(mark, fmt.Sprintf("%6.2f s", s.Seconds), s.Title)
	for _, checked := range s.Checked {
		c.row("", "", "· "+checked)
	}
	if s.Error != "" {
		c.row("", "", s.Error)
	}
}

func (c *call) showAccounts(people []demo.Account) {
	c.say("demo.accounts")
	for _, a := range people {
		c.row(a.Number, a.Password, a.Name, c.roleNames(a.Roles))
	}
	if c.archive != "" {
		c.say("demo.archive", "dir", strings.TrimSpace(c.archive))
	}
}
