package demo_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/demo"
	"diaoyue.example/workstation/backend/store"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	cfg := backend.Config{
		Dir: filepath.Join(dir, "archive"), StateDir: filepath.Join(dir, "state"), CacheDir: backendtest.CacheDir(),
		Mode: store.ModeCLI, Argon: accounts.CheapForTests(),
	}
	err := demo.Run(t.Context(), cfg, demo.Options{Small: true, Report: func(s demo.Step) {
		t.Logf("%-10s %5.2f s  %v %s", s.Key, s.Seconds, s.Checked, s.Error)
		for _, line := range s.Checked {
			if !strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.Contains(line, "%!") {
				t.Errorf("step %s tells %q: not in the words of demo.json", s.Key, line)
			}
		}
	}})
	if err != nil {
		t.Error(err)
	}
}

func TestAccountsHaveEachRole(t *testing.T) {
	all, err := demo.Accounts()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, a := range all {
		for _, r := range a.Roles {
			seen[r] = true
		}
	}
	for _, r := range accounts.Roles() {
		if !seen[string(r)] {
			t.Errorf("no account for %s", r)
		}
	}
}
