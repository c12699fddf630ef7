package desktop_test

import (
	"testing"

	"diaoyue.example/workstation/backend/desktop"
)

// TestTally: entries of several events and several accounts at once, of one
// record, and numbers that are those of the entries shown.
func TestTally(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	for _, role := range []string{"reviewer", "disclosure"} {
		s.signIn(t, role)
		v, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{RecordID: record, Purpose: "case"})
		if err != nil {
			t.Fatal(err)
		}
		if err = face[*desktop.Viewings](s).Close(v.ID); err != nil {
			t.Fatal(err)
		}
	}
	s.signIn(t, "auditor")
	register := face[*desktop.Register](s)
	all, err := register.Tally(desktop.LogFilter{})
	if err != nil {
		t.Fatal(err)
	}
	ids, counts := map[string]string{}, map[string]int64{}
	for _, a := range all.Accounts {
		ids[a.Name], counts[a.Name] = a.Value, a.Count
	}
	reviewer, disclosure := ids["reviewer reviewer"], ids["disclosure disclosure"]
	for _, c := range []struct {
		name   string
		filter desktop.LogFilter
		want   int
	}{
		{"two events", desktop.LogFilter{Events: []string{"displaying", "viewing-closed"}}, 4},
		{"two accounts", desktop.LogFilter{Events: []string{"displaying"}, Accounts: []string{reviewer, disclosure}}, 2},
		{"one account", desktop.LogFilter{Events: []string{"displaying"}, Accounts: []string{reviewer}}, 1},
		{"the program", desktop.LogFilter{Events: []string{"displaying"}, Accounts: []string{"system"}}, 0},
		{"one record", desktop.LogFilter{Object: "record:" + record, Events: []string{"displaying", "viewing-closed"}}, 4},
		{"another record", desktop.LogFilter{Object: "guessed"}, 0},
		{"another day", desktop.LogFilter{To: "2000-01-01"}, 0},
	} {
		rows, listErr := register.Entries(c.filter)
		tally, tallyErr := register.Tally(c.filter)
		if listErr != nil || tallyErr != nil || len(rows) != c.want || tally.Total != int64(c.want) {
			t.Errorf("%s: %d rows, %d counted, want %d (%v, %v)", c.name, len(rows), tally.Total, c.want, listErr, tallyErr)
		}
	}
	if reviewer == "" || counts["reviewer reviewer"] == 0 {
		t.Errorf("accounts: %+v", all.Accounts)
	}
}
