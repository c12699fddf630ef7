// Package language reads what a person types into a search field.
//
// Invariant: reading never fails. Whatever is typed becomes an expression or
// is listed, in the words typed, as not understood; nothing is dropped
// silently, and nothing is guessed that would find less than was asked.
//
// The language, loosest first:
//
//	a OR b            either
//	a b, a AND b      both, in the same place
//	-a, NOT a         without a
//	a NEAR/5 b        both, at most five characters between them (20 without a number)
//	"a"               literal: as it stands, whatever the punctuation between
//	"a b"~5           all words of the quotation, near each other
//	a?b, a*b          one character, or up to 20, between (outside quotes only)
//	abcd~             one character wrong, missing or too much (for recognised text)
//	field:value       in one field; date:2025-01..2025-06 a range of dates
//	( )               grouping
package language

// Expr is a node: And, Or, Not, Near, Term, Field or Dates.
type Expr interface{ expression() }

// And holds when all of its parts hold; it has at least two.
type And []Expr

// Or holds when one of its parts holds; it has at least two.
type Or []Expr

// Not holds where Of does not.
type Not struct{ Of Expr }

// Near holds where all terms stand in one text with at most Within characters
// (letters and numbers) between neighbours, in any order.
type Near struct {
	Of     []Term
	Within int
}

// How a term is sought.
type How int

const (
	// Word is sought as a word: the engine may let the parts of a long one stand apart.
	Word How = iota
	// Literal is sought as it stands.
	Literal
	// Pattern holds ? for one character or * for at most MaxGap.
	Pattern
	// OneOff may differ in one character from what stands there.
	OneOff
)

// Term is one word or quotation.
type Term struct {
	Text string // without quotes, and without the ~ of a OneOff
	How  How
}

// Field holds where a field of the place holds the term.
type Field struct {
	Name string // as the engine names it
	Term Term
}

// Dates holds where the date of a place lies in the range: inclusive,
// YYYY-MM-DD or a prefix of it; "" is open.
type Dates struct{ From, To string }

func (And) expression()   {}
func (Or) expression()    {}
func (Not) expression()   {}
func (Near) expression()  {}
func (Term) expression()  {}
func (Field) expression() {}
func (Dates) expression() {}

// NearWithin is the distance of NEAR without a number, in characters.
const NearWithin = 20

// MaxGap is the longest run that * stands for, in characters.
const MaxGap = 20

// Vocabulary is how the users of an engine name its fields and operators. The
// zero value knows only the English operators.
type Vocabulary struct {
	// Fields maps a typed name, lower case, to the engine's name of the field.
	Fields map[string]string `json:"fields"`
	// Values maps, for an engine's field, typed values to the engine's.
	Values map[string]map[string]string `json:"values"`
	// Date is the engine's name of the field that takes dates.
	Date string `json:"date"`
	// Operators maps a typed word to "and", "or", "not" or "near".
	Operators map[string]string `json:"operators"`
}
