// Package check verifies a log without its archive: it recomputes the tree
// from the entries as they pass by and holds it against every root that
// somebody signed, noted or took away as a witness. It opens no database and
// trusts no key but those given to it, so that a court or the 司法局 can run
// it on an export.
//
// Invariant: nothing that is stored is believed; of an entry only its body
// counts, and of a key only that somebody brought it from elsewhere.
package check

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/signature"
)

// Origin is the name of an archive's log in checkpoints and keys.
func Origin(archive string) string { return "diaoyue.example/" + archive }

// Entry is an entry as it was found, unbelieved. Its slices are only looked
// at during the call.
type Entry struct {
	Seq      int64
	Body     []byte
	Details  []byte // nil when there are none
	Salt     []byte // nil when there are none
	Withheld bool   // details that are not here were kept back, and that is no fault
}

// Checker verifies one log. Keys, checkpoints, marks and witnesses are given
// first, then the entries in order, then Finish is called.
type Checker struct {
	report Report
	keys   []key
	expect map[int64][]expectation // size → roots that must be found there
	reach  int64                   // the greatest size expected
	good   int64                   // entries covered by a root that was found
	spared []spared                // roots that did not fit and that a restore may explain
	stack  []tlog.Hash             // complete subtrees, left to right
	n      int64                   // entries so far
	fields Fields
	given  []string          // keys and fingerprints to be trusted
	named  map[string]naming // fingerprint → the entry that introduced the key
	told   map[int64]kept    // entry → the witness it speaks of
	held   map[int64]kept    // entry → the witness that is kept for it
	buffer []byte
}

// expectation is a root that someone signed or noted.
type expectation struct {
	root    tlog.Hash
	signer  string // fingerprint; "" for marks and witnesses
	outside bool   // brought by a witness
	mark    bool   // noted outside the archive
}

// spared is a root that did not fit, and what that means unless the restore
// is signed.
type spared struct {
	size  int64
	fault *TamperError
}

// New returns a checker for the log of an archive. trusted are public keys or
// fingerprints that came from elsewhere than the log.
func New(archive string, trusted []string) *Checker {
	c := &Checker{expect: map[int64][]expectation{}, given: trusted, named: map[string]naming{}, told: map[int64]kept{}, held: map[int64]kept{}}
	c.report.Archive = archive
	for _, text := range trusted {
		// A fingerprint helps only when the log brings the key itself.
		if p, err := signature.ParsePublic(text); err == nil {
			c.addKey(p)
		}
	}
	return c
}

// Head returns how many entries have passed and the fields of the last one.
func (c *Checker) Head() (int64, *Fields) { return c.n, &c.fields }

// Read takes the next entry, whose number must follow, and returns its
// fields and its leaf. Grow must follow.
func (c *Checker) Read(e *Entry) (*Fields, tlog.Hash, error) {
	seq := c.n + 1
	if e.Seq != seq {
		return nil, tlog.Hash{}, &TamperError{Seq: seq, To: max(e.Seq-1, seq), Kind: KindMissing}
	}
	leaf := c.leaf(e.Body)
	f := &c.fields
	if !f.scan(e.Body) {
		if err := f.parse(e.Body); err != nil {
			return nil, leaf, tampered(seq, KindBody)
		}
	}
	if f.Seq != seq || f.V != Version {
		return nil, leaf, tampered(seq, KindBody)
	}
	if !c.detailsFit(e, f.Details) {
		return nil, leaf, tampered(seq, KindDetails)
	}
	if err := c.note(seq, f.Event, e.Body); err != nil {
		return nil, leaf, err
	}
	return f, leaf, nil
}

// leaf is tlog.RecordHash without its copy of the body.
func (c *Checker) leaf(body []byte) tlog.Hash {
	c.buffer = append(append(c.buffer[:0], 0), body...)
	return sha256.Sum256(c.buffer)
}

func (c *Checker) detailsFit(e *Entry, want []byte) bool {
	if e.Details == nil && e.Salt == nil {
		if want != nil && e.Withheld {
			c.report.Withheld++
			return true
		}
		return want == nil
	}
	if want == nil || e.Details == nil || e.Salt == nil {
		return false
	}
	c.buffer = append(append(c.buffer[:0], e.Salt...), e.Details...)
	sum := sha256.Sum256(c.buffer)
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], sum[:])
	return bytes.Equal(text[:], want)
}

// Grow adds a leaf to the recomputed tree and compares the root with those
// expected at this size. stored, which may be nil, is asked about each hash
// that becomes known by it, with its index in the order of tlog.
func (c *Checker) Grow(leaf tlog.Hash, stored func(index int64, h tlog.Hash) bool) error {
	index := tlog.StoredHashIndex(0, c.n)
	c.stack = append(c.stack, leaf)
	c.n++
	width := int64(1)
	for k := c.n; ; k >>= 1 {
		top := c.stack[len(c.stack)-1]
		if stored != nil && !stored(index, top) {
			return &TamperError{Seq: c.n - width + 1, To: c.n, Kind: KindHashes}
		}
		if k&1 == 1 {
			break
		}
		left := c.stack[len(c.stack)-2]
		c.stack = append(c.stack[:len(c.stack)-2], tlog.NodeHash(left, top))
		index++
		width *= 2
	}
	return c.check()
}

// Expect says that there must be at least size entries.
func (c *Checker) Expect(size int64) { c.reach = max(c.reach, size) }

// Mark says that the log once had this root over size entries.
func (c *Checker) Mark(size int64, root tlog.Hash) {
	c.need(size, expectation{root: root, mark: true})
}

// Witness takes a checkpoint that came from outside the archive: from a
// printed sheet, a stick, another workstation. Whoever brings it vouches for
// it, so its signatures are not asked.
func (c *Checker) Witness(note string) error {
	text, err := signature.NoteText(note)
	if err != nil {
		return err
	}
	s, err := signature.ParseStatement(text)
	if err != nil {
		return err
	}
	if s.Origin != Origin(c.report.Archive) {
		return ErrOtherLog.With("origin", s.Origin, "archive", c.report.Archive)
	}
	c.need(s.Size, expectation{root: s.Root, outside: true})
	return nil
}

// Checkpoint takes a checkpoint of the log over size entries; a key of the
// log must have signed it.
func (c *Checker) Checkpoint(size int64, note string) error {
	for _, k := range c.keys {
		text, err := k.OpenNote(note)
		if err != nil {
			continue
		}
		s, err := signature.ParseStatement(text)
		if err != nil || s.Size != size || s.Origin != Origin(c.report.Archive) {
			break
		}
		c.need(size, expectation{root: s.Root, signer: k.Fingerprint()})
		return nil
	}
	return tampered(size, KindCheckpoint)
}

func (c *Checker) need(size int64, e expectation) {
	if size == 0 || slices.Contains(c.expect[size], e) {
		return
	}
	c.expect[size] = append(c.expect[size], e)
}

// check compares the root so far with those expected at this size.
func (c *Checker) check() error {
	expected := c.expect[c.n]
	if len(expected) == 0 {
		return nil
	}
	root := c.root()
	for i := range expected {
		e := &expected[i]
		if e.root == root {
			continue
		}
		fault := &TamperError{Seq: c.good + 1, To: c.n, Kind: KindRewritten}
		if !slices.ContainsFunc(c.report.Restores, func(r Restore) bool { return r.covers(c.n) }) {
			return fault
		}
		e.signer, e.outside, e.mark = "", false, false // of the branch that a restore gave up
		c.spared = append(c.spared, spared{c.n, fault})
	}
	c.good = c.n
	return nil
}

// lost reports whether a root over size entries may belong to what a lawful
// restore gave up. Anybody who owns the disk can write that there was a
// restore; only the log's key can sign it.
func (c *Checker) lost(size int64) bool {
	return slices.ContainsFunc(c.report.Restores, func(r Restore) bool { return r.covers(size) && c.signed(r.Seq) })
}

// signed reports whether a checkpoint that fits covers the entry.
func (c *Checker) signed(seq int64) bool {
	for size, expected := range c.expect {
		if size >= seq && size <= c.n && slices.ContainsFunc(expected, func(e expectation) bool { return e.signer != "" }) {
			return true
		}
	}
	return false
}

// root folds the complete subtrees into the root of the entries so far.
func (c *Checker) root() tlog.Hash {
	if len(c.stack) == 0 {
		return sha256.Sum256(nil)
	}
	root := c.stack[len(c.stack)-1]
	for _, left := range slices.Backward(c.stack[:len(c.stack)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

// Finish looks for what should have come after the last entry, and sums up.
func (c *Checker) Finish(ctx context.Context) (Report, error) {
	if err := ctx.Err(); err != nil {
		return c.report, err
	}
	for _, s := range c.spared {
		if !c.lost(s.size) {
			return c.report, s.fault
		}
	}
	for size := range c.expect {
		if size > c.n && !c.lost(size) {
			c.reach = max(c.reach, size)
		}
	}
	if c.reach > c.n {
		return c.report, &TamperError{Seq: c.n + 1, To: max(c.reach, c.n+1), Kind: KindMissing}
	}
	r := &c.report
	r.Entries = c.n
	root := c.root()
	r.Root = hex.EncodeToString(root[:])
	if err := c.introduced(); err != nil {
		return c.report, err
	}
	if err := c.witnesses(); err != nil {
		return c.report, err
	}
	c.trust()
	var last int64
	for size, expected := range c.expect {
		if size > c.n {
			continue // of a branch that was given up
		}
		for _, e := range expected {
			if e.outside {
				r.Witnessed = max(r.Witnessed, size)
			}
			if e.mark {
				r.HighWater = max(r.HighWater, size)
			}
			if e.signer == "" {
				continue
			}
			r.Checkpoints++
			last = max(last, size)
			if c.trusts(e.signer) {
				r.TrustedSize = max(r.TrustedSize, size)
			}
			if !slices.Contains(r.SignedBy, e.signer) {
				r.SignedBy = append(r.SignedBy, e.signer)
			}
		}
	}
	slices.Sort(r.SignedBy)
	r.Trusted = r.TrustedSize == last && slices.ContainsFunc(c.keys, func(k key) bool { return k.trusted }) &&
		(last > 0 || r.HighWater > 0 || r.Entries == 0)
	return c.report, nil
}

// note keeps what entries say about the log itself.
func (c *Checker) note(seq int64, event, body []byte) error {
	switch string(event) {
	case "key-change", "key-loss", "recovery", "witness":
	default:
		return nil
	}
	b, err := ParseBody(body)
	if err != nil {
		return tampered(seq, KindBody)
	}
	var codes struct {
		Fingerprint string `json:"fingerprint"`
		Size        int64  `json:"size"`
		HighWater   int64  `json:"highwater"`
		Root        string `json:"root"`
		Note        string `json:"note"`
	}
	// Codes are free in form; what is missing counts for nothing.
	_ = json.Unmarshal(b.Codes, &codes)
	switch b.Event {
	case "recovery":
		if codes.HighWater > 0 {
			c.report.Restores = append(c.report.Restores, Restore{Seq: seq, Size: codes.Size, HighWater: codes.HighWater})
		}
	case "witness":
		c.told[seq] = kept{size: codes.Size, digest: codes.Note}
	default:
		c.named[codes.Fingerprint] = naming{seq: seq, change: b.Event == "key-change"}
	}
	return nil
}
