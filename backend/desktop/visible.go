package desktop

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// visible puts a sign in the place of characters that would turn a line around
// unseen (bidirectional embeddings, overrides and isolates) in every text of
// an answer: a file named "…gpj.exe" backwards is shown as what it is. The
// archive keeps the name as it was, and what the page hands back to find a file
// or to keep a plan passes as it is: chosen paths, and the fields of asIs.
func visible[T any](answer T) T {
	v := reflect.ValueOf(&answer).Elem()
	if k := v.Kind(); (k == reflect.Struct || k == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct) && turned(v) {
		straighten(v)
	}
	return answer
}

// overrides are U+202A–U+202E and U+2066–U+2069.
const overrides = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

func asIs(field string) bool { return slices.Contains([]string{"Path", "Dir", "Plan", "Names"}, field) }

// turned looks first, for nearly no answer needs more.
func turned(v reflect.Value) bool {
	switch v.Kind() { //nolint:exhaustive // numbers and the like hold no text
	case reflect.String:
		return strings.ContainsAny(v.String(), overrides)
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && turned(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if !asIs(v.Type().Field(i).Name) && turned(v.Field(i)) {
				return true
			}
		}
	case reflect.Slice:
		if holdsText(v.Type().Elem()) {
			for i := range v.Len() {
				if turned(v.Index(i)) {
					return true
				}
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if turned(v.MapIndex(key)) {
				return true
			}
		}
	}
	return false
}

// holdsText leaves out the long lists of numbers.
func holdsText(t reflect.Type) bool {
	return t.Kind() < reflect.Bool || t.Kind() > reflect.Complex128
}

func straighten(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // numbers and the like hold no text
	case reflect.String:
		if v.CanSet() {
			v.SetString(straight(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			straighten(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !asIs(v.Type().Field(i).Name) {
				straighten(v.Field(i))
			}
		}
	case reflect.Slice:
		if holdsText(v.Type().Elem()) {
			for i := range v.Len() {
				straighten(v.Index(i))
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if value := v.MapIndex(key); value.Kind() == reflect.String {
				v.SetMapIndex(key, reflect.ValueOf(straight(value.String())).Convert(value.Type()))
			}
		}
	}
}

func straight(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(overrides, r) {
			return utf8.RuneError
		}
		return r
	}, text)
}
