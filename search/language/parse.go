package language

import (
	"strings"
	"unicode/utf8"
)

// maxBytes is how long a query may be; what goes beyond is not understood. It
// bounds the depth of the expression, too.
const maxBytes = 4096

// Parse reads a query. The expression is nil when nothing was understood or
// nothing was asked; notUnderstood lists what is not applied, as typed.
func (v Vocabulary) Parse(text string) (e Expr, notUnderstood []string) {
	text, rest := cut(text, maxBytes)
	p := &parser{vocabulary: v, tokens: v.scan(text)}
	if rest != "" {
		p.missed = append(p.missed, rest)
	}
	for {
		part := p.or()
		e = join(e, part)
		if p.peek().kind == end {
			return e, p.missed
		}
		p.missed = append(p.missed, p.next().typed) // a bracket that closes nothing
	}
}

// cut divides a text after at most n bytes, between characters.
func cut(text string, n int) (head, rest string) {
	if len(text) <= n {
		return text, ""
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n], text[n:]
}

type parser struct {
	vocabulary Vocabulary
	tokens     []token
	missed     []string
}

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) at(name string) bool {
	t := p.peek()
	return t.kind == operator && t.text == name
}

func (p *parser) or() Expr {
	var out Or
	for {
		if e := p.and(); e != nil {
			out = append(out, e)
		}
		if !p.at("or") {
			break
		}
		op := p.next()
		if len(out) == 0 || !p.startsOperand() {
			p.missed = append(p.missed, op.typed)
		}
	}
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	return out
}

func (p *parser) and() Expr {
	var out Expr
	for {
		if p.at("and") {
			op := p.next()
			if out == nil || !p.startsOperand() {
				p.missed = append(p.missed, op.typed)
			}
			continue
		}
		if !p.startsOperand() {
			if p.at("near") { // with nothing before it
				p.missed = append(p.missed, p.next().typed)
				continue
			}
			return out
		}
		out = join(out, p.not())
	}
}

// startsOperand says whether a term, a group or a NOT follows.
func (p *parser) startsOperand() bool {
	t := p.peek()
	return t.kind == word || t.kind == quotation || t.kind == opening || t.kind == operator && t.text == "not"
}

func (p *parser) not() Expr {
	if !p.at("not") {
		return p.near()
	}
	op := p.next()
	if !p.startsOperand() {
		p.missed = append(p.missed, op.typed)
		return nil
	}
	e := p.not()
	if e == nil {
		return nil // its words are listed already
	}
	if inner, double := e.(Not); double {
		return inner.Of
	}
	return Not{Of: e}
}

// near reads terms joined by NEAR; the largest distance named holds for all.
func (p *parser) near() Expr {
	first := p.operand()
	if !p.at("near") {
		return first
	}
	left, ok := first.(Term)
	out, rest := Near{Of: []Term{left}}, Expr(nil)
	for p.at("near") {
		op := p.next()
		if !p.startsOperand() || p.at("not") {
			p.missed = append(p.missed, op.typed)
			break
		}
		e := p.operand()
		right, isTerm := e.(Term)
		if !ok || !isTerm { // groups and fields have no place in a text: both must hold
			p.missed = append(p.missed, op.typed)
			rest = join(rest, e)
			continue
		}
		distance := op.near
		if !strings.Contains(op.typed, "/") {
			distance = NearWithin
		}
		out.Within = max(out.Within, distance)
		out.Of = append(out.Of, right)
	}
	if len(out.Of) > 1 {
		return join(out, rest)
	}
	return join(first, rest)
}

func (p *parser) operand() Expr {
	t := p.next()
	if t.kind == quotation {
		return p.quoted(t)
	}
	if t.kind != opening {
		return p.word(t)
	}
	e := p.or()
	if p.peek().kind == closing {
		p.next()
	}
	return e
}

// quoted is a literal, or with ~ its words near each other. A quotation of one
// word with ~ may be one character off.
func (p *parser) quoted(t token) Expr {
	if strings.TrimFunc(t.text, separates) == "" {
		p.missed = append(p.missed, t.typed)
		return nil
	}
	if !t.loose {
		return Term{Text: t.text, How: Literal}
	}
	words := strings.FieldsFunc(t.text, separates)
	if len(words) == 1 {
		return Term{Text: words[0], How: OneOff}
	}
	out := Near{Within: NearWithin}
	if t.near > 0 {
		out.Within = t.near
	}
	for _, w := range words {
		out.Of = append(out.Of, Term{Text: w, How: Literal})
	}
	return out
}

// word is a word, or field:value when the vocabulary knows the field.
func (p *parser) word(t token) Expr {
	if i := strings.IndexAny(t.text, ":："); i > 0 {
		_, size := utf8.DecodeRuneInString(t.text[i:])
		name, known := p.vocabulary.Fields[strings.ToLower(t.text[:i])]
		switch {
		case known:
			return p.field(t, name, t.text[i+size:])
		case latin(t.text[:i]): // plainly meant as a field: seeking it as a word would mislead
			p.missed = append(p.missed, p.withValue(t, t.text[i+size:]))
			return nil
		}
	}
	return term(t.text)
}

// withValue is a field as typed, with the quotation that may follow it.
func (p *parser) withValue(t token, value string) string {
	if value == "" && p.peek().kind == quotation {
		return t.typed + p.next().typed
	}
	return t.typed
}

func (p *parser) field(t token, name, value string) Expr {
	typed, sought := t.typed, term(value)
	if value == "" && p.peek().kind == quotation {
		q := p.next()
		typed += q.typed
		value, sought = q.text, Term{Text: q.text, How: Literal}
	}
	if strings.TrimSpace(value) == "" {
		p.missed = append(p.missed, typed)
		return nil
	}
	if name == p.vocabulary.Date {
		d, ok := parseDates(value)
		if !ok {
			p.missed = append(p.missed, typed)
			return nil
		}
		return d
	}
	if own, ok := p.vocabulary.Values[name][strings.ToLower(value)]; ok {
		sought = Term{Text: own, How: Literal}
	}
	return Field{Name: name, Term: sought}
}

// term reads the signs of a word that was not quoted.
func term(text string) Term {
	if r, size := utf8.DecodeLastRuneInString(text); tilde(r) && size < len(text) {
		return Term{Text: text[:len(text)-size], How: OneOff}
	}
	if word, ok := strings.CutSuffix(text, "~1"); ok && word != "" {
		return Term{Text: word, How: OneOff}
	}
	if sentence := strings.TrimRight(text, "?!"); !strings.ContainsAny(sentence, "?*") && asked(sentence) {
		return Term{Text: sentence} // the mark of a question, not of a character
	}
	if strings.ContainsAny(text, "?*") {
		return Term{Text: text, How: Pattern}
	}
	return Term{Text: text}
}

// sentenceRunes is the length from which a ? at the end asks a question.
const sentenceRunes = 4

func asked(s string) bool { return utf8.RuneCountInString(s) >= sentenceRunes }

func latin(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' {
			return false
		}
	}
	return true
}

// join makes one And of two expressions, flat; nil is nothing.
func join(a, b Expr) Expr {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	var out And
	for _, e := range []Expr{a, b} {
		if inner, ok := e.(And); ok {
			out = append(out, inner...)
			continue
		}
		out = append(out, e)
	}
	return out
}
