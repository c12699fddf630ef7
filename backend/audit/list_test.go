package audit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/audit"
)

// busy fills a log with four events of five accounts over some days, the
// clock going backwards now and then.
func busy(t *testing.T, n, steps int) *archive {
	t.Helper()
	a := newArchive(t)
	dice := rand.New(rand.NewPCG(5, 6))
	for i := range n {
		a.clock.add(time.Duration(dice.Int64N(int64(30 * time.Minute))))
		if steps > 0 && i%(n/steps) == n/steps-1 {
			a.clock.add(-time.Duration(dice.Int64N(int64(24 * time.Hour))))
		}
		_, err := a.log.Note(t.Context(), audit.Entry{
			Actor: []string{"", "a1", "a2", "a3", "a4"}[dice.IntN(5)], Event: []audit.Event{audit.Search, audit.Displaying, audit.Shown, audit.Refusal}[dice.IntN(4)],
			Result: []audit.Result{audit.OK, audit.Refused}[dice.IntN(2)], Objects: map[string]string{"record": fmt.Sprint("r", dice.IntN(3))},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// Whatever is asked for, the answer is what going through every entry gives:
// periods across steps of the clock, several events, several accounts.
func TestFiltersAgreeWithEveryEntry(t *testing.T) {
	for _, steps := range []int{0, 7, 120} { // without, with, and with too many to look up
		t.Run(fmt.Sprint(steps, " steps"), func(t *testing.T) {
			a := busy(t, 360, steps)
			all, err := a.log.List(t.Context(), audit.Filter{Limit: 10_000})
			if err != nil {
				t.Fatal(err)
			}
			dice := rand.New(rand.NewPCG(7, 8))
			some := func(list ...string) []string {
				dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				return list[:dice.IntN(3)]
			}
			when := func() time.Time {
				if dice.IntN(4) == 0 {
					return time.Time{}
				}
				return all[dice.IntN(len(all))].At.Add(time.Duration(dice.IntN(3)-1) * time.Microsecond)
			}
			for range 150 {
				f := audit.Filter{From: when(), To: when(), Actors: some("", "a1", "a2", "a3", "none"), Except: some("a2", "a4"), Limit: 10_000}
				for _, e := range some(string(audit.Search), string(audit.Displaying), string(audit.ClockStep)) {
					f.Events = append(f.Events, audit.Event(e))
				}
				if dice.IntN(3) == 0 {
					f.Result = audit.Refused
				}
				if dice.IntN(3) == 0 {
					f.ObjectKind, f.ObjectID = "record", "r1"
				}
				if dice.IntN(3) == 0 {
					f.Actor = "a1"
				}
				compare(t, a, all, f)
			}
		})
	}
}

func compare(t *testing.T, a *archive, all []audit.Row, f audit.Filter) {
	t.Helper()
	want := audit.Tally{Events: map[audit.Event]int64{}, Actors: map[string]int64{}}
	var rows []int64
	for _, r := range all {
		if !f.From.IsZero() && r.At.Before(f.From) || !f.To.IsZero() && !r.At.Before(f.To) || f.Result != "" && r.Result != f.Result ||
			f.ObjectKind != "" && r.Objects[f.ObjectKind] != f.ObjectID || f.Actor != "" && r.Actor != f.Actor || slices.Contains(f.Except, r.Actor) {
			continue
		}
		event, actor := len(f.Events) == 0 || slices.Contains(f.Events, r.Event), len(f.Actors) == 0 || slices.Contains(f.Actors, r.Actor)
		if event && actor {
			rows, want.Total = append(rows, r.Seq), want.Total+1
		}
		if event {
			want.Actors[r.Actor]++
		}
		if actor {
			want.Events[r.Event]++
		}
	}
	found, err := a.log.List(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, r := range found {
		got = append(got, r.Seq)
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Fatalf("%+v (-want +got):\n%s", f, diff)
	}
	tally, err := a.log.Tally(t.Context(), f)
	if diff := cmp.Diff(want, tally); err != nil || diff != "" {
		t.Fatalf("%+v: %v (-want +got):\n%s", f, err, diff)
	}
}

// Counted once, the numbers follow what is written since.
func TestTallyFollowsTheLog(t *testing.T) {
	a := newArchive(t)
	for round := range 3 {
		a.note(t, 4)
		tally, err := a.log.Tally(t.Context(), audit.Filter{Events: []audit.Event{audit.Search}})
		want := audit.Tally{Events: map[audit.Event]int64{audit.Displaying: int64(4 * (round + 1))}, Actors: map[string]int64{}}
		if diff := cmp.Diff(want, tally); err != nil || diff != "" {
			t.Errorf("round %d: %v (-want +got):\n%s", round, err, diff)
		}
	}
}
