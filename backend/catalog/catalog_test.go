package catalog_test

import (
	"errors"
	"slices"
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
	got, err := h.Catalog.Changes(t.Context(), 2, 0) // after the founding and the case
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Change{{3, catalog.ChangeCase, file.ID}, {4, catalog.ChangeCase, file.ID}, {5, catalog.ChangeRecord, r.ID}}
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

// One changed field of any row is found by the seal of its subject; so is a
// row that is gone, and a feed of changes that was touched.
func TestSeals(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	h.Clock.Move(time.Duration(123456789)) // a clock with nanoseconds, as real ones have
	file := h.Case(t, "C-1")
	r := paper(t, h, file.ID, "a")
	err := do(t, h, func(tx *store.Tx) error {
		_, err := h.Catalog.AddTranscript(t.Context(), tx, catalog.Transcript{RecordID: r.ID, SourceID: r.ID, Cues: []catalog.Cue{{To: 1, Text: "said"}}})
		if err == nil {
			_, err = h.Catalog.AddAnnotation(t.Context(), tx, catalog.Annotation{RecordID: r.ID, Page: 1, Text: "noted"})
		}
		if err == nil {
			err = h.Catalog.PutPages(t.Context(), tx, r.ID, []catalog.PageText{{Page: 1, Source: "text", Text: "printed"}})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if broken, err := h.Catalog.CheckSeals(t.Context()); err != nil || len(broken) > 0 {
		t.Fatalf("untouched: %+v, %v", broken, err)
	}
	undo := errors.New("undone")
	for change, kind := range map[string]string{
		`UPDATE record SET title = 'another'`:               catalog.ChangeRecord,
		`UPDATE record SET due_at = '2026-11-24'`:           catalog.ChangeRecord,
		`UPDATE record SET suspected = 1`:                   catalog.ChangeRecord,
		`UPDATE page_text SET text = 'another'`:             catalog.ChangeRecord,
		`UPDATE cue SET from_ms = 1`:                        catalog.ChangeRecord,
		`UPDATE annotation SET text = 'another'`:            catalog.ChangeRecord,
		`DELETE FROM annotation`:                            catalog.ChangeRecord,
		`UPDATE case_file SET title = 'another'`:            catalog.ChangeCase,
		`UPDATE fonds SET organ = 'another'`:                catalog.ChangeFonds,
		`UPDATE change SET kind = 'fonds' WHERE seq = 3`:    "",
		`UPDATE change SET id = id || 'x' WHERE seq = 2`:    "",
		`UPDATE change SET chain = 'x' WHERE seq = 3`:       "",
		`DELETE FROM change WHERE seq = 2`:                  "",
		`UPDATE cue SET transcript_id = transcript_id || 1`: "",
	} {
		var broken []catalog.Unsealed
		err := do(t, h, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `PRAGMA defer_foreign_keys = 1`)
			if err == nil {
				_, err = tx.ExecContext(t.Context(), change)
			}
			if err == nil {
				broken, err = catalog.CheckSealsIn(t.Context(), tx)
			}
			return errors.Join(err, undo)
		})
		if !errors.Is(err, undo) || !slices.ContainsFunc(broken, func(u catalog.Unsealed) bool { return u.Kind == kind }) {
			t.Errorf("%s: %+v, %v, want one of kind %q", change, broken, err, kind)
		}
	}
}

// What an earlier version described is sealed when the archive is opened, and
// only once.
func TestSealAll(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	paper(t, h, h.Case(t, "C-1").ID, "a")
	err := do(t, h, func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE change SET content = '', chain = ''`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	broken, err := h.Catalog.CheckSeals(t.Context())
	if err != nil || len(broken) != 3 {
		t.Errorf("unsealed: %+v, %v", broken, err)
	}
	var last int64
	for range 2 {
		if err = h.Catalog.SealAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if broken, err = h.Catalog.CheckSeals(t.Context()); err != nil || len(broken) > 0 {
			t.Errorf("sealed: %+v, %v", broken, err)
		}
		var now int64
		if now, err = h.Catalog.LastChange(t.Context()); err != nil || last > 0 && now != last {
			t.Errorf("sealed again: %d changes, then %d (%v)", last, now, err)
		}
		last = now
	}
}

// Blanking a paper whose words were joined to a recording changes the
// recording too: the feed says so, or its words would stay in the search index.
func TestBlankTouchesTheRecordingItsWordsAreOf(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	rec, source := paper(t, h, file.ID, "a"), paper(t, h, file.ID, "b")
	err := do(t, h, func(tx *store.Tx) error {
		_, err := h.Catalog.AddTranscript(t.Context(), tx, catalog.Transcript{RecordID: rec.ID, SourceID: source.ID, Cues: []catalog.Cue{{To: 1, Text: "said"}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	last, err := h.Catalog.LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err = do(t, h, func(tx *store.Tx) error { return h.Catalog.Blank(t.Context(), tx, source.ID) }); err != nil {
		t.Fatal(err)
	}
	got, err := h.Catalog.Changes(t.Context(), last, 0)
	want := []catalog.Change{{last + 1, catalog.ChangeRecord, rec.ID}, {last + 2, catalog.ChangeRecord, source.ID}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if broken, err := h.Catalog.CheckSeals(t.Context()); err != nil || len(broken) > 0 {
		t.Errorf("seals: %+v, %v", broken, err)
	}
}
