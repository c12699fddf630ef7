// Package vaulttest is the suite that every vault passes: what is put is
// whole, keeps its bytes, is put once, and answers for what it does not have.
// A vault on another medium is held to the same.
package vaulttest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"diaoyue.example/workstation/backend/vault"
)

// Keeper is what the suite asks of a vault.
type Keeper interface {
	Put(ctx context.Context, src io.Reader, size int64, progress func(copied int64)) (vault.Original, error)
	Original(sha256 string) (*os.File, error)
	Stat(sha256 string) (int64, error)
	Verify(ctx context.Context, sha256 string) error
	Walk(ctx context.Context, fn func(sha256 string, size int64) error) error
	PutDerived(ctx context.Context, sha256, kind string, write func(io.Writer) error) error
	Derived(sha256, kind string) (*os.File, error)
	PutCandidate(ctx context.Context, id string, write func(*os.File) error) (vault.Original, error)
	Candidate(id string) (*os.File, error)
	VerifyCandidate(ctx context.Context, id, sha256, sm3 string) error
	Sweep(ctx context.Context) error
	FreeBytes() (int64, error)
	Carer
}

// Run runs the suite; open returns an empty vault.
func Run(t *testing.T, open func(t *testing.T) Keeper) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Keeper){
		"Put":            testPut,
		"PutTwice":       testPutTwice,
		"PutAtOnce":      testPutAtOnce,
		"PutRefuses":     testPutRefuses,
		"PutStopped":     testPutStopped,
		"Absent":         testAbsent,
		"BadNames":       testBadNames,
		"Derived":        testDerived,
		"Candidate":      testCandidate,
		"SweepKeepsKept": testSweep,
		"Walk":           testWalk,
		"Digests":        testDigests,
		"Mend":           testMend,
		"TakeOut":        testTakeOut,
		"DropDerived":    testDropDerived,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func testPut(t *testing.T, k Keeper) {
	t.Helper()
	for _, size := range []int{1, 4095, 1 << 20, 1<<20 + 1, 7<<20 + 13} {
		for seed, announced := range map[byte]int64{10: int64(size), 190: -1} {
			data := content(size, seed)
			var told int64
			o, err := k.Put(t.Context(), bytes.NewReader(data), announced, func(copied int64) {
				if copied <= told {
					t.Errorf("progress went from %d to %d", told, copied)
				}
				told = copied
			})
			if err != nil {
				t.Fatal(err)
			}
			two, three := sha256.Sum256(data), sm3.Sum(data)
			want := vault.Original{SHA256: hex.EncodeToString(two[:]), SM3: hex.EncodeToString(three[:]), Size: int64(size)}
			if o != want || told != int64(size) {
				t.Errorf("Put of %d bytes = %+v, told %d; want %+v", size, o, told, want)
			}
			f, err := k.Original(o.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			if got := slurp(t, f); !bytes.Equal(got, data) {
				t.Errorf("%d bytes do not come back", size)
			}
			if n, err := k.Stat(o.SHA256); err != nil || n != int64(size) {
				t.Errorf("Stat = %d, %v", n, err)
			}
			if err := k.Verify(t.Context(), o.SHA256); err != nil {
				t.Error(err)
			}
		}
	}
}

func testPutTwice(t *testing.T, k Keeper) {
	t.Helper()
	first := put(t, k, "the same")
	second := put(t, k, "the same")
	if first.Known || !second.Known || first.SHA256 != second.SHA256 || first.SM3 != second.SM3 || first.Size != second.Size {
		t.Errorf("first %+v, second %+v", first, second)
	}
	if n := count(t, k); n != 1 {
		t.Errorf("%d originals, want 1", n)
	}
}

func testPutAtOnce(t *testing.T, k Keeper) {
	t.Helper()
	var mu sync.Mutex
	fresh := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			o, err := k.Put(t.Context(), strings.NewReader("at once"), 7, nil)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !o.Known {
				fresh++
			}
		})
	}
	wg.Wait()
	if n := count(t, k); fresh != 1 || n != 1 {
		t.Errorf("%d originals, %d new; want one", n, fresh)
	}
}

func testPutRefuses(t *testing.T, k Keeper) {
	t.Helper()
	broken := errors.New("the card was pulled out")
	for name, tt := range map[string]struct {
		src  io.Reader
		size int64
		want error
	}{
		"empty":              {strings.NewReader(""), 0, vault.ErrEmpty},
		"empty, unannounced": {strings.NewReader(""), -1, vault.ErrEmpty},
		"short":              {strings.NewReader("short"), 6, vault.ErrVanished},
		"gone at once":       {strings.NewReader(""), 6, vault.ErrVanished},
		"longer":             {strings.NewReader("longer"), 5, vault.ErrGrew},
		"broken":             {io.MultiReader(bytes.NewReader(content(3<<20, 1)), broke{broken}), 4 << 20, vault.ErrVanished},
	} {
		_, err := k.Put(t.Context(), tt.src, tt.size, nil)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: err = %v, want %v", name, err, tt.want)
		}
		if name == "broken" && !errors.Is(err, broken) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
	if n := count(t, k); n != 0 {
		t.Errorf("%d originals, want none", n)
	}
}

func testPutStopped(t *testing.T, k Keeper) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := k.Put(ctx, bytes.NewReader(content(5<<20, 1)), 5<<20, func(int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want canceled", err)
	}
	if n := count(t, k); n != 0 {
		t.Errorf("%d originals, want none", n)
	}
}

func testAbsent(t *testing.T, k Keeper) {
	t.Helper()
	absent := strings.Repeat("0", 64)
	_, err1 := k.Original(absent)
	_, err2 := k.Derived(absent, "text-v1")
	_, err3 := k.Candidate("c1")
	_, err4 := k.Stat(absent)
	for i, err := range []error{err1, err2, err3, err4, k.Verify(t.Context(), absent), k.VerifyCandidate(t.Context(), "c1", absent, absent)} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%d: err = %v, want ErrNotExist", i, err)
		}
	}
	if n, err := k.FreeBytes(); err != nil || n <= 0 {
		t.Errorf("FreeBytes = %d, %v", n, err)
	}
}

func testBadNames(t *testing.T, k Keeper) {
	t.Helper()
	absent := strings.Repeat("0", 64)
	nothing := func(io.Writer) error { return nil }
	for _, name := range []string{"", ".", "..", "../x", "a/b", "a\\b", "/etc/passwd", "a..b", "a\x00", ".hidden", "-x", "\u540d", strings.Repeat("a", 300)} {
		_, err1 := k.Original(name)
		_, err2 := k.Derived(name, "text-v1")
		_, err3 := k.Derived(absent, name)
		_, err4 := k.Candidate(name)
		_, err5 := k.PutCandidate(t.Context(), name, func(*os.File) error { return nil })
		for i, err := range []error{err1, err2, err3, err4, err5, k.PutDerived(t.Context(), absent, name, nothing), k.PutDerived(t.Context(), name, "text-v1", nothing)} {
			if !errors.Is(err, vault.ErrBadName) {
				t.Errorf("%q, %d: err = %v, want ErrBadName", name, i+1, err)
			}
		}
	}
	if _, err := k.Original(strings.Repeat("A", 64)); !errors.Is(err, vault.ErrBadName) {
		t.Errorf("upper case: err = %v, want ErrBadName", err)
	}
}

func testDerived(t *testing.T, k Keeper) {
	t.Helper()
	o := put(t, k, "original")
	write := func(text string, end error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(err, end)
		}
	}
	if err := k.PutDerived(t.Context(), o.SHA256, "text-v1", write("one", nil)); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	if err := k.PutDerived(t.Context(), o.SHA256, "text-v1", write("half", boom)); !errors.Is(err, boom) {
		t.Errorf("err = %v, want boom", err)
	}
	if got := derived(t, k, o.SHA256, "text-v1"); got != "one" {
		t.Errorf("after a failure %q, want one", got)
	}
	if err := k.PutDerived(t.Context(), o.SHA256, "text-v1", write("two", nil)); err != nil {
		t.Fatal(err)
	}
	if got := derived(t, k, o.SHA256, "text-v1"); got != "two" {
		t.Errorf("replaced: %q, want two", got)
	}
	if err := k.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
}

func testCandidate(t *testing.T, k Keeper) {
	t.Helper()
	data := content(2<<20+5, 3)
	write := func(f *os.File) error {
		// As a muxer does: go back and fill in the beginning.
		if _, err := f.WriteAt(data[100:], 100); err != nil {
			return err
		}
		_, err := f.WriteAt(data[:100], 0)
		return err
	}
	o, err := k.PutCandidate(t.Context(), "c1", write)
	if err != nil {
		t.Fatal(err)
	}
	two, three := sha256.Sum256(data), sm3.Sum(data)
	if o.SHA256 != hex.EncodeToString(two[:]) || o.SM3 != hex.EncodeToString(three[:]) || o.Size != int64(len(data)) {
		t.Errorf("PutCandidate = %+v", o)
	}
	if _, err = k.PutCandidate(t.Context(), "c1", write); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("again: err = %v, want ErrSealed", err)
	}
	boom := errors.New("boom")
	if _, err = k.PutCandidate(t.Context(), "c2", func(f *os.File) error { return errors.Join(write(f), boom) }); !errors.Is(err, boom) {
		t.Errorf("err = %v, want boom", err)
	}
	if _, err = k.Candidate("c2"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failed candidate: err = %v, want ErrNotExist", err)
	}
	if _, err = k.PutCandidate(t.Context(), "c3", func(*os.File) error { return nil }); !errors.Is(err, vault.ErrEmpty) {
		t.Errorf("empty: err = %v, want ErrEmpty", err)
	}
	f, err := k.Candidate("c1")
	if err != nil {
		t.Fatal(err)
	}
	if got := slurp(t, f); !bytes.Equal(got, data) {
		t.Error("the candidate does not come back")
	}
	if err := k.VerifyCandidate(t.Context(), "c1", o.SHA256, o.SM3); err != nil {
		t.Error(err)
	}
	var mismatch *vault.MismatchError
	if err := k.VerifyCandidate(t.Context(), "c1", o.SHA256, o.SHA256); !errors.As(err, &mismatch) || mismatch.Got != o.SM3 {
		t.Errorf("other SM3: err = %v, want MismatchError", err)
	}
	if err := k.VerifyCandidate(t.Context(), "c1", o.SM3, o.SM3); !errors.As(err, &mismatch) || mismatch.Got != o.SHA256 {
		t.Errorf("other SHA-256: err = %v, want MismatchError", err)
	}
	if n := count(t, k); n != 0 {
		t.Errorf("a candidate became an original (%d)", n)
	}
}

func testSweep(t *testing.T, k Keeper) {
	t.Helper()
	o := put(t, k, "kept")
	if err := k.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := k.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
}

func testWalk(t *testing.T, k Keeper) {
	t.Helper()
	want := map[string]int64{}
	for _, text := range []string{"a", "bb", "ccc"} {
		want[put(t, k, text).SHA256] = int64(len(text))
	}
	last := ""
	err := k.Walk(t.Context(), func(sha256 string, size int64) error {
		if size != want[sha256] || sha256 <= last {
			t.Errorf("%s with %d bytes after %s", sha256, size, last)
		}
		last = sha256
		delete(want, sha256)
		return nil
	})
	if err != nil || len(want) != 0 {
		t.Errorf("not seen: %v, %v", want, err)
	}
	boom := errors.New("boom")
	if err := k.Walk(t.Context(), func(string, int64) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("err = %v, want boom", err)
	}
}

type broke struct{ err error }

func (b broke) Read([]byte) (int, error) { return 0, b.err }

func content(size int, seed byte) []byte {
	data := make([]byte, size)
	x := uint32(seed) + 1
	for i := range data {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
	}
	return data
}

func put(t *testing.T, k Keeper, text string) vault.Original {
	t.Helper()
	o, err := k.Put(t.Context(), strings.NewReader(text), int64(len(text)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func derived(t *testing.T, k Keeper, sha256, kind string) string {
	t.Helper()
	f, err := k.Derived(sha256, kind)
	if err != nil {
		t.Fatal(err)
	}
	return string(slurp(t, f))
}

func slurp(t *testing.T, f *os.File) []byte {
	t.Helper()
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func count(t *testing.T, k Keeper) int {
	t.Helper()
	n := 0
	if err := k.Walk(t.Context(), func(string, int64) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}
