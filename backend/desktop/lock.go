package desktop

import (
	"context"
	"log/slog"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/screenlock"
	"diaoyue.example/workstation/backend/viewing"
)

// lock keeps the seat from being used until its password is given: viewings
// are suspended, nothing is answered, and the entry says why. Where nobody
// sits, or it is locked already, nothing happens.
func (s *Shell) lock(why string) {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	w, actor := s.work, s.actor
	if w == nil || actor == nil || s.locked != "" {
		s.mu.Unlock()
		return
	}
	s.locked, s.lockedAt = why, s.cfg.Now()
	s.mu.Unlock()
	// Locked first, written down then: a log that is full leaves no seat open.
	ctx := context.WithoutCancel(s.ctx)
	if err := w.Viewing.Suspend(ctx, *actor); err != nil {
		s.log.Error("viewings not suspended", slog.String("error", err.Error()))
	}
	if err := w.Accounts.Lock(ctx, *actor, why); err != nil {
		s.log.Error("lock not logged", slog.String("error", err.Error()))
	}
	s.headMoved(w)
	s.stationChanged()
}

// unlock gives the seat back to whose it is.
func (s *Shell) unlock(ctx context.Context, password string) error {
	s.mu.Lock()
	w, actor, locked := s.work, s.actor, s.locked
	s.mu.Unlock()
	switch {
	case w == nil:
		return ErrNotOpen.With()
	case actor == nil:
		return ErrNotSignedIn.With()
	case locked == "":
		return nil
	}
	defer s.headMoved(w)
	if err := w.Accounts.Unlock(ctx, *actor, password); err != nil {
		return err
	}
	w.Viewing.Resume(*actor)
	s.mu.Lock()
	s.locked, s.seen = "", s.cfg.Now()
	s.mu.Unlock()
	return nil
}

// watchIdle locks a seat that nobody used for a while (a shared PC), and signs
// out one that stays locked.
func (s *Shell) watchIdle() {
	tick := time.NewTicker(min(s.cfg.Idle/4, time.Minute))
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		now := s.cfg.Now()
		s.mu.Lock()
		idle := s.actor != nil && s.locked == "" && now.Sub(s.seen) >= s.cfg.Idle
		away := s.actor != nil && s.locked != "" && now.Sub(s.lockedAt) >= s.cfg.Away
		s.mu.Unlock()
		switch {
		case idle:
			s.lock(accounts.LockIdle)
		case away:
			s.turn.Lock()
			s.leave(viewing.CloseTimeout)
			s.turn.Unlock()
			s.stationChanged()
		}
	}
}

// watchDesktop locks the seat with the desktop and before the machine sleeps,
// as far as they say so.
func (s *Shell) watchDesktop() {
	heard, err := screenlock.Watch(s.ctx, s.cfg.Buses, func(why string) {
		s.lock(map[string]string{screenlock.Screen: accounts.LockScreen, screenlock.Sleep: accounts.LockSleep}[why])
	})
	if err != nil {
		s.log.Info("the desktop's lock is not heard", slog.String("error", err.Error()))
	}
	s.mu.Lock()
	s.heard = heard
	s.mu.Unlock()
}
