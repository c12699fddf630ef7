package verifier

import (
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
)

// Verdict is what came out of a verification.
type Verdict struct {
	Report  check.Report
	Notes   []Note   // checkpoints that were read by themselves, without a log
	Keys    []string // the keys and fingerprints that were given
	Growing bool     // the log of an archive in use: its last entries are signed later
	Err     error    // what is wrong; nil when all fits together
}

// Note is a checkpoint read by itself.
type Note struct {
	Archive  string
	Size     int64
	Root     string // lower hex
	At       string // RFC 3339, UTC
	SignedBy string // fingerprint of the given key that signed it; "" when none did
	Cosigned []Cosignature
}

// Cosignature is another workstation's signature under a checkpoint.
type Cosignature struct {
	By string
	At time.Time
}

// Code is the exit code of the verdict.
func (v Verdict) Code() int {
	switch {
	case v.Err != nil:
		return CodeBroken
	case v.good():
		return CodeGood
	}
	return CodeUntrusted
}

// good reports whether a given key vouches for all that was read. An export
// is signed up to its last entry; of a log in use the last may wait for it,
// but no more than come between two checkpoints: with more, the checkpoints
// were taken away.
func (v Verdict) good() bool {
	if len(v.Notes) > 0 {
		return !slices.ContainsFunc(v.Notes, func(n Note) bool { return n.SignedBy == "" })
	}
	if v.Growing {
		return v.Report.Trusted && v.Report.Loose() <= check.Interval
	}
	return v.Report.Trusted && v.Report.TrustedSize >= v.Report.Entries
}

// stranger reports whether keys were given and none of them signed.
func (v Verdict) stranger() bool {
	return len(v.Keys) > 0 && v.Report.TrustedSize == 0
}

// readNotes reads checkpoints without a log: what they say and who signed it.
// A signature of a given key that does not fit is broken; one by somebody
// else is only not to be trusted.
func readNotes(cfg check.Config) (Verdict, error) {
	v := Verdict{Keys: cfg.Trusted}
	for _, signed := range cfg.Witnesses {
		n, err := readNote(signed, cfg)
		if err != nil && Unusable(err) {
			return Verdict{}, err
		}
		v.Notes, v.Err = append(v.Notes, n), errors.Join(v.Err, err)
	}
	return v, nil
}

func readNote(signed string, cfg check.Config) (Note, error) {
	text, err := signature.NoteText(signed)
	if err != nil {
		return Note{}, err
	}
	s, err := signature.ParseStatement(text)
	if err != nil {
		return Note{}, err
	}
	n := Note{Archive: strings.TrimPrefix(s.Origin, check.Origin("")), Size: s.Size, Root: hexadecimal(s.Root[:]), At: s.At}
	for _, given := range cfg.Trusted {
		p, keyErr := signature.ParsePublic(given)
		if keyErr != nil {
			continue // a fingerprint alone cannot check a signature
		}
		if _, err = p.OpenNote(signed); err == nil && p.Name() != s.Origin {
			return n, check.ErrOtherLog.With("origin", s.Origin, "archive", strings.TrimPrefix(p.Name(), check.Origin("")))
		} else if err == nil {
			n.SignedBy = p.Fingerprint()
		} else if !byNobodyKnown(err) {
			return n, err
		}
	}
	for _, given := range cfg.Cosigners {
		c, err := signature.ParseCosigner(given)
		if err != nil {
			return n, err
		}
		if at, err := c.Open(signed); err == nil {
			n.Cosigned = append(n.Cosigned, Cosignature{By: c.Name(), At: at})
		} else if !byNobodyKnown(err) {
			return n, err
		}
	}
	return n, nil
}

// byNobodyKnown reports whether a note merely bears no signature of the key
// that was asked for.
func byNobodyKnown(err error) bool {
	var unverified *note.UnverifiedNoteError
	return errors.As(err, &unverified)
}
