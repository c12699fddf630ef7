package check_test

import (
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
)

// FuzzExport feeds foreign files to the verifier: it neither panics nor calls
// good what the key did not sign.
func FuzzExport(f *testing.F) {
	page, err := os.ReadFile("../../../docs/formats/log.md")
	if err != nil {
		f.Fatal(err)
	}
	example := func(name string) string {
		m := regexp.MustCompile("(?s)<!-- example " + name + " -->\n```\n(.*?)```\n").FindSubmatch(page)
		if m == nil {
			f.Fatalf("no example %s", name)
		}
		return string(m[1])
	}
	export, key := example("export"), strings.TrimSpace(example("fingerprint"))
	good, err := check.Export(f.Context(), strings.NewReader(export), check.Config{Trusted: []string{key}}, nil)
	if err != nil || !good.Whole() {
		f.Fatalf("%+v, %v", good, err)
	}
	f.Add(export)
	f.Add(strings.Replace(export, `"withheld":false`, `"withheld":true`, 1))
	f.Add(strings.ReplaceAll(export, `"since":5`, `"since":0`))
	for l := range strings.Lines(export) {
		f.Add(l)
		f.Add(strings.Replace(export, l, "", 1))
		f.Add(strings.Replace(export, l, l+l, 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := check.Export(t.Context(), strings.NewReader(text), check.Config{Trusted: []string{key}}, nil)
		var te *check.TamperError
		switch {
		case err == nil && r.Whole() && (r.Root != good.Root || r.Entries != good.Entries):
			// The key signed smaller roots as well; an export that ends at one is good.
			if !signs(export, r.Entries, r.Root) {
				t.Errorf("called good: %+v", r)
			}
		case err != nil && !errors.As(err, &te) && !errors.Is(err, check.ErrNotExport) && !errors.Is(err, check.ErrOtherLog):
			t.Errorf("unexpected error: %v", err)
		}
	})
}

// signs reports whether the example has a checkpoint of that size and root.
func signs(export string, size int64, root string) bool {
	for _, m := range regexp.MustCompile(`"note":"(diaoyue.example[^"]*)"`).FindAllStringSubmatch(export, -1) {
		text, err := signature.NoteText(strings.ReplaceAll(m[1], `\n`, "\n"))
		if err != nil {
			continue
		}
		if s, err := signature.ParseStatement(text); err == nil && s.Size == size && hex.EncodeToString(s.Root[:]) == root {
			return true
		}
	}
	return false
}
