package main

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/frontend"
)

var update = flag.Bool("update", false, "write the generated files anew")

const codesFile = "frontend/src/api/codes.json"

// TestCodes exports every fault code to the front end, so that its tests can
// ask for a sentence for each.
func TestCodes(t *testing.T) {
	codes := faultCodes(t)
	text, err := json.MarshalIndent(codes, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err = os.WriteFile(codesFile, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(codesFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(have)); diff != "" {
		t.Errorf("%s is not what the Go side says (make generate):\n%s", codesFile, diff)
	}
}

// TestSentences wants a Chinese sentence for every code, and no sentence for a
// code that is gone.
func TestSentences(t *testing.T) {
	var sentences map[string]struct{ Title, Text, Next string }
	if err := json.Unmarshal(frontend.Faults, &sentences); err != nil {
		t.Fatal(err)
	}
	codes := faultCodes(t)
	for _, code := range codes {
		if s := sentences[code]; s.Title == "" || s.Text == "" {
			t.Errorf("%s has no sentence in faults.zh-CN.json", code)
		}
	}
	forbidden := regexp.MustCompile(`[!！]|抱歉|温馨提示|点击此处|已看|已阅|看过|已读|区块链|违法|剪辑`)
	for code, s := range sentences {
		if !slices.Contains(codes, code) {
			t.Errorf("%s has a sentence, but no room raises it", code)
		}
		if word := forbidden.FindString(s.Title + s.Text + s.Next); word != "" {
			t.Errorf("%s says %q, which this house does not say", code, word)
		}
	}
}

// TestEventNames wants a Chinese name for every event of the log: screen, paper
// and workbook would print the code otherwise.
func TestEventNames(t *testing.T) {
	text, err := os.ReadFile("frontend/src/i18n/zh-CN/audit.json")
	if err != nil {
		t.Fatal(err)
	}
	var words struct {
		Event map[string]string `json:"event"`
	}
	if err = json.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	events := logEvents(t)
	if len(events) < 40 {
		t.Fatalf("only %d events found", len(events))
	}
	for _, event := range events {
		if words.Event[event] == "" {
			t.Errorf("event %q has no name in audit.json", event)
		}
	}
	for event := range words.Event {
		if !slices.Contains(events, event) {
			t.Errorf("audit.json names %q, which is no event", event)
		}
	}
}

// logEvents reads the constants of type Event from their one file.
func logEvents(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "backend/audit/event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Event" {
			return true
		}
		for _, value := range spec.Values {
			if lit, ok := value.(*ast.BasicLit); ok {
				if event, err := strconv.Unquote(lit.Value); err == nil {
					events = append(events, event)
				}
			}
		}
		return true
	})
	return events
}

// faultCodes reads the codes from the source: the first argument of every
// fault.New, and "internal".
func faultCodes(t *testing.T) []string {
	t.Helper()
	codes := []string{"internal"}
	err := filepath.WalkDir("backend", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "New" {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "fault" {
				return true
			}
			if lit, ok := call.Args[0].(*ast.BasicLit); ok {
				if code, err := strconv.Unquote(lit.Value); err == nil {
					codes = append(codes, code)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
