// Package certificate says of a released copy what it was made from, what was
// hidden in it and why, who asked, who checked, who approved and when, and lets anybody check
// that without the archive.
//
// The invariant: a certificate holds only as a whole. One changed byte in it or
// in the copy and Verify says so; a signature counts only under a key that the
// person checking brought along (《实施细则》第十八条).
package certificate

import (
	"bytes"
	"encoding/json"
	"fmt"

	"diaoyue.example/workstation/backend/signature"
)

// Version is the format written here (docs/formats/certificate.md). Version 1,
// which knew no check of a copy, is understood as well.
const Version = 2

// Certificate is what the archive states about one released copy. Times are
// RFC 3339 in UTC, digests lower hex.
type Certificate struct {
	Version   int                 `json:"version"`
	Number    string              `json:"number"`  // of the copy
	Archive   string              `json:"archive"` // id of the archive
	Organ     string              `json:"organ"`   // the bureau
	Copy      File                `json:"copy"`
	Original  File                `json:"original"`
	Record    Record              `json:"record"`
	Plan      string              `json:"plan"`  // digest of the redaction plan
	Items     []Item              `json:"items"` // what was hidden and why
	Machine   Machine             `json:"machine"`
	Submitted Act                 `json:"submitted"`
	Checked   []Checked           `json:"checked,omitzero"` // at most one; empty = nobody checked the copy; nil in version 1 only
	Approved  Act                 `json:"approved"`
	Released  Act                 `json:"released"`
	Opinion   string              `json:"opinion"` // of the approver
	Log       Log                 `json:"log"`
	Key       string              `json:"key"` // public key that signed
	Signature signature.Signature `json:"signature"`
}

// File names a file by its bytes.
type File struct {
	SHA256 string `json:"sha256"`
	SM3    string `json:"sm3"`
	Size   int64  `json:"size"` // bytes
}

// Record says which record the original is.
type Record struct {
	CaseCode string `json:"case_code"`
	Code     string `json:"code"`
	Title    string `json:"title"`
}

// Item is one thing hidden: where, how, on which ground, for which reason.
type Item struct {
	Kind   string  `json:"kind"` // mask or mute
	From   float64 `json:"from"` // s from the first shown frame
	To     float64 `json:"to"`
	Effect string  `json:"effect"`
	Ground string  `json:"ground"`
	Reason string  `json:"reason"`
}

// Machine is what was measured when the finished copy was read again.
type Machine struct {
	Frames   int64    `json:"frames"`
	Duration float64  `json:"duration"` // s
	Checks   []Check  `json:"checks"`
	Dropped  []string `json:"dropped"` // what the copy does not carry
}

// Check is one check and its result.
type Check struct {
	Key    string            `json:"key"`
	Passed bool              `json:"passed"`
	Params map[string]string `json:"params"`
}

// Act is what one person did and when.
type Act struct {
	Number string `json:"number"` // the person's staff number
	Name   string `json:"name"`
	At     string `json:"at"`
	Seq    int64  `json:"seq"` // log position of its entry
}

// Checked is what a third person, neither maker nor head, said of the copy.
type Checked struct {
	Act

	Opinion string `json:"opinion"`
	Shown   int64  `json:"shown"` // frames of the copy that the archive showed this person
	Total   int64  `json:"total"`
}

// Log ties the certificate to the archive's log: all entries are in the tree
// whose root a checkpoint signs. Entries' details (names, titles) are not part of
// a proof, only their salted digest.
type Log struct {
	Check    *signature.Inclusion `json:"check,omitzero"` // of the one in Checked
	Approval signature.Inclusion  `json:"approval"`
	Release  signature.Inclusion  `json:"release"`
}

// Names under which the entries of check, approval and release carry what they
// are about in their codes, and how much of the copy was shown.
const (
	CodePlan       = "plan"
	CodeCopySHA256 = "copy_sha256"
	CodeCopySM3    = "copy_sm3"
	CodeShown      = "shown"
	CodeTotal      = "total"
)

// Statement returns the bytes that are signed: c without its signature.
func (c Certificate) Statement() ([]byte, error) {
	c.Signature = signature.Signature{}
	return c.render()
}

// Bytes returns the one spelling of a certificate file.
func (c Certificate) Bytes() ([]byte, error) { return c.render() }

func (c Certificate) render() ([]byte, error) {
	if c.Items == nil {
		c.Items = []Item{}
	}
	if c.Machine.Checks == nil {
		c.Machine.Checks = []Check{}
	}
	if c.Machine.Dropped == nil {
		c.Machine.Dropped = []string{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return nil, fmt.Errorf("write certificate: %w", err)
	}
	return b.Bytes(), nil
}

// Signer signs statements: the archive's log, or a key pair itself.
type Signer interface {
	Sign(domain string, msg []byte) (signature.Signature, error)
	Public() signature.Public
}

// Sign fills in key and signature.
func (c *Certificate) Sign(s Signer) error {
	c.Version = Version
	if c.Checked == nil {
		c.Checked = []Checked{}
	}
	c.Key = s.Public().String()
	statement, err := c.Statement()
	if err != nil {
		return err
	}
	c.Signature, err = s.Sign(signature.DomainCertificate, statement)
	if err != nil {
		return fmt.Errorf("sign certificate: %w", err)
	}
	return nil
}
