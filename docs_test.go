package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/figure"
)

// TestThreatModel holds docs/threat-model.md to the tree: a test that it names
// as an answer must exist. A page of promises that outlives its tests is worse
// than none.
func TestThreatModel(t *testing.T) {
	page, err := os.ReadFile("docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`([\w./-]+_test\.go)::(\w+)`).FindAllStringSubmatch(string(page), -1)
	if len(named) == 0 {
		t.Fatal("no test is named as path::TestName")
	}
	if regexp.MustCompile(`(?i)no test yet`).Match(page) {
		t.Error("docs/threat-model.md has a row without a test")
	}
	tests := map[string]map[string]bool{}
	for _, n := range named {
		path, name := n[1], n[2]
		if tests[path] == nil {
			tests[path] = testsOf(t, path)
		}
		if !tests[path][name] {
			t.Errorf("docs/threat-model.md names %s::%s, which does not exist", path, name)
		}
	}
}

// TestFaultsTable holds the table of `make faults` in the README to the rows
// that it prints.
func TestFaultsTable(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range figure.Demands() {
		if !strings.Contains(string(page), "| "+d.What+" | "+d.Mark+" |") {
			t.Errorf("README.md lacks the row %q with the mark %q", d.What, d.Mark)
		}
	}
}

// testsOf returns the functions of a test file; none when there is no such file.
func testsOf(t *testing.T, path string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(path), nil, 0)
	if err != nil {
		t.Errorf("read %s: %v", path, err)
		return found
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
			found[fn.Name.Name] = true
		}
	}
	return found
}
