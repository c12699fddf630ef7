package jobs_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func clock() time.Time { return time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) }

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func enqueue(t *testing.T, db *store.DB, r *jobs.Runner, s jobs.Spec) string {
	t.Helper()
	var id string
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		var err error
		id, err = r.Enqueue(t.Context(), tx, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func start(t *testing.T, r *jobs.Runner) {
	t.Helper()
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
}

func drain(t *testing.T, r *jobs.Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := r.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestHowJobsEnd(t *testing.T) {
	errGiven := fault.New("test.given", "given")
	for _, tc := range []struct {
		name     string
		do       func(n int) error
		state    jobs.State
		code     string
		attempts int
	}{
		{"well", func(int) error { return nil }, jobs.Done, "", 1},
		{"at the second try", func(n int) error {
			if n == 1 {
				return errors.New("once")
			}
			return nil
		}, jobs.Done, "", 2},
		{"never", func(int) error { return errGiven }, jobs.Failed, "test.given", 3},
		{"for good", func(int) error { return jobs.Permanent(errGiven.With("a", "b")) }, jobs.Failed, "test.given", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			db := open(t, filepath.Join(t.TempDir(), "w.db"))
			r := jobs.New(db, clock)
			n := 0
			r.Handle("k", func(context.Context, jobs.Job, jobs.Progress) error { n++; return tc.do(n) })
			start(t, r)
			id := enqueue(t, db, r, jobs.Spec{Kind: "k", Subject: "s"})
			drain(t, r)
			j, err := r.Job(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if j.State != tc.state || j.Code != tc.code || j.Attempts != tc.attempts {
				t.Errorf("job is %s %q after %d, want %s %q after %d", j.State, j.Code, j.Attempts, tc.state, tc.code, tc.attempts)
			}
		})
	}
}

func TestUnknownKindFailsByName(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "w.db"))
	r := jobs.New(db, clock)
	start(t, r)
	id := enqueue(t, db, r, jobs.Spec{Kind: "nobody"})
	drain(t, r)
	if j, err := r.Job(t.Context(), id); err != nil || j.Code != "jobs.no_handler" {
		t.Errorf("job %+v, %v", j, err)
	}
	if _, err := r.Job(t.Context(), "none"); !errors.Is(err, jobs.ErrNoJob) {
		t.Errorf("no job: %v", err)
	}
}

func TestARolledBackJobIsNotDone(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "w.db"))
	r := jobs.New(db, clock)
	r.Handle("k", func(context.Context, jobs.Job, jobs.Progress) error { t.Error("done"); return nil })
	start(t, r)
	broken := errors.New("broken")
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := r.Enqueue(t.Context(), tx, jobs.Spec{Kind: "k"}); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	drain(t, r)
}

// What ran when the program died waits again; what died three times is failed.
func TestResumeAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.db")
	db := open(t, path)
	runs := 0
	var id string
	for n := range 3 {
		r := jobs.New(db, clock)
		begun := make(chan struct{})
		r.Handle("k", func(ctx context.Context, _ jobs.Job, _ jobs.Progress) error {
			runs++
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		if id == "" {
			id = enqueue(t, db, r, jobs.Spec{Kind: "k"})
		}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-begun
		r.Close()
		if j, err := r.Job(t.Context(), id); err != nil || j.State != jobs.Waiting || j.Attempts != n {
			t.Errorf("closed: %+v, %v; want it to wait, %d attempts as before", j, err, n)
		}
		// A crash leaves the row as it was while the job ran.
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE job SET state = 'running', attempts = attempts + 1`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	r := jobs.New(db, clock)
	r.Handle("k", func(context.Context, jobs.Job, jobs.Progress) error { runs++; return nil })
	start(t, r)
	drain(t, r)
	j, err := r.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if runs != 3 || j.State != jobs.Failed || j.Code != "jobs.crashed" {
		t.Errorf("ran %d times, %s %q; want 3, failed, jobs.crashed", runs, j.State, j.Code)
	}
	if err := r.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	drain(t, r)
	if j, err := r.Job(t.Context(), id); err != nil || j.State != jobs.Done {
		t.Errorf("after a retry: %+v, %v", j, err)
	}
}

func TestCancel(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "w.db"))
	r := jobs.New(db, clock)
	begun := make(chan struct{})
	r.Handle("slow", func(ctx context.Context, _ jobs.Job, _ jobs.Progress) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	r.Handle("k", func(context.Context, jobs.Job, jobs.Progress) error { t.Error("done"); return nil })
	start(t, r)
	running := enqueue(t, db, r, jobs.Spec{Kind: "slow"})
	waiting := enqueue(t, db, r, jobs.Spec{Kind: "k"})
	<-begun
	for _, id := range []string{waiting, running} {
		if err := r.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	drain(t, r)
	for _, id := range []string{waiting, running} {
		if j, err := r.Job(t.Context(), id); err != nil || j.State != jobs.Cancelled {
			t.Errorf("job %+v, %v", j, err)
		}
	}
}

func TestProgressIsTold(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "w.db"))
	r := jobs.New(db, clock)
	r.Handle("k", func(_ context.Context, _ jobs.Job, progress jobs.Progress) error {
		progress(1, 2)
		progress(2, 2)
		return nil
	})
	var mu sync.Mutex
	var told []jobs.State
	var done []int64
	end := r.Subscribe(func(j jobs.Job) {
		mu.Lock()
		defer mu.Unlock()
		told, done = append(told, j.State), append(done, j.Done)
	})
	start(t, r)
	enqueue(t, db, r, jobs.Spec{Kind: "k"})
	drain(t, r)
	r.Close()
	end()
	mu.Lock()
	defer mu.Unlock()
	if d := cmp.Diff([]jobs.State{jobs.Running, jobs.Running, jobs.Running, jobs.Done}, told); d != "" {
		t.Error(d)
	}
	if !slices.IsSorted(done[:3]) || done[2] != 2 {
		t.Errorf("progress %v", done)
	}
}
