package cli

import (
	"fmt"

	"golang.org/x/term"
)

// password is DIAOYUE_PASSWORD, or what is typed at the terminal.
func (c *call) password(prompt string) (string, error) {
	if p := c.env.Getenv("DIAOYUE_PASSWORD"); p != "" {
		return p, nil
	}
	return c.ask(prompt)
}

// ask reads a password from the terminal, unseen.
func (c *call) ask(prompt string) (string, error) {
	if c.env.Stdin == nil || !term.IsTerminal(int(c.env.Stdin.Fd())) {
		return "", errNoPassword
	}
	fmt.Fprint(c.env.Stderr, prompt)
	typed, err := term.ReadPassword(int(c.env.Stdin.Fd()))
	fmt.Fprintln(c.env.Stderr)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	if len(typed) == 0 {
		return "", errNoPassword
	}
	return string(typed), nil
}
