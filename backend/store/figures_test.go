//go:build faults && linux && amd64

package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/figure"
	"diaoyue.example/workstation/backend/figure/mishap"
	"diaoyue.example/workstation/backend/store"
)

// cuts is how often the power goes.
const cuts = 60

// Power cuts: what the image of a loop device holds while the writer stands
// still. Without syncing the same test must lose, or it shows nothing.
func TestFigurePowerCut(t *testing.T) {
	for _, c := range []struct {
		row         figure.Row
		synchronous string
	}{{figure.LogPowerCut, ""}, {figure.LogPowerLess, "OFF"}} {
		d, err := mishap.NewDisk(t, 24<<20)
		if errors.Is(err, mishap.ErrUnable) {
			figure.Skip(t, err.Error(), figure.LogPowerCut, figure.LogPowerLess)
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(d.Dir, "a.db")
		if err := open(t, path).Close(); err != nil {
			t.Fatal(err)
		}
		unix.Sync()
		lost, acknowledged := pourAndCut(t, d, path, c.synchronous)
		figure.Report(t, figure.Figure{
			Row:   c.row,
			Name:  fmt.Sprintf("rows of the database, ext4 on a loop device, image copied while the writer stands still, %d cuts, %d commits, synchronous %s", cuts, acknowledged, orFull(c.synchronous)),
			Value: strconv.Itoa(lost), OK: (lost == 0) == (c.synchronous == "") && acknowledged > cuts,
		})
	}
}

func orFull(synchronous string) string {
	if synchronous == "" {
		return "FULL"
	}
	return synchronous
}

// pourAndCut lets a child write, stops it now and then, cuts the power and
// counts what it had acknowledged and what is not there.
func pourAndCut(t *testing.T, d *mishap.Disk, path, synchronous string) (lost, acknowledged int) {
	t.Helper()
	cmd := work(t, "pour", path, synchronous)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	last := -1
	lines := bufio.NewReader(out)
	pipe := out.(*os.File)
	hear := func(d time.Duration) {
		t.Helper()
		if err := pipe.SetReadDeadline(time.Now().Add(d)); err != nil {
			t.Fatal(err)
		}
		for {
			line, err := lines.ReadString('\n')
			if errors.Is(err, os.ErrDeadlineExceeded) {
				if line != "" {
					t.Fatalf("half a line: %q", line)
				}
				return
			}
			if err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			word, n, _ := strings.Cut(strings.TrimSpace(line), " ")
			if word != "ok" {
				t.Fatalf("the child said %q (%v)", line, err)
			}
			last = atoi(n)
		}
	}
	dice := rand.New(rand.NewPCG(4, 4))
	hear(time.Second)
	for range cuts {
		hear(time.Duration(5+dice.Int64N(60)) * time.Millisecond)
		if err := cmd.Process.Signal(unix.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		stopped(t, cmd.Process.Pid)
		hear(20 * time.Millisecond)
		err := d.Cut(t, func(dir string) {
			have := ids(t, filepath.Join(dir, filepath.Base(path)))
			for i := range last + 1 {
				if !have[strconv.Itoa(i)] {
					lost++
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(unix.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
	return lost, last + 1
}

func stopped(t *testing.T, pid int) {
	t.Helper()
	for range 1000 {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, _ := strings.Cut(string(text), ") "); strings.HasPrefix(rest, "T") {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the writer does not stop")
}

// EIO and ENOSPC at the n-th file operation of founding a database, and of
// opening one, six commits and closing: for all n, once and from then on.
func TestFigureDiskFails(t *testing.T) {
	home := quick(t)
	model := filepath.Join(home, "model.db")
	if err := open(t, model).Close(); err != nil {
		t.Fatal(err)
	}
	const rows = 6
	var mu sync.Mutex
	lost, runs, refused, longest := 0, 0, 0, 0
	// Each way to fail beside the others, on as many cores as there are: the
	// group ends when all have.
	t.Run("ways", func(t *testing.T) {
		for _, way := range []mishap.Failure{{Errno: unix.EIO}, {Errno: unix.ENOSPC}, {Errno: unix.EIO, Stays: true}, {Errno: unix.ENOSPC, Stays: true}} {
			for _, founding := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d stays %v founding %v", way.Errno, way.Stays, founding), func(t *testing.T) {
					t.Parallel()
					for at := 1; ; at++ {
						dir := filepath.Join(home, fmt.Sprintf("%d-%v-%v-%d", way.Errno, way.Stays, founding, at))
						path := filepath.Join(dir, "a.db")
						if err := os.Mkdir(dir, 0o700); err != nil {
							t.Fatal(err)
						}
						if !founding {
							copyFile(t, model, path)
						}
						way.Dir, way.At = dir, at
						s, n := suffer(t, way, "add", path, "0", strconv.Itoa(rows))
						gone := missing(t, path, s)
						if err := os.RemoveAll(dir); err != nil {
							t.Fatal(err)
						}
						mu.Lock()
						runs, refused, lost = runs+1, refused+len(s.no), lost+gone
						whole := n < at // every operation has failed once
						if whole {
							longest = max(longest, n)
						}
						mu.Unlock()
						if whole {
							return
						}
					}
				})
			}
		}
	})
	if runs == 0 {
		figure.Skip(t, mishap.ErrUnable.Error(), figure.StoreFaults)
	}
	figure.Report(t, figure.Figure{
		Row:   figure.StoreFaults,
		Name:  fmt.Sprintf("%d runs: founding (%d operations), and opening, %d commits, closing; each operation, once and from then on; %d commits refused", runs, longest, rows, refused),
		Value: fmt.Sprintf("%d lost", lost), OK: lost == 0 && runs > 2000 && refused > 50,
	})
}

// quick is a folder in memory where that can be had: what fails is the call,
// on whatever disk.
func quick(t *testing.T) string {
	t.Helper()
	dir, err := mishap.NewMemory(t, 256<<20)
	if errors.Is(err, mishap.ErrUnable) {
		return t.TempDir()
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// missing counts acknowledged rows that are not there; and rows that nobody
// wrote.
func missing(t *testing.T, path string, s said) (n int) {
	t.Helper()
	have := ids(t, path)
	for _, id := range s.ok {
		if !have[id] {
			n++
		}
		delete(have, id)
	}
	for _, id := range s.no {
		delete(have, id) // a refused commit may stand or not
	}
	return n + len(have)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A disk that fills up, and a folder that becomes read-only: said, nothing
// lost, and the same handle goes on when there is room again.
func TestFigureFullAndReadOnly(t *testing.T) {
	dir, err := mishap.NewMemory(t, 3<<20)
	if errors.Is(err, mishap.ErrUnable) {
		figure.Skip(t, err.Error(), figure.StoreFull, figure.StoreReadOnly)
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a.db")
	db := open(t, path)
	acknowledged, i := []string{}, 0
	write := func() error {
		i++
		id := strconv.Itoa(i)
		err := db.Write(t.Context(), do(`INSERT INTO account (id, number, name, department, password, created) VALUES (?1, ?1, '', '', ?2, '')`, id, strings.Repeat("x", 20_000)))
		if err == nil {
			acknowledged = append(acknowledged, id)
		}
		return err
	}
	check := func(row figure.Row, code string, free func()) {
		t.Helper()
		said := 0
		for range 5 {
			if err := write(); err != nil && codeOf(err) == code {
				said++
			}
		}
		free()
		again := write()
		have := ids(t, path)
		lost := 0
		for _, id := range acknowledged {
			if !have[id] {
				lost++
			}
		}
		value := fmt.Sprintf("said, %d lost", lost)
		if said != 5 {
			value = fmt.Sprintf("said %d of 5, %d lost", said, lost)
		}
		figure.Report(t, figure.Figure{
			Row: row, Name: fmt.Sprintf("tmpfs of 3 MB, %d rows of 20 kB, %s; afterwards %v", len(acknowledged), code, again),
			Value: value, OK: said == 5 && lost == 0 && again == nil,
		})
	}
	for range 20 {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	ballast := filepath.Join(dir, "ballast")
	for n := range 3 << 20 / 4096 { // to the last page
		if err := appendTo(ballast, make([]byte, 4096)); err != nil {
			t.Logf("full after %d pages", n)
			break
		}
	}
	for range 400 {
		if write() != nil {
			break
		}
	}
	check(figure.StoreFull, store.ErrNoSpace.Code(), func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	})
	// The kernel makes a file system read-only only when nobody writes: ours
	// does after an error of the disk, with files open.
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := mishap.Remount(t.Context(), dir, true); err != nil {
		t.Fatal(err)
	}
	said := 0
	if _, err := store.Acquire(dir, store.Holder{}); codeOf(err) == store.ErrReadOnly.Code() {
		said++
	}
	if _, err := store.Open(t.Context(), path); codeOf(err) == store.ErrReadOnly.Code() {
		said++
	} else {
		t.Log(err)
	}
	if err := mishap.Remount(context.WithoutCancel(t.Context()), dir, false); err != nil {
		t.Fatal(err)
	}
	have, lost := ids(t, path), 0
	for _, id := range acknowledged {
		if !have[id] {
			lost++
		}
	}
	value := fmt.Sprintf("said, %d lost", lost)
	if said != 2 {
		value = fmt.Sprintf("said %d of 2, %d lost", said, lost)
	}
	figure.Report(t, figure.Figure{
		Row: figure.StoreReadOnly, Name: fmt.Sprintf("lock and database on a file system mounted read-only, then opened; %d rows", len(acknowledged)),
		Value: value, OK: said == 2 && lost == 0,
	})
}

func appendTo(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

func codeOf(err error) string {
	var c interface{ Code() string }
	if errors.As(err, &c) {
		return c.Code()
	}
	return ""
}

// Every schema version is brought up to date by a child that is killed at
// moments of its own until it gets through; no row is lost, each copy is whole.
func TestFigureUpgrades(t *testing.T) {
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	bad, killed, runs := 0, 0, 0
	for version := 1; version < len(names); version++ {
		// Every file operation of the upgrade is its last, in steps: the child
		// dies there as by a power cut of the process.
		for at := 1; ; at += step(version) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.db")
			r := atVersion(t, path, version)
			if _, err := r.Exec(`INSERT INTO audit_origin VALUES (1, 'the one', '')`); err != nil {
				t.Fatal(err)
			}
			_ = r.Close()
			cmd := work(t, "open", path)
			n, err := mishap.Run(cmd, mishap.Failure{Dir: dir, At: at, Kill: true})
			if errors.Is(err, mishap.ErrUnable) {
				figure.Skip(t, err.Error(), figure.Upgrades)
			}
			if err != nil {
				t.Fatal(err)
			}
			runs++
			db, err := store.Open(t.Context(), path)
			if err != nil {
				bad++
				t.Errorf("version %d killed at %d: %v", version, at, err)
			} else {
				if !origin(t, db) {
					bad++
				}
				_ = db.Close()
			}
			bad += badCopies(t, path)
			if n < at {
				break
			}
			killed++
		}
	}
	figure.Report(t, figure.Figure{
		Row: figure.Upgrades, Name: fmt.Sprintf("%d versions, %d upgrades, %d killed at a file operation; then opened, %d rows or copies harmed", len(names)-1, runs, killed, bad),
		Value: verdict(bad == 0, "all", "not all"), OK: bad == 0 && killed > 5*len(names),
	})
}

func verdict(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}

// step spreads the kills over the operations of an upgrade, some hundred.
func step(version int) int { return 5 + version%3 }

func origin(t *testing.T, db *store.DB) bool {
	t.Helper()
	var name string
	err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(`SELECT archive FROM audit_origin`).Scan(&name) })
	if err != nil || name != "the one" {
		t.Errorf("after the upgrade: %q, %v", name, err)
	}
	return err == nil && name == "the one"
}

// badCopies counts copies made before a migration that are not whole.
func badCopies(t *testing.T, path string) (n int) {
	t.Helper()
	copies, err := filepath.Glob(path + ".version-*")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range copies {
		if strings.HasSuffix(c, ".part") {
			continue // said to be half a copy
		}
		var sound string
		if err := raw(t, c).QueryRow(`PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
			t.Errorf("%s: %s, %v", filepath.Base(c), sound, err)
			n++
		}
	}
	return n
}

// Fifty processes ask for an archive that is held, and for one that becomes
// free at that moment.
func TestFigureSecondInstance(t *testing.T) {
	const others = 50
	dir := t.TempDir()
	lock, err := store.Acquire(dir, store.Holder{Mode: store.ModeWindow})
	if err != nil {
		t.Fatal(err)
	}
	in := race(t, dir, others)
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	first := race(t, dir, others)
	figure.Report(t, figure.Figure{
		Row: figure.SecondInstance, Name: fmt.Sprintf("%d processes while it is held; %d at once when it is free: %d got it", others, others, first),
		Value: strconv.Itoa(in + max(0, first-1)), OK: in == 0 && first == 1,
	})
}

// race starts n processes that ask at the same time and counts those let in.
func race(t *testing.T, dir string, n int) (in int) {
	t.Helper()
	type one struct {
		cmd  *exec.Cmd
		out  *bufio.Reader
		stop io.WriteCloser
	}
	var all []one
	for range n {
		cmd := work(t, "hold", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		stop, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, one{cmd, bufio.NewReader(out), stop})
	}
	for _, o := range all { // all answer before any lets go
		line, err := o.out.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(line, "held"):
			in++
		case !strings.HasPrefix(line, "end "+store.ErrHeld.Code()):
			t.Errorf("an instance said %q", line)
		}
	}
	for _, o := range all {
		_ = o.stop.Close()
		_ = o.cmd.Wait()
	}
	return in
}

// The index of the WAL is rebuilt: torn or filled with rubbish it loses nothing.
func TestFigureTornShm(t *testing.T) {
	lost, runs := 0, 0
	dice := rand.New(rand.NewPCG(5, 5))
	dir := t.TempDir()
	model := killedWriter(t, dir)
	size := fileSize(t, model+"-shm")
	for run := range 60 {
		path := filepath.Join(dir, fmt.Sprintf("run-%d.db", run))
		for _, end := range []string{"", "-wal", "-shm"} {
			copyFile(t, model+end, path+end)
		}
		switch run % 3 {
		case 0:
			if err := os.Truncate(path+"-shm", dice.Int64N(size)); err != nil {
				t.Fatal(err)
			}
		case 1:
			rubbish := make([]byte, size)
			for i := range rubbish {
				rubbish[i] = byte(dice.Uint32())
			}
			if err := os.WriteFile(path+"-shm", rubbish, 0o600); err != nil {
				t.Fatal(err)
			}
		case 2:
			if err := os.Remove(path + "-shm"); err != nil {
				t.Fatal(err)
			}
		}
		runs++
		lost += tornRows - len(ids(t, path))
	}
	figure.Report(t, figure.Figure{
		Row: figure.TornShm, Name: fmt.Sprintf("%d times cut, filled with rubbish or removed after kill -9, %d rows in the WAL", runs, tornRows),
		Value: strconv.Itoa(lost), OK: lost == 0,
	})
}

const tornRows = 100

// killedWriter leaves a database with its WAL, as a kill -9 does.
func killedWriter(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "killed.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db := open(t, path)
	for i := range tornRows {
		if err := db.Write(t.Context(), add(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	// The files as they are while it is open: what a kill leaves.
	left := filepath.Join(dir, "left.db")
	for _, end := range []string{"", "-wal", "-shm"} {
		copyFile(t, path+end, left+end)
	}
	return left
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Size()
}
