package postings

import (
	"fmt"

	"github.com/blevesearch/bleve/v2/document"
)

// keyID is the field in which Bleve keeps the name of a place.
const keyID = "_id"

// ID is the name of a place.
func (s *Snapshot) ID(number uint64) (string, error) {
	p := s.parts[s.at(number)]
	id, err := p.segment.DocID(number - p.base)
	if err != nil {
		return "", fmt.Errorf("name place: %w", err)
	}
	return string(id), nil
}

// Stored reads what an index keeps of a place: text for its words, number for
// its numbers.
func (s *Snapshot) Stored(number uint64, text func(field, value string), amount func(field string, value float64)) error {
	p := s.parts[s.at(number)]
	var bad error
	err := p.segment.VisitStoredFields(number-p.base, func(field string, kind byte, value []byte, at []uint64) bool {
		switch {
		case field == keyID:
		case kind == 'n':
			var v float64
			if v, bad = document.NewNumericFieldFromBytes(field, at, value).Number(); bad == nil {
				amount(field, v)
			}
		default:
			text(field, string(value))
		}
		return bad == nil
	})
	if err == nil {
		err = bad
	}
	if err != nil {
		return fmt.Errorf("read place: %w", err)
	}
	return nil
}
