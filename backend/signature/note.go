package signature

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/mod/sumdb/note"
)

// The types of the two signature lines. Ed25519 is type 1 of C2SP
// signed-note; SM2 has none, so it takes the type for private use, 0xff, and
// says in the hashed text what it is.
const (
	edType   = "\x01"
	smPrefix = "\xffdiaoyue sm2\n"
)

// SignNote signs text (which must end in a newline) as a C2SP signed note
// with both keys.
func (k *Private) SignNote(text string) (string, error) {
	p := k.Public()
	b, err := note.Sign(&note.Note{Text: text},
		noteSigner{name: k.name, hash: p.edHash(), sign: func(msg []byte) ([]byte, error) { return ed25519.Sign(k.ed, msg), nil }},
		noteSigner{name: k.name, hash: p.smHash(), sign: func(msg []byte) ([]byte, error) { return k.sm.SignWithSM2(rand.Reader, nil, msg) }},
	)
	if err != nil {
		return "", fmt.Errorf("sign note: %w", err)
	}
	return string(b), nil
}

// OpenNote returns the text of a signed note when both keys of p signed it,
// else an error that is ErrBadSignature.
func (p Public) OpenNote(signed string) (string, error) {
	if p.sm == nil {
		return "", ErrBadKey
	}
	n, err := note.Open([]byte(signed), note.VerifierList(
		noteVerifier{name: p.name, hash: p.edHash(), verify: func(msg, sig []byte) bool { return ed25519.Verify(p.ed, msg, sig) }},
		noteVerifier{name: p.name, hash: p.smHash(), verify: func(msg, sig []byte) bool { return verifySM2(p.sm, msg, sig) }},
	))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	if len(n.Sigs) != 2 {
		return "", ErrBadSignature.With("algorithm", "both")
	}
	return n.Text, nil
}

// NoteText returns the text of a signed note without checking who signed it.
func NoteText(signed string) (string, error) {
	_, err := note.Open([]byte(signed), nil)
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		return unverified.Note.Text, nil
	}
	return "", fmt.Errorf("%w: %w", ErrBadSignature, err)
}

// VKey returns the Ed25519 key as a C2SP verifier key, for foreign tools.
func (p Public) VKey() string {
	key, err := note.NewEd25519VerifierKey(p.name, p.ed)
	if err != nil {
		return ""
	}
	return key
}

func (p Public) edHash() uint32 { return noteHash(p.name, edType+string(p.ed)) }
func (p Public) smHash() uint32 { return noteHash(p.name, smPrefix+string(p.point)) }

func noteHash(name, key string) uint32 {
	sum := sha256.Sum256([]byte(name + "\n" + key))
	return binary.BigEndian.Uint32(sum[:])
}

func verifySM2(key *ecdsa.PublicKey, msg, sig []byte) bool {
	return sm2.VerifyASN1WithSM2(key, nil, msg, sig)
}

type noteSigner struct {
	name string
	hash uint32
	sign func([]byte) ([]byte, error)
}

func (s noteSigner) Name() string                    { return s.name }
func (s noteSigner) KeyHash() uint32                 { return s.hash }
func (s noteSigner) Sign(msg []byte) ([]byte, error) { return s.sign(msg) }

type noteVerifier struct {
	name   string
	hash   uint32
	verify func(msg, sig []byte) bool
}

func (v noteVerifier) Name() string                { return v.name }
func (v noteVerifier) KeyHash() uint32             { return v.hash }
func (v noteVerifier) Verify(msg, sig []byte) bool { return v.verify(msg, sig) }
