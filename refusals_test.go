package main

import (
	"bytes"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/cli"
	"diaoyue.example/workstation/backend/desktop"
)

// R2, R11 and R15 of docs/refusals.md: nothing that the window can call and
// nothing that the command line knows harms an original, takes a time of
// storing or of an entry, or recognises a person.
func TestNoSuchFunction(t *testing.T) {
	verbs := regexp.MustCompile(`^(Delete|Remove|Erase|Destroy|Purge|Overwrite|Rename|Replace|Trim|Cut|Truncate|Edit|Wipe)`)
	person := regexp.MustCompile(`(?i)facial|facerec|biometric|identif|recogni[sz]e|whois|samePerson|faceId|\bface\b`)
	moment := regexp.MustCompile(`(?i)^(at|time|now|clock|timestamp|(stored|logged|entry|ingested|opened|closed)(at|time|on))$`)
	shell := desktop.New(t.Context(), desktop.Config{Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	methods := 0
	for _, f := range shell.Faces() {
		typ := reflect.TypeOf(f)
		name := typ.Elem().Name()
		for i := range typ.NumMethod() {
			m := typ.Method(i)
			methods++
			if verbs.MatchString(m.Name) || person.MatchString(m.Name) {
				t.Errorf("%s.%s: is there such a function?", name, m.Name)
			}
			for j := 1; j < m.Type.NumIn(); j++ {
				for _, field := range fields(m.Type.In(j), map[reflect.Type]bool{}) {
					if moment.MatchString(field) || person.MatchString(field) {
						t.Errorf("%s.%s takes %q", name, m.Name, field)
					}
				}
			}
		}
	}
	if methods < 100 {
		t.Errorf("only %d functions were asked", methods)
	}
	var out bytes.Buffer
	cli.Run(t.Context(), cli.Env{
		Args: []string{"help"}, Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" },
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Version: "test",
	})
	usage := regexp.MustCompile(`(?m)^  diaoyue .*$`).FindAllString(out.String(), -1)
	if len(usage) < 20 {
		t.Fatalf("the command line knows %d commands:\n%s", len(usage), &out)
	}
	word := regexp.MustCompile(`(?i)\b(delete|remove|rm|erase|destroy|purge|overwrite|rename|replace|edit|wipe|faces?|identify|recogni[sz]e|stored-at|at|time|now)\b`)
	for _, line := range usage {
		if found := word.FindString(line); found != "" {
			t.Errorf("the command line knows %q: %s", found, line)
		}
	}
}

// fields are the names that a person's request may carry, deep. A position in a
// record is a number of seconds with a fraction, and no time of day.
func fields(typ reflect.Type, seen map[reflect.Type]bool) []string {
	for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map}, typ.Kind()) {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		return nil
	}
	if seen[typ] {
		return nil
	}
	seen[typ] = true
	var names []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Type.Kind() != reflect.Float64 {
			names = append(names, f.Name)
		}
		names = append(names, fields(f.Type, seen)...)
	}
	return names
}
