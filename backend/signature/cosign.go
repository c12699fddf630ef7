package signature

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A cosignature is what another workstation puts under a checkpoint of ours:
// it has seen this log, and it has grown from what it saw before. The form is
// C2SP tlog-cosignature/v1, which is Ed25519 alone, so that any C2SP witness
// can give one and any C2SP tool can check it.

// coType is the type of a cosignature in C2SP signed-note.
const coType = "\x04"

const coSize = 8 + ed25519.SignatureSize

// Cosigner is the public half of a key that gives cosignatures.
type Cosigner struct {
	name string
	ed   ed25519.PublicKey
}

// Cosigner returns the key as one that gives cosignatures.
func (p Public) Cosigner() Cosigner { return Cosigner{name: p.name, ed: p.ed} }

// ParseCosigner reads the public key of a workstation (Public.String) or a
// C2SP verifier key of type 0x04.
func ParseCosigner(text string) (Cosigner, error) {
	if p, err := ParsePublic(text); err == nil {
		return p.Cosigner(), nil
	}
	parts := strings.SplitN(strings.TrimSpace(text), "+", 3)
	if len(parts) != 3 || !validName(parts[0]) {
		return Cosigner{}, ErrBadKey
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != coType[0] {
		return Cosigner{}, ErrBadKey
	}
	c := Cosigner{name: parts[0], ed: raw[1:]}
	if fmt.Sprintf("%08x", c.hash()) != strings.ToLower(parts[1]) {
		return Cosigner{}, ErrBadKey
	}
	return c, nil
}

// Name returns the name under which the key cosigns.
func (c Cosigner) Name() string { return c.name }

// VKey returns the key as a C2SP verifier key.
func (c Cosigner) VKey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.hash(), base64.StdEncoding.EncodeToString(append([]byte(coType), c.ed...)))
}

func (c Cosigner) hash() uint32 { return noteHash(c.name, coType+string(c.ed)) }

// Open returns when c cosigned the note, or an error that is ErrBadSignature
// when it did not.
func (c Cosigner) Open(signed string) (time.Time, error) {
	var at time.Time
	verify := func(msg, sig []byte) bool {
		if len(sig) != coSize {
			return false
		}
		seconds := binary.BigEndian.Uint64(sig)
		at = time.Unix(int64(seconds), 0).UTC() //nolint:gosec // a time beyond int64 fails as a signature over another text
		return ed25519.Verify(c.ed, cosigned(seconds, string(msg)), sig[8:])
	}
	n, err := note.Open([]byte(signed), note.VerifierList(noteVerifier{name: c.name, hash: c.hash(), verify: verify}))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	if len(n.Sigs) != 1 {
		return time.Time{}, ErrBadSignature
	}
	return at, nil
}

// Cosign adds this key's cosignature to a signed note.
func (k *Private) Cosign(signed string, at time.Time) (string, error) {
	p := k.Public().Cosigner()
	seconds := uint64(max(at.Unix(), 0))
	n, err := note.Open([]byte(signed), nil)
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		n, err = unverified.Note, nil
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	b, err := note.Sign(n, noteSigner{name: p.name, hash: p.hash(), sign: func(msg []byte) ([]byte, error) {
		return append(binary.BigEndian.AppendUint64(nil, seconds), ed25519.Sign(k.ed, cosigned(seconds, string(msg)))...), nil
	}})
	if err != nil {
		return "", fmt.Errorf("cosign note: %w", err)
	}
	return string(b), nil
}

// cosigned is the text a cosignature is over.
func cosigned(seconds uint64, text string) []byte {
	return []byte("cosignature/v1\ntime " + strconv.FormatUint(seconds, 10) + "\n" + text)
}

// Request asks another workstation for its cosignature: a checkpoint, and the
// proof that it has grown from the one that workstation saw last. Its form is
// the body of C2SP tlog-witness add-checkpoint.
type Request struct {
	Old  int64       // entries of the checkpoint seen last; 0 for the first time
	Path []tlog.Hash // consistency proof, empty when Old is 0
	Note string
}

// Text returns the request as it is written to a stick.
func (r Request) Text() string {
	var b strings.Builder
	b.WriteString("old " + strconv.FormatInt(r.Old, 10) + "\n")
	for _, h := range r.Path {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n" + r.Note)
	return b.String()
}

// ParseRequest reads what Request.Text wrote, or a bare checkpoint, which is a
// request for a first cosignature. ErrBadProof.
func ParseRequest(text string) (Request, error) {
	if !strings.HasPrefix(text, "old ") {
		r := Request{Note: text}
		return r, r.check()
	}
	head, signed, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if !ok || err != nil || old < 0 || len(lines) > 64 || "old "+strconv.FormatInt(old, 10) != lines[0] {
		return Request{}, ErrBadProof
	}
	r := Request{Old: old, Note: signed}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return Request{}, ErrBadProof
		}
		r.Path = append(r.Path, h)
	}
	return r, r.check()
}

func (r Request) check() error {
	text, err := NoteText(r.Note)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadProof, err)
	}
	s, err := ParseStatement(text)
	if err != nil || s.Size < r.Old {
		return ErrBadProof
	}
	return nil
}

// Consistency shows that a log has grown from one checkpoint to another and
// that nothing the first covers was rewritten.
type Consistency struct {
	Old, New int64
	Path     []string // lower hex
}

// Check returns nil when the log with root recent over New entries has grown
// from the one with root old over Old entries, else ErrBadProof.
func (c Consistency) Check(old, recent tlog.Hash) error {
	path := make(tlog.TreeProof, len(c.Path))
	for i, h := range c.Path {
		raw, err := hex.DecodeString(h)
		if err != nil || len(raw) != tlog.HashSize {
			return ErrBadProof
		}
		path[i] = tlog.Hash(raw)
	}
	return CheckGrowth(path, c.Old, c.New, old, recent)
}

// CheckGrowth is Consistency.Check on hashes.
func CheckGrowth(path []tlog.Hash, old, recent int64, oldRoot, recentRoot tlog.Hash) error {
	switch {
	case old == 0 && len(path) == 0:
		return nil
	case old < 1 || recent < old:
		return ErrBadProof
	case old == recent:
		if len(path) > 0 || oldRoot != recentRoot {
			return ErrBadProof
		}
		return nil
	}
	if err := tlog.CheckTree(path, recent, recentRoot, old, oldRoot); err != nil {
		return fmt.Errorf("%w: %w", ErrBadProof, err)
	}
	return nil
}
