package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
)

// TestLateKindsGiveWay queues long late work and then other work: the late job
// goes on after it, with the parts it had kept.
func TestLateKindsGiveWay(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "a.db"))
	r := jobs.New(db, clock)
	var order []string
	r.Handle("other", func(context.Context, jobs.Job, jobs.Progress) error {
		order = append(order, "other")
		return nil
	})
	r.HandleLate("late", func(ctx context.Context, j jobs.Job, _ jobs.Progress) error {
		kept, err := r.Parts(ctx, j.ID)
		if err != nil {
			return err
		}
		for n := len(kept); n < 3; n++ {
			order = append(order, fmt.Sprint("part ", n))
			if err := r.KeepPart(ctx, j.ID, jobs.Part{Number: n, Data: []byte{byte(n)}}); err != nil {
				return err
			}
			if n == 0 {
				enqueue(t, db, r, jobs.Spec{Kind: "other"})
			}
			if yield, err := r.GiveWay(ctx, "late"); err != nil || yield {
				return errors.Join(err, jobs.ErrYield)
			}
		}
		return nil
	})
	id := enqueue(t, db, r, jobs.Spec{Kind: "late"})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if diff := cmp.Diff([]string{"part 0", "other", "part 1", "part 2"}, order); diff != "" {
		t.Error(diff)
	}
	j, err := r.Job(t.Context(), id)
	if err != nil || j.State != jobs.Done {
		t.Errorf("%+v, %v", j, err)
	}
	if n, failure := r.CountParts(t.Context(), "late"); failure != nil || n != 3 {
		t.Errorf("%d parts, %v", n, failure)
	}
	parts, err := r.Parts(t.Context(), id)
	if err != nil || len(parts) != 3 || !slices.Equal(parts[2].Data, []byte{2}) {
		t.Errorf("%v, %v", parts, err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error { return r.DropParts(t.Context(), tx, id) })
	if parts, _ = r.Parts(t.Context(), id); err != nil || len(parts) != 0 {
		t.Errorf("after they were dropped: %v, %v", parts, err)
	}
}

// TestPausedKind holds over a restart; Drain does not wait for it.
func TestPausedKind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	done := 0
	start := func() (*store.DB, *jobs.Runner) {
		db := open(t, path)
		r := jobs.New(db, clock)
		r.HandleLate("late", func(context.Context, jobs.Job, jobs.Progress) error { done++; return nil })
		return db, r
	}
	pause := func(db *store.DB, r *jobs.Runner, on bool) {
		t.Helper()
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return r.SetPaused(t.Context(), tx, "late", on) }); err != nil {
			t.Fatal(err)
		}
	}
	db, r := start()
	pause(db, r, true)
	pause(db, r, true)
	enqueue(t, db, r, jobs.Spec{Kind: "late"})
	for range 2 {
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		paused, err := r.Paused(t.Context(), "late")
		if err != nil || !paused || done != 0 {
			t.Fatalf("paused %v, %d done, %v", paused, done, err)
		}
		if yield, err := r.GiveWay(t.Context(), "late"); err != nil || !yield {
			t.Errorf("a paused kind goes on: %v", err)
		}
		r.Close()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db, r = start()
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	pause(db, r, false)
	if err := r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done != 1 {
		t.Errorf("%d done", done)
	}
}

// TestLateKindsInOrder queues two late kinds in the wrong order: the one that
// was named first is done first, and the other gives way to it.
func TestLateKindsInOrder(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "a.db"))
	r := jobs.New(db, clock)
	var order []string
	asked := func(kind string) jobs.Handler {
		return func(ctx context.Context, _ jobs.Job, _ jobs.Progress) error {
			yield, err := r.GiveWay(ctx, kind)
			if err != nil {
				return err
			}
			order = append(order, fmt.Sprint(kind, " ", yield))
			if kind == "second" && len(order) == 2 {
				enqueue(t, db, r, jobs.Spec{Kind: "first"})
				if yield, err = r.GiveWay(ctx, kind); err != nil || !yield {
					t.Errorf("second does not give way: %v", err)
				}
				return jobs.ErrYield
			}
			return nil
		}
	}
	r.HandleLate("first", asked("first"))
	r.HandleLate("second", asked("second"))
	enqueue(t, db, r, jobs.Spec{Kind: "second"})
	enqueue(t, db, r, jobs.Spec{Kind: "first"})
	start(t, r)
	drain(t, r)
	if d := cmp.Diff([]string{"first false", "second false", "first false", "second false"}, order); d != "" {
		t.Error(d)
	}
}

// TestPaceOfAResumedJob: what an earlier run had done is not counted as done in
// no time.
func TestPaceOfAResumedJob(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "a.db"))
	var mu sync.Mutex
	at := clock()
	r := jobs.New(db, func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return at
	})
	var left []float64
	r.Handle("k", func(_ context.Context, _ jobs.Job, progress jobs.Progress) error {
		for done := int64(50); done <= 52; done++ {
			progress(done, 100)
			mu.Lock()
			at = at.Add(10 * time.Second)
			mu.Unlock()
		}
		return nil
	})
	end := r.Subscribe(func(j jobs.Job) {
		if j.State == jobs.Running && j.Total > 0 {
			left = append(left, j.Remaining)
		}
	})
	start(t, r)
	enqueue(t, db, r, jobs.Spec{Kind: "k"})
	drain(t, r)
	r.Close()
	end()
	if d := cmp.Diff([]float64{-1, 490, 480}, left); d != "" {
		t.Error(d)
	}
}
