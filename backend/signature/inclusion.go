package signature

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/fault"
)

// ErrBadProof says that an entry is not in the log that a checkpoint signs.
var ErrBadProof = fault.New("signature.bad_proof", "the entry is not in the signed log")

// Inclusion shows that an entry stands in the log whose size and root a
// checkpoint signs. It needs no database to be checked.
type Inclusion struct {
	Seq        int64    `json:"seq"`        // number of the entry, from 1
	Body       string   `json:"body"`       // the entry's codes, exactly as logged
	Path       []string `json:"path"`       // hashes from the entry to the root, lower hex
	Checkpoint string   `json:"checkpoint"` // signed note
}

// Statement is what a checkpoint says.
type Statement struct {
	Origin string // "diaoyue.example/" and the archive's id
	Size   int64  // entries
	Root   tlog.Hash
	At     string // RFC 3339, UTC
}

// Text returns the text to be signed: three lines of C2SP tlog-checkpoint and
// one extension line with the time.
func (s Statement) Text() string {
	return s.Origin + "\n" + strconv.FormatInt(s.Size, 10) + "\n" + s.Root.String() + "\nat " + s.At + "\n"
}

// ParseStatement reads what Statement.Text wrote. Unknown further lines are
// allowed, as C2SP asks.
func ParseStatement(text string) (Statement, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return Statement{}, ErrBadProof
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Statement{}, ErrBadProof
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Statement{}, ErrBadProof
	}
	s := Statement{Origin: lines[0], Size: size, Root: tlog.Hash(root)}
	for _, line := range lines[3:] {
		if at, ok := strings.CutPrefix(line, "at "); ok {
			s.At = at
		}
	}
	return s, nil
}

// VerifyInclusion returns what the checkpoint says when p signed it and the
// entry is in its log; else an error that is ErrBadSignature or ErrBadProof.
// Whether p itself is to be trusted is for the caller to know.
func (p Public) VerifyInclusion(i Inclusion) (Statement, error) {
	text, err := p.OpenNote(i.Checkpoint)
	if err != nil {
		return Statement{}, err
	}
	s, err := ParseStatement(text)
	if err != nil {
		return Statement{}, err
	}
	path := make(tlog.RecordProof, len(i.Path))
	for n, h := range i.Path {
		raw, err := hex.DecodeString(h)
		if err != nil || len(raw) != tlog.HashSize {
			return Statement{}, ErrBadProof
		}
		path[n] = tlog.Hash(raw)
	}
	if i.Seq < 1 || i.Seq > s.Size {
		return Statement{}, ErrBadProof
	}
	if err := tlog.CheckRecord(path, s.Size, s.Root, i.Seq-1, tlog.RecordHash([]byte(i.Body))); err != nil {
		return Statement{}, ErrBadProof
	}
	return s, nil
}
