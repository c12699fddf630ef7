// Package fault gives errors a stable code, so that a face can say them in
// the user's language and a script can tell them apart. A code is a promise:
// once released, it is never given another meaning.
package fault

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Internal is the code of an error that carries none.
const Internal = "internal"

// Basis is the parameter of a refusal that names the article it rests on,
// for instance S18.1 for 《实施细则》第十八条第一款.
const Basis = "basis"

// Fault is a sentinel error with a code. Compare it with errors.Is.
type Fault struct {
	code string
	text string
}

// New makes a sentinel. The code is "room.code" in lower case, the text is
// lower-case English for the operation log; neither is shown to users as is.
func New(code, text string) *Fault { return &Fault{code: code, text: text} }

// Error returns the English text.
func (f *Fault) Error() string { return f.text }

// Code returns the stable code.
func (f *Fault) Code() string { return f.code }

// With returns an error that is f (by errors.Is) and carries parameters for
// the sentence shown to the user. The pairs are key, value, key, value; a key
// without a value gets the empty string.
func (f *Fault) With(pairs ...string) error {
	params := make(map[string]string, (len(pairs)+1)/2)
	for i := 0; i < len(pairs); i += 2 {
		value := ""
		if i+1 < len(pairs) {
			value = pairs[i+1]
		}
		params[pairs[i]] = value
	}
	return &detailed{fault: f, params: params}
}

// Code returns the code of the first fault in err's tree, "internal" when
// there is none, and "" for nil.
func Code(err error) string {
	if err == nil {
		return ""
	}
	var f *Fault
	if errors.As(err, &f) {
		return f.code
	}
	return Internal
}

// Params returns a copy of the parameters carried by the first fault in
// err's tree that has any; nil when none has.
func Params(err error) map[string]string {
	var d *detailed
	if errors.As(err, &d) {
		return maps.Clone(d.params)
	}
	return nil
}

type detailed struct {
	fault  *Fault
	params map[string]string
}

func (d *detailed) Error() string {
	var b strings.Builder
	b.WriteString(d.fault.text)
	for i, k := range slices.Sorted(maps.Keys(d.params)) {
		b.WriteString([]string{" (", ", "}[min(i, 1)])
		b.WriteString(k + "=" + d.params[k])
	}
	if len(d.params) > 0 {
		b.WriteString(")")
	}
	return b.String()
}

func (d *detailed) Unwrap() error { return d.fault }
