package desktop

import (
	"context"
	"errors"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/viewing"
)

// Seat is the face of the station itself: which archive is open and who sits
// there. It is the only face that answers without a sign-in.
type Seat struct{ shell *Shell }

// State says what the window should show: no archive, held by another
// process, or ready, and who is signed in.
func (s *Seat) State() (Station, error) {
	return free(s.shell, func(context.Context) (Station, error) { return s.shell.state() })
}

// Found makes a new archive with its first accounts and opens it; nobody is
// signed in yet.
func (s *Seat) Found(founding Founding) (Station, error) {
	return free(s.shell, func(ctx context.Context) (Station, error) {
		sh := s.shell
		sh.turn.Lock()
		defer sh.turn.Unlock()
		dir := founding.Dir
		if dir == "" {
			dir = sh.cfg.Dir
		}
		sh.mu.Lock()
		open := sh.work != nil && sh.dir == dir
		sh.mu.Unlock()
		if open {
			return Station{}, accounts.ErrFounded.With()
		}
		w, err := backend.Create(ctx, sh.config(dir), backend.Founding{
			Organ: founding.Organ, Fonds: founding.Fonds, Accounts: each(founding.Accounts, newAccount), Originals: founding.Apart,
		})
		if err != nil {
			return Station{}, err
		}
		sh.shut()
		sh.install(dir, w, nil)
		return sh.state()
	})
}

// Open opens the archive in dir ("" = the one configured); the one that was
// open is closed first, with its viewings.
func (s *Seat) Open(dir string) (Station, error) {
	return free(s.shell, func(context.Context) (Station, error) {
		s.shell.turn.Lock()
		defer s.shell.turn.Unlock()
		if dir == "" {
			dir = s.shell.cfg.Dir
		}
		if err := s.shell.open(dir, nil); err != nil {
			return Station{}, err
		}
		return s.shell.state()
	})
}

// Accept opens the archive whose log went back, on the word of one who may make
// backups that it was lawfully restored; who gave it sits there then.
func (s *Seat) Accept(number, password, reason string) (Station, error) {
	return free(s.shell, func(ctx context.Context) (Station, error) {
		s.shell.turn.Lock()
		defer s.shell.turn.Unlock()
		s.shell.mu.Lock()
		dir, held := s.shell.dir, s.shell.held
		s.shell.mu.Unlock()
		if !errors.Is(held, audit.ErrRolledBack) {
			return Station{}, ErrNotOpen.With()
		}
		if err := s.shell.open(dir, &backend.Acceptance{Number: number, Password: password, Reason: reason}); err != nil {
			s.shell.install(dir, nil, held) // what is wrong with the archive is still that
			return Station{}, err
		}
		return s.shell.sit(ctx, number, password)
	})
}

// SignIn seats an account. Who sat there before is signed out first, but only
// when the new one is let in.
func (s *Seat) SignIn(number, password string) (Station, error) {
	return free(s.shell, func(ctx context.Context) (Station, error) {
		s.shell.turn.Lock()
		defer s.shell.turn.Unlock()
		return s.shell.sit(ctx, number, password)
	})
}

// sit seats an account instead of who sat there. The caller holds the turn.
func (s *Shell) sit(ctx context.Context, number, password string) (Station, error) {
	s.mu.Lock()
	w := s.work
	s.mu.Unlock()
	if w == nil {
		return Station{}, ErrNotOpen.With()
	}
	actor, err := w.Accounts.SignIn(ctx, number, password)
	if err != nil {
		return Station{}, err
	}
	s.leave(viewing.CloseNormal)
	s.mu.Lock()
	s.actor, s.locked, s.seen = &actor, "", s.cfg.Now()
	s.mu.Unlock()
	return s.state()
}

// SignOut closes the account's viewings and leaves the seat empty; the
// archive stays open.
func (s *Seat) SignOut() (Station, error) {
	return free(s.shell, func(context.Context) (Station, error) {
		s.shell.turn.Lock()
		defer s.shell.turn.Unlock()
		s.shell.leave(viewing.CloseNormal)
		return s.shell.state()
	})
}

// Lock locks the seat at once: viewings wait, nothing is answered.
func (s *Seat) Lock() (Station, error) {
	return free(s.shell, func(context.Context) (Station, error) {
		s.shell.lock(accounts.LockAsked)
		return s.shell.state()
	})
}

// Unlock gives the seat back to whose it is, for the password alone. A wrong
// one counts as a failure to sign in.
func (s *Seat) Unlock(password string) (Station, error) {
	return free(s.shell, func(ctx context.Context) (Station, error) {
		s.shell.turn.Lock()
		defer s.shell.turn.Unlock()
		if err := s.shell.unlock(ctx, password); err != nil {
			return Station{}, err
		}
		return s.shell.state()
	})
}

// Active says that a person is there who calls nothing: reads, or scrolls.
func (s *Seat) Active() error {
	return tell(s.shell, func(context.Context, *backend.Workstation, accounts.Actor) error { return nil })
}

// ChangePassword changes the signed-in account's own password, and ends what
// one that was given by somebody else holds back.
func (s *Seat) ChangePassword(old, changed string) (Station, error) {
	return ask(s.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Station, error) {
		if err := w.Accounts.SetPassword(ctx, actor, old, changed); err != nil {
			return Station{}, err
		}
		s.shell.mu.Lock()
		if s.shell.actor != nil && s.shell.actor.ID == actor.ID {
			s.shell.actor.MustChange = false
		}
		s.shell.mu.Unlock()
		return s.shell.state()
	})
}

// ChooseFolder asks for a folder in the system's dialog; "" when nothing was
// chosen.
func (s *Seat) ChooseFolder(title string) (string, error) {
	return free(s.shell, func(ctx context.Context) (string, error) {
		return s.shell.dialogs().ChooseFolder(ctx, title)
	})
}

// Engines says what holds the processes that read foreign bytes.
func (s *Seat) Engines() ([]Engine, error) {
	return ask(s.shell, func(_ context.Context, w *backend.Workstation, _ accounts.Actor) ([]Engine, error) {
		return each(w.Engines(), func(e backend.EngineStatus) Engine {
			return Engine{
				Name: e.Name, Role: e.Role, Running: e.Running, Deaths: e.Deaths, Seccomp: e.Sandbox.Seccomp, Landlock: e.Sandbox.Landlock,
				Limits: e.Sandbox.Limits.Data > 0, NoNewPrivs: e.Sandbox.NoNewPrivs,
			}
		}), nil
	})
}

// Helpers says what this machine has to read papers and hear speech with.
func (s *Seat) Helpers() (Helpers, error) {
	return ask(s.shell, func(_ context.Context, w *backend.Workstation, _ accounts.Actor) (Helpers, error) {
		has := w.Helpers()
		return Helpers{Office: has.Office, Scans: has.Scans, Speech: has.Speech, SpeechDir: has.SpeechDir, SpeechLack: problem(has.SpeechLack)}, nil
	})
}

// LegalText gives the words of an article of the rules, for instance "S18"
// or its first paragraph "S18.1".
func (s *Seat) LegalText(key string) (string, error) {
	return free(s.shell, func(context.Context) (string, error) { return legalText(key) })
}
