package workday_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/workday"
)

func TestDueVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/deadline_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Start, Due, Note string
		N                int
	}
	if err = json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 30 {
		t.Fatalf("%d vectors, want 30", len(vectors))
	}
	c, err := workday.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		start, err := time.ParseInLocation(time.DateOnly, v.Start, workday.Beijing())
		if err != nil {
			t.Fatal(err)
		}
		// The hour of completion must not matter: the day does.
		for _, hour := range []time.Duration{0, 9 * time.Hour, 24*time.Hour - time.Second} {
			due, err := c.Due(start.Add(hour).UTC(), v.N)
			if strings.HasPrefix(v.Due, "UNKNOWN") {
				if !errors.Is(err, workday.ErrCalendarMissing) || fault.Params(err)["year"] != "2027" {
					t.Errorf("%s + %d: %v, %v; want ErrCalendarMissing of 2027 (%s)", v.Start, v.N, due, err, v.Note)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s + %d: %v (%s)", v.Start, v.N, err, v.Note)
				continue
			}
			if got := due.Format(time.RFC3339); got != v.Due+"T23:59:59+08:00" {
				t.Errorf("%s + %d = %s, want the end of %s (%s)", v.Start, v.N, got, v.Due, v.Note)
			}
		}
	}
}

func TestDueRefusesAnEmptyTerm(t *testing.T) {
	c, err := workday.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Due(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), 0); !errors.Is(err, workday.ErrBadTerm) {
		t.Errorf("err = %v, want ErrBadTerm", err)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"no JSON":   `{`,
		"bad date":  `[{"date":"2026-13-01","type":"off"}]`,
		"bad type":  `[{"date":"2026-01-01","type":"maybe"}]`,
		"day twice": `[{"date":"2026-01-01","type":"off"},{"date":"2026-01-01","type":"work"}]`,
	} {
		if _, err := workday.Parse([]byte(data)); !errors.Is(err, workday.ErrBadCalendar) {
			t.Errorf("%s: err = %v, want ErrBadCalendar", name, err)
		}
	}
}
