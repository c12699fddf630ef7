package search

import (
	"cmp"
	"slices"
)

// caseFound and recordFound are the places found, by case and record.
type (
	caseFound struct {
		number  uint32 // of the value
		id      string
		date    string // of the first dated record, when ordered by date
		places  int
		score   float64 // of the best place
		records []recordFound
	}
	recordFound struct {
		id, date string
		score    float64
		places   []found // in the order of the index
	}
)

// casesOf are the cases of all places, in the order asked for, without their
// records; and the number of records in all of them. Most cases of a large
// answer are only counted.
func casesOf(all answered, by string) (cases []caseFound, records int) {
	at, seen := make([]int32, all.count()), make([]bool, all.count())
	for _, p := range all.places {
		i := &at[p.of[ofCase]]
		if *i == 0 {
			cases = append(cases, caseFound{number: p.of[ofCase], id: all.text(p, ofCase), score: p.Score})
			*i = int32(len(cases)) //nolint:gosec // fewer than places, which have 32 bits
		}
		c := &cases[*i-1]
		c.places++
		c.score = max(c.score, p.Score)
		if date := all.text(p, ofDate); by != SortBest && (c.date == "" || date != "" && byDate(by)(date, c.date) < 0) {
			c.date = date
		}
		if record := p.of[ofRecord]; record != 0 && !seen[record] {
			seen[record] = true
			records++
		}
	}
	slices.SortFunc(cases, func(a, b caseFound) int {
		return cmp.Or(byDate(by)(a.date, b.date), cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
	})
	return cases, records
}

// addRecords gives cases their records, in the order asked for.
func addRecords(cases []caseFound, all answered, by string) {
	at := make([]int32, all.count())
	for i, c := range cases {
		at[c.number] = int32(i + 1)
	}
	type key struct {
		of     int32
		record uint32
	}
	seats := map[key]int{}
	for _, p := range all.places {
		of := at[p.of[ofCase]]
		if of == 0 {
			continue
		}
		c, k := &cases[of-1], key{of, p.of[ofRecord]}
		i, ok := seats[k]
		if !ok {
			i = len(c.records)
			seats[k] = i
			c.records = append(c.records, recordFound{id: all.text(p, ofRecord), date: all.text(p, ofDate), score: p.Score})
		}
		r := &c.records[i]
		r.places = append(r.places, p)
		r.score = max(r.score, p.Score)
	}
	for _, c := range cases {
		slices.SortFunc(c.records, func(a, b recordFound) int {
			return cmp.Or(byDate(by)(a.date, b.date), cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
		})
	}
}

// byDate compares dates in the order asked for; what has no date comes last.
// All are equal when the best come first.
func byDate(by string) func(a, b string) int {
	return func(a, b string) int {
		switch {
		case by != SortNewest && by != SortOldest || a == b:
			return 0
		case a == "" || b == "" || by == SortNewest:
			return cmp.Compare(b, a)
		default:
			return cmp.Compare(a, b)
		}
	}
}
