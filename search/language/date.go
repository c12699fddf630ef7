package language

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// day reads 2025, 2025-6, 2025.06.19, 2025/6/19 and 2025年6月19日.
var day = regexp.MustCompile(`^(\d{4})(?:[-./\x{5e74}](\d{1,2})(?:[-./\x{6708}](\d{1,2}))?)?[\x{5e74}\x{6708}\x{65e5}\x{53f7}]?$`)

// compact reads 20250619.
var compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})?$`)

// between splits a range, also at 至 and 到.
var between = regexp.MustCompile(`\.\.+|…+|[~～\x{81f3}\x{5230}]|—+`)

// parseDates reads a date, a range, or a date after > >= < <=.
func parseDates(s string) (Dates, bool) {
	s = strings.Join(strings.Fields(s), "")
	for _, c := range []string{">=", "≥", "<=", "≤", ">", "<"} {
		rest, ok := strings.CutPrefix(s, c)
		if !ok {
			continue
		}
		return compared(c, rest)
	}
	ends := between.Split(s, -1)
	if len(ends) > 2 {
		return Dates{}, false
	}
	var out Dates
	var ok bool
	if out.From, ok = oneDate(ends[0]); !ok {
		return Dates{}, false
	}
	if len(ends) == 1 {
		out.To = out.From
		return out, out.From != ""
	}
	if out.To, ok = oneDate(ends[1]); !ok || out.From+out.To == "" {
		return Dates{}, false
	}
	// 2025-05..2025 is a range; 2025-06..2025-05 is empty, and so surely a slip.
	return out, out.From == "" || out.To == "" || out.From <= out.To || strings.HasPrefix(out.From, out.To)
}

func compared(sign, rest string) (Dates, bool) {
	d, ok := oneDate(rest)
	if !ok || d == "" {
		return Dates{}, false
	}
	switch sign {
	case ">=", "≥":
		return Dates{From: d}, true
	case "<=", "≤":
		return Dates{To: d}, true
	case ">":
		d, ok = neighbour(d, 1)
		return Dates{From: d}, ok
	}
	d, ok = neighbour(d, -1)
	return Dates{To: d}, ok
}

// oneDate is a date in the form YYYY-MM-DD or a prefix of it; "" for nothing.
func oneDate(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	m := day.FindStringSubmatch(s)
	if m == nil {
		m = compact.FindStringSubmatch(s)
	}
	if m == nil {
		return "", false
	}
	out := m[1]
	for i, limit := range []int{12, 31} {
		if m[i+2] == "" {
			return out, true
		}
		n, err := strconv.Atoi(m[i+2])
		if err != nil || n < 1 || n > limit {
			return "", false
		}
		out += fmt.Sprintf("-%02d", n)
	}
	_, err := time.Parse(time.DateOnly, out)
	return out, err == nil
}

// neighbour is the year, month or day before or after.
func neighbour(d string, by int) (string, bool) {
	layout := time.DateOnly[:len(d)]
	t, err := time.Parse(layout, d)
	if err != nil {
		return "", false
	}
	switch len(d) {
	case len("2006"):
		t = t.AddDate(by, 0, 0)
	case len("2006-01"):
		t = t.AddDate(0, by, 0)
	default:
		t = t.AddDate(0, 0, by)
	}
	return t.Format(layout), true
}
