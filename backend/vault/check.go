package vault

import (
	"context"
	"fmt"
	"io"
	"os"
)

// Pace is told the bytes that were read, before the next ones are, and may
// wait: a check of years of recordings must not take the disk from the person
// at the desk. An error ends the check.
type Pace func(ctx context.Context, n int) error

// Digests reads an original to its end and returns what it found; whether
// that is what it should be is for the caller to say. fs.ErrNotExist when it
// is not in the vault. pace may be nil.
func (v *Vault) Digests(ctx context.Context, sha256 string, pace Pace) (Original, error) {
	f, err := v.Original(sha256)
	if err != nil {
		return Original{}, fmt.Errorf("check original: %w", err)
	}
	return found(ctx, f, pace)
}

// CandidateDigests is Digests of a sealed candidate.
func (v *Vault) CandidateDigests(ctx context.Context, id string, pace Pace) (Original, error) {
	f, err := v.Candidate(id)
	if err != nil {
		return Original{}, fmt.Errorf("check candidate: %w", err)
	}
	return found(ctx, f, pace)
}

// found digests f and closes it.
func found(ctx context.Context, f *os.File, pace Pace) (Original, error) {
	defer f.Close()
	uncached(f)
	var src io.Reader = f
	if pace != nil {
		src = paced{ctx, f, pace}
	}
	s, err := copyAndDigest(ctx, io.Discard, src, -1, nil)
	if err != nil {
		return Original{}, fmt.Errorf("check bytes: %w", err)
	}
	return Original{SHA256: s.sha256, SM3: s.sm3, Size: s.size}, nil
}

type paced struct {
	ctx  context.Context //nolint:containedctx // lives only as long as one check
	f    *os.File
	pace Pace
}

func (p paced) Read(b []byte) (int, error) {
	n, err := p.f.Read(b)
	if n > 0 {
		if waited := p.pace(p.ctx, n); waited != nil {
			return 0, waited
		}
	}
	return n, err
}
