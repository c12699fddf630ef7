// Package workday counts statutory working days: the days on which the
// bureau works after the State Council's yearly notice has moved them. A year
// whose notice is not loaded has no working days to count: it is an error,
// never a guess.
package workday

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"diaoyue.example/workstation/backend/fault"
)

var (
	// ErrCalendarMissing says that the counting ran into a year whose notice
	// is not loaded. Parameter "year".
	ErrCalendarMissing = fault.New("workday.calendar_missing", "the holiday notice of that year is not loaded")
	// ErrBadCalendar says that a calendar cannot be read.
	ErrBadCalendar = fault.New("workday.bad_calendar", "the holiday calendar cannot be read")
	// ErrBadTerm says that fewer than one day was to be counted.
	ErrBadTerm = fault.New("workday.bad_term", "a term has at least one working day")
)

//go:embed holidays.json
var holidays []byte

// Calendar knows the days moved by the notices of some years. It does not
// change after it is made and may be shared.
type Calendar struct {
	moved map[string]bool // date → is worked
	years map[int]bool
}

// Load returns the calendar that comes with the program (2024 to 2026, with
// the notice each day was taken from).
func Load() (*Calendar, error) { return Parse(holidays) }

// Parse reads a calendar: a JSON array of {"date":"2026-02-14",
// "type":"off"|"work","name":…,"source":…}. A year counts as loaded when at
// least one of its days is in the array.
func Parse(data []byte) (*Calendar, error) {
	var days []struct{ Date, Type string }
	if err := json.Unmarshal(data, &days); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadCalendar, err)
	}
	c := &Calendar{moved: map[string]bool{}, years: map[int]bool{}}
	for _, d := range days {
		day, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadCalendar, err)
		}
		if d.Type != "off" && d.Type != "work" {
			return nil, ErrBadCalendar.With("date", d.Date)
		}
		if _, twice := c.moved[d.Date]; twice {
			return nil, ErrBadCalendar.With("date", d.Date)
		}
		c.moved[d.Date] = d.Type == "work"
		c.years[day.Year()] = true
	}
	return c, nil
}

// Works reports whether the day on which t falls in Beijing is worked.
func (c *Calendar) Works(t time.Time) (bool, error) {
	day := t.In(Beijing())
	if !c.years[day.Year()] {
		return false, ErrCalendarMissing.With("year", strconv.Itoa(day.Year()))
	}
	if works, ok := c.moved[day.Format(time.DateOnly)]; ok {
		return works, nil
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday, nil
}

// Due returns the last second (23:59:59 in Beijing) of the last of days
// working days after completed. The day of completion is not counted
// (《民法典》第二百零一条第二款) and the last day ends at 24:00
// (第二百零三条第二款). Article 17 of the 《实施细则》 gives two working days
// for the storing of recordings.
func (c *Calendar) Due(completed time.Time, days int) (time.Time, error) {
	if days < 1 {
		return time.Time{}, ErrBadTerm.With("days", strconv.Itoa(days))
	}
	at := completed.In(Beijing())
	day := time.Date(at.Year(), at.Month(), at.Day(), 23, 59, 59, 0, at.Location())
	for days > 0 {
		day = day.AddDate(0, 0, 1)
		works, err := c.Works(day)
		if err != nil {
			return time.Time{}, err
		}
		if works {
			days--
		}
	}
	return day, nil
}

// Beijing is the legal time of the whole country, without summer time.
func Beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }
