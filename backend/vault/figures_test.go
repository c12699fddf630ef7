//go:build faults

package vault_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/figure"
	"diaoyue.example/workstation/backend/figure/mishap"
	"diaoyue.example/workstation/backend/vault"
)

// What was acknowledged lies on the disk when the power goes at that moment;
// the control writes likewise but does not sync, and must lose.
func TestFigurePowerCut(t *testing.T) {
	disk, err := mishap.NewDisk(t, 48<<20)
	if errors.Is(err, mishap.ErrUnable) {
		figure.Skip(t, err.Error(), figure.VaultPowerCut, figure.VaultPowerLess)
	} else if err != nil {
		t.Fatal(err)
	}
	root, careless := filepath.Join(disk.Dir, "vault"), filepath.Join(disk.Dir, "careless")
	if err := errors.Join(os.Mkdir(root, 0o700), os.Mkdir(careless, 0o700)); err != nil {
		t.Fatal(err)
	}
	v := open(t, root)
	const cuts = 50
	lost, lostCareless, kept := 0, 0, map[string]bool{}
	for i := range cuts {
		o := put(t, v, fmt.Sprintf("original %d %s", i, strings.Repeat("x", 8192)))
		kept[o.SHA256] = true
		name := fmt.Sprintf("%d", i)
		if err := os.WriteFile(filepath.Join(careless, name), bytes.Repeat([]byte("x"), 8192), 0o400); err != nil {
			t.Fatal(err)
		}
		err := disk.Cut(t, func(dir string) {
			after := open(t, filepath.Join(dir, "vault"))
			for sha256 := range kept {
				if err := after.Verify(t.Context(), sha256); err != nil {
					lost++
				}
			}
			if b, err := os.ReadFile(filepath.Join(dir, "careless", name)); err != nil || len(b) != 8192 {
				lostCareless++
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	figure.Report(t, figure.Figure{Row: figure.VaultPowerCut, Name: fmt.Sprintf("%d cuts of an ext4 image, all originals each time", cuts), Value: fmt.Sprint(lost), OK: lost == 0})
	figure.Report(t, figure.Figure{Row: figure.VaultPowerLess, Name: fmt.Sprintf("written without syncing, %d cuts", cuts), Value: fmt.Sprint(lostCareless), OK: lostCareless > 0})
}

// A bit that turns in an original is found, size and times being as before.
func TestFigureOriginalFlips(t *testing.T) {
	v := open(t, t.TempDir())
	r := rand.New(rand.NewPCG(20, 1))
	const flips = 400
	found := 0
	for i := range flips {
		o := put(t, v, fmt.Sprint("original ", i)+strings.Repeat("x", r.IntN(1<<16)))
		path := filepath.Join(v.Originals(), "sha256", o.SHA256[:2], o.SHA256)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		err = errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, data, 0o600), os.Chmod(path, 0o400), os.Chtimes(path, info.ModTime(), info.ModTime()))
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Verify(t.Context(), o.SHA256); errors.Is(err, vault.ErrMismatch) {
			found++
		}
	}
	figure.Report(t, figure.Figure{Row: figure.OriginalFlips, Name: fmt.Sprintf("%d of %d single bits, times put back", found, flips), Value: fmt.Sprintf("%.4g %%", 100*float64(found)/flips), OK: found == flips})
}

// putEnv makes this test binary a program that takes one file in: the folder of
// a vault and the file, one a line.
const putEnv = "DIAOYUE_VAULT_PUT"

func TestMain(m *testing.M) {
	if text := os.Getenv(putEnv); text != "" {
		if err := takeOne(strings.Split(text, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func takeOne(args []string) error {
	v, err := vault.Open(args[0])
	if err != nil {
		return err
	}
	f, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = v.Put(context.Background(), f, st.Size(), nil)
	return err
}

// Taking in 2 GB with both digests, all on the disk and read back from it,
// against the tools an archivist would use, which neither sync nor read back.
// Each is a program of its own; where that is allowed, both go before whatever
// else the machine does.
func TestFigureIngestSpeed(t *testing.T) {
	first := []string{"nice", "-n", "-20"}
	for _, tool := range []string{"cp", "sha256sum", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			figure.Skip(t, tool+" is not installed", figure.IngestSpeed)
		}
	}
	how := "both with nice -20"
	if os.Geteuid() != 0 {
		first, how = nil, "on a machine that does other things too"
	}
	dir := t.TempDir()
	const size = 2 << 30
	source, copied := filepath.Join(dir, "source"), filepath.Join(dir, "copy")
	makeNoise(t, source, size)
	timed := func(env string, args ...string) time.Duration {
		t.Helper()
		args = append(append([]string{}, first...), args...)
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Env = append(os.Environ(), putEnv+"="+env)
		unix.Sync() // nobody pays for what another has written
		begun := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v %s", args, err, out)
		}
		return time.Since(begun)
	}
	type round struct{ ours, tools time.Duration }
	var rounds []round
	for range 3 {
		var r round
		r.tools = timed("", "cp", source, copied) + timed("", "sha256sum", source) + timed("", "openssl", "sm3", source)
		if err := os.Remove(copied); err != nil {
			t.Fatal(err)
		}
		root := filepath.Join(dir, "vault")
		if err := os.Mkdir(root, 0o700); err != nil {
			t.Fatal(err)
		}
		r.ours = timed(root+"\n"+source, os.Args[0])
		if err := os.RemoveAll(root); err != nil {
			t.Fatal(err)
		}
		rounds = append(rounds, r)
		t.Logf("%.1f s against %.1f s", r.ours.Seconds(), r.tools.Seconds())
	}
	ratio := func(r round) float64 { return r.ours.Seconds() / r.tools.Seconds() }
	slices.SortFunc(rounds, func(a, b round) int { return cmp.Compare(ratio(a), ratio(b)) })
	mid := rounds[1]
	figure.Report(t, figure.Figure{
		Row: figure.IngestSpeed, Name: fmt.Sprintf("%.1f s against %.1f s, median of 3, worst %.2f, %s; ours also syncs and reads all of it back from the disk", mid.ours.Seconds(), mid.tools.Seconds(), ratio(rounds[2]), how),
		Value: fmt.Sprintf("%.2f", ratio(mid)), OK: ratio(mid) <= 0.7,
	})
}

func makeNoise(t *testing.T, path string, size int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	r := rand.NewChaCha8([32]byte{20})
	for range size / len(block) {
		_, _ = r.Read(block)
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
