package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

type bureau struct {
	dir, state string
	db         *store.DB
	log        *audit.Log
	desk       *accounts.Desk
	mu         sync.Mutex
	clock      time.Time
}

func (b *bureau) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bureau) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

func open(tb testing.TB, argon accounts.Argon) *bureau {
	tb.Helper()
	b := &bureau{dir: tb.TempDir(), state: tb.TempDir(), clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	b.start(tb, argon)
	return b
}

func (b *bureau) start(tb testing.TB, argon accounts.Argon) {
	tb.Helper()
	db, err := store.Open(tb.Context(), filepath.Join(b.dir, "workstation.db"))
	if err != nil {
		tb.Fatal(err)
	}
	log, err := audit.Open(tb.Context(), db, audit.Config{ArchiveDir: b.dir, StateDir: b.state, Now: b.now})
	if err != nil {
		tb.Fatal(err)
	}
	b.db, b.log, b.desk = db, log, accounts.New(db, log, accounts.Config{Now: b.now, Argon: argon})
	tb.Cleanup(func() { b.stop(tb) })
}

func (b *bureau) stop(tb testing.TB) {
	tb.Helper()
	if b.db == nil {
		return
	}
	if err := errors.Join(b.log.Close(context.WithoutCancel(tb.Context())), b.db.Close()); err != nil {
		tb.Error(err)
	}
	b.db = nil
}

// people is one person for each role; the password is the role.
func people() []accounts.NewAccount {
	var all []accounts.NewAccount
	for i, r := range accounts.Roles() {
		all = append(all, accounts.NewAccount{Number: fmt.Sprint(1001 + i), Name: "张三", Department: "办公室", Password: "password of " + string(r), Roles: []accounts.Role{r}})
	}
	return all
}

func founded(tb testing.TB) (*bureau, map[accounts.Role]accounts.Actor) {
	tb.Helper()
	b := open(tb, accounts.CheapForTests())
	made, err := b.desk.Found(tb.Context(), people())
	if err != nil {
		tb.Fatal(err)
	}
	actors := map[accounts.Role]accounts.Actor{}
	for _, a := range made {
		actors[a.Roles[0]] = a.Actor
	}
	return b, actors
}

func (b *bureau) last(tb testing.TB) audit.Row {
	tb.Helper()
	rows, err := b.log.List(tb.Context(), audit.Filter{Limit: 1})
	if err != nil || len(rows) != 1 {
		tb.Fatalf("last entry: %v, %v", rows, err)
	}
	return rows[0]
}

func TestFounding(t *testing.T) {
	b := open(t, accounts.CheapForTests())
	ctx := t.Context()
	all := people()
	without := func(r accounts.Role) []accounts.NewAccount {
		return slices.DeleteFunc(slices.Clone(all), func(n accounts.NewAccount) bool { return slices.Contains(n.Roles, r) })
	}
	with := func(change func(*accounts.NewAccount)) []accounts.NewAccount {
		some := slices.Clone(all)
		change(&some[1])
		return some
	}
	for name, tt := range map[string]struct {
		people []accounts.NewAccount
		want   error
		params map[string]string
	}{
		"nobody":         {nil, accounts.ErrAdministratorMissing, map[string]string{"role": "sysadmin"}},
		"no auditor":     {without(accounts.SecurityAuditor), accounts.ErrAdministratorMissing, map[string]string{"role": "auditor"}},
		"short password": {with(func(n *accounts.NewAccount) { n.Password = "七个字的密码吧" }), accounts.ErrPassword, map[string]string{"min": "8", "max": "256"}},
		"no number":      {with(func(n *accounts.NewAccount) { n.Number = " " }), accounts.ErrBadAccount, map[string]string{"field": "number"}},
		"no name":        {with(func(n *accounts.NewAccount) { n.Name = "" }), accounts.ErrBadAccount, map[string]string{"field": "name"}},
		"no role":        {with(func(n *accounts.NewAccount) { n.Roles = nil }), accounts.ErrBadAccount, map[string]string{"field": "roles"}},
		"unknown role":   {with(func(n *accounts.NewAccount) { n.Roles = []accounts.Role{"root"} }), accounts.ErrBadAccount, map[string]string{"field": "roles", "role": "root"}},
		"same number":    {with(func(n *accounts.NewAccount) { n.Number = "1001" }), accounts.ErrNumberTaken, map[string]string{"number": "1001"}},
		"two administrators": {with(func(n *accounts.NewAccount) {
			n.Roles = []accounts.Role{accounts.SystemAdministrator, accounts.SecurityAuditor}
		}), accounts.ErrExclusive, map[string]string{"role": "sysadmin", "other": "auditor", "basis": "R10"}},
		"administrator and business": {with(func(n *accounts.NewAccount) {
			n.Roles = []accounts.Role{accounts.Archivist, accounts.SecurityAdministrator}
		}), accounts.ErrExclusive, map[string]string{"role": "secadmin", "other": "archivist", "basis": "R10"}},
	} {
		_, err := b.desk.Found(ctx, tt.people)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: err = %v, want %v", name, err, tt.want)
		}
		if diff := cmp.Diff(tt.params, fault.Params(err)); diff != "" {
			t.Errorf("%s: params (-want +got):\n%s", name, diff)
		}
	}
	if yes, err := b.desk.Founded(ctx); err != nil || yes {
		t.Fatalf("Founded = %v, %v after refusals", yes, err)
	}
	// A small bureau joins business roles.
	all[1].Roles = []accounts.Role{accounts.DisclosureOfficer, accounts.Archivist, accounts.Archivist}
	made, err := b.desk.Found(ctx, all)
	if err != nil || len(made) != 11 {
		t.Fatalf("Found = %v, %v", made, err)
	}
	if diff := cmp.Diff([]accounts.Role{accounts.Archivist, accounts.DisclosureOfficer}, made[1].Roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	if _, err = b.desk.Found(ctx, people()); !errors.Is(err, accounts.ErrFounded) {
		t.Errorf("again: err = %v, want ErrFounded", err)
	}
	listed, err := b.desk.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, listed); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	entry := b.last(t)
	if entry.Event != audit.Founding || entry.Seq != 12 || entry.Codes["key"] != b.log.Public().Fingerprint() {
		t.Errorf("last entry = %+v", entry)
	}
}

func TestFoundingOverALogIsRefused(t *testing.T) {
	b := open(t, accounts.CheapForTests())
	if _, err := b.log.Note(t.Context(), audit.Entry{Event: audit.Search}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.Found(t.Context(), people()); !errors.Is(err, accounts.ErrFounded) {
		t.Errorf("err = %v, want ErrFounded", err)
	}
}

func TestSignIn(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	got, err := b.desk.SignIn(ctx, " 1002 ", "password of archivist")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(actors[accounts.Archivist], got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if e := b.last(t); e.Event != audit.SignIn || e.Result != audit.OK || e.Actor != got.ID {
		t.Errorf("entry = %+v", e)
	}
	for _, tt := range []struct{ number, password string }{{"1002", "password of reviewer"}, {"1002", ""}, {"9999", "password of archivist"}, {"", ""}} {
		_, err := b.desk.SignIn(ctx, tt.number, tt.password)
		if !errors.Is(err, accounts.ErrSignIn) {
			t.Errorf("%q: err = %v, want ErrSignIn", tt.number, err)
		}
		e := b.last(t)
		if e.Event != audit.SignIn || e.Result != audit.Refused || e.Actor != "" || e.Details["number"] != tt.number {
			t.Errorf("entry = %+v", e)
		}
	}
	if err := b.desk.SignOut(ctx, got); err != nil {
		t.Fatal(err)
	}
	if e := b.last(t); e.Event != audit.SignOut || e.Actor != got.ID {
		t.Errorf("entry = %+v", e)
	}
}

// A known and an unknown number answer alike, through a restart and with the
// clock set back.
func TestFiveFailuresLockForTenMinutes(t *testing.T) {
	for _, number := range []string{"1002", "unknown"} {
		t.Run(number, func(t *testing.T) {
			b, actors := founded(t)
			ctx := t.Context()
			for left := 4; left >= 1; left-- {
				_, err := b.desk.SignIn(ctx, number, "wrong password")
				if !errors.Is(err, accounts.ErrSignIn) || fault.Params(err)["left"] != fmt.Sprint(left) {
					t.Fatalf("err = %v, want ErrSignIn with %d left", err, left)
				}
				if left == 2 {
					b.stop(t)
					b.start(t, accounts.CheapForTests())
				}
			}
			want := b.now().Add(10 * time.Minute)
			lockedUntil := func(step string) {
				t.Helper()
				_, err := b.desk.SignIn(ctx, number, "password of archivist")
				if !errors.Is(err, accounts.ErrLocked) || fault.Params(err)["until"] != want.Format(time.RFC3339) {
					t.Errorf("%s: err = %v, want ErrLocked until %s", step, err, want)
				}
			}
			_, err := b.desk.SignIn(ctx, number, "wrong password")
			if !errors.Is(err, accounts.ErrLocked) {
				t.Errorf("fifth: err = %v, want ErrLocked", err)
			}
			lockedUntil("at once, with the right password")
			b.stop(t)
			b.start(t, accounts.CheapForTests())
			lockedUntil("after a restart")
			b.pass(-time.Hour)
			lockedUntil("with the clock set back")
			b.pass(time.Hour + 10*time.Minute - time.Second)
			lockedUntil("a second too early")
			if number == "1002" {
				a, byID := b.desk.ByID(ctx, actors[accounts.Archivist].ID)
				if byID != nil || !a.LockedUntil.Equal(want) {
					t.Errorf("LockedUntil = %v, %v; want %v", a.LockedUntil, byID, want)
				}
			}
			b.pass(time.Second)
			_, err = b.desk.SignIn(ctx, number, "password of archivist")
			if number == "1002" && err != nil || number != "1002" && fault.Params(err)["left"] != "4" {
				t.Errorf("after ten minutes: %v", err)
			}
		})
	}
}

func TestASuccessEndsTheCount(t *testing.T) {
	b, _ := founded(t)
	for range 3 {
		for range 4 {
			if _, err := b.desk.SignIn(t.Context(), "1002", "wrong password"); !errors.Is(err, accounts.ErrSignIn) {
				t.Fatal(err)
			}
		}
		if _, err := b.desk.SignIn(t.Context(), "1002", "password of archivist"); err != nil {
			t.Fatal(err)
		}
	}
}

// The table of law-and-features.md §14: every role and every act.
func TestRequireFollowsTheTable(t *testing.T) {
	want := map[accounts.Role]string{
		accounts.Handler:               "receive",
		accounts.Archivist:             "receive store describe search view annotate release log-read-own fixity backup isolate take-out-request appraise hold",
		accounts.Reviewer:              "search view annotate review plan rectify log-read-own isolate",
		accounts.DisclosureOfficer:     "search view annotate redact release log-read-own isolate",
		accounts.Checker:               "view annotate check log-read-own isolate",
		accounts.SecrecyReviewer:       "view annotate secrecy log-read-own isolate take-out-request",
		accounts.HeadOfAgency:          "search view annotate plan approve log-read-own register-print authorise isolate take-out-request take-out-confirm appraise-approve hold",
		accounts.Supervisor:            "",
		accounts.SystemAdministrator:   "account-create backup password-reset reset-confirm",
		accounts.SecurityAdministrator: "role-grant log-read-business password-reset reset-confirm take-out-request take-out-confirm",
		accounts.SecurityAuditor:       "log-read log-read-business log-read-own log-verify register-print reset-confirm",
	}
	basis := map[accounts.Permission]string{accounts.Approve: "S18.1", accounts.Release: "S20.2", accounts.View: "S6", accounts.Review: "S19"}
	b, actors := founded(t)
	ctx := t.Context()
	for _, role := range accounts.Roles() {
		actor := actors[role]
		var may []string
		for _, p := range accounts.Permissions() {
			before := b.last(t).Seq
			err := b.desk.Require(ctx, actor, p, map[string]string{"record": "r1"})
			entry := b.last(t)
			if (err == nil) != actor.May(p) {
				t.Errorf("%s, %s: Require says %v, May says %v", role, p, err, actor.May(p))
			}
			if err == nil {
				may = append(may, string(p))
				if entry.Seq != before {
					t.Errorf("%s, %s: allowed, yet logged", role, p)
				}
				continue
			}
			params := fault.Params(err)
			if !errors.Is(err, accounts.ErrForbidden) || params["permission"] != string(p) || params["basis"] == "" {
				t.Errorf("%s, %s: err = %v", role, p, err)
			}
			if role.Administrative() && params["basis"] != accounts.BasisSeparation {
				t.Errorf("%s, %s: basis %s, want the separation", role, p, params["basis"])
			}
			if w := basis[p]; w != "" && !role.Administrative() && params["basis"] != w {
				t.Errorf("%s, %s: basis %s, want %s", role, p, params["basis"], w)
			}
			if entry.Seq != before+1 || entry.Event != audit.Refusal || entry.Result != audit.Refused || entry.Actor != actor.ID ||
				entry.Objects["record"] != "r1" || entry.Codes["basis"] != params["basis"] || entry.Codes["permission"] != string(p) {
				t.Errorf("%s, %s: entry %+v", role, p, entry)
			}
		}
		if diff := cmp.Diff(want[role], strings.Join(may, " ")); diff != "" {
			t.Errorf("%s may (-want +got):\n%s", role, diff)
		}
	}
}

// The table knows no act that deletes an original or edits the log.
func TestNobodyMayDelete(t *testing.T) {
	for _, p := range accounts.Permissions() {
		if strings.Contains(string(p), "delete") || strings.Contains(string(p), "edit") {
			t.Errorf("there is %s", p)
		}
	}
	for _, r := range accounts.Roles() {
		if accounts.GrantOf(r, "delete") != accounts.Never {
			t.Errorf("%s may delete", r)
		}
	}
}

// What is a person's own he may do though the table has no full right for him.
func TestOwn(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	for role, want := range map[accounts.Role][]accounts.Permission{
		accounts.Handler:         {accounts.Search, accounts.View, accounts.Rectify},
		accounts.Checker:         {accounts.Search},
		accounts.SecurityAuditor: nil,
	} {
		var own []accounts.Permission
		for _, p := range accounts.Permissions() {
			if actors[role].MayOwn(p) {
				own = append(own, p)
			}
			err := b.desk.RequireOwn(ctx, actors[role], p, nil)
			if (err == nil) != (actors[role].MayOwn(p) || actors[role].May(p)) {
				t.Errorf("%s, %s: RequireOwn says %v", role, p, err)
			}
		}
		if diff := cmp.Diff(want, own); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
	want := []accounts.Permission{accounts.AccountCreate, accounts.Backup, accounts.PasswordReset, accounts.ResetConfirm}
	if diff := cmp.Diff(want, actors[accounts.SystemAdministrator].Permissions()); diff != "" {
		t.Errorf("Permissions (-want +got):\n%s", diff)
	}
}

func TestAMadeUpActorIsRefused(t *testing.T) {
	b, _ := founded(t)
	for _, id := range []string{"", "nobody"} {
		err := b.desk.Require(t.Context(), accounts.Actor{ID: id, Roles: accounts.Roles()}, accounts.View, nil)
		if !errors.Is(err, accounts.ErrForbidden) {
			t.Errorf("%q: err = %v, want ErrForbidden", id, err)
		}
	}
}

func TestGrant(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	security, archivist := actors[accounts.SecurityAdministrator], actors[accounts.Archivist]
	if _, err := b.desk.Grant(ctx, actors[accounts.SystemAdministrator], archivist.ID, []accounts.Role{accounts.HeadOfAgency}); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("by the system administrator: %v", err)
	}
	// An administrator grants himself viewing.
	_, err := b.desk.Grant(ctx, security, security.ID, []accounts.Role{accounts.Archivist})
	if !errors.Is(err, accounts.ErrForbidden) || b.last(t).Event != audit.Refusal {
		t.Errorf("to himself: %v", err)
	}
	if _, err = b.desk.Grant(ctx, security, actors[accounts.SecurityAuditor].ID, []accounts.Role{accounts.Archivist}); !errors.Is(err, accounts.ErrAdministratorMissing) {
		t.Errorf("the last auditor: %v", err)
	}
	if _, err = b.desk.Grant(ctx, security, "nobody", []accounts.Role{accounts.Archivist}); !errors.Is(err, accounts.ErrUnknown) {
		t.Errorf("to nobody: %v", err)
	}
	if _, err = b.desk.Grant(ctx, security, archivist.ID, []accounts.Role{accounts.Archivist, accounts.SystemAdministrator}); !errors.Is(err, accounts.ErrExclusive) {
		t.Errorf("both: %v", err)
	}
	after, err := b.desk.Grant(ctx, security, archivist.ID, []accounts.Role{accounts.SecrecyReviewer, accounts.Reviewer})
	if err != nil || !slices.Equal(after.Roles, []accounts.Role{accounts.Reviewer, accounts.SecrecyReviewer}) {
		t.Fatalf("Grant = %+v, %v", after, err)
	}
	if e := b.last(t); e.Event != audit.RoleGrant || e.Actor != security.ID || e.Objects["account"] != archivist.ID || e.Codes["roles"] != "reviewer secrecy" {
		t.Errorf("entry = %+v", e)
	}
	// It holds at once, whatever the actor was when he signed in.
	if err := b.desk.Require(ctx, archivist, accounts.Ingest, nil); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the role taken away: %v", err)
	}
	if err := b.desk.Require(ctx, archivist, accounts.Review, nil); err != nil {
		t.Errorf("the role given: %v", err)
	}
}

// The system administrator makes people, the security administrator gives them
// duties; neither does the other's part.
func TestCreateAndGrantAreTwoPeoplesWork(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	n := accounts.NewAccount{Number: "2001", Name: "李四", Password: "long enough"}
	for _, role := range accounts.Roles() {
		if role == accounts.SystemAdministrator {
			continue
		}
		if _, err := b.desk.Create(ctx, actors[role], n); !errors.Is(err, accounts.ErrForbidden) {
			t.Errorf("%s: err = %v, want ErrForbidden", role, err)
		}
	}
	system, security := actors[accounts.SystemAdministrator], actors[accounts.SecurityAdministrator]
	with := n
	with.Roles = []accounts.Role{accounts.Reviewer}
	if _, err := b.desk.Create(ctx, system, with); !errors.Is(err, accounts.ErrForbidden) || fault.Params(err)["permission"] != "role-grant" {
		t.Errorf("with duties: %v", err)
	}
	made, err := b.desk.Create(ctx, system, n)
	if err != nil || !made.MustChange || len(made.Roles) != 0 {
		t.Fatalf("Create = %+v, %v", made, err)
	}
	if e := b.last(t); e.Event != audit.AccountCreated || e.Actor != system.ID {
		t.Errorf("entry = %+v", e)
	}
	if _, err = b.desk.Create(ctx, system, n); !errors.Is(err, accounts.ErrNumberTaken) {
		t.Errorf("twice: %v", err)
	}
	if _, err = b.desk.Grant(ctx, security, made.ID, with.Roles); err != nil {
		t.Fatal(err)
	}
	actor, err := b.desk.SignIn(ctx, "2001", "long enough")
	if err != nil || !actor.MustChange {
		t.Fatalf("SignIn = %+v, %v", actor, err)
	}
	if err = b.desk.Require(ctx, actor, accounts.Review, nil); !errors.Is(err, accounts.ErrMustChange) {
		t.Errorf("before the change: %v", err)
	}
	if err = b.desk.SetPassword(ctx, actor, "long enough", "long enough"); !errors.Is(err, accounts.ErrSamePassword) {
		t.Errorf("the same again: %v", err)
	}
	if err = b.desk.SetPassword(ctx, actor, "long enough", "another password"); err != nil {
		t.Fatal(err)
	}
	if err = b.desk.Require(ctx, actor, accounts.Review, nil); err != nil {
		t.Errorf("after the change: %v", err)
	}
}

// Two of the three administrators, and the one-time password must be changed.
func TestResetNeedsTwoAdministrators(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	system, security, auditor, head := actors[accounts.SystemAdministrator], actors[accounts.SecurityAdministrator], actors[accounts.SecurityAuditor], actors[accounts.HeadOfAgency]
	for _, who := range []accounts.Actor{auditor, head} {
		if _, err := b.desk.ResetPassword(ctx, who, actors[accounts.Archivist].ID); !errors.Is(err, accounts.ErrForbidden) {
			t.Errorf("%s resets: %v", who.Number, err)
		}
	}
	if _, err := b.desk.ResetPassword(ctx, system, system.ID); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("his own: %v", err)
	}
	once, err := b.desk.ResetPassword(ctx, system, head.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = b.desk.SignIn(ctx, head.Number, once); !errors.Is(err, accounts.ErrUnconfirmed) {
		t.Errorf("unconfirmed: %v", err)
	}
	if err = b.desk.ConfirmReset(ctx, system, head.ID); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("confirmed by who gave it: %v", err)
	}
	if err = b.desk.ConfirmReset(ctx, security, head.ID); err != nil {
		t.Fatal(err)
	}
	if err = b.desk.ConfirmReset(ctx, auditor, head.ID); !errors.Is(err, accounts.ErrNoReset) {
		t.Errorf("twice: %v", err)
	}
	actor, err := b.desk.SignIn(ctx, head.Number, once)
	if err != nil || !actor.MustChange {
		t.Errorf("SignIn = %+v, %v", actor, err)
	}
	b.pass(24 * time.Hour)
	if _, err = b.desk.SignIn(ctx, head.Number, once); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("a day later: %v", err)
	}
}

func TestDisabledAccountsAreOutOfUse(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	system, archivist := actors[accounts.SystemAdministrator], actors[accounts.Archivist]
	if err := b.desk.Disable(ctx, system, archivist.ID, " "); !errors.Is(err, accounts.ErrNoReason) {
		t.Errorf("without a reason: %v", err)
	}
	if err := b.desk.Disable(ctx, system, actors[accounts.SecurityAuditor].ID, "left"); !errors.Is(err, accounts.ErrAdministratorMissing) {
		t.Errorf("the only auditor: %v", err)
	}
	if err := b.desk.Disable(ctx, system, archivist.ID, "left"); err != nil {
		t.Fatal(err)
	}
	if err := b.desk.Require(ctx, archivist, accounts.Ingest, nil); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("who is signed in: %v", err)
	}
	if _, err := b.desk.SignIn(ctx, archivist.Number, "password of archivist"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("SignIn: %v", err)
	}
	if err := b.desk.Enable(ctx, system, archivist.ID, "back"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.SignIn(ctx, archivist.Number, "password of archivist"); err != nil {
		t.Error(err)
	}
}

func TestUnlockTakesThePassword(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	a := actors[accounts.Archivist]
	if err := b.desk.Lock(ctx, a, accounts.LockIdle); err != nil || b.last(t).Event != audit.SeatLocked {
		t.Fatalf("%v, %+v", err, b.last(t))
	}
	for range 4 {
		if err := b.desk.Unlock(ctx, a, "wrong password"); !errors.Is(err, accounts.ErrSignIn) {
			t.Errorf("wrong: %v", err)
		}
	}
	if err := b.desk.Unlock(ctx, a, "password of archivist"); err != nil || b.last(t).Event != audit.SeatUnlocked {
		t.Errorf("%v, %+v", err, b.last(t))
	}
}

func TestAuthorisations(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	head, maker := actors[accounts.HeadOfAgency], actors[accounts.DisclosureOfficer]
	good := accounts.Authorisation{
		Kind: accounts.AuthoriseCheckOwn, AccountID: maker.ID, ObjectKind: "copy", ObjectID: "c1", Reason: "人员不足", Until: b.now().Add(24 * time.Hour),
	}
	if _, err := b.desk.Authorise(ctx, maker, good); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("by the maker: %v", err)
	}
	for field, change := range map[string]func(*accounts.Authorisation){
		"kind":   func(a *accounts.Authorisation) { a.Kind = "approve-own" },
		"object": func(a *accounts.Authorisation) { a.ObjectKind = "case" },
		"reason": func(a *accounts.Authorisation) { a.Reason = " " },
		"until":  func(a *accounts.Authorisation) { a.Until = b.now().AddDate(2, 0, 0) },
	} {
		bad := good
		change(&bad)
		if _, err := b.desk.Authorise(ctx, head, bad); fault.Params(err)["field"] != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	own := good
	own.AccountID = head.ID
	if _, err := b.desk.Authorise(ctx, head, own); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("for himself: %v", err)
	}
	made, err := b.desk.Authorise(ctx, head, good)
	if err != nil || b.last(t).Event != audit.Authorisation {
		t.Fatalf("%+v, %v", made, err)
	}
	in := func(object string) bool {
		t.Helper()
		_, ok, failed := b.desk.Authorised(ctx, accounts.AuthoriseCheckOwn, maker.ID, object)
		if failed != nil {
			t.Fatal(failed)
		}
		return ok
	}
	if !in("c1") || in("c2") {
		t.Error("it holds for another copy, or not for its own")
	}
	b.pass(25 * time.Hour)
	if in("c1") {
		t.Error("it outlived its term")
	}
	b.pass(-25 * time.Hour)
	if err = b.desk.Revoke(ctx, head, made.ID, "已补员"); err != nil || in("c1") {
		t.Errorf("revoked: %v", err)
	}
	if short, err := b.desk.Shortages(ctx, head); err != nil || len(short) != 0 {
		t.Errorf("shortages %+v, %v", short, err)
	}
}

func TestSetPassword(t *testing.T) {
	b, actors := founded(t)
	ctx := t.Context()
	a := actors[accounts.Archivist]
	if err := b.desk.SetPassword(ctx, a, "password of archivist", "short"); !errors.Is(err, accounts.ErrPassword) {
		t.Errorf("short: %v", err)
	}
	if err := b.desk.SetPassword(ctx, a, "wrong password", "another password"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("wrong old one: %v", err)
	}
	// Composed and decomposed, the same characters are the same password.
	if err := b.desk.SetPassword(ctx, a, "password of archivist", "pa\u00dfword caf\u00e9"); err != nil {
		t.Fatal(err)
	}
	if e := b.last(t); e.Event != audit.PasswordChange || e.Result != audit.OK || e.Actor != a.ID {
		t.Errorf("entry = %+v", e)
	}
	if _, err := b.desk.SignIn(ctx, "1002", "pa\u00dfword cafe\u0301"); err != nil {
		t.Error(err)
	}
	if _, err := b.desk.SignIn(ctx, "1002", "password of archivist"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("the old password: %v", err)
	}
}

// Neither passwords nor anything that gives them away is on the disk in
// plain, and the default cost is what is written down.
func TestPasswordsAreStoredDear(t *testing.T) {
	b := open(t, accounts.Argon{})
	some := slices.DeleteFunc(people(), func(n accounts.NewAccount) bool { return !n.Roles[0].Administrative() })
	some[0].Password = some[1].Password
	if _, err := b.desk.Found(t.Context(), some); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	err := b.db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT password FROM account`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var phc string
			if err := rows.Scan(&phc); err != nil {
				return err
			}
			if !strings.HasPrefix(phc, "$argon2id$v=19$m=65536,t=") || seen[phc] {
				t.Errorf("stored as %s", phc)
			}
			seen[phc] = true
		}
		return rows.Err()
	})
	if err != nil || len(seen) != 3 {
		t.Errorf("%d passwords, %v", len(seen), err)
	}
	took := func(number string) time.Duration {
		start := time.Now()
		_, _ = b.desk.SignIn(t.Context(), number, some[0].Password)
		return time.Since(start)
	}
	// An unknown number costs about as much as a known one.
	known, unknown := took(some[0].Number), took("unknown")
	if unknown < known/4 {
		t.Errorf("a known number took %v, an unknown one %v", known, unknown)
	}
}

func BenchmarkSignIn(b *testing.B) {
	desk := open(b, accounts.Argon{})
	some := slices.DeleteFunc(people(), func(n accounts.NewAccount) bool { return !n.Roles[0].Administrative() })
	if _, err := desk.desk.Found(b.Context(), some); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := desk.desk.SignIn(b.Context(), some[0].Number, some[0].Password); err != nil {
			b.Fatal(err)
		}
	}
}
