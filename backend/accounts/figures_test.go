//go:build faults

package accounts_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/figure"
)

// Somebody guesses passwords for days, of a number that exists and of one that
// does not: he restarts the program, sets the clock back again and again and
// lets it come back. No ten minutes see more than five passwords compared.
func TestFigureBruteForce(t *testing.T) {
	const tries = 3000
	beyond, compared, refused := 0, 0, 0
	for i, number := range []string{"1002", "unknown"} {
		b, _ := founded(t)
		dice := rand.New(rand.NewPCG(9, uint64(i)))
		behind := time.Duration(0) // how far the clock is set back
		true0 := b.now()
		real := func() time.Time { return b.now().Add(behind) } // what a watch on the wall says
		var seen []time.Time
		for n := range tries {
			_, err := b.desk.SignIn(t.Context(), number, fmt.Sprint("guess ", n))
			switch {
			case errors.Is(err, accounts.ErrLocked) && compares(b, err):
				// The fifth is compared and answered with the lock.
				seen = append(seen, real())
			case errors.Is(err, accounts.ErrSignIn):
				seen = append(seen, real())
			case errors.Is(err, accounts.ErrLocked):
				refused++
			default:
				t.Fatal(err)
			}
			if dice.IntN(500) == 0 {
				b.stop(t)
				b.start(t, accounts.CheapForTests())
			}
			step := time.Duration(1+dice.IntN(90)) * time.Second
			b.pass(step)
			switch dice.IntN(40) {
			case 0: // back
				back := time.Duration(1+dice.IntN(48*60)) * time.Minute
				b.pass(-back)
				behind += back
			case 1: // and right again
				b.pass(behind)
				behind = 0
			}
		}
		compared += len(seen)
		for k := 5; k < len(seen); k++ {
			if seen[k].Sub(seen[k-5]) < 10*time.Minute {
				beyond++
			}
		}
		t.Logf("%s: %d compared in %v", number, len(seen), real().Sub(true0))
	}
	figure.Report(t, figure.Figure{
		Row: figure.BruteForce, Name: fmt.Sprintf("%d tries at a known and an unknown number, restarts, clock set back by up to two days: %d compared, %d refused unseen", 2*tries, compared, refused),
		Value: fmt.Sprint(beyond), OK: beyond == 0 && compared > 50 && refused > 1000,
	})
}

// compares reports whether the lock of this answer began with it: then the
// password was compared.
func compares(b *bureau, err error) bool {
	until, parsed := time.Parse(time.RFC3339, fault.Params(err)["until"])
	return parsed == nil && until.Equal(b.now().Add(10*time.Minute).Truncate(time.Second))
}
