package backend_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/preservation"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/redact"
)

// refusal is a row of docs/refusals.md.
type refusal struct{ name, code, basis string }

func refusals(t *testing.T) []refusal {
	t.Helper()
	page, err := os.ReadFile("../docs/refusals.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []refusal
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) == 7 && strings.HasPrefix(line, "| R") && !strings.HasPrefix(line, "| Row") {
			all = append(all, refusal{strings.TrimSpace(cells[1]), strings.Trim(cells[3], " `"), strings.TrimSpace(cells[4])})
		}
	}
	return all
}

// subject is a kind of object and its id, none when empty.
type subject struct{ kind, id string }

type attempt func(context.Context, *testing.T, *desk) (subject, error)

// attempts makes each row's attempt for real. The subject is what the entry
// must be about.
func attempts() map[string]attempt {
	open := func(role accounts.Role, q viewing.Request) attempt {
		return func(ctx context.Context, _ *testing.T, d *desk) (subject, error) {
			q.RecordID = d.record.ID
			_, err := d.Viewing.Open(ctx, d.As(role), q)
			return subject{"record", d.record.ID}, err
		}
	}
	take := func(act string) attempt {
		return func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			v, err := d.Viewing.Open(ctx, d.As(accounts.Archivist), viewing.Request{RecordID: d.record.ID, Purpose: viewing.PurposeCase})
			if err != nil {
				t.Fatal(err)
			}
			err = v.Takeaway(ctx, act)
			return subject{"viewing", v.ID()}, err
		}
	}
	purposeful := viewing.Request{Purpose: viewing.PurposeCase}
	return map[string]attempt{
		"R1 classify": func(ctx context.Context, _ *testing.T, d *desk) (subject, error) {
			err := d.Preservation.Classify(ctx, d.As(accounts.Archivist), d.record.ID, preservation.ClassSecret, "it bears a stamp")
			return subject{"record", d.record.ID}, err
		},
		"R1 view": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			d.isolate(t)
			return open(accounts.Archivist, purposeful)(ctx, t, d)
		},
		"R1 redact": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			d.isolate(t)
			_, err := d.Disclosure.Submit(ctx, d.As(accounts.DisclosureOfficer), d.record.ID, d.plan(t))
			return subject{"record", d.record.ID}, err
		},
		"R1 release": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.approved(t)
			d.isolate(t)
			_, err := d.Disclosure.Release(ctx, d.As(accounts.DisclosureOfficer), id, t.TempDir())
			return subject{"copy", id}, err
		},
		"R3": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			young, err := d.AddCase(ctx, d.As(accounts.Archivist), catalog.CaseFile{Code: "C-3", Title: "Young", DateFrom: "2020-03-02", Retention: "D10"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Preservation.Appraise(ctx, d.As(accounts.Archivist), preservation.Appraisal{
				CaseID: young.ID, Outcome: preservation.OutcomeDispose, Opinion: "no further use",
			})
			return subject{"case", young.ID}, err
		},
		"R4 release": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id, out := d.candidate(t), t.TempDir()
			_, err := d.Disclosure.Release(ctx, d.As(accounts.DisclosureOfficer), id, out)
			return subject{"copy", id}, err
		},
		"R4 copy": take(viewing.TakeCopy), "R4 print": take(viewing.TakePrint), "R4 save": take(viewing.TakeSave),
		"R5 approve": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.candidate(t)
			risen := d.trio(ctx, t, accounts.DisclosureOfficer)
			d.watch(t, risen, id)
			return subject{"copy", id}, d.Disclosure.Approve(ctx, risen, id, disclosure.Approval{Opinion: "good"})
		},
		"R5 check": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.candidate(t)
			risen := d.trio(ctx, t, accounts.DisclosureOfficer)
			d.watch(t, risen, id)
			return subject{"copy", id}, d.Disclosure.Check(ctx, risen, id, disclosure.Checking{Opinion: "good"})
		},
		"R5 both": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.candidate(t)
			risen := d.trio(ctx, t, accounts.Checker)
			d.watch(t, risen, id)
			if err := d.Disclosure.Check(ctx, risen, id, disclosure.Checking{Opinion: "good"}); err != nil {
				t.Fatal(err)
			}
			return subject{"copy", id}, d.Disclosure.Approve(ctx, risen, id, disclosure.Approval{Opinion: "good"})
		},
		"R5 late": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.approved(t)
			return subject{"copy", id}, d.Disclosure.Check(ctx, d.As(accounts.Checker), id, disclosure.Checking{Opinion: "good"})
		},
		"R5 unseen": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.candidate(t)
			return subject{"copy", id}, d.Disclosure.Check(ctx, d.As(accounts.Checker), id, disclosure.Checking{Opinion: "good"})
		},
		"R5 review": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			own := d.Case(t, "C-9", "Zhang "+d.As(accounts.Handler).Number)
			path := filepath.Join(t.TempDir(), "own.txt")
			if err := os.WriteFile(path, []byte("own"), 0o600); err != nil {
				t.Fatal(err)
			}
			r := d.Take(t, own.ID, path)[0]
			_, err := d.Viewing.Open(ctx, d.As(accounts.Handler), viewing.Request{RecordID: r.ID, Purpose: viewing.PurposePlanned, Basis: "P-1"})
			return subject{"record", r.ID}, err
		},
		"R6 check": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.candidate(t)
			d.watch(t, d.As(accounts.Checker), id)
			d.flipCandidates(t)
			return subject{"copy", id}, d.Disclosure.Check(ctx, d.As(accounts.Checker), id, disclosure.Checking{Opinion: "good"})
		},
		"R6": func(ctx context.Context, t *testing.T, d *desk) (subject, error) {
			t.Helper()
			id := d.approved(t)
			d.flipCandidates(t)
			_, err := d.Disclosure.Release(ctx, d.As(accounts.DisclosureOfficer), id, t.TempDir())
			return subject{"copy", id}, err
		},
		"R7 none":      open(accounts.Archivist, viewing.Request{}),
		"R7 other":     open(accounts.Archivist, viewing.Request{Purpose: viewing.PurposeOther, Note: "  "}),
		"R10 system":   open(accounts.SystemAdministrator, purposeful),
		"R10 security": open(accounts.SecurityAdministrator, purposeful),
		"R10 auditor":  open(accounts.SecurityAuditor, purposeful),
		"R10 search": func(ctx context.Context, _ *testing.T, d *desk) (subject, error) {
			_, err := d.Retrieval.Search(ctx, d.As(accounts.SystemAdministrator), retrieval.Query{Text: "witness"})
			return subject{}, err
		},
	}
}

// Every row of the table of refusals: the attempt fails with the row's code and
// basis, and an entry with that basis stands in the log.
func TestRefusals(t *testing.T) {
	tries, rows := attempts(), refusals(t)
	if len(rows) != len(tries)+3 {
		t.Errorf("%d rows, %d attempts and 3 without a function", len(rows), len(tries))
	}
	for _, row := range rows {
		if row.code == "—" {
			continue // TestNoSuchFunction
		}
		try, ok := tries[row.name]
		if !ok {
			t.Errorf("%s: nobody tries it", row.name)
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			d := newDesk(t)
			about, err := try(t.Context(), t, d)
			if fault.Code(err) != row.code || fault.Params(err)[fault.Basis] != row.basis {
				t.Fatalf("answer %q on %q (%v), the table says %q on %q", fault.Code(err), fault.Params(err)[fault.Basis], err, row.code, row.basis)
			}
			f := audit.Filter{Events: []audit.Event{audit.Refusal}, ObjectKind: about.kind, ObjectID: about.id, Limit: 1}
			entries, err := d.Log.List(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != 1 || entries[0].Result != audit.Refused || entries[0].Codes["basis"] != row.basis || entries[0].Actor == "" {
				t.Errorf("the log holds %+v", entries)
			}
		})
	}
}

// desk is a house with one recording.
type desk struct {
	*backendtest.House

	record catalog.Record
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	h := backendtest.Open(t, backendtest.Options{})
	f := h.Case(t, "C-1")
	return &desk{h, h.Take(t, f.ID, backendtest.Clip(t, t.TempDir(), "clip.mp4", backendtest.Small()))[0]}
}

func (d *desk) isolate(t *testing.T) {
	t.Helper()
	if err := d.Preservation.Isolate(t.Context(), d.As(accounts.Archivist), d.record.ID, "it bears a stamp"); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) plan(t *testing.T) []byte {
	t.Helper()
	plan, err := json.Marshal(redact.Plan{Version: 1, Original: "sha256:" + d.record.SHA256, Mutes: []redact.Mute{}, Tracks: []redact.Track{{
		ID: "t1", Shape: "rect", Effect: "fill", Ground: "个人隐私", Reason: "a face",
		Keyframes: []redact.Keyframe{{Frame: 0, X: 0, Y: 0, W: 64, H: 64, Visible: true}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func (d *desk) candidate(t *testing.T) string {
	t.Helper()
	made, err := d.Disclosure.Submit(t.Context(), d.As(accounts.DisclosureOfficer), d.record.ID, d.plan(t))
	if err != nil {
		t.Fatal(err)
	}
	if err = d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := d.Disclosure.Copy(t.Context(), d.As(accounts.HeadOfAgency), made.ID)
	if err != nil || c.State != disclosure.StateCandidate {
		t.Fatalf("the copy is %s (%s), %v", c.State, c.Error, err)
	}
	return made.ID
}

// trio is the holder of a role, who is given all three duties of a copy.
func (d *desk) trio(ctx context.Context, t *testing.T, role accounts.Role) accounts.Actor {
	t.Helper()
	risen, err := d.Accounts.Grant(ctx, d.As(accounts.SecurityAdministrator), d.As(role).ID,
		[]accounts.Role{accounts.DisclosureOfficer, accounts.Checker, accounts.HeadOfAgency})
	if err != nil {
		t.Fatal(err)
	}
	return risen.Actor
}

func (d *desk) watch(t *testing.T, actor accounts.Actor, copyID string) {
	t.Helper()
	v, err := d.Viewing.Open(t.Context(), actor, viewing.Request{CopyID: copyID, Purpose: viewing.PurposeApproval})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Frame(t.Context(), 5, viewing.FrameRequest{}); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) approved(t *testing.T) string {
	t.Helper()
	id := d.candidate(t)
	d.watch(t, d.As(accounts.HeadOfAgency), id)
	if err := d.approve(t, id); err != nil {
		t.Fatal(err)
	}
	return id
}

func (d *desk) approve(t *testing.T, id string) error {
	t.Helper()
	return d.Disclosure.Approve(t.Context(), d.As(accounts.HeadOfAgency), id, disclosure.Approval{Opinion: "good"})
}

// flipCandidates changes one byte of every sealed candidate.
func (d *desk) flipCandidates(t *testing.T) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(filepath.Join(d.Dir(), "candidates"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		data[len(data)/2] ^= 1
		if err = os.Chmod(path, 0o600); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o600)
	})
	if err != nil || n == 0 {
		t.Fatalf("%d candidates, %v", n, err)
	}
}
