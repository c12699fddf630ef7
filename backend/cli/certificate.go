package cli

import (
	"context"
	"errors"
	"os"

	"diaoyue.example/workstation/backend/certificate"
)

// certificateVerify needs no archive and no sign-in: it is for whoever
// received a copy.
func certificateVerify(_ context.Context, c *call) error {
	key := c.flags.String("key", "", "")
	if err := c.parse(2, 2); err != nil {
		return err
	}
	text, err := os.ReadFile(c.args[0])
	if err != nil {
		return errNoFile.With("path", c.args[0])
	}
	released, err := os.Open(c.args[1])
	if err != nil {
		return errNoFile.With("path", c.args[1])
	}
	defer released.Close()
	// --key takes the key, its fingerprint, or a file that holds one.
	if held, err := os.ReadFile(*key); err == nil {
		*key = string(held)
	}
	report, verifyErr := certificate.Verify(text, released, *key)
	if verifyErr != nil && !errors.Is(verifyErr, certificate.ErrNoTrustedKey) {
		return verifyErr
	}
	printErr := c.print(map[string]any{
		"self_consistent": report.SelfConsistent,
		"trusted":         report.Trusted,
		"signed_by":       report.Name,
		"fingerprint":     report.Fingerprint,
		"number":          report.Certificate.Number,
		"log_size":        report.Size,
	}, func() {
		if report.Trusted {
			c.say("certificate.holds", "number", report.Certificate.Number, "name", report.Name, "fingerprint", report.Fingerprint)
		}
	})
	if verifyErr != nil {
		return verifyErr
	}
	return printErr
}
