package postings

import (
	"errors"
	"fmt"
	"sync"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// Values keeps, for every segment, which value each place has in some fields.
// Segments never change, so what was read once holds as long as the segment.
// Reading a place's fields from the disk costs more than finding the place.
type Values struct {
	fields []string

	mu      sync.Mutex
	known   map[segment.Segment]*columns
	numbers map[string]uint32
	texts   []string // by number
}

// columns are the values of one segment: by field, by place.
type columns struct {
	once sync.Once
	of   [][]uint32
	err  error
}

var errUnread = errors.New("the values of a segment could not be read")

// NewValues keeps the values of fields that have one value at most.
func NewValues(fields ...string) *Values {
	return &Values{fields: fields, known: map[segment.Segment]*columns{}, numbers: map[string]uint32{"": 0}, texts: []string{""}}
}

// Reader gives the values of the places of one snapshot. Equal values have
// equal numbers; 0 is that of none.
type Reader struct {
	snapshot *Snapshot
	parts    []*columns
	texts    []string
}

// Of reads what is not known yet of a snapshot, and forgets what it no longer
// holds.
func (v *Values) Of(s *Snapshot) (*Reader, error) {
	r := &Reader{snapshot: s, parts: make([]*columns, len(s.parts))}
	v.mu.Lock()
	kept := make(map[segment.Segment]*columns, len(s.parts))
	for i, p := range s.parts {
		c := v.known[p.segment]
		if c == nil {
			c = &columns{}
		}
		kept[p.segment], r.parts[i] = c, c
	}
	v.known = kept
	v.mu.Unlock()
	err := inParallel(len(r.parts), func(i int) error {
		c := r.parts[i]
		c.once.Do(func() {
			c.err = errUnread // what stays if reading ends in a panic
			c.of, c.err = v.read(s.parts[i].segment)
		})
		return c.err
	})
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	r.texts = v.texts
	v.mu.Unlock()
	return r, nil
}

// read goes through the words of each field: there are far fewer of them than
// places.
func (v *Values) read(s segment.Segment) ([][]uint32, error) {
	out := make([][]uint32, len(v.fields))
	for i, field := range v.fields {
		column := make([]uint32, s.Count())
		out[i] = column
		d, err := s.Dictionary(field)
		if err != nil {
			return nil, fmt.Errorf("open values: %w", err)
		}
		var l segment.PostingsList
		var it segment.PostingsIterator
		for words := d.AutomatonIterator(nil, nil, nil); ; {
			w, err := words.Next()
			if err != nil {
				return nil, fmt.Errorf("list values: %w", err)
			}
			if w == nil {
				break
			}
			if l, err = d.PostingsList([]byte(w.Term), nil, l); err != nil {
				return nil, fmt.Errorf("read value: %w", err)
			}
			number := v.number(w.Term)
			it = l.Iterator(false, false, false, it)
			for {
				p, err := it.Next()
				if err != nil {
					return nil, fmt.Errorf("read value: %w", err)
				}
				if p == nil {
					break
				}
				column[p.Number()] = number
			}
		}
	}
	return out, nil
}

func (v *Values) number(text string) uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	n, ok := v.numbers[text]
	if !ok {
		n = uint32(len(v.texts)) //nolint:gosec // fewer values than places, which have 32 bits
		v.numbers[text] = n
		v.texts = append(v.texts, text)
	}
	return n
}

// Read is the number of the value of a place in each field, in the order of
// NewValues; into must be as long.
func (r *Reader) Read(number uint64, into []uint32) {
	i := r.snapshot.at(number)
	doc := number - r.snapshot.parts[i].base
	for f, column := range r.parts[i].of {
		into[f] = column[doc]
	}
}

// Text is a value by its number.
func (r *Reader) Text(number uint32) string { return r.texts[number] }

// Count is above every number of a value.
func (r *Reader) Count() int { return len(r.texts) }
