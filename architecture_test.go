package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "diaoyue.example/workstation"

// floors lists the rooms from the ground up. A room may import rooms on lower
// floors only, never a neighbour on its own floor.
var floors = [][]string{
	{"backend/conduit", "backend/converter", "backend/fault", "backend/figure", "backend/qr", "backend/keyring", "backend/screenlock", "media", "search/analysis", "search/language", "search/postings", "frontend"},
	{"backend/workday", "backend/signature", "backend/figure/mishap"},
	{"backend/store", "backend/vault", "backend/worker", "backend/forms", "backend/audit/check", "backend/certificate", "media/internal/av", "media/internal/sherpa", "media/redact", "search"},
	{"backend/audit", "backend/vault/vaulttest", "media/frameindex", "media/probe", "media/mediatest", "search/extract"},
	{"backend/accounts", "backend/jobs", "backend/verifier", "media/decode", "media/subtitles", "media/speech", "search/extract/pdf", "search/extract/compound", "search/extract/compound/compoundtest", "search/extract/text"},
	{"backend/catalog", "backend/verifier/diaoyue-verify", "media/preview", "media/export", "media/detect", "search/extract/ofd", "search/extract/office", "search/extract/word", "search/extract/mail", "search/extract/ocr"},
	{"media/remote", "search/extract/formats", "search/extract/remote"},
	{"backend/ingest", "backend/extraction", "backend/transcription", "backend/retrieval", "backend/viewing", "backend/preservation"},
	{"backend/review", "backend/disclosure"},
	{"backend/report"},
	{"backend"},
	{"backend/demo", "backend/backendtest"},
	{"backend/cli", "backend/desktop", "backend/lab"},
	{"."},
}

func TestArchitecture(t *testing.T) {
	floor := map[string]int{}
	for i, rooms := range floors {
		for _, r := range rooms {
			floor[r] = i
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-tags", "e2e,webkit2_41", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		room := short(p.ImportPath)
		from, ok := floor[room]
		if !ok {
			t.Errorf("%s has no floor: add it to floors and to docs/architecture.md", room)
			continue
		}
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if imp != module && !strings.HasPrefix(imp, module+"/") {
				continue
			}
			to := short(imp)
			if to == room || testOnly(to) && !slices.Contains(p.Imports, imp) {
				continue // a test may use its own package and the rooms made for tests
			}
			if floor[to] >= from {
				t.Errorf("%s (floor %d) must not import %s (floor %d)", room, from, to, floor[to])
			}
			if engine(room) && !engine(to) && to != "backend/conduit" {
				t.Errorf("%s is an engine and must not know %s", room, to)
			}
			if engine(room) && engine(to) && top(room) != top(to) {
				t.Errorf("engines are strangers: %s imports %s", room, to)
			}
		}
	}
}

func short(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

func testOnly(room string) bool {
	return slices.Contains([]string{"media/mediatest", "search/extract/compound/compoundtest", "backend/backendtest", "backend/vault/vaulttest", "backend/figure", "backend/figure/mishap"}, room)
}

func top(room string) string { t, _, _ := strings.Cut(room, "/"); return t }

func engine(room string) bool { return slices.Contains([]string{"media", "search"}, top(room)) }
