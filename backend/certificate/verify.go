package certificate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/signature"
)

const maxCertificate = 32 << 20

var (
	// ErrMalformed says that the file is no certificate of a known version.
	ErrMalformed = fault.New("certificate.malformed", "the file is not a certificate of a known version")
	// ErrChanged says that certificate or copy is not what was released. Parameter "what".
	ErrChanged = fault.New("certificate.changed", "certificate or copy was changed")
	// ErrWrongKey says that another key than the trusted one signed. Parameters "name", "fingerprint".
	ErrWrongKey = fault.New("certificate.wrong_key", "the certificate was signed with another key")
	// ErrNoTrustedKey says that nothing was found wrong, but that no trusted key
	// was given to check against. Parameters "name", "fingerprint".
	ErrNoTrustedKey = fault.New("certificate.no_trusted_key", "self-consistent only: no trusted key was given")
)

// Report says what a verification found.
type Report struct {
	Certificate    Certificate
	SelfConsistent bool   // nothing was changed since somebody signed it
	Trusted        bool   // and that somebody is the key given
	Name           string // under which the key signs
	Fingerprint    string // of the key that signed
	Size           int64  // log entries covered by the certificate's checkpoint
}

// Verify checks a certificate and the copy that came with it. It needs nothing
// but its arguments. Key is the archive's public key or its fingerprint, known
// from elsewhere; with an empty key a faultless certificate still gives
// ErrNoTrustedKey, for anybody can sign anything with a key of his own.
//
// Errors: ErrMalformed, ErrChanged, ErrWrongKey, ErrNoTrustedKey,
// signature.ErrBadKey, and those of reading the copy.
func Verify(cert []byte, released io.Reader, key string) (Report, error) {
	if err := checkKey(key); err != nil {
		return Report{}, err
	}
	c, err := parse(cert)
	if err != nil {
		return Report{}, err
	}
	public, err := signature.ParsePublic(c.Key)
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	r := Report{Certificate: c, Name: public.Name(), Fingerprint: public.Fingerprint()}
	if key != "" && !public.Is(key) {
		return r, ErrWrongKey.With("name", r.Name, "fingerprint", r.Fingerprint)
	}
	if err := c.check(cert, public, released, &r); err != nil {
		return r, err
	}
	r.SelfConsistent = true
	if key == "" {
		return r, ErrNoTrustedKey.With("name", r.Name, "fingerprint", r.Fingerprint)
	}
	r.Trusted = true
	return r, nil
}

// checkKey tells a mistyped key from a strange one.
func checkKey(key string) error {
	key = strings.TrimSpace(key)
	if key == "" || len(key) == len("sha256:")+64 && strings.HasPrefix(strings.ToLower(key), "sha256:") {
		return nil
	}
	_, err := signature.ParsePublic(key)
	return err
}

func parse(cert []byte) (Certificate, error) {
	var c Certificate
	if len(cert) > maxCertificate {
		return c, ErrMalformed
	}
	d := json.NewDecoder(bytes.NewReader(cert))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if c.Version != Version && c.Version != 1 || (c.Version == 1) != (c.Checked == nil) {
		return c, fmt.Errorf("%w: version %d", ErrMalformed, c.Version)
	}
	return c, nil
}

func (c Certificate) check(cert []byte, public signature.Public, released io.Reader, r *Report) error {
	// The file must be spelt as the archive spelt it: what a reader overlooks
	// (a name given twice, another case) must not hide in it.
	spelt, err := c.Bytes()
	if err != nil {
		return err
	}
	if !bytes.Equal(spelt, cert) {
		return ErrChanged.With("what", "certificate")
	}
	statement, err := c.Statement()
	if err != nil {
		return err
	}
	if err = public.Verify(signature.DomainCertificate, statement, c.Signature); err != nil {
		return fmt.Errorf("%w: %w", ErrChanged.With("what", "certificate"), err)
	}
	if err = c.Copy.compare(released); err != nil {
		return err
	}
	r.Size, err = c.Log.check(c, public)
	return err
}

func (f File) compare(file io.Reader) error {
	a, b := sha256.New(), sm3.New()
	n, err := io.Copy(io.MultiWriter(a, b), file)
	if err != nil {
		return fmt.Errorf("read copy: %w", err)
	}
	if n != f.Size || hex.EncodeToString(a.Sum(nil)) != f.SHA256 || hex.EncodeToString(b.Sum(nil)) != f.SM3 {
		return ErrChanged.With("what", "copy")
	}
	return nil
}

// check returns the size of the log at the release's checkpoint.
func (l Log) check(c Certificate, public signature.Public) (int64, error) {
	type rest struct {
		entry signature.Inclusion
		event string
		seq   int64
		codes map[string]any
	}
	about := map[string]any{CodePlan: c.Plan, CodeCopySHA256: c.Copy.SHA256, CodeCopySM3: c.Copy.SM3}
	rests := []rest{{l.Approval, "approval", c.Approved.Seq, about}, {l.Release, "dissemination", c.Released.Seq, about}}
	switch {
	case len(c.Checked) == 0 && l.Check == nil:
	case len(c.Checked) == 1 && l.Check != nil:
		shown := maps.Clone(about)
		shown[CodeShown], shown[CodeTotal] = float64(c.Checked[0].Shown), float64(c.Checked[0].Total)
		rests = slices.Insert(rests, 0, rest{*l.Check, "check", c.Checked[0].Seq, shown})
	default:
		return 0, ErrChanged.With("what", "log")
	}
	var size, before int64
	var origin string
	for _, p := range rests {
		changed := ErrChanged.With("what", "log", "seq", strconv.FormatInt(p.entry.Seq, 10))
		s, err := public.VerifyInclusion(p.entry)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", changed, err)
		}
		if p.entry.Seq != p.seq || p.seq <= before || origin != "" && s.Origin != origin || !speaksOf(p.entry.Body, p.event, p.seq, p.codes) {
			return 0, changed
		}
		size, origin, before = s.Size, s.Origin, p.seq
	}
	return size, nil
}

// speaksOf reports whether a log entry is that event with these codes, and
// ended well.
func speaksOf(body, event string, seq int64, codes map[string]any) bool {
	var e struct {
		Event  string         `json:"event"`
		Result string         `json:"result"`
		Seq    int64          `json:"seq"`
		Codes  map[string]any `json:"codes"`
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return false
	}
	for name, want := range codes {
		if e.Codes[name] != want {
			return false
		}
	}
	return e.Event == event && e.Result == "ok" && e.Seq == seq
}
