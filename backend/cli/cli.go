// Package cli is the command line of the workstation: one file a subcommand,
// each a thin walk through the same rooms as the window, so that what a script
// does is permitted, refused and logged exactly as what a person does.
//
// Invariant: 0 is done, 1 is refused or failed with one plain line on standard
// error, 2 is wrong usage, 3 is done with a bad outcome (not trusted, damaged,
// unequal); names of JSON keys are promises.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUsage asks for the command's usage line and exit code 2.
var errUsage = errors.New("wrong usage")

// errQuiet is a failure whose line is written already.
var errQuiet = errors.New("failed")

// codeError is an outcome whose lines are written already and that has an
// exit code of its own.
type codeError int

func (e codeError) Error() string { return "exit code " + number(int64(e)) }

// Env is everything the command line takes from outside.
type Env struct {
	Args    []string // without the program's name
	Stdin   *os.File
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Now     func() time.Time
	Log     *slog.Logger
	Version string
	Argon   accounts.Argon // zero: the default; tests take a cheap one
	Workers bool           // media engines in child processes of this program
	Keyring audit.Keyring  // of the user's session; nil = keys lie in files
	// Window opens the window on an archive and returns when it is closed;
	// nil where there is none.
	Window func(ctx context.Context, archive, state string) error
}

// call is one run of one command.
type call struct {
	env     Env
	words   words
	archive string
	as      string
	json    bool
	flags   *flag.FlagSet
	args    []string // positional, after parsing
	given   bool     // --archive was given
}

type command struct {
	name string
	run  func(ctx context.Context, c *call) error
}

// commands in the order of the help. Names of two words come first, so that
// "log list" is found before "log" would be.
func commands() []command {
	return []command{
		{"account add", accountAdd},
		{"account grant", accountGrant},
		{"account list", accountList},
		{"case add", caseAdd},
		{"case list", caseList},
		{"log list", logList},
		{"log verify", logVerify},
		{"log checkpoint", logCheckpoint},
		{"log export", logExport},
		{"log witness", logWitness},
		{"log cosign", logCosign},
		{"log import", logImport},
		{"log key", logKey},
		{"log medium", logMedium},
		{"redact submit", redactSubmit},
		{"redact list", redactList},
		{"redact show", redactShow},
		{"redact check", redactCheck},
		{"redact approve", redactApprove},
		{"redact reject", redactReject},
		{"redact release", redactRelease},
		{"certificate verify", certificateVerify},
		{"fixity status", fixityStatus},
		{"fixity", fixityRun},
		{"backup key", backupKey},
		{"backup list", backupList},
		{"backup", backupRun},
		{"restore accept", restoreAccept},
		{"restore", restoreRun},
		{"drill list", drillList},
		{"drill", drillRun},
		{"retention appraise", retentionAppraise},
		{"retention approve", retentionApprove},
		{"retention dispose", retentionDispose},
		{"retention", retentionList},
		{"hold add", holdAdd},
		{"hold lift", holdLift},
		{"hold list", holdList},
		{"isolation mark", isolationDo("mark")},
		{"isolation end", isolationDo("end")},
		{"isolation request", isolationDo("request")},
		{"isolation withdraw", isolationDo("withdraw")},
		{"isolation confirm", isolationDo("confirm")},
		{"isolation list", isolationList},
		{"demo", demoRun},
		{"create", createRun},
		{"ingest", ingestRun},
		{"search", searchRun},
		{"view", viewRun},
		{"version", versionRun},
		{"help", helpRun},
	}
}

// Run runs one command line and returns the exit code. Without a command it
// opens the window.
func Run(ctx context.Context, env Env) int {
	w, err := loadWords()
	if err != nil {
		_, _ = fmt.Fprintln(env.Stderr, err)
		return exitFailed
	}
	c := &call{env: env, words: w}
	rest, err := c.global(env.Args)
	if err != nil {
		return c.usage("")
	}
	if len(rest) == 0 {
		return c.finish("", c.window(ctx))
	}
	for _, cmd := range commands() {
		name := strings.Fields(cmd.name)
		if len(rest) < len(name) || strings.Join(rest[:len(name)], " ") != cmd.name {
			continue
		}
		c.flags = flag.NewFlagSet(cmd.name, flag.ContinueOnError)
		c.flags.SetOutput(io.Discard)
		c.args = rest[len(name):]
		c.common(c.flags)
		return c.finish(cmd.name, cmd.run(ctx, c))
	}
	return c.usage("")
}

// global takes the flags before the command.
func (c *call) global(args []string) ([]string, error) {
	flags := flag.NewFlagSet("diaoyue", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	c.common(flags)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return []string{"help"}, nil
		}
		return nil, errUsage
	}
	return flags.Args(), nil
}

func (c *call) common(flags *flag.FlagSet) {
	flags.Func("archive", "", func(dir string) error {
		c.given = true
		c.archive = dir
		return nil
	})
	flags.StringVar(&c.as, "as", c.as, "")
	flags.BoolVar(&c.json, "json", c.json, "")
}

// parse reads the command's flags, wherever they stand among the positional
// arguments, and wants from least to most of those (most < 0: any number).
func (c *call) parse(least, most int) error {
	rest, positional := c.args, []string{}
	for len(rest) > 0 {
		if err := c.flags.Parse(rest); err != nil {
			return errUsage
		}
		left := c.flags.Args()
		// What ended the parsing was "--": all that follows is positional.
		if at := len(rest) - len(left); at > 0 && rest[at-1] == "--" {
			positional = append(positional, left...)
			break
		}
		if len(left) == 0 {
			break
		}
		positional, rest = append(positional, left[0]), left[1:]
	}
	if len(positional) < least || most >= 0 && len(positional) > most {
		return errUsage
	}
	c.args = positional
	return nil
}

func (c *call) finish(name string, err error) int {
	var own codeError
	switch {
	case errors.As(err, &own):
		return int(own)
	case err == nil:
		return exitDone
	case errors.Is(err, errUsage):
		return c.usage(name)
	case errors.Is(err, errQuiet):
		return exitFailed
	default:
		_, _ = fmt.Fprintln(c.env.Stderr, c.words.sentence(err))
		if errors.Is(err, errNoUser) {
			return exitUsage
		}
		return exitFailed
	}
}

// usage prints the usage line of a command, or all of them.
func (c *call) usage(name string) int {
	text := c.words.Usage[name]
	if text == "" {
		text = c.words.help()
	}
	_, _ = fmt.Fprintln(c.env.Stderr, text)
	return exitUsage
}

// archiveDir is the archive meant: --archive, DIAOYUE_ARCHIVE, or the user's own.
func (c *call) archiveDir() (string, error) {
	dir := c.archive
	if dir == "" {
		dir = c.env.Getenv("DIAOYUE_ARCHIVE")
	}
	if dir == "" {
		data, err := c.home("XDG_DATA_HOME", ".local", "share")
		if err != nil {
			return "", err
		}
		dir = filepath.Join(data, "diaoyue", "archive")
	}
	return filepath.Abs(dir)
}

// stateDir holds what must not lie in the archive: the private key and the
// log's high-water mark.
func (c *call) stateDir() (string, error) {
	state, err := c.home("XDG_STATE_HOME", ".local", "state")
	if err != nil {
		return "", err
	}
	return filepath.Join(state, "diaoyue"), nil
}

func (c *call) home(variable string, below ...string) (string, error) {
	if dir := c.env.Getenv(variable); dir != "" {
		return dir, nil
	}
	home := c.env.Getenv("HOME")
	if home == "" {
		return "", errNoHome
	}
	return filepath.Join(append([]string{home}, below...)...), nil
}

func (c *call) window(ctx context.Context) error {
	if c.env.Window == nil {
		return errUsage
	}
	archive, err := c.archiveDir()
	if err != nil {
		return err
	}
	state, err := c.stateDir()
	if err != nil {
		return err
	}
	return c.env.Window(ctx, archive, state)
}
