package viewing_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/remote"
)

// bare is a reading room whose database is in the test's hands.
type bare struct {
	db     *store.DB
	log    *audit.Log
	desk   *viewing.Desk
	record catalog.Record
	reader accounts.Actor
}

func furnishBare(t *testing.T, clip mediatest.Clip) bare {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(ctx, filepath.Join(dir, "workstation.db"))
	fatal(err)
	t.Cleanup(func() { db.Close() })
	log, err := audit.Open(ctx, db, audit.Config{ArchiveDir: dir, StateDir: t.TempDir(), Now: time.Now})
	fatal(err)
	t.Cleanup(func() { _ = log.Close(context.Background()) }) // the database may be full
	people := accounts.New(db, log, accounts.Config{Now: time.Now, Argon: accounts.CheapForTests()})
	made, err := people.Found(ctx, backendtest.Founding().Accounts)
	fatal(err)
	store1, err := vault.Open(dir)
	fatal(err)
	cat := catalog.New(catalog.Config{DB: db, Log: log, Accounts: people, Now: time.Now})
	engine, err := remote.Pair()
	fatal(err)
	t.Cleanup(func() { engine.Close() })
	b := bare{db: db, log: log, reader: made[2].Actor}
	b.desk = viewing.New(viewing.Config{DB: db, Log: log, Accounts: people, Catalog: cat, Vault: store1, Media: engine, Now: time.Now, Silence: time.Hour})
	t.Cleanup(func() { _ = b.desk.CloseAll(context.Background(), viewing.CloseNormal) })
	f, err := os.Open(backendtest.Clip(t, t.TempDir(), "clip.mp4", clip))
	fatal(err)
	defer f.Close()
	o, err := store1.Put(ctx, f, -1, nil)
	fatal(err)
	_, err = log.Do(ctx, audit.Entry{Event: audit.Ingestion}, func(tx *store.Tx) error {
		if failed := cat.SetFonds(ctx, tx, catalog.Fonds{Organ: "bureau", Number: "J037"}); failed != nil {
			return failed
		}
		file, failed := cat.AddCase(ctx, tx, catalog.CaseFile{Code: "C-1", Title: "case"})
		if failed != nil {
			return failed
		}
		b.record, failed = cat.AddRecord(ctx, tx, catalog.Record{
			CaseID: file.ID, Kind: catalog.KindAV, Medium: catalog.MediumVideo, Stage: catalog.StageInvestigation, Title: "clip",
			FileName: "clip.mp4", Format: "mp4", Size: o.Size, SHA256: o.SHA256, SM3: o.SM3, Frames: int64(clip.Frames),
		})
		return failed
	})
	fatal(err)
	return b
}

// fill leaves no room in the database, or gives it back.
func (b bare) fill(t *testing.T, full bool) {
	t.Helper()
	pages := "1073741823"
	if full {
		pages = "1" // SQLite takes the number of pages there are
	}
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `PRAGMA max_page_count = `+pages)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !full {
		return
	}
	for range 10_000 { // what is left of the last pages
		if _, err := b.log.Note(t.Context(), audit.Entry{Event: audit.Search}); err != nil {
			if !errors.Is(err, store.ErrNoSpace) {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("the log does not fill")
}

// No room for the log, no viewing: none is opened, and one that is open stops.
func TestNoRoomForTheLog(t *testing.T) {
	b := furnishBare(t, mediatest.Clip{Width: 160, Height: 90, FPS: 25, Frames: 600, GOP: 50})
	open := func() (*viewing.Viewing, error) {
		return b.desk.Open(t.Context(), b.reader, viewing.Request{RecordID: b.record.ID, Purpose: viewing.PurposeCase})
	}
	v, err := open()
	if err != nil {
		t.Fatal(err)
	}
	frame := func(n int64) error {
		_, err := v.Frame(t.Context(), n, viewing.FrameRequest{MaxW: 80})
		return err
	}
	if err := frame(0); err != nil {
		t.Fatal(err)
	}
	b.fill(t, true)
	if err := frame(400); !errors.Is(err, viewing.ErrNoLog) || fault.Code(err) != "viewing.no_log" {
		t.Errorf("a frame that could not be announced: %v", err)
	}
	if err := frame(1); !errors.Is(err, viewing.ErrNoLog) {
		t.Errorf("a frame that was announced before: %v", err)
	}
	still := viewing.Interval{Kind: viewing.KindStill, Presented: 1, Sound: viewing.SoundNone, Visible: true, WallMs: 300}
	if _, err := v.Present(t.Context(), []viewing.Interval{still}); !errors.Is(err, viewing.ErrNoLog) {
		t.Errorf("a report: %v", err)
	}
	if _, err := open(); !errors.Is(err, viewing.ErrNoLog) {
		t.Errorf("opened without an entry: %v", err)
	}
	b.fill(t, false)
	if err := frame(1); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
	if c, err := v.Present(t.Context(), []viewing.Interval{still}); err != nil || c.Shown != 1 {
		t.Errorf("the report, tried again: %+v, %v", c, err)
	}
	if _, err := b.log.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
