package vaulttest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/vault"
)

// Carer is what the suite asks of a vault for the years after: checks,
// mending, and the one way out.
type Carer interface {
	Digests(ctx context.Context, sha256 string, pace vault.Pace) (vault.Original, error)
	CandidateDigests(ctx context.Context, id string, pace vault.Pace) (vault.Original, error)
	Mend(ctx context.Context, src io.Reader, sha256, sm3 string) (vault.Original, error)
	TakeOut(sha256 string, w vault.Warrant) error
	TakeOutCandidate(id string, w vault.Warrant) error
	DropDerived(sha256 string) error
	Ready() error
	Originals() string
}

func testDigests(t *testing.T, k Keeper) {
	t.Helper()
	o := put(t, k, strings.Repeat("words ", 1<<18))
	c, err := k.PutCandidate(t.Context(), "c1", func(f *os.File) error { _, err := f.WriteString("copy"); return err })
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	pace := func(_ context.Context, n int) error { read += n; return nil }
	if got, err := k.Digests(t.Context(), o.SHA256, pace); err != nil || got != o || read != int(o.Size) {
		t.Errorf("Digests = %+v, %v after %d bytes; want %+v", got, err, read, o)
	}
	if got, err := k.CandidateDigests(t.Context(), "c1", nil); err != nil || got != c {
		t.Errorf("CandidateDigests = %+v, %v; want %+v", got, err, c)
	}
	enough := errors.New("enough")
	if _, err := k.Digests(t.Context(), o.SHA256, func(context.Context, int) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("stopped: %v", err)
	}
	absent := strings.Repeat("0", 64)
	_, err1 := k.Digests(t.Context(), absent, nil)
	_, err2 := k.CandidateDigests(t.Context(), "c2", nil)
	if !errors.Is(err1, fs.ErrNotExist) || !errors.Is(err2, fs.ErrNotExist) {
		t.Errorf("absent: %v, %v", err1, err2)
	}
	if err := k.Ready(); err != nil {
		t.Error(err)
	}
}

// testMend damages an original as a disk does: only its own bytes mend it, and
// what was damaged is kept.
func testMend(t *testing.T, k Keeper) {
	t.Helper()
	const text = "the words of the witness"
	o := put(t, k, text)
	if _, err := k.Mend(t.Context(), strings.NewReader(text), o.SHA256, o.SM3); !errors.Is(err, vault.ErrIntact) {
		t.Errorf("an intact one was replaced: %v", err)
	}
	f, err := k.Original(o.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	path := f.Name()
	_ = f.Close()
	if err = errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("the words of the witnesz"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err = k.Verify(t.Context(), o.SHA256); !errors.Is(err, vault.ErrMismatch) {
		t.Errorf("damaged: %v", err)
	}
	if _, err = k.Put(t.Context(), strings.NewReader(text), -1, nil); !errors.Is(err, vault.ErrMismatch) {
		t.Errorf("a damaged one passed for known: %v", err)
	}
	if _, err = k.Mend(t.Context(), strings.NewReader("something else"), o.SHA256, o.SM3); !errors.Is(err, vault.ErrMismatch) {
		t.Errorf("mended with something else: %v", err)
	}
	if _, err = k.Mend(t.Context(), strings.NewReader(text), o.SHA256, o.SM3); err != nil {
		t.Fatal(err)
	}
	if err = k.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
	aside, err := os.ReadDir(filepath.Join(k.Originals(), "damaged"))
	if err != nil || len(aside) != 1 {
		t.Errorf("laid aside: %v, %v", aside, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Mend(t.Context(), strings.NewReader(text), o.SHA256, o.SM3); err != nil || k.Verify(t.Context(), o.SHA256) != nil {
		t.Errorf("one that was gone: %v", err)
	}
}

// testTakeOut: two people and an entry, or nothing; and nothing else goes.
func testTakeOut(t *testing.T, k Keeper) {
	t.Helper()
	secret, other := put(t, k, "a suspected secret"), put(t, k, "another")
	write := func(w io.Writer) error { _, err := io.WriteString(w, "text"); return err }
	if err := k.PutDerived(t.Context(), secret.SHA256, "text-v1", write); err != nil {
		t.Fatal(err)
	}
	if _, err := k.PutCandidate(t.Context(), "c1", func(f *os.File) error { return write(f) }); err != nil {
		t.Fatal(err)
	}
	for _, w := range []vault.Warrant{{}, {Requested: "a", Confirmed: "a", Seq: 1}, {Requested: "a", Seq: 1}, {Confirmed: "b", Seq: 1}, {Requested: "a", Confirmed: "b"}} {
		if err := k.Verify(t.Context(), secret.SHA256); err != nil {
			t.Error(err)
		}
		for _, err := range []error{k.TakeOut(secret.SHA256, w), k.TakeOutCandidate("c1", w)} {
			if !errors.Is(err, vault.ErrWarrant) {
				t.Errorf("%+v: %v, want ErrWarrant", w, err)
			}
		}
	}
	w := vault.Warrant{Requested: "a", Confirmed: "b", Seq: 7}
	for range 2 { // again after a crash
		if err := errors.Join(k.TakeOut(secret.SHA256, w), k.TakeOutCandidate("c1", w)); err != nil {
			t.Error(err)
		}
	}
	_, err1 := k.Original(secret.SHA256)
	_, err2 := k.Derived(secret.SHA256, "text-v1")
	_, err3 := k.Candidate("c1")
	for i, err := range []error{err1, err2, err3} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%d is still there: %v", i, err)
		}
	}
	if err := k.Verify(t.Context(), other.SHA256); err != nil || count(t, k) != 1 {
		t.Errorf("the other: %v", err)
	}
	for _, err := range []error{k.TakeOut("../x", w), k.TakeOutCandidate("../x", w), k.DropDerived("../x")} {
		if !errors.Is(err, vault.ErrBadName) {
			t.Errorf("a path: %v, want ErrBadName", err)
		}
	}
}

// testDropDerived: what can be made again goes, the original stays.
func testDropDerived(t *testing.T, k Keeper) {
	t.Helper()
	o := put(t, k, "kept")
	if err := k.PutDerived(t.Context(), o.SHA256, "text-v1", func(w io.Writer) error { _, err := io.WriteString(w, "text"); return err }); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := k.DropDerived(o.SHA256); err != nil {
			t.Error(err)
		}
	}
	if _, err := k.Derived(o.SHA256, "text-v1"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
	if err := k.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
}
