// Package signature holds the archive's key pair: every statement of the
// archive is signed twice, by Ed25519 (checked everywhere) and by SM2 (GB/T
// 32918, asked for in China). A statement is good only if both signatures
// are.
package signature

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/emmansun/gmsm/sm2"

	"diaoyue.example/workstation/backend/fault"
)

// DomainCertificate is the domain of certificates of redacted copies.
const DomainCertificate = "certificate"

var (
	// ErrBadKey says that a key cannot be read.
	ErrBadKey = fault.New("signature.bad_key", "the key cannot be read")
	// ErrBadSignature says that a signature does not fit text and key.
	ErrBadSignature = fault.New("signature.bad_signature", "the signature does not fit")
)

const (
	scheme     = "diaoyue1"
	sm2PubSize = 65 // uncompressed point
	keySize    = ed25519.PublicKeySize + sm2PubSize
)

// Signature is one statement's two signatures; in JSON both in base64.
type Signature struct {
	Ed25519 []byte `json:"ed25519"`
	SM2     []byte `json:"sm2"` // ASN.1, user id 1234567812345678
}

// Private is a key pair with the name under which it signs.
type Private struct {
	name string
	ed   ed25519.PrivateKey
	sm   *sm2.PrivateKey
}

// Generate makes a new key pair. The name must have no space and no plus
// sign; it stands in every checkpoint.
func Generate(name string) (*Private, error) {
	if !validName(name) {
		return nil, ErrBadKey.With("name", name)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate ed25519 key: %w", err)
	}
	sm, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate sm2 key: %w", err)
	}
	return &Private{name: name, ed: ed, sm: sm}, nil
}

// ParsePrivate reads what Private.Marshal wrote.
func ParsePrivate(text string) (*Private, error) {
	parts := strings.Split(strings.TrimSpace(text), "+")
	// Base64 may hold a plus sign itself, so the key is all that is left.
	if len(parts) < 4 || parts[0] != "PRIVATE" || parts[1] != scheme || !validName(parts[2]) {
		return nil, ErrBadKey
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(parts[3:], "+"))
	if err != nil || len(raw) != ed25519.SeedSize+32 {
		return nil, ErrBadKey
	}
	sm, err := sm2.NewPrivateKey(raw[ed25519.SeedSize:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadKey, err)
	}
	return &Private{name: parts[2], ed: ed25519.NewKeyFromSeed(raw[:ed25519.SeedSize]), sm: sm}, nil
}

// Marshal writes the key pair as one line of text. It is a secret.
func (k *Private) Marshal() string {
	raw := append(k.ed.Seed(), k.sm.D.FillBytes(make([]byte, 32))...)
	return "PRIVATE+" + scheme + "+" + k.name + "+" + base64.StdEncoding.EncodeToString(raw)
}

// Public returns the public half.
func (k *Private) Public() Public {
	ed, _ := k.ed.Public().(ed25519.PublicKey)
	p := Public{name: k.name, ed: ed, sm: &k.sm.PublicKey}
	if point, err := sm2.PublicKeyToECDH(p.sm); err == nil { // cannot fail for a key on the curve
		p.point = point.Bytes()
	}
	return p
}

// Sign signs msg for a domain, so that a signature under one kind of
// statement can never be shown under another.
func (k *Private) Sign(domain string, msg []byte) (Signature, error) {
	text := scoped(domain, msg)
	sm, err := k.sm.SignWithSM2(rand.Reader, nil, text)
	if err != nil {
		return Signature{}, fmt.Errorf("sign with sm2: %w", err)
	}
	return Signature{Ed25519: ed25519.Sign(k.ed, text), SM2: sm}, nil
}

// Public is the public half of a key pair.
type Public struct {
	name  string
	ed    ed25519.PublicKey
	point []byte
	sm    *ecdsa.PublicKey
}

// ParsePublic reads what Public.String wrote.
func ParsePublic(text string) (Public, error) {
	parts := strings.Split(strings.TrimSpace(text), "+")
	if len(parts) < 3 || parts[0] != scheme || !validName(parts[1]) {
		return Public{}, ErrBadKey
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(parts[2:], "+"))
	if err != nil || len(raw) != keySize {
		return Public{}, ErrBadKey
	}
	point := raw[ed25519.PublicKeySize:]
	sm, err := sm2.NewPublicKey(point)
	if err != nil {
		return Public{}, fmt.Errorf("%w: %w", ErrBadKey, err)
	}
	return Public{name: parts[1], ed: raw[:ed25519.PublicKeySize], point: point, sm: sm}, nil
}

// String returns the key as one word without spaces, to be written into a
// file, printed or given after --key.
func (p Public) String() string {
	return scheme + "+" + p.name + "+" + base64.StdEncoding.EncodeToString(p.bytes())
}

// Name returns the name under which the key signs.
func (p Public) Name() string { return p.name }

// Fingerprint returns "sha256:" and the digest of both keys in lower hex,
// short enough to be read out over the telephone.
func (p Public) Fingerprint() string {
	sum := sha256.Sum256(p.bytes())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Is reports whether text is this key or its fingerprint.
func (p Public) Is(text string) bool {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, p.Fingerprint()) {
		return true
	}
	other, err := ParsePublic(text)
	return err == nil && other.Fingerprint() == p.Fingerprint()
}

// Verify returns nil when both signatures fit msg in that domain, else an
// error that is ErrBadSignature.
func (p Public) Verify(domain string, msg []byte, sig Signature) error {
	if p.sm == nil {
		return ErrBadKey
	}
	text := scoped(domain, msg)
	if !ed25519.Verify(p.ed, text, sig.Ed25519) {
		return ErrBadSignature.With("algorithm", "Ed25519")
	}
	if !sm2.VerifyASN1WithSM2(p.sm, nil, text, sig.SM2) {
		return ErrBadSignature.With("algorithm", "SM2")
	}
	return nil
}

func (p Public) bytes() []byte { return append(append([]byte{}, p.ed...), p.point...) }

func scoped(domain string, msg []byte) []byte {
	return append([]byte(scheme+" "+domain+"\n"), msg...)
}

func validName(name string) bool {
	return name != "" && !strings.ContainsAny(name, " \t\r\n+")
}
