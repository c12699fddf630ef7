package postings

import (
	"errors"
	"sync/atomic"
	"testing"
)

func TestInParallel(t *testing.T) {
	var done atomic.Int32
	if err := inParallel(100, func(int) error { done.Add(1); return nil }); err != nil || done.Load() != 100 {
		t.Errorf("%d of 100 done, %v", done.Load(), err)
	}
	bad := errors.New("bad")
	if err := inParallel(100, func(i int) error {
		if i == 7 {
			return bad
		}
		return nil
	}); !errors.Is(err, bad) {
		t.Errorf("the error is %v", err)
	}
	// A panic elsewhere would end the program; the caller's can be caught.
	defer func() {
		if p := recover(); p != "lost" {
			t.Errorf("recovered %v", p)
		}
	}()
	_ = inParallel(100, func(i int) error {
		if i == 5 {
			panic("lost")
		}
		return nil
	})
	t.Error("the panic was swallowed")
}
