package retrieval_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search"
)

// The test binary runs itself as the program that is killed.
const childEnv = "DIAOYUE_TEST_KEEPER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := follow(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// follow indexes an archive, in place and anew, until it is killed.
func follow(ctx context.Context, dir string) error {
	db, err := store.Open(ctx, filepath.Join(dir, "workstation.db"))
	if err != nil {
		return err
	}
	log, err := audit.Open(ctx, db, audit.Config{ArchiveDir: dir, StateDir: filepath.Join(dir, "state"), Now: time.Now})
	if err != nil {
		return err
	}
	people := accounts.New(db, log, accounts.Config{Now: time.Now, Argon: accounts.CheapForTests()})
	c := catalog.New(catalog.Config{DB: db, Log: log, Accounts: people, Now: time.Now})
	for n := 0; ; n++ {
		x, err := retrieval.OpenIndex(filepath.Join(dir, "index"), nil)
		if err != nil {
			return err
		}
		k := retrieval.NewKeeper(c, x, slog.New(slog.DiscardHandler))
		fmt.Println("indexing", n)
		if n%2 == 0 {
			err = k.Rebuild(ctx)
		} else if err = x.Put(ctx, nil, 0); err == nil {
			err = k.CatchUp(ctx)
		}
		if err != nil {
			return err
		}
		if err = x.Seal(ctx); err != nil {
			return err
		}
		if err = x.Close(); err != nil {
			return err
		}
	}
}

// TestKilledWhileIndexing kills the program twenty times while it indexes.
// After each restart the index holds what the catalogue holds, no more and no
// less, and its segments are whole.
func TestKilledWhileIndexing(t *testing.T) {
	if testing.Short() {
		t.Skip("short run")
	}
	a := newArchiveIn(t, t.TempDir())
	b := a.bureauWithCases(t)
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		for n := range 40 {
			var pages []string
			for p := range 10 {
				pages = append(pages, strings.Repeat(fmt.Sprintf("第%d件第%d页，对仓库实施查封。", n, p), 20))
			}
			a.record(ctx, t, tx, b.own, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageDecision, Title: fmt.Sprintf("材料%d", n), SHA256: digest(40 + n)}, pages...)
		}
		return nil
	})
	a.catchUp(t)
	want := allPlaces(t, a.index)
	if len(want) < 400 {
		t.Fatalf("only %d places: the test proves nothing", len(want))
	}
	a.shut(t)
	rnd := rand.New(rand.NewPCG(1, 9))
	for run := range 20 {
		killOne(t, a.dir, time.Duration(rnd.IntN(400))*time.Millisecond)
		x, err := retrieval.OpenIndex(filepath.Join(a.dir, "index"), nil)
		if err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		a.reopen(t)
		if err = x.Check(t.Context()); err != nil {
			t.Errorf("run %d: %v", run, err)
		}
		if err = retrieval.NewKeeper(a.catalog, x, slog.New(slog.DiscardHandler)).CatchUp(t.Context()); err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		if diff := cmp.Diff(want, allPlaces(t, x)); diff != "" {
			t.Fatalf("run %d (-catalogue +index):\n%s", run, diff)
		}
		if err = x.Close(); err != nil {
			t.Fatal(err)
		}
		a.shut(t)
	}
}

func killOne(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childEnv+"="+dir)
	var errs strings.Builder
	child.Stderr = &errs
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = child.Start(); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(out).Scan() {
		_ = child.Wait()
		t.Fatalf("the child did not begin: %s", errs.String())
	}
	time.Sleep(after)
	if err = child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	if errs.Len() > 0 {
		t.Fatalf("the child failed by itself: %s", errs.String())
	}
}

// allPlaces is every place of the index and its first words.
func allPlaces(t *testing.T, x *search.Index) []string {
	t.Helper()
	res, err := x.Search(t.Context(), search.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, g := range res.Groups {
		for _, r := range g.Records {
			for _, h := range r.Hits {
				text := ""
				for _, f := range h.Fragments {
					text += f.Text
				}
				out = append(out, h.ID+" "+h.Title+" "+text)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestDamagedIndexHealsItself: the keeper finds overwritten bytes and builds
// the index anew with nobody's help.
func TestDamagedIndexHealsItself(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	want := allPlaces(t, a.index)
	segments := waitForSegments(t, a.index)
	if err := a.index.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.index.Close(); err != nil {
		t.Fatal(err)
	}
	for _, s := range segments {
		f, err := os.OpenFile(s, os.O_RDWR, 0)
		if err != nil {
			continue // merged away
		}
		info, err := f.Stat()
		if err == nil {
			_, err = f.WriteAt([]byte("damaged!"), info.Size()/3)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	a.openIndex(t)
	if err := a.index.Check(t.Context()); err == nil {
		t.Fatal("the damage is not seen")
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { a.keeper.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	for range 200 {
		if a.index.Check(ctx) == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := a.index.Check(ctx); err != nil {
		t.Fatalf("it did not heal: %v", err)
	}
	if diff := cmp.Diff(want, allPlaces(t, a.index)); diff != "" {
		t.Errorf("(-before +healed):\n%s", diff)
	}
	if got := places(a.search(t, b.archivist, retrieval.Query{Text: "查封"})); len(got) == 0 {
		t.Error("nothing is found")
	}
}

func waitForSegments(t *testing.T, x *search.Index) []string {
	t.Helper()
	for range 100 {
		files, _ := filepath.Glob(filepath.Join(x.Dir(), "store", "*.zap"))
		time.Sleep(50 * time.Millisecond)
		after, _ := filepath.Glob(filepath.Join(x.Dir(), "store", "*.zap"))
		if len(files) > 0 && slices.Equal(files, after) {
			return files
		}
	}
	t.Fatal("no segments on the disk")
	return nil
}
