package desktop_test

import (
	"net/http"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/desktop"
)

// TestLockedSeat: nothing is answered, no frame leaves, and only the password
// of whose seat it is opens it again; the viewing is still there then.
func TestLockedSeat(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "reviewer")
	v, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{RecordID: record, Purpose: "planned"})
	if err != nil {
		t.Fatal(err)
	}
	frame := "/viewings/" + v.ID + "/frames/3"
	seat := face[*desktop.Seat](s)
	locked, err := seat.Lock()
	if err != nil || locked.Locked != "asked" || locked.Account == nil {
		t.Fatalf("locked: %+v, %v", locked, err)
	}
	for _, name := range []string{"Cases.List", "Home.Overview", "Seat.Active", "Register.Entries", "Viewings.Get"} {
		if got := s.code(t, name); got != "desktop.locked" {
			t.Errorf("%s while locked: %q", name, got)
		}
	}
	if got := s.get(t, frame); got.StatusCode != http.StatusLocked {
		t.Errorf("a frame of a locked seat: %s", got.Status)
	}
	if got := s.code(t, "Seat.Unlock", "wrong-password"); got != "accounts.sign_in" {
		t.Errorf("a wrong password: %q", got)
	}
	open, err := seat.Unlock(password)
	if err != nil || open.Locked != "" {
		t.Fatalf("unlocked: %+v, %v", open, err)
	}
	if got := s.get(t, frame); got.StatusCode != http.StatusOK {
		t.Errorf("after unlocking: %d", got.StatusCode)
	}
	// Somebody else may sign in at a locked seat; the viewing is closed then.
	if _, err = seat.Lock(); err != nil {
		t.Fatal(err)
	}
	s.signIn(t, "auditor")
	if got := s.get(t, frame); got.StatusCode != http.StatusNotFound {
		t.Errorf("another account at the seat: %d", got.StatusCode)
	}
	rows, err := face[*desktop.Register](s).Entries(desktop.LogFilter{Events: []string{"lock"}})
	if err != nil || len(rows) != 2 {
		t.Errorf("%d locks in the log, %v", len(rows), err)
	}
	rows, err = face[*desktop.Register](s).Entries(desktop.LogFilter{Events: []string{"unlock"}})
	if err != nil || len(rows) != 2 || rows[1].Result != "refused" || rows[0].Result != "ok" {
		t.Errorf("unlocks %+v, %v", rows, err)
	}
}

// TestIdleSeat: nobody did anything for a while.
func TestIdleSeat(t *testing.T) {
	s := newStation(t)
	s.shell.Close()
	cfg := s.cfg
	cfg.Idle, cfg.Away = 200*time.Millisecond, 400*time.Millisecond
	s = openConfigured(t, cfg)
	s.signIn(t, "reviewer")
	seat := face[*desktop.Seat](s)
	wait := func(what string, done func(desktop.Station) bool) {
		t.Helper()
		for range 200 {
			now, err := seat.State()
			if err != nil {
				t.Fatal(err)
			}
			if done(now) {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("never %s", what)
	}
	wait("locked", func(now desktop.Station) bool { return now.Locked == "idle" })
	wait("signed out", func(now desktop.Station) bool { return now.Account == nil })
}

// TestClassify: a suspected record closes the viewings of it at once, a grade
// is refused with R1 and keeps it apart all the same.
func TestClassify(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "reviewer")
	v, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{RecordID: record, Purpose: "planned"})
	if err != nil {
		t.Fatal(err)
	}
	keeping := face[*desktop.Preservation](s)
	err = keeping.Classify(record, "top-secret", "")
	if p := desktop.ProblemOf(err); p.Code != "preservation.state_secret" || p.Params["basis"] != "R1" {
		t.Errorf("a grade: %+v", p)
	}
	if got := s.get(t, "/viewings/"+v.ID+"/frames/3"); got.StatusCode == http.StatusOK {
		t.Error("a frame of what is kept apart")
	}
	row, err := face[*desktop.Register](s).Session(v.ID)
	if err != nil || row.CloseKind != "isolated" {
		t.Errorf("the viewing of it: %+v, %v", row, err)
	}
	if got := s.code(t, "Viewings.Open", desktop.ViewingRequest{RecordID: record, Purpose: "planned"}); got != "viewing.isolated" {
		t.Errorf("opened: %q", got)
	}
	s.signIn(t, "secadmin")
	apart, err := keeping.Isolated()
	if err != nil || len(apart) != 1 || apart[0].Title != "" || apart[0].Reason != "" {
		t.Errorf("for the security administrator: %+v, %v", apart, err)
	}
	for _, role := range []string{"officer", "supervisor", "sysadmin", "secadmin", "auditor"} {
		s.signIn(t, role)
		if got := s.code(t, "Preservation.Classify", record, "suspected", "why"); got != forbidden {
			t.Errorf("%s: %q", role, got)
		}
	}
}
