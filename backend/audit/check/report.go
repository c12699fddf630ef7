package check

import (
	"strconv"

	"diaoyue.example/workstation/backend/fault"
)

var (
	// ErrTampered says that the log is not what was written. Parameters
	// "seq", "to", "kind".
	ErrTampered = fault.New("audit.tampered", "the log is not what was written")
	// ErrOtherLog says that a checkpoint brought from outside speaks of another
	// archive's log. Parameters "origin", "archive".
	ErrOtherLog = fault.New("audit.other_log", "the checkpoint is of another archive's log")
	// ErrNotExport says that a file is no export of a log. Parameter "line".
	ErrNotExport = fault.New("audit.not_export", "the file is not an export of a log")
)

// Report is the outcome of a verification that found nothing wrong.
type Report struct {
	Archive     string   // the archive's id
	Entries     int64    //
	Root        string   // lower hex, recomputed from the entries
	Checkpoints int      // checkpoints that fit
	HighWater   int64    // entries known to the mark outside the archive; 0 when there is none
	KeyPlace    string   // where this user's private key lies; "" when there is none
	KeyKind     string   // "file", "keyring" or ""
	SignedBy    []string // fingerprints of the keys that signed checkpoints
	TrustedSize int64    // entries covered by a checkpoint of a trusted key
	Witnessed   int64    // entries covered by a witness that came from outside
	Withheld    int64    // entries whose details an export kept back
	Keys        []KeyUse // the keys of the log, oldest first
	Restores    []Restore
	// Trusted is true when no checkpoint reaches beyond those of trusted keys,
	// and there is one, or a mark. Otherwise the log is only consistent in
	// itself: whoever rewrote it could have signed it with a key of his own, or
	// taken the checkpoints away.
	Trusted bool
}

// Interval is how many entries a log in use may have at most after its last
// checkpoint, before the next one is due.
const Interval = 1000

// Loose is how many entries at the end nothing from outside vouches for: no
// checkpoint of a trusted key, no witness, no mark.
func (r Report) Loose() int64 {
	return r.Entries - max(r.TrustedSize, r.Witnessed, r.HighWater)
}

// Whole reports whether every entry is covered by something an outsider can
// rely on: a checkpoint of a trusted key, a witness, or the mark.
func (r Report) Whole() bool {
	return r.Trusted && r.Loose() <= 0
}

// KeyUse is a key that signs the log.
type KeyUse struct {
	Fingerprint string
	Since       int64 // the first entry it may cover
	Trusted     bool  // given as trusted, or named in an entry that a trusted key signed
}

// Restore is a lawful restore: the archive was put back to an older copy, and
// an entry says so.
type Restore struct {
	Seq       int64 // the entry
	Size      int64 // entries that were left
	HighWater int64 // entries there had been
}

// covers reports whether a root over size entries may belong to what the
// restore lost.
func (r Restore) covers(size int64) bool { return size > r.Size && size <= r.HighWater }

// Kinds of tampering.
const (
	KindMissing    = "missing"         // entries from Seq on are gone
	KindBody       = "body"            // the entry's codes were changed
	KindDetails    = "details"         // the entry's details were changed or taken away
	KindIndex      = "index"           // what the entry is found by does not fit the entry
	KindHashes     = "hashes"          // the stored tree does not fit the entries
	KindRewritten  = "rewritten"       // entries up to To were rewritten so that they fit among themselves
	KindCheckpoint = "checkpoint"      // the checkpoint over Seq entries is not signed by a known key
	KindIdentity   = "identity"        // the archive's identity is gone
	KindFile       = "checkpoint-file" // the file of the checkpoint over Seq entries is gone or another
	KindPublicKey  = "public-key"      // the public key in the archive's folder is none of this log
	KindKey        = "key"             // a key that no entry introduces signs from entry Seq on
	KindWitness    = "witness"         // what the log keeps of the witness of entry Seq does not fit
)

// TamperError says where the log is not what was written; it is ErrTampered.
type TamperError struct {
	Seq  int64  // the entry, or the first that cannot be right
	To   int64  // the last that may be wrong; equal to Seq when it is known exactly
	Kind string // one of the Kind constants
}

// Error names the entry.
func (e *TamperError) Error() string {
	text := "log entry " + strconv.FormatInt(e.Seq, 10)
	if e.To != e.Seq {
		text += " to " + strconv.FormatInt(e.To, 10)
	}
	return text + ": not what was written (" + e.Kind + ")"
}

// Unwrap returns ErrTampered with its parameters.
func (e *TamperError) Unwrap() error {
	return ErrTampered.With("seq", strconv.FormatInt(e.Seq, 10), "to", strconv.FormatInt(e.To, 10), "kind", e.Kind)
}

func tampered(seq int64, kind string) *TamperError {
	return &TamperError{Seq: seq, To: seq, Kind: kind}
}
