package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

func do(t *testing.T, h *backendtest.House, fn func(*store.Tx) error) error {
	t.Helper()
	_, err := h.Log.Do(t.Context(), audit.Entry{Event: audit.Description}, fn)
	return err
}

// paper describes an original that no file stands behind.
func paper(t *testing.T, h *backendtest.House, caseID, digit string) catalog.Record {
	t.Helper()
	var r catalog.Record
	err := do(t, h, func(tx *store.Tx) error {
		var err error
		r, err = h.Catalog.AddRecord(t.Context(), tx, catalog.Record{
			CaseID: caseID, Stage: catalog.StageDecision, Kind: catalog.KindText, Medium: catalog.MediumDocument,
			Title: "paper " + digit, SHA256: strings.Repeat(digit, 64), SM3: strings.Repeat(digit, 64), Size: 1,
			IndexState: catalog.IndexNone, TextState: catalog.TextStored,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegister(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	h.Case(t, "C-1")
	for _, tc := range []struct {
		name string
		role accounts.Role
		f    catalog.CaseFile
		want error
	}{
		{"twice", accounts.Archivist, catalog.CaseFile{Code: " C-1 ", Title: "x"}, catalog.ErrCaseExists},
		{"no code", accounts.Archivist, catalog.CaseFile{Code: " ", Title: "x"}, catalog.ErrMissingField},
		{"no title", accounts.Archivist, catalog.CaseFile{Code: "C-2"}, catalog.ErrMissingField},
		{"no date", accounts.Archivist, catalog.CaseFile{Code: "C-2", Title: "x", DateFrom: "yesterday"}, catalog.ErrBadDate},
		{"a reviewer", accounts.Reviewer, catalog.CaseFile{Code: "C-2", Title: "x"}, accounts.ErrForbidden},
	} {
		before, err := h.Catalog.LastChange(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Catalog.Register(t.Context(), h.As(tc.role), tc.f); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
		if after, err := h.Catalog.LastChange(t.Context()); err != nil || after != before {
			t.Errorf("%s left a change (%v)", tc.name, err)
		}
	}
}

// Twins that look alike are one: titles and codes are kept in NFC.
func TestTextIsComposed(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	h.Case(t, "Caf\u00e9-1")
	if _, err := h.Catalog.CaseByCode(t.Context(), "Cafe\u0301-1"); err != nil {
		t.Errorf("the decomposed code is not found: %v", err)
	}
	_, _, err := h.Catalog.Register(t.Context(), h.As(accounts.Archivist), catalog.CaseFile{Code: "Cafe\u0301-1", Title: "x"})
	if !errors.Is(err, catalog.ErrCaseExists) {
		t.Errorf("the twin was taken: %v", err)
	}
}

func TestRecords(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	one, two := h.Case(t, "C-1"), h.Case(t, "C-2")
	a, b, c := paper(t, h, one.ID, "a"), paper(t, h, one.ID, "b"), paper(t, h, two.ID, "c")
	for want, r := range map[string]catalog.Record{"C-1-001": a, "C-1-002": b, "C-2-001": c} {
		if r.Code != want {
			t.Errorf("code %s, want %s", r.Code, want)
		}
		got, err := h.Catalog.RecordByCode(t.Context(), want)
		if err != nil || got.ID != r.ID {
			t.Errorf("%s names %s (%v)", want, got.ID, err)
		}
	}
	err := do(t, h, func(tx *store.Tx) error {
		_, err := h.Catalog.AddRecord(t.Context(), tx, catalog.Record{CaseID: two.ID, Stage: catalog.StageService, SHA256: a.SHA256, SM3: a.SM3})
		return err
	})
	if !errors.Is(err, catalog.ErrOriginalKnown) {
		t.Errorf("the same original again: %v", err)
	}
	err = do(t, h, func(tx *store.Tx) error {
		_, err = h.Catalog.AddRecord(t.Context(), tx, catalog.Record{CaseID: two.ID, Stage: "later", SHA256: "d", SM3: "d"})
		return err
	})
	if !errors.Is(err, catalog.ErrBadStage) {
		t.Errorf("no stage: %v", err)
	}
}

// The feed has no gaps, and what was rolled back is not in it.
func TestChangesAreGapless(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	broken := errors.New("broken")
	for i := range 5 {
		err := do(t, h, func(tx *store.Tx) error {
			if err := h.Catalog.Touch(t.Context(), tx, catalog.ChangeCase, file.ID); err != nil {
				return err
			}
			if i%2 == 0 {
				return broken
			}
			return nil
		})
		if err != nil && !errors.Is(err, broken) {
			t.Fatal(err)
		}
	}
	r := paper(t, h, file.ID, "a")
	got, err := h.Catalog.Changes(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Change{{2, catalog.ChangeCase, file.ID}, {3, catalog.ChangeCase, file.ID}, {4, catalog.ChangeRecord, r.ID}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if one, err := h.Catalog.Changes(t.Context(), 0, 1); err != nil || len(one) != 1 || one[0].Seq != 1 {
		t.Errorf("limit: %v, %v", one, err)
	}
}

func TestPagesKeepTheirText(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	r := paper(t, h, h.Case(t, "C-1").ID, "a")
	for _, text := range []string{"", "first", "second"} {
		err := do(t, h, func(tx *store.Tx) error {
			return h.Catalog.PutPages(t.Context(), tx, r.ID, []catalog.PageText{{Page: 1, Source: "text", Text: text}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := h.Catalog.Page(t.Context(), r.ID, 1)
	if err != nil || got.Text != "first" {
		t.Errorf("text %q (%v), want the first that was there", got.Text, err)
	}
	if _, err := h.Catalog.Page(t.Context(), r.ID, 2); !errors.Is(err, catalog.ErrNoPage) {
		t.Errorf("page 2: %v", err)
	}
}

func TestTranscriptVersions(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	rec, one, two := paper(t, h, file.ID, "a"), paper(t, h, file.ID, "b"), paper(t, h, file.ID, "c")
	for _, v := range []struct {
		source  catalog.Record
		text    string
		version int
	}{{one, "first", 1}, {one, "again", 1}, {two, "second", 2}} {
		err := do(t, h, func(tx *store.Tx) error {
			_, err := h.Catalog.AddTranscript(t.Context(), tx, catalog.Transcript{
				RecordID: rec.ID, SourceID: v.source.ID, Cues: []catalog.Cue{{From: 1, To: 2, Text: v.text}},
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.Catalog.Transcript(t.Context(), rec.ID)
		if err != nil || got.Version != v.version {
			t.Errorf("version %d (%v), want %d", got.Version, err, v.version)
		}
	}
	got, err := h.Catalog.Transcript(t.Context(), rec.ID)
	if err != nil || got.Cues[0].Text != "second" {
		t.Errorf("cues %v (%v)", got.Cues, err)
	}
}

// One changed field of a row is found by its seal.
func TestSeals(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	h.Clock.Move(time.Duration(123456789)) // a clock with nanoseconds, as real ones have
	file := h.Case(t, "C-1")
	r := paper(t, h, file.ID, "a")
	if err := h.Catalog.CheckSeals(t.Context()); err != nil {
		t.Fatalf("untouched: %v", err)
	}
	for _, change := range []string{
		`UPDATE record SET title = 'another' WHERE id = ?`,
		`UPDATE record SET title = 'paper a', due_at = '2026-11-24T15:59:59.000000Z' WHERE id = ?`,
		`UPDATE record SET due_at = '', suspected = 1 WHERE id = ?`,
	} {
		err := do(t, h, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), change, r.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Catalog.CheckSeals(t.Context()); !errors.Is(err, catalog.ErrSealBroken) {
			t.Errorf("%s: %v, want ErrSealBroken", change, err)
		}
	}
}
