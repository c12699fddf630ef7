package audit_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

// archive is a small archive with nothing but a log.
type archive struct {
	dir, state string
	db         *store.DB
	log        *audit.Log
	clock      *clock
}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newArchive(tb testing.TB) *archive {
	tb.Helper()
	a := &archive{dir: tb.TempDir(), state: tb.TempDir(), clock: &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}}
	a.open(tb)
	return a
}

func (a *archive) path() string { return filepath.Join(a.dir, "workstation.db") }

func (a *archive) open(tb testing.TB) {
	tb.Helper()
	if err := a.tryOpen(tb.Context(), ""); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { a.close(tb) })
}

// vouched answers for a restored archive, where there is a reason.
func vouched(reason string) func(context.Context) (audit.Acceptance, error) {
	if reason == "" {
		return nil
	}
	return func(context.Context) (audit.Acceptance, error) {
		return audit.Acceptance{Actor: "a3", Reason: reason}, nil
	}
}

func (a *archive) tryOpen(ctx context.Context, restored string) error {
	db, err := store.Open(ctx, a.path())
	if err != nil {
		return err
	}
	log, err := audit.Open(ctx, db, audit.Config{ArchiveDir: a.dir, StateDir: a.state, Now: a.clock.now, Every: 100, Restored: vouched(restored)})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	a.db, a.log = db, log
	return nil
}

func (a *archive) close(tb testing.TB) {
	tb.Helper()
	if a.log == nil {
		return
	}
	if err := errors.Join(a.log.Close(context.WithoutCancel(tb.Context())), a.db.Close()); err != nil {
		tb.Error(err)
	}
	a.log, a.db = nil, nil
}

func (a *archive) note(tb testing.TB, n int) {
	tb.Helper()
	for i := range n {
		a.clock.add(time.Second)
		if _, err := a.log.Note(tb.Context(), displaying(i)); err != nil {
			tb.Fatal(err)
		}
	}
}

func (a *archive) verify(tb testing.TB) (audit.Report, error) {
	tb.Helper()
	return audit.VerifyFile(tb.Context(), audit.VerifyConfig{Database: a.path(), ArchiveDir: a.dir, StateDir: a.state}, nil)
}

func displaying(i int) audit.Entry {
	return audit.Entry{
		Actor:   "a1",
		Event:   audit.Displaying,
		Objects: map[string]string{"record": fmt.Sprint("r", i%7), "viewing": fmt.Sprint("v", i)},
		Codes:   map[string]any{"frames": i},
		Details: map[string]any{"title": "检查视频 <1>", "purpose": "计划调阅"},
	}
}

func TestMain(m *testing.M) {
	if dir := os.Getenv("AUDIT_TEST_APPEND"); dir != "" {
		appendForEver(dir)
	}
	goleak.VerifyTestMain(m)
}

func TestDoStandsOrFalls(t *testing.T) {
	a := newArchive(t)
	ctx := t.Context()
	failure := func(id string) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO sign_in_failure VALUES (?, 1, '', '')`, id)
			return err
		}
	}
	r, err := a.log.Do(ctx, displaying(1), failure("x"))
	if err != nil || r.Seq != 1 || !r.At.Equal(a.clock.now()) {
		t.Fatalf("Do = %+v, %v", r, err)
	}
	boom := errors.New("boom")
	_, err = a.log.Do(ctx, displaying(2), func(tx *store.Tx) error { return errors.Join(failure("y")(tx), boom) })
	if !errors.Is(err, boom) {
		t.Fatalf("err = %v, want boom", err)
	}
	// An entry that cannot be written takes the change with it.
	if _, err = a.log.Do(ctx, audit.Entry{Event: audit.Search, Codes: map[string]any{"x": func() {}}}, failure("z")); err == nil {
		t.Fatal("a function was logged")
	}
	var n int
	if err = a.db.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM sign_in_failure`).Scan(&n) }); err != nil || n != 1 {
		t.Errorf("changes = %d, %v; want 1", n, err)
	}
	r, err = a.log.Do(ctx, displaying(3), func(tx *store.Tx) error {
		further, appended := a.log.Append(ctx, tx, audit.Entry{Event: audit.Digest})
		if further.Seq != 2 {
			t.Errorf("further entry = %d, want 2", further.Seq)
		}
		return appended
	})
	if err != nil || r.Seq != 3 {
		t.Errorf("Do = %+v, %v; want 3", r, err)
	}
	if report, err := a.log.Verify(ctx, nil); err != nil || report.Entries != 3 {
		t.Errorf("Verify = %+v, %v", report, err)
	}
}

func TestManyWriters(t *testing.T) {
	a := newArchive(t)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 25 {
				if _, err := a.log.Note(t.Context(), displaying(100*w+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r, err := a.log.Verify(t.Context(), nil); err != nil || r.Entries != 200 {
		t.Errorf("Verify = %+v, %v; want 200 entries", r, err)
	}
}

// Others go on appending while the log is verified, also from another
// process; nothing of that looks like tampering.
func TestVerifyWhileWriting(t *testing.T) {
	a := newArchive(t)
	a.note(t, 50)
	checkpoint(t, a)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := a.log.Note(t.Context(), displaying(i)); err != nil {
				t.Error(err)
				return
			}
			if i%10 == 0 {
				if _, err := a.log.Checkpoint(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 25 {
		if r, err := a.verify(t); err != nil || !r.Trusted {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := a.log.Verify(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}

func TestListFilters(t *testing.T) {
	a := newArchive(t)
	start := a.clock.now()
	a.note(t, 10) // at start+1s … start+10s
	if _, err := a.log.Note(t.Context(), audit.Entry{Actor: "a2", Event: audit.Refusal, Result: audit.Refused, Codes: map[string]any{"basis": "S18.1", "big": int64(1) << 60}}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		filter audit.Filter
		want   []int64
	}{
		{"all, newest first", audit.Filter{}, []int64{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		{"limit", audit.Filter{Limit: 2}, []int64{11, 10}},
		{"the page before", audit.Filter{Limit: 2, Before: 10}, []int64{9, 8}},
		{"event", audit.Filter{Event: audit.Refusal}, []int64{11}},
		{"result", audit.Filter{Result: audit.Refused}, []int64{11}},
		{"actor", audit.Filter{Actor: "a1", Limit: 1}, []int64{10}},
		{"object", audit.Filter{ObjectKind: "record", ObjectID: "r0"}, []int64{8, 1}},
		{"object of another kind", audit.Filter{ObjectKind: "viewing", ObjectID: "r0"}, nil},
		{"time", audit.Filter{From: start.Add(3 * time.Second), To: start.Add(5 * time.Second)}, []int64{4, 3}},
		{"several", audit.Filter{Event: audit.Displaying, ObjectKind: "record", ObjectID: "r1", Before: 9}, []int64{2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := a.log.List(t.Context(), tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, r := range rows {
				got = append(got, r.Seq)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	rows, err := a.log.List(t.Context(), audit.Filter{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(rows[0].Codes["big"]) != "1152921504606846976" || rows[0].Result != audit.Refused {
		t.Errorf("codes = %v", rows[0].Codes)
	}
	if rows[1].Details["title"] != "检查视频 <1>" || rows[1].Objects["viewing"] != "v9" || rows[1].Result != audit.OK {
		t.Errorf("row = %+v", rows[1])
	}
}

func TestClockStepIsAnEntry(t *testing.T) {
	a := newArchive(t)
	a.note(t, 1)
	a.clock.add(-24 * time.Hour)
	r, err := a.log.Note(t.Context(), displaying(2))
	if err != nil || r.Seq != 3 {
		t.Fatalf("Note = %+v, %v; want 3", r, err)
	}
	a.note(t, 1) // forward again: nothing to say
	rows, err := a.log.List(t.Context(), audit.Filter{Event: audit.ClockStep})
	if err != nil || len(rows) != 1 || rows[0].Seq != 2 || rows[0].Codes["from"] != "2026-11-23T09:00:01.000000Z" || rows[0].Codes["to"] != "2026-11-22T09:00:01.000000Z" {
		t.Errorf("clock steps = %+v, %v", rows, err)
	}
	if _, err := a.log.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestCheckpoint(t *testing.T) {
	a := newArchive(t)
	ctx := t.Context()
	if c, err := a.log.Checkpoint(ctx); err != nil || c.Size != 0 {
		t.Errorf("of an empty log: %+v, %v", c, err)
	}
	a.note(t, 3)
	c, err := a.log.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	head, err := a.log.Head(ctx)
	if err != nil || head.Size != 3 || head.Root != c.Root || head.CheckpointSize != 3 {
		t.Errorf("Head = %+v, %v", head, err)
	}
	text, err := a.log.Public().OpenNote(c.Note)
	if err != nil || !strings.HasPrefix(text, "diaoyue.example/"+a.log.Archive()+"\n3\n") {
		t.Errorf("note = %q, %v", text, err)
	}
	kept, err := os.ReadFile(filepath.Join(a.dir, "checkpoints", "000000000003.note"))
	if err != nil || string(kept) != c.Note {
		t.Errorf("kept = %q, %v", kept, err)
	}
	if again, err := a.log.Checkpoint(ctx); err != nil || again.Note != c.Note || again.Root != c.Root || !again.At.Equal(c.At) {
		t.Errorf("again = %+v, %v", again, err)
	}
}

func TestKeeperWritesMarkAndCheckpointByItself(t *testing.T) {
	a := newArchive(t)
	a.note(t, 120) // Every is 100
	mark := filepath.Join(a.state, "marks", a.log.Archive()+".json")
	deadline := time.Now().Add(10 * time.Second)
	for {
		text, _ := os.ReadFile(mark)
		head, err := a.log.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"size":120`) && head.CheckpointSize == 120 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("mark %s, head %+v", text, head)
		}
		time.Sleep(20 * time.Millisecond)
	}
	// Everything secret or telling lies outside the archive, readable to one user.
	for _, path := range []string{mark, a.log.KeyPlace()} {
		st, err := os.Stat(path)
		if err != nil || st.Mode().Perm() != 0o600 || !strings.HasPrefix(path, a.state) {
			t.Errorf("%s: %v, %v", path, st, err)
		}
	}
	pub, err := os.ReadFile(filepath.Join(a.dir, audit.PublicKeyFile))
	if err != nil || strings.TrimSpace(string(pub)) != a.log.Public().String() {
		t.Errorf("public key in the archive: %q, %v", pub, err)
	}
}

func TestProve(t *testing.T) {
	a := newArchive(t)
	ctx := t.Context()
	a.note(t, 5)
	if _, err := a.log.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	a.note(t, 4)
	pub := a.log.Public()
	for seq := int64(1); seq <= 9; seq++ {
		p, err := a.log.Prove(ctx, seq)
		if err != nil {
			t.Fatal(err)
		}
		s, err := pub.VerifyInclusion(p)
		want := int64(5)
		if seq > 5 {
			want = 9
		}
		if err != nil || s.Size != want || s.At == "" {
			t.Errorf("entry %d: %+v, %v; want size %d", seq, s, err, want)
		}
		changed := p
		changed.Body = strings.Replace(p.Body, "a1", "a2", 1)
		moved := p
		moved.Seq = seq%want + 1
		for name, forged := range map[string]audit.Proof{"body": changed, "number": moved} {
			if _, err := pub.VerifyInclusion(forged); !errors.Is(err, signature.ErrBadProof) {
				t.Errorf("entry %d, %s changed: err = %v, want ErrBadProof", seq, name, err)
			}
		}
		if strings.Contains(p.Body, "检查") {
			t.Error("a proof shows details")
		}
	}
	for _, seq := range []int64{-1, 0, 10} {
		if _, err := a.log.Prove(ctx, seq); !errors.Is(err, audit.ErrNoEntry) {
			t.Errorf("entry %d: err = %v, want ErrNoEntry", seq, err)
		}
	}
}

func TestReopenGoesOn(t *testing.T) {
	a := newArchive(t)
	a.note(t, 3)
	pub, id := a.log.Public().String(), a.log.Archive()
	a.close(t)
	a.open(t)
	if a.log.Public().String() != pub || a.log.Archive() != id {
		t.Error("key or identity changed")
	}
	if r, err := a.log.Note(t.Context(), displaying(4)); err != nil || r.Seq != 4 {
		t.Errorf("Note = %+v, %v; want 4", r, err)
	}
}

func TestLostKeyIsAnEntryAndTheNewOneNotTrustedElsewhere(t *testing.T) {
	a := newArchive(t)
	a.note(t, 2)
	old := a.log.Public()
	a.close(t)
	elsewhere := a.state
	a.state = t.TempDir() // another user, another machine: no key, no mark
	a.open(t)
	rows, err := a.log.List(t.Context(), audit.Filter{Event: audit.KeyLoss})
	if err != nil || len(rows) != 1 || rows[0].Seq != 3 || rows[0].Codes["public"] != a.log.Public().String() {
		t.Errorf("key losses = %+v, %v", rows, err)
	}
	a.close(t)
	for name, want := range map[string]struct {
		state   string
		trusted []string
		report  audit.Report
	}{
		"new key":                   {a.state, nil, audit.Report{TrustedSize: 3, Trusted: true}},
		"old key":                   {elsewhere, nil, audit.Report{TrustedSize: 2, Trusted: false}},
		"old key given":             {"", []string{old.String()}, audit.Report{TrustedSize: 2, Trusted: false}},
		"old fingerprint given":     {"", []string{old.Fingerprint()}, audit.Report{TrustedSize: 2, Trusted: false}},
		"no key, self-consistent":   {"", nil, audit.Report{}},
		"a key that signed nothing": {"", []string{unrelated(t)}, audit.Report{}},
	} {
		r, err := audit.VerifyFile(t.Context(), audit.VerifyConfig{Database: a.path(), ArchiveDir: a.dir, StateDir: want.state, Trusted: want.trusted}, nil)
		if err != nil || r.Entries != 3 || r.Checkpoints != 2 || len(r.SignedBy) != 2 || r.Trusted != want.report.Trusted || r.TrustedSize != want.report.TrustedSize {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func unrelated(tb testing.TB) string {
	tb.Helper()
	k, err := signature.Generate("diaoyue.example/other")
	if err != nil {
		tb.Fatal(err)
	}
	return k.Public().String()
}

func TestLawfulRestore(t *testing.T) {
	a := newArchive(t)
	a.note(t, 3)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := a.db.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	a.note(t, 4)
	a.close(t)
	replace(t, copied, a.path())
	if err := os.RemoveAll(filepath.Join(a.dir, "checkpoints")); err != nil {
		t.Fatal(err)
	}
	err := a.tryOpen(t.Context(), "")
	if p := fault.Params(err); !errors.Is(err, audit.ErrRolledBack) || p["size"] != "3" || p["highwater"] != "7" || p["seq"] != "4" {
		t.Fatalf("err = %v, want ErrRolledBack", err)
	}
	if err = a.tryOpen(t.Context(), "disk failed, backup of Monday"); err != nil {
		t.Fatal(err)
	}
	rows, err := a.log.List(t.Context(), audit.Filter{Event: audit.Recovery})
	if err != nil || len(rows) != 1 || fmt.Sprint(rows[0].Codes["highwater"]) != "7" || rows[0].Details["reason"] != "disk failed, backup of Monday" {
		t.Errorf("recoveries = %+v, %v", rows, err)
	}
	a.close(t)
	if r, err := a.verify(t); err != nil || r.Entries != 4 {
		t.Errorf("Verify = %+v, %v", r, err)
	}
}

func replace(tb testing.TB, from, to string) {
	tb.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		tb.Fatal(err)
	}
	for _, extra := range []string{"-wal", "-shm"} {
		_ = os.Remove(to + extra)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkNote(b *testing.B) {
	a := newArchive(b)
	e := displaying(1)
	for b.Loop() {
		if _, err := a.log.Note(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}
