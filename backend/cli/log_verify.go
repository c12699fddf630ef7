package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/verifier"
)

// databaseFile is the archive's database, below its folder.
const databaseFile = "workstation.db"

// logVerify needs no sign-in: anybody who has the archive's folder, or an
// export of its log, may check that the log is what was written. Its exit
// codes are the verifier's. With --as the verification is noted in the log.
func logVerify(ctx context.Context, c *call) error {
	q := verifier.Question{Stdin: c.env.Stdin}
	q.Flags(c.flags)
	if err := c.parse(0, 0); err != nil {
		return err
	}
	if q.Export != "" {
		v, err := q.Verify(ctx, nil)
		return c.verdict(v, err)
	}
	cfg, err := q.Resolve()
	if err != nil {
		return c.verdict(verifier.Verdict{}, err)
	}
	if c.as != "" {
		return c.verifyNoted(ctx, cfg)
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
		Database: database, ArchiveDir: archive, StateDir: state, Trusted: cfg.Trusted, Witnesses: cfg.Witnesses, Cosigners: cfg.Cosigners,
	}, nil)
	return c.verdictOf(report, err, cfg)
}

// verifyNoted verifies with the key of the state folder and notes who did.
func (c *call) verifyNoted(ctx context.Context, cfg check.Config) error {
	if len(cfg.Trusted)+len(cfg.Cosigners) > 0 {
		return errUsage // whoever works here has the key; outsiders sign in nowhere
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		report, err := w.VerifyAgainst(ctx, actor, cfg.Witnesses, nil)
		return c.verdictOf(report, err, cfg)
	})
}

func (c *call) verdictOf(report audit.Report, err error, cfg check.Config) error {
	if verifier.Unusable(err) {
		return err
	}
	return c.verdict(verifier.Verdict{Report: report, Keys: cfg.Trusted, Growing: true, Err: err}, nil)
}

// verdict writes a verdict; its exit code is the command's. unusable says that
// nothing could be verified at all.
func (c *call) verdict(v verifier.Verdict, unusable error) error {
	if unusable != nil {
		_, _ = fmt.Fprintln(c.env.Stderr, c.words.sentence(unusable))
		return codeError(verifier.CodeUsage)
	}
	w, err := verifier.LoadWords()
	if err != nil {
		return err
	}
	if err = w.Write(c.env.Stdout, c.env.Stderr, v, c.json); err != nil {
		return err
	}
	if v.Code() == verifier.CodeGood {
		return nil
	}
	return codeError(v.Code())
}
