package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
)

// examples are the blocks of docs/formats/log.md that a verifier reads.
type examples map[string]string

func (e examples) each() *regexp.Regexp {
	return regexp.MustCompile("(?s)<!-- example (\\w+) -->\n```\n(.*?)```\n")
}

func readExamples(tb testing.TB, path string) examples {
	tb.Helper()
	e := examples{}
	for _, m := range e.each().FindAllStringSubmatch(readFile(tb, path), -1) {
		e[m[1]] = m[2]
	}
	return e
}

// TestDocument verifies the example of the document, once with package check
// and once with a verifier that knows nothing but the document.
func TestDocument(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "formats", "log.md")
	if *update {
		writeExamples(t, path)
	}
	e := readExamples(t, path)
	if len(e) != 5 {
		t.Fatalf("%d examples, want 5", len(e))
	}
	if page := readFile(t, path); !strings.Contains(page, tamperTable) {
		t.Error("the document's tamper table is not the one that was measured")
	}
	print, cosigner := strings.TrimSpace(e["fingerprint"]), strings.TrimSpace(e["cosigner"])
	r, err := check.Export(t.Context(), strings.NewReader(e["export"]),
		check.Config{Trusted: []string{print}, Witnesses: []string{e["sheet"]}, Cosigners: []string{cosigner}}, nil)
	if err != nil || !r.Whole() || r.Entries != 7 || r.Witnessed != 2 || len(r.Keys) != 2 || !r.Keys[1].Trusted {
		t.Errorf("%+v, %v", r, err)
	}
	c, err := signature.ParseCosigner(cosigner)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Open(e["cosigned"]); err != nil || !strings.HasPrefix(e["cosigned"], e["sheet"]) {
		t.Errorf("cosigned: %v", err)
	}

	for _, tool := range []string{"python3", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the stranger needs %s", tool)
		}
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sheet, neighbour := file("cosigned", e["cosigned"]), file("cosigner", cosigner)
	lines := strings.SplitAfter(e["export"], "\n")
	for _, tt := range []struct {
		name, export, print string
		code                int
		says                string
	}{
		{"good", e["export"], print, 0, "good: 7 entries, root " + r.Root},
		{"another's key", e["export"], "sha256:0", 3, "only"},
		{"an entry edited", strings.Replace(e["export"], `\"frames\":1`, `\"frames\":2`, 1), print, 1, "the root over 2"},
		{"details edited", strings.Replace(e["export"], "检查视频", "检查录像", 1), print, 1, "details of entry 1"},
		{"cut", strings.Join(lines[:len(lines)-3], ""), print, 1, "cut"},
		{"a checkpoint edited", strings.Replace(e["export"], `\n2\n`, `\n3\n`, 1), print, 1, "Ed25519"},
	} {
		out, err := exec.CommandContext(t.Context(), "python3", filepath.Join("testdata", "stranger.py"), file("export", tt.export), tt.print, sheet, neighbour).CombinedOutput()
		code := 0
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			code = exit.ExitCode()
		}
		if code != tt.code || !strings.Contains(string(out), tt.says) {
			t.Errorf("%s: the stranger says %q (%d), want %q (%d)", tt.name, out, code, tt.says, tt.code)
		}
	}
}

// writeExamples makes the examples anew.
func writeExamples(tb testing.TB, path string) {
	tb.Helper()
	a, b := newArchive(tb), newArchive(tb)
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	for i := range 2 {
		a.clock.add(1e9)
		_, err := a.log.Note(tb.Context(), audit.Entry{
			Actor: "0199a000-0000-7000-8000-000000000001", Event: audit.Displaying, Objects: map[string]string{"record": fmt.Sprint("r", i+1)},
			Codes: map[string]any{"frames": i + 1}, Details: map[string]any{"title": "检查视频", "purpose": "计划调阅"},
		})
		must(err)
	}
	first := a.log.Public()
	sheet, err := a.log.WitnessSheet(tb.Context())
	must(err)
	_, err = a.log.Witness(tb.Context(), "a9", audit.Witnessing{Kind: audit.WitnessPrint, Size: sheet.Size, Place: "保险柜"})
	must(err)
	cosigned, err := b.log.Cosign(tb.Context(), "b9", []byte(sheet.Note), first.String())
	must(err)
	_, err = a.log.ImportCosignature(tb.Context(), "a9", string(cosigned), b.log.Public().String())
	must(err)
	must(a.log.ChangeKey(tb.Context(), "a9", "年度更换"))
	var export bytes.Buffer
	_, err = a.log.Export(tb.Context(), &export, "a9", false, nil)
	must(err)
	e := examples{
		"export": export.String(), "fingerprint": first.Fingerprint() + "\n", "sheet": sheet.Note,
		"cosigned": string(cosigned), "cosigner": b.log.Public().String() + "\n",
	}
	page := e.each().ReplaceAllStringFunc(readFile(tb, path), func(block string) string {
		name := e.each().FindStringSubmatch(block)[1]
		return "<!-- example " + name + " -->\n```\n" + e[name] + "```\n"
	})
	must(os.WriteFile(path, []byte(page), 0o600))
}
