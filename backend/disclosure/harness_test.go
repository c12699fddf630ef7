package disclosure_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/redact"
	"diaoyue.example/workstation/media/remote"
)

// bureau is an archive with one recording and its people.
type bureau struct {
	dir     string
	db      *store.DB
	log     *audit.Log
	people  *accounts.Desk
	vault   *vault.Vault
	jobs    *jobs.Runner
	views   *viewing.Desk
	desk    *disclosure.Desk
	record  catalog.Record
	officer accounts.Actor // may redact and release
	checker accounts.Actor // may check
	head    accounts.Actor // may approve
	trio    accounts.Actor // may do all three
	auditor accounts.Actor
}

func must[T any](tb testing.TB) func(T, error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func open(tb testing.TB) *bureau {
	tb.Helper()
	ctx, b := tb.Context(), &bureau{dir: tb.TempDir()}
	clock := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	now := func() time.Time { clock = clock.Add(time.Millisecond); return clock }
	b.db = must[*store.DB](tb)(store.Open(ctx, filepath.Join(b.dir, "workstation.db")))
	tb.Cleanup(func() { b.db.Close() })
	b.log = must[*audit.Log](tb)(audit.Open(ctx, b.db, audit.Config{ArchiveDir: b.dir, StateDir: tb.TempDir(), Now: time.Now}))
	tb.Cleanup(func() { b.log.Close(context.Background()) })
	b.people = accounts.New(b.db, b.log, accounts.Config{Now: now, Argon: accounts.CheapForTests()})
	b.vault = must[*vault.Vault](tb)(vault.Open(b.dir))
	cat := catalog.New(catalog.Config{DB: b.db, Log: b.log, Accounts: b.people, Now: now})
	b.jobs = jobs.New(b.db, time.Now)
	engine := must[*remote.Client](tb)(remote.Pair())
	tb.Cleanup(func() { engine.Close() })
	b.views = viewing.New(viewing.Config{DB: b.db, Log: b.log, Accounts: b.people, Catalog: cat, Vault: b.vault, Media: engine, Now: time.Now})
	tb.Cleanup(func() { _ = b.views.CloseAll(context.Background(), viewing.CloseNormal) })
	b.desk = disclosure.New(disclosure.Config{
		DB: b.db, Log: b.log, Accounts: b.people, Catalog: cat, Vault: b.vault, Jobs: b.jobs, Engine: engine, Viewings: b.views, Now: now,
	})
	b.views.Serve(b.desk)
	b.found(tb)
	b.receive(tb, cat)
	if err := b.jobs.Start(ctx); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.jobs.Close)
	return b
}

func (b *bureau) found(tb testing.TB) {
	tb.Helper()
	people := []accounts.NewAccount{
		{Number: "0102", Name: "许文清", Roles: []accounts.Role{accounts.DisclosureOfficer}},
		{Number: "0101", Name: "贺建国", Roles: []accounts.Role{accounts.HeadOfAgency}},
		{Number: "9001", Name: "甲", Roles: []accounts.Role{accounts.SystemAdministrator}},
		{Number: "9002", Name: "乙", Roles: []accounts.Role{accounts.SecurityAdministrator}},
		{Number: "9003", Name: "丙", Roles: []accounts.Role{accounts.SecurityAuditor}},
		{Number: "0212", Name: "吴岩", Roles: []accounts.Role{accounts.Checker}},
		{Number: "0103", Name: "林一人", Roles: []accounts.Role{accounts.DisclosureOfficer, accounts.Checker, accounts.HeadOfAgency}},
	}
	for i := range people {
		people[i].Password = "correct horse"
	}
	made := must[[]accounts.Account](tb)(b.people.Found(tb.Context(), people))
	b.officer, b.head, b.auditor = made[0].Actor, made[1].Actor, made[4].Actor
	b.checker, b.trio = made[5].Actor, made[6].Actor
}

func (b *bureau) receive(tb testing.TB, cat *catalog.Catalog) {
	tb.Helper()
	ctx := tb.Context()
	path := filepath.Join(tb.TempDir(), "clip.mp4")
	clip := mediatest.Clip{Width: 320, Height: 180, Frames: 60, GOP: 30, BFrames: 2, VFR: true, Sound: true, Metadata: map[string]string{"title": "witness"}}
	if err := mediatest.Make(ctx, path, clip); err != nil {
		tb.Fatal(err)
	}
	f := must[*os.File](tb)(os.Open(path))
	defer f.Close()
	o := must[vault.Original](tb)(b.vault.Put(ctx, f, -1, nil))
	_, err := b.log.Do(ctx, audit.Entry{Event: audit.Ingestion}, func(tx *store.Tx) error {
		if err := cat.SetFonds(ctx, tx, catalog.Fonds{Organ: "清河县民族宗教事务局", Number: "J037"}); err != nil {
			return err
		}
		file, err := cat.AddCase(ctx, tx, catalog.CaseFile{Code: "J037-012", Title: "清源寺案"})
		if err != nil {
			return err
		}
		b.record, err = cat.AddRecord(ctx, tx, catalog.Record{
			CaseID: file.ID, Kind: catalog.KindAV, Medium: catalog.MediumVideo, Stage: "investigation", Title: "东配殿现场检查",
			FileName: "clip.mp4", Format: "mp4", Size: o.Size, SHA256: o.SHA256, SM3: o.SM3, Frames: 60, Width: 320, Height: 180,
		})
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func (b *bureau) plan(tb testing.TB, change func(*redact.Plan)) []byte {
	tb.Helper()
	p := redact.Plan{
		Version: 1, Original: "sha256:" + b.record.SHA256,
		Tracks: []redact.Track{{ID: "t1", Shape: "rect", Effect: "fill", Ground: "个人隐私", Reason: "当事人面部", Keyframes: []redact.Keyframe{
			{Frame: 3, X: 31, Y: 61, W: 70, H: 60, Visible: true}, {Frame: 40, X: 200, Y: 80, W: 70, H: 60, Visible: true}, {Frame: 50},
		}}},
		Mutes: []redact.Mute{{From: .5, To: 1, Effect: "silence"}},
	}
	if change != nil {
		change(&p)
	}
	return must[[]byte](tb)(json.Marshal(p))
}

// candidate submits the usual plan and waits for the candidate.
func (b *bureau) candidate(tb testing.TB) disclosure.Copy {
	tb.Helper()
	return b.candidateBy(tb, b.officer)
}

func (b *bureau) candidateBy(tb testing.TB, maker accounts.Actor) disclosure.Copy {
	tb.Helper()
	s := must[disclosure.Summary](tb)(b.desk.Submit(tb.Context(), maker, b.record.ID, b.plan(tb, nil)))
	if err := b.jobs.Drain(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	c := must[disclosure.Copy](tb)(b.desk.Copy(tb.Context(), b.head, s.ID))
	if c.State != disclosure.StateCandidate {
		tb.Fatalf("the copy is %s (%s)", c.State, c.Error)
	}
	return c
}

// watch opens the candidate and looks at a frame.
func (b *bureau) watch(tb testing.TB, actor accounts.Actor, copyID string) string {
	tb.Helper()
	v := must[*viewing.Viewing](tb)(b.views.Open(tb.Context(), actor, viewing.Request{CopyID: copyID, Purpose: viewing.PurposeApproval}))
	must[remote.Answer](tb)(v.Frame(tb.Context(), 5, viewing.FrameRequest{}))
	return v.ID()
}

// approved brings a copy as far as its approval.
func (b *bureau) approved(tb testing.TB) disclosure.Copy {
	tb.Helper()
	c := b.candidate(tb)
	id := b.watch(tb, b.head, c.ID)
	if err := b.desk.Approve(tb.Context(), b.head, c.ID, disclosure.Approval{Opinion: "同意部分公开。", ViewingID: id}); err != nil {
		tb.Fatal(err)
	}
	return must[disclosure.Copy](tb)(b.desk.Copy(tb.Context(), b.head, c.ID))
}

// tamper changes the database behind the program's back.
func (b *bureau) tamper(tb testing.TB, statements ...string) {
	tb.Helper()
	db := must[*sql.DB](tb)(sql.Open("sqlite", filepath.Join(b.dir, "workstation.db")))
	defer db.Close()
	for _, s := range statements {
		r, err := db.Exec(s)
		if err != nil {
			tb.Fatal(err)
		}
		if n, err := r.RowsAffected(); err == nil && n == 0 && strings.HasPrefix(s, "UPDATE") {
			tb.Fatalf("nothing changed: %s", s)
		}
	}
}

// flip changes one byte of a sealed candidate.
func (b *bureau) flip(tb testing.TB) {
	tb.Helper()
	err := filepath.WalkDir(filepath.Join(b.dir, "candidates"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if err = os.Chmod(path, 0o600); err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data[len(data)/2] ^= 1
		return os.WriteFile(path, data, 0o600)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// refusals counts the refusals of a kind in the log.
func (b *bureau) refusals(tb testing.TB, code string) (n int) {
	tb.Helper()
	for _, r := range must[[]audit.Row](tb)(b.log.List(tb.Context(), audit.Filter{Event: audit.Refusal})) {
		if r.Codes["code"] == code {
			n++
		}
	}
	return n
}
