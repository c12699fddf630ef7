package desktop_test

import (
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/desktop"
)

// An archive whose log went back is not opened and says why; it is taken on the
// word of one who may make backups, and nobody else's.
func TestShut(t *testing.T) {
	s := newStation(t)
	dir, state := s.cfg.Dir, s.cfg.StateDir
	s.shell.Close()
	older := filepath.Join(t.TempDir(), "older")
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	s = openStation(t, dir, state)
	s.signIn(t, string(accounts.Reviewer))
	s.shell.Close() // the mark knows of the sign-in, the copy does not

	s = openStation(t, older, state)
	seat := face[*desktop.Seat](s)
	shut := func() {
		t.Helper()
		now, err := seat.State()
		if err != nil || now.State != "shut" || now.Problem == nil || now.Problem.Code != "audit.rolled_back" || now.Problem.Params["highwater"] == "" {
			t.Fatalf("%+v, %v", now, err)
		}
	}
	shut()
	for _, refused := range []struct{ number, password, reason, code string }{
		{string(accounts.Archivist), password, "", "accounts.no_reason"},
		{string(accounts.Archivist), "not it", "the disk died", "accounts.vouch"},
		{string(accounts.Reviewer), password, "the disk died", "accounts.vouch"},
	} {
		if code := s.code(t, "Seat.Accept", refused.number, refused.password, refused.reason); code != refused.code {
			t.Errorf("%+v: %s", refused, code)
		}
		shut()
	}
	now, err := seat.Accept(string(accounts.Archivist), password, "the disk died")
	if err != nil || now.State != "ready" || now.Account == nil || now.Account.Number != string(accounts.Archivist) {
		t.Fatalf("%+v, %v", now, err)
	}
	if code := s.code(t, "Seat.Accept", string(accounts.Archivist), password, "once more"); code != "desktop.not_open" {
		t.Errorf("what is open is accepted: %s", code)
	}
}
