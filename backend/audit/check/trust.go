package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"diaoyue.example/workstation/backend/signature"
)

// key is a key that may have signed checkpoints.
type key struct {
	signature.Public
	since   int64 // the first entry it may cover, as the log says; 0 when the log does not know it
	first   bool  // the log's first key, which no entry introduces
	trusted bool
}

// naming is the entry that introduced a key.
type naming struct {
	seq    int64
	change bool // a change, which the key before it signed; not a loss
}

// kept is what the log keeps of a witness.
type kept struct {
	size   int64
	digest string // lower hex of SHA-256 over the note
}

// Key takes a key that the log names, in the order in which they came.
func (c *Checker) Key(p signature.Public, since int64) {
	first := !slices.ContainsFunc(c.keys, func(k key) bool { return k.since > 0 })
	i := c.addKey(p)
	c.keys[i].since, c.keys[i].first = since, first
}

// Knows reports whether p is a key that the log names.
func (c *Checker) Knows(p signature.Public) bool {
	return slices.ContainsFunc(c.keys, func(k key) bool { return k.since > 0 && k.Fingerprint() == p.Fingerprint() })
}

func (c *Checker) addKey(p signature.Public) int {
	for i, k := range c.keys {
		if k.Fingerprint() == p.Fingerprint() {
			return i
		}
	}
	c.keys = append(c.keys, key{Public: p})
	return len(c.keys) - 1
}

// trust follows the chain of planned changes: what a trusted key signed, and
// that names its successor, makes the successor trusted. A key that came
// because another was lost is trusted by nobody.
func (c *Checker) trust() {
	for i := range c.keys {
		k := &c.keys[i]
		k.trusted = k.trusted || slices.ContainsFunc(c.given, k.Is)
	}
	for more := true; more; {
		more = false
		for i := range c.keys {
			k := &c.keys[i]
			n, ok := c.named[k.Fingerprint()]
			if k.trusted || !ok || !n.change || !c.covered(n.seq) {
				continue
			}
			k.trusted, more = true, true
		}
	}
	slices.SortStableFunc(c.keys, func(a, b key) int { return cmp.Compare(a.since, b.since) })
	for _, k := range c.keys {
		if k.since > 0 {
			c.report.Keys = append(c.report.Keys, KeyUse{Fingerprint: k.Fingerprint(), Since: k.since, Trusted: k.trusted})
		}
	}
}

// covered reports whether a key trusted so far signed a checkpoint over the
// entry.
func (c *Checker) covered(seq int64) bool {
	for size, expected := range c.expect {
		if size < seq || size > c.n {
			continue
		}
		for _, e := range expected {
			if e.signer != "" && c.trusts(e.signer) {
				return true
			}
		}
	}
	return false
}

func (c *Checker) trusts(fingerprint string) bool {
	return slices.ContainsFunc(c.keys, func(k key) bool { return k.trusted && k.Fingerprint() == fingerprint })
}

// introduced looks for keys that no entry speaks of: one who owns the disk
// can add a key of his own to the table, but not to the log.
func (c *Checker) introduced() error {
	for _, k := range c.keys {
		if k.since == 0 || k.first {
			continue
		}
		if n, ok := c.named[k.Fingerprint()]; !ok || n.seq != k.since {
			return tampered(k.since, KindKey)
		}
	}
	return nil
}

// Kept takes what the log keeps of the witness that entry seq speaks of.
// cosigners are keys of other workstations that came from elsewhere than the
// log; a note that one of them cosigned is as good as one brought by hand.
func (c *Checker) Kept(seq, size int64, note string, cosigners []signature.Cosigner) error {
	sum := sha256.Sum256([]byte(note))
	c.held[seq] = kept{size: size, digest: hex.EncodeToString(sum[:])}
	text, err := signature.NoteText(note)
	if err != nil {
		return tampered(seq, KindWitness)
	}
	s, err := signature.ParseStatement(text)
	if err != nil || s.Size != size || s.Origin != Origin(c.report.Archive) {
		return tampered(seq, KindWitness)
	}
	e := expectation{root: s.Root}
	for _, w := range cosigners {
		if _, err := w.Open(note); err == nil {
			e.outside = true
		}
	}
	c.need(size, e)
	return nil
}

// witnesses compares what the entries say about witnesses with what is kept.
func (c *Checker) witnesses() error {
	if maps.Equal(c.told, c.held) {
		return nil
	}
	var wrong []int64
	for seq, k := range c.told {
		if c.held[seq] != k {
			wrong = append(wrong, seq)
		}
	}
	for seq := range c.held {
		if _, ok := c.told[seq]; !ok {
			wrong = append(wrong, seq)
		}
	}
	return tampered(slices.Min(wrong), KindWitness)
}
