package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/search"
)

func TestFindsTextSpeechNotesAndTitles(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	for _, c := range []struct {
		name, query string
		want        []string // record title, source, place
	}{
		{"page", `"封条完好"`, []string{"现场检查笔录 page p2 f-1 t-1"}},
		{"spoken", `"请不要遮挡"`, []string{"现场录像 speech p0 f-1 t12.5"}},
		{"note at a frame", "清点遗漏", []string{"现场录像 note p0 f137 t4.567"}},
		{"title", "询问笔录", []string{"询问笔录 title p0 f-1 t-1"}},
		{"word of the title and word of a page", `"现场检查" "封条"`, []string{"现场检查笔录 page p2 f-1 t-1"}},
		{"code", `"SYMZ-2026-001-001"`, []string{"现场检查笔录 title p0 f-1 t-1"}},
		{"party of a case", "恒丰超市", []string{"case SYMZ-2026-001"}},
		{"kept apart", `"涉密线索"`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := a.search(t, b.archivist, retrieval.Query{Text: c.query})
			if diff := cmp.Diff(c.want, places(res)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.query, diff)
			}
			if res.Pending != 0 {
				t.Errorf("%d changes pending after CatchUp", res.Pending)
			}
		})
	}
}

// TestInsideARecord asks for the places of the open record alone: what only its
// title holds is no place in it.
func TestInsideARecord(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{`"请不要遮挡"`, []string{"现场录像 speech p0 f-1 t12.5"}},
		{"清点遗漏", []string{"现场录像 note p0 f137 t4.567"}},
		{"现场录像", nil},
		{`"封条完好"`, nil},
	} {
		res := a.search(t, b.archivist, retrieval.Query{Text: c.query, RecordID: b.footage.ID, PerRecord: -1, Sources: []string{search.SourcePage, search.SourceSpeech, search.SourceNote}})
		if diff := cmp.Diff(c.want, places(res)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
}

func TestCountsAndFacets(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	res := a.search(t, b.archivist, retrieval.Query{Text: "查封"})
	if res.Cases != 2 || res.Records != 2 || res.Places != 3 {
		t.Errorf("cases %d records %d places %d, want 2, 2, 3: %v", res.Cases, res.Records, res.Places, places(res))
	}
	want := []search.Facet{{Value: "text", Count: 2}}
	if diff := cmp.Diff(want, res.Facets.Kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	res = a.search(t, b.archivist, retrieval.Query{Text: "查封", Stages: []string{catalog.StageDecision}})
	if res.Records != 1 {
		t.Errorf("with a stage: %d records", res.Records)
	}
}

func TestRights(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	for _, c := range []struct {
		role  accounts.Role
		cases int // that hold the word
	}{
		{accounts.Archivist, 2},
		{accounts.Reviewer, 2},
		{accounts.DisclosureOfficer, 2},
		{accounts.HeadOfAgency, 2},
		{accounts.Handler, 1}, // his own
		{accounts.Checker, 0},
		{accounts.SecrecyReviewer, 0},
	} {
		if res := a.search(t, b.by[c.role], retrieval.Query{Text: "查封"}); res.Cases != c.cases {
			t.Errorf("%s finds %d cases, want %d", c.role, res.Cases, c.cases)
		}
	}
	// An officer cannot reach another's case by naming it.
	if res := a.search(t, b.by[accounts.Handler], retrieval.Query{Text: "查封", CaseID: b.other.ID}); res.Places != 0 || len(res.Facets.Stages) != 0 {
		t.Errorf("an officer sees %d places in another's case", res.Places)
	}
	for _, role := range []accounts.Role{accounts.SystemAdministrator, accounts.SecurityAdministrator, accounts.SecurityAuditor, accounts.Supervisor} {
		_, err := a.service.Search(t.Context(), b.by[role], retrieval.Query{Text: "查封"})
		if !errors.Is(err, accounts.ErrForbidden) || fault.Params(err)["basis"] == "" {
			t.Errorf("%s: %v, want a refusal with its basis", role, err)
		}
	}
}

func TestQueryIsLogged(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	res := a.search(t, b.archivist, retrieval.Query{Text: `"封条完好"`})
	rows, err := a.log.List(t.Context(), audit.Filter{Event: audit.Search, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Seq != res.Seq || rows[0].Actor != b.archivist.ID {
		t.Fatalf("log rows %+v, answer's entry %d", rows, res.Seq)
	}
	if got := fmt.Sprint(rows[0].Details["query"]); got != `"封条完好"` {
		t.Errorf("the entry's details hold %q", got)
	}
	if strings.Contains(fmt.Sprint(rows[0].Codes), "封条") {
		t.Error("the words stand in the codes, which administrators read")
	}
	if got := fmt.Sprint(rows[0].Codes["places"]); got != "1" {
		t.Errorf("the entry counts %s places", got)
	}
}

func TestKeeperFollowsChanges(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	if res := a.search(t, b.archivist, retrieval.Query{Text: `"补充意见"`}); res.Places != 0 {
		t.Fatalf("found before it was written: %d", res.Places)
	}
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := a.catalog.AddAnnotation(ctx, tx, catalog.Annotation{RecordID: b.paper.ID, Frame: -1, FrameTo: -1, Page: 1, Text: "补充意见一则", Author: "王五", AuthorID: b.archivist.ID})
		return err
	})
	if p, err := a.keeper.Pending(t.Context()); err != nil || p == 0 {
		t.Fatalf("pending %d, %v", p, err)
	}
	a.catchUp(t)
	if got := places(a.search(t, b.archivist, retrieval.Query{Text: `"补充意见"`})); !cmp.Equal(got, []string{"现场检查笔录 note p1 f-1 t-1"}) {
		t.Errorf("found %v", got)
	}
}

func TestRestartRebuildAndDamage(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	want := places(a.search(t, b.archivist, retrieval.Query{Text: "查封"}))
	if err := a.keeper.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := places(a.search(t, b.archivist, retrieval.Query{Text: "查封"})); !cmp.Equal(want, got) {
		t.Errorf("after Rebuild %v, want %v", got, want)
	}
	if err := a.index.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.dir, "index", "index_meta.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.openIndex(t)
	a.catchUp(t)
	if got := places(a.search(t, b.archivist, retrieval.Query{Text: "查封"})); !cmp.Equal(want, got) {
		t.Errorf("after a damaged index %v, want %v", got, want)
	}
}

func TestRunStops(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a := newArchive(t)
	b := a.bureauWithCases(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { a.keeper.Run(ctx); close(done) }()
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		return a.catalog.PutPages(ctx, tx, b.question.ID, []catalog.PageText{{RecordID: b.question.ID, Page: 1, Source: "text", Text: "新到的一页"}})
	})
	a.keeper.Nudge()
	deadline := time.Now().Add(10 * time.Second)
	for a.search(t, b.archivist, retrieval.Query{Text: `"新到的一页"`}).Places == 0 {
		if time.Now().After(deadline) {
			t.Fatal("the keeper did not follow")
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	<-done
	if err := errors.Join(a.index.Close(), a.log.Close(context.WithoutCancel(t.Context()))); err != nil {
		t.Fatal(err)
	}
	a.closed = true
	_ = a.db.Close()
}

// archive is the rooms below retrieval, real ones.
type archive struct {
	dir      string
	db       *store.DB
	log      *audit.Log
	accounts *accounts.Desk
	catalog  *catalog.Catalog
	index    *search.Index
	keeper   *retrieval.Keeper
	service  *retrieval.Service
	vault    *vault.Vault
	closed   bool
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	return newArchiveIn(t, t.TempDir())
}

func newArchiveIn(t *testing.T, dir string) *archive {
	t.Helper()
	a := &archive{dir: dir}
	a.reopen(t)
	a.openIndex(t)
	t.Cleanup(func() {
		_ = a.index.Close()
		if !a.closed {
			_ = a.log.Close(context.Background())
			_ = a.db.Close()
		}
	})
	return a
}

// shut closes everything but the folder; reopen opens the rooms below the index.
func (a *archive) shut(t *testing.T) {
	t.Helper()
	a.closed = true
	if err := errors.Join(a.index.Close(), a.log.Close(context.Background()), a.db.Close()); err != nil {
		t.Fatal(err)
	}
}

func (a *archive) reopen(t *testing.T) {
	t.Helper()
	a.closed = false
	now := func() time.Time { return time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC) }
	var err error
	if a.db, err = store.Open(t.Context(), filepath.Join(a.dir, "workstation.db")); err != nil {
		t.Fatal(err)
	}
	if a.log, err = audit.Open(t.Context(), a.db, audit.Config{ArchiveDir: a.dir, StateDir: filepath.Join(a.dir, "state"), Now: now}); err != nil {
		t.Fatal(err)
	}
	a.accounts = accounts.New(a.db, a.log, accounts.Config{Now: now, Argon: accounts.CheapForTests()})
	a.catalog = catalog.New(catalog.Config{DB: a.db, Log: a.log, Accounts: a.accounts, Now: now})
	if a.vault, err = vault.Open(a.dir); err != nil {
		t.Fatal(err)
	}
}

func (a *archive) openIndex(t *testing.T) {
	t.Helper()
	x, err := retrieval.OpenIndex(filepath.Join(a.dir, "index"), nil)
	if err != nil {
		t.Fatal(err)
	}
	a.index = x
	a.keeper = retrieval.NewKeeper(a.catalog, x, slog.New(slog.DiscardHandler))
	a.service = retrieval.New(retrieval.Config{Catalog: a.catalog, Accounts: a.accounts, Log: a.log, Index: x, Keeper: a.keeper, Vault: a.vault, Store: a.db, Now: time.Now})
}

func (a *archive) catchUp(t *testing.T) {
	t.Helper()
	if err := a.keeper.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (a *archive) change(t *testing.T, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	_, err := a.log.Do(t.Context(), audit.Entry{Event: audit.Description}, func(tx *store.Tx) error { return fn(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
}

func (a *archive) search(t *testing.T, actor accounts.Actor, q retrieval.Query) retrieval.Result {
	t.Helper()
	res, err := a.service.Search(t.Context(), actor, q)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// bureau is one person for each role and two cases; a third is kept apart.
type bureau struct {
	by               map[accounts.Role]accounts.Actor
	archivist        accounts.Actor
	own, other       catalog.CaseFile
	paper, question  catalog.Record
	footage, decided catalog.Record
}

func (a *archive) bureauWithCases(t *testing.T) bureau {
	t.Helper()
	b := bureau{by: map[accounts.Role]accounts.Actor{}}
	var people []accounts.NewAccount
	for i, r := range accounts.Roles() {
		people = append(people, accounts.NewAccount{Number: fmt.Sprint(1001 + i), Name: "张三", Password: "password of " + string(r), Roles: []accounts.Role{r}})
	}
	made, err := a.accounts.Found(t.Context(), people)
	if err != nil {
		t.Fatal(err)
	}
	officer := ""
	for _, m := range made {
		b.by[m.Roles[0]] = m.Actor
		if m.Roles[0] == accounts.Handler {
			officer = m.Number
		}
	}
	b.archivist = b.by[accounts.Archivist]

	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		b.own = a.caseFile(ctx, t, tx, catalog.CaseFile{Code: "SYMZ-2026-001", Title: "岱岳镇检查一案", Party: "恒丰超市", Officers: []string{"李四 " + officer}})
		b.other = a.caseFile(ctx, t, tx, catalog.CaseFile{Code: "SYMZ-2026-002", Title: "北周庄镇检查一案", Officers: []string{"赵六 9999"}})
		apart := a.caseFile(ctx, t, tx, catalog.CaseFile{Code: "SYMZ-2026-003", Title: "涉密线索一案", Suspected: true})
		b.paper = a.record(ctx, t, tx, b.own, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageInvestigation, Title: "现场检查笔录", SHA256: digest(1)},
			"对仓库实施查封，财物清点完毕。", "查封后封条完好。")
		b.question = a.record(ctx, t, tx, b.own, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageInvestigation, Title: "询问笔录", SHA256: digest(2)})
		b.footage = a.record(ctx, t, tx, b.own, catalog.Record{Kind: catalog.KindAV, Medium: catalog.MediumVideo, Stage: catalog.StageInvestigation, Title: "现场录像", SHA256: digest(3)})
		b.decided = a.record(ctx, t, tx, b.other, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageDecision, Title: "处罚决定书", SHA256: digest(4)}, "查封决定另文送达。")
		a.record(ctx, t, tx, apart, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageDecision, Title: "附件", SHA256: digest(5)}, "涉密线索与查封")
		a.record(ctx, t, tx, b.own, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageDecision, Title: "密件", SHA256: digest(6), Suspected: true}, "涉密线索与查封")
		words := a.record(ctx, t, tx, b.own, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumTranscript, Stage: catalog.StageInvestigation, Title: "转写", SHA256: digest(7)})
		_, err := a.catalog.AddTranscript(ctx, tx, catalog.Transcript{RecordID: b.footage.ID, SourceID: words.ID, Cues: []catalog.Cue{
			{From: 12.5, To: 14, Text: "请不要遮挡摄像头"}, {From: 12.5, To: 15, Text: "好的"},
		}})
		if err != nil {
			return err
		}
		_, err = a.catalog.AddAnnotation(ctx, tx, catalog.Annotation{RecordID: b.footage.ID, Frame: 137, FrameTo: 137, Time: 4.567, Text: "此处清点有遗漏", Author: "张三", AuthorID: b.archivist.ID})
		return err
	})
	a.catchUp(t)
	return b
}

func (a *archive) caseFile(ctx context.Context, t *testing.T, tx *store.Tx, f catalog.CaseFile) catalog.CaseFile {
	t.Helper()
	f, err := a.catalog.AddCase(ctx, tx, f)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (a *archive) record(ctx context.Context, t *testing.T, tx *store.Tx, f catalog.CaseFile, r catalog.Record, pages ...string) catalog.Record {
	t.Helper()
	r.CaseID, r.Date, r.FileName, r.SM3 = f.ID, "2026-03-10", r.SHA256[:6]+".pdf", r.SHA256
	r, err := a.catalog.AddRecord(ctx, tx, r)
	if err != nil {
		t.Fatal(err)
	}
	var texts []catalog.PageText
	for i, p := range pages {
		texts = append(texts, catalog.PageText{RecordID: r.ID, Page: i + 1, Source: "text", Text: p})
	}
	if len(texts) > 0 {
		if err := a.catalog.PutPages(ctx, tx, r.ID, texts); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func digest(n int) string { return strings.Repeat(fmt.Sprintf("%02x", n), 32) }

// places writes an answer in one line a hit.
func places(res retrieval.Result) []string {
	var out []string
	for _, g := range res.Groups {
		for _, r := range g.Records {
			for _, h := range r.Hits {
				if r.Record.ID == "" {
					out = append(out, "case "+g.Case.Code)
					continue
				}
				out = append(out, fmt.Sprintf("%s %s p%d f%d t%v", r.Record.Title, h.Source, h.Page, h.Frame, h.Time))
			}
		}
	}
	slices.Sort(out)
	return out
}
