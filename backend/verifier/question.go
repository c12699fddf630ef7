package verifier

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"strings"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
)

// Question says what is to be verified and against what. Keys are given as
// text or as the path of a file that holds one.
type Question struct {
	Export    string   // path of an export; "-" is Stdin; "" when only checkpoints are read
	Keys      []string // public keys or fingerprints that came from elsewhere than the log
	Witnesses []string // files with checkpoints from outside: of a stick, or the text of a sheet's QR code
	Cosigners []string // public keys of other workstations
	Stdin     io.Reader
}

// Flags declares the question's flags: --export, --key, --witness and
// --cosigner, the last three as often as wanted.
func (q *Question) Flags(flags *flag.FlagSet) {
	flags.StringVar(&q.Export, "export", "", "")
	for name, list := range map[string]*[]string{"key": &q.Keys, "witness": &q.Witnesses, "cosigner": &q.Cosigners} {
		flags.Func(name, "", func(text string) error {
			*list = append(*list, text)
			return nil
		})
	}
}

// Empty reports whether there is nothing to verify.
func (q *Question) Empty() bool { return q.Export == "" && len(q.Witnesses) == 0 }

// Resolve reads what the question names but the export. Errors: ErrNoFile,
// ErrNotCheckpoint, signature.ErrBadKey.
func (q *Question) Resolve() (check.Config, error) {
	var cfg check.Config
	for _, given := range q.Keys {
		text, err := trusted(given)
		if err != nil {
			return check.Config{}, err
		}
		cfg.Trusted = append(cfg.Trusted, text)
	}
	for _, given := range q.Cosigners {
		text, err := keyText(given)
		if err == nil {
			_, err = signature.ParseCosigner(text)
		}
		if err != nil {
			return check.Config{}, err
		}
		cfg.Cosigners = append(cfg.Cosigners, text)
	}
	for _, path := range q.Witnesses {
		note, err := q.witness(path)
		if err != nil {
			return check.Config{}, err
		}
		cfg.Witnesses = append(cfg.Witnesses, note)
	}
	return cfg, nil
}

// Verify answers the question. What is wrong with the log is part of the
// verdict; the error says that nothing could be verified. progress may be nil.
func (q *Question) Verify(ctx context.Context, progress func(done int64)) (Verdict, error) {
	cfg, err := q.Resolve()
	if err != nil {
		return Verdict{}, err
	}
	if q.Export == "" {
		return readNotes(cfg)
	}
	in := q.Stdin
	if q.Export != "-" {
		f, openErr := os.Open(q.Export)
		if openErr != nil {
			return Verdict{}, ErrNoFile.With("path", q.Export)
		}
		defer f.Close()
		in = f
	}
	report, err := check.Export(ctx, in, cfg, progress)
	v := Verdict{Report: report, Keys: cfg.Trusted, Err: err}
	if Unusable(err) {
		if !errors.Is(err, context.Canceled) {
			err = errors.Join(ErrNoFile.With("path", q.Export), err)
		}
		return Verdict{}, err
	}
	return v, nil
}

var fingerprint = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// trusted reads a key or fingerprint; a fingerprint that was read out or typed
// may have spaces and capitals.
func trusted(given string) (string, error) {
	if text := strings.ToLower(strings.Join(strings.Fields(given), "")); fingerprint.MatchString(text) {
		return text, nil
	}
	text, err := keyText(given)
	if err != nil {
		return "", err
	}
	if fingerprint.MatchString(strings.ToLower(text)) {
		return strings.ToLower(text), nil
	}
	_, err = signature.ParsePublic(text)
	return text, err
}

// keyText returns a key, or what is in the file of that name.
func keyText(given string) (string, error) {
	if _, err := signature.ParseCosigner(given); err == nil {
		return strings.TrimSpace(given), nil
	}
	text, err := readSmall(given)
	if err != nil {
		// Neither a key nor a file: more likely a key that was copied badly.
		return "", signature.ErrBadKey.With("key", given)
	}
	return strings.TrimSpace(string(text)), nil
}

// witness reads a checkpoint that was brought along. What came through a
// telephone's camera may have lost its last newline or gained returns.
func (q *Question) witness(path string) (string, error) {
	var text []byte
	var err error
	if path == "-" && q.Export != "-" {
		text, err = io.ReadAll(io.LimitReader(q.Stdin, maxSmall))
	} else {
		text, err = readSmall(path)
	}
	if err != nil {
		return "", ErrNoFile.With("path", path)
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = append(bytes.TrimRight(bytes.TrimPrefix(text, []byte("\ufeff")), "\n \t"), '\n')
	r, err := signature.ParseRequest(string(text))
	if err != nil {
		return "", ErrNotCheckpoint.With("path", path)
	}
	return r.Note, nil
}

// maxSmall bounds a file that holds a key or a checkpoint.
const maxSmall = 1 << 20

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSmall))
}
