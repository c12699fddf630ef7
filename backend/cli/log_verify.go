package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/backend/audit"
)

// databaseFile is the archive's database, below its folder.
const databaseFile = "workstation.db"

// logVerify needs no sign-in: anybody who has the archive's folder may check
// that its log is what was written.
func logVerify(ctx context.Context, c *call) error {
	var keys []string
	c.flags.Func("key", "", func(key string) error {
		if held, err := os.ReadFile(key); err == nil {
			key = strings.TrimSpace(string(held))
		}
		keys = append(keys, key)
		return nil
	})
	if err := c.parse(0, 0); err != nil {
		return err
	}
	archive, err := c.archiveDir()
	if err != nil {
		return err
	}
	state, err := c.stateDir()
	if err != nil {
		return err
	}
	database := filepath.Join(archive, databaseFile)
	if _, err = os.Stat(database); err != nil {
		return errNoArchive.With("dir", archive)
	}
	report, err := audit.VerifyFile(ctx, audit.VerifyConfig{
		Database: database, ArchiveDir: archive, StateDir: state, Trusted: keys,
	}, nil)
	var tampered *audit.TamperError
	if errors.As(err, &tampered) {
		if printErr := c.print(map[string]any{
			"ok": false, "seq": tampered.Seq, "to": tampered.To, "kind": tampered.Kind,
		}, func() {}); printErr != nil {
			return printErr
		}
		return err
	}
	if err != nil {
		return err
	}
	return c.print(map[string]any{
		"ok":           true,
		"archive":      report.Archive,
		"entries":      report.Entries,
		"root":         report.Root,
		"checkpoints":  report.Checkpoints,
		"high_water":   report.HighWater,
		"key_place":    report.KeyPlace,
		"signed_by":    report.SignedBy,
		"trusted":      report.Trusted,
		"trusted_size": report.TrustedSize,
	}, func() {
		c.say("log.verified", "entries", number(report.Entries), "checkpoints", number(int64(report.Checkpoints)), "root", report.Root)
		if !report.Trusted {
			c.say("log.self")
		}
	})
}
