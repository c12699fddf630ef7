package cli

import (
	"context"
	"fmt"
)

func versionRun(_ context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.print(map[string]any{"version": c.env.Version}, func() { c.row("diaoyue", c.env.Version) })
}

func helpRun(_ context.Context, c *call) error {
	if len(c.args) > 0 {
		name := c.args[0]
		if len(c.args) > 1 {
			name += " " + c.args[1]
		}
		if usage, ok := c.words.Usage[name]; ok {
			fmt.Fprintln(c.env.Stdout, usage+"\n    "+c.words.About[name])
			return nil
		}
	}
	fmt.Fprintln(c.env.Stdout, c.words.help())
	return nil
}
