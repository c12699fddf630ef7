// Package accounts knows the people: who they are, what their duty lets them
// do, and that nobody does another's part. Who may do what stands in one
// table; every refusal is logged with what it rests on before it is given.
package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

var (
	// ErrForbidden says that the role does not allow the act. Parameters
	// "permission", "basis".
	ErrForbidden = fault.New("accounts.forbidden", "the role does not allow that")
	// ErrFounded says that the archive has accounts or log entries already.
	ErrFounded = fault.New("accounts.founded", "the archive is founded already")
	// ErrAdministratorMissing says that one of the three administrators would
	// be missing. Parameter "role".
	ErrAdministratorMissing = fault.New("accounts.administrator_missing", "there must be three administrators, three people")
	// ErrExclusive says that one person cannot hold both roles. Parameters
	// "role", "other", "basis".
	ErrExclusive = fault.New("accounts.exclusive", "one person cannot hold both roles")
	// ErrNumberTaken says that the number is another's. Parameter "number".
	ErrNumberTaken = fault.New("accounts.number_taken", "the number is taken")
	// ErrBadAccount says that a field is missing or unknown. Parameter "field".
	ErrBadAccount = fault.New("accounts.bad_account", "a field of the account is missing or unknown")
	// ErrMustChange says that the password was given by somebody else and must
	// be changed before anything is done.
	ErrMustChange = fault.New("accounts.must_change", "the password must be changed first")
	// ErrUnconfirmed says that a reset waits for a second administrator.
	ErrUnconfirmed = fault.New("accounts.unconfirmed", "the new password waits for a second administrator")
	// ErrNoReset says that there is no reset to confirm.
	ErrNoReset = fault.New("accounts.no_reset", "there is no reset to confirm")
	// ErrNoReason says that a reason is needed.
	ErrNoReason = fault.New("accounts.no_reason", "a reason is needed")
	// ErrUnknown says that there is no such account.
	ErrUnknown = fault.New("accounts.unknown", "no such account")
)

// Actor is a person who signed in, and the authority in whose name an act is
// asked for.
type Actor struct {
	ID         string // UUIDv7
	Number     string // staff number, what is typed at sign-in
	Name       string
	Department string
	Roles      []Role
	MustChange bool // nothing but changing the password is allowed
}

// May reports whether one of the roles allows p, be it within the tasks handed
// to the person. It decides what a face shows; what is done is decided by
// Desk.Require.
func (a Actor) May(p Permission) bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool {
		g := GrantOf(r, p)
		return g == May || g == Task
	})
}

// MayOwn reports whether one of the roles allows p for what is the person's
// own. Whether it is his own, the room that knows it must say.
func (a Actor) MayOwn(p Permission) bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return GrantOf(r, p) == Own })
}

// Permissions returns what May allows, in the order of the table.
func (a Actor) Permissions() []Permission {
	return slices.DeleteFunc(Permissions(), func(p Permission) bool { return !a.May(p) })
}

// Account is an account as it is listed.
type Account struct {
	Actor
	Created            time.Time
	LockedUntil        time.Time // zero when not locked
	AwaitsConfirmation bool      // a reset that a second administrator must confirm
	Disabled           bool      // put out of use
}

// NewAccount is an account to be made.
type NewAccount struct {
	Number     string // no spaces
	Name       string
	Department string // may be empty
	Password   string // see CheckPassword
	Roles      []Role // at founding at least one; none later: they are granted
}

// Config sets the desk's clock and the cost of a password.
type Config struct {
	Now   func() time.Time
	Argon Argon // zero is the default
}

// Desk is where people sign in and duties are checked. It is safe for
// concurrent use.
type Desk struct {
	db      *store.DB
	log     *audit.Log
	cfg     Config
	hashing sync.Mutex // one password at a time: each takes much memory
	costing sync.Mutex
}

// New returns a desk over the database and its log.
func New(db *store.DB, log *audit.Log, cfg Config) *Desk {
	return &Desk{db: db, log: log, cfg: cfg}
}

// Require returns nil when the actor may do p. Otherwise the refusal is
// logged, with the objects it was about, and ErrForbidden is returned with
// its basis. The roles are those the account has now, whatever the actor had
// at sign-in.
func (d *Desk) Require(ctx context.Context, actor Actor, p Permission, objects map[string]string) error {
	return d.require(ctx, actor, p, objects, Actor.May)
}

// RequireOwn is Require for objects that the caller has found to be the
// actor's own: what the table gives for one's own is then enough.
func (d *Desk) RequireOwn(ctx context.Context, actor Actor, p Permission, objects map[string]string) error {
	return d.require(ctx, actor, p, objects, func(a Actor, p Permission) bool { return a.May(p) || a.MayOwn(p) })
}

func (d *Desk) require(ctx context.Context, actor Actor, p Permission, objects map[string]string, may func(Actor, Permission) bool) error {
	now, err := d.ByID(ctx, actor.ID)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return fmt.Errorf("require %s: %w", p, err)
	}
	if err == nil && !now.Disabled && may(now.Actor, p) {
		if now.MustChange {
			return ErrMustChange
		}
		return nil
	}
	return d.refuse(ctx, actor.ID, p, basisOf(p, now.Roles), objects)
}

// refuse logs a refusal and returns it. Without the entry there is no plain
// refusal either: the error is then the log's.
func (d *Desk) refuse(ctx context.Context, actor string, p Permission, basis string, objects map[string]string) error {
	_, err := d.log.Note(ctx, audit.Entry{
		Actor: actor, Event: audit.Refusal, Result: audit.Refused, Objects: objects,
		Codes: map[string]any{"permission": p, "basis": basis},
	})
	if err != nil {
		return fmt.Errorf("log refusal: %w", err)
	}
	return ErrForbidden.With("permission", string(p), fault.Basis, basis)
}

// Founded reports whether the archive has accounts or log entries.
func (d *Desk) Founded(ctx context.Context) (bool, error) {
	founded := false
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		var err error
		founded, err = isFounded(ctx, tx)
		return err
	})
	return founded, err
}

func isFounded(ctx context.Context, tx *store.Tx) (bool, error) {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM account) OR EXISTS (SELECT 1 FROM audit_entry)`).Scan(&n)
	return n != 0, err
}

// Found makes the first accounts, while there is neither account nor log
// entry (else ErrFounded). The three administrators must be among them
// (ErrAdministratorMissing), and each is a person of his own (ErrExclusive).
func (d *Desk) Found(ctx context.Context, people []NewAccount) ([]Account, error) {
	if founded, err := d.Founded(ctx); err != nil || founded {
		return nil, cmpErr(err, ErrFounded)
	}
	cost, stored, err := d.cost(ctx)
	if err != nil {
		return nil, err
	}
	var made []Account
	hashes := make([]string, len(people))
	for i, n := range people {
		a, failed := d.prepare(n)
		if failed != nil {
			return nil, failed
		}
		if len(a.Roles) == 0 {
			return nil, ErrBadAccount.With("field", "roles")
		}
		made = append(made, a)
		hashes[i] = d.hash(cost, n.Password)
	}
	if err = threePresent(made); err != nil {
		return nil, err
	}
	entry := audit.Entry{Event: audit.Founding, Codes: map[string]any{
		"accounts": len(made), "key": d.log.Public().Fingerprint(), "cost": cost.String(),
	}}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error {
		if founded, foundErr := isFounded(ctx, tx); foundErr != nil || founded {
			return cmpErr(foundErr, ErrFounded)
		}
		if !stored {
			if err = keepCost(ctx, tx, cost); err != nil {
				return err
			}
		}
		for i, a := range made {
			if err = insert(ctx, tx, a, hashes[i], false); err != nil {
				return err
			}
			if _, err = d.log.Append(ctx, tx, created("", a)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("found archive: %w", err)
	}
	return made, nil
}

// Create makes an account without duties, which the security administrator
// grants: nobody alone makes somebody who may see anything (三员分立). The
// password must be changed at the first sign-in. n.Roles must be empty; others
// are refused as a grant of roles.
func (d *Desk) Create(ctx context.Context, actor Actor, n NewAccount) (Account, error) {
	if err := d.Require(ctx, actor, AccountCreate, nil); err != nil {
		return Account{}, err
	}
	if len(n.Roles) > 0 {
		return Account{}, d.refuse(ctx, actor.ID, RoleGrant, BasisSeparation, nil)
	}
	a, err := d.prepare(n)
	if err != nil {
		return Account{}, err
	}
	a.MustChange = true
	hash, err := d.newHash(ctx, n.Password)
	if err != nil {
		return Account{}, err
	}
	_, err = d.log.Do(ctx, created(actor.ID, a), func(tx *store.Tx) error { return insert(ctx, tx, a, hash, true) })
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	return a, nil
}

// Grant replaces the roles of an account. Nobody changes his own, and the
// three administrators must remain.
func (d *Desk) Grant(ctx context.Context, actor Actor, id string, roles []Role) (Account, error) {
	about := map[string]string{"account": id}
	if err := d.Require(ctx, actor, RoleGrant, about); err != nil {
		return Account{}, err
	}
	if actor.ID == id {
		return Account{}, d.refuse(ctx, actor.ID, RoleGrant, BasisSeparation, about)
	}
	roles, err := checkRoles(roles)
	if err != nil {
		return Account{}, err
	}
	account, err := d.ByID(ctx, id)
	if err != nil {
		return Account{}, fmt.Errorf("grant roles: %w", err)
	}
	account.Roles = roles
	entry := audit.Entry{Actor: actor.ID, Event: audit.RoleGrant, Objects: about, Codes: map[string]any{"roles": joined(roles)}}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error { return replaceRoles(ctx, tx, id, roles) })
	if err != nil {
		return Account{}, fmt.Errorf("grant roles: %w", err)
	}
	return account, nil
}

func replaceRoles(ctx context.Context, tx *store.Tx, id string, roles []Role) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_role WHERE account = ?`, id); err != nil {
		return err
	}
	if err := insertRoles(ctx, tx, id, roles); err != nil {
		return err
	}
	all, err := list(ctx, tx)
	if err != nil {
		return err
	}
	return threePresent(all)
}

// List returns all accounts, ordered by number.
func (d *Desk) List(ctx context.Context) ([]Account, error) {
	var all []Account
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		var err error
		all, err = list(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	now := d.cfg.Now()
	for i := range all {
		if !all[i].LockedUntil.After(now) {
			all[i].LockedUntil = time.Time{}
		}
	}
	return all, nil
}

// ByID returns one account, ErrUnknown when there is none.
func (d *Desk) ByID(ctx context.Context, id string) (Account, error) {
	all, err := d.List(ctx)
	if err != nil {
		return Account{}, err
	}
	i := slices.IndexFunc(all, func(a Account) bool { return a.ID == id })
	if i < 0 {
		return Account{}, ErrUnknown
	}
	return all[i], nil
}

// prepare checks a new account and gives it its id.
func (d *Desk) prepare(n NewAccount) (Account, error) {
	number, name := strings.TrimSpace(n.Number), strings.TrimSpace(n.Name)
	if number == "" || strings.ContainsAny(number, " \t\r\n") {
		return Account{}, ErrBadAccount.With("field", "number")
	}
	if name == "" {
		return Account{}, ErrBadAccount.With("field", "name")
	}
	if err := CheckPassword(n.Password); err != nil {
		return Account{}, err
	}
	roles := []Role(nil)
	if len(n.Roles) > 0 {
		var err error
		if roles, err = checkRoles(n.Roles); err != nil {
			return Account{}, err
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Account{}, err
	}
	return Account{
		Actor:   Actor{ID: id.String(), Number: number, Name: name, Department: strings.TrimSpace(n.Department), Roles: roles},
		Created: d.cfg.Now().UTC().Truncate(time.Microsecond),
	}, nil
}

func threePresent(all []Account) error {
	for _, r := range Roles() {
		if r.Administrative() && !slices.ContainsFunc(all, func(a Account) bool { return !a.Disabled && slices.Contains(a.Roles, r) }) {
			return ErrAdministratorMissing.With("role", string(r))
		}
	}
	return nil
}

func created(by string, a Account) audit.Entry {
	return audit.Entry{
		Actor: by, Event: audit.AccountCreated, Objects: map[string]string{"account": a.ID},
		Codes:   map[string]any{"roles": joined(a.Roles)},
		Details: map[string]any{"number": a.Number, "name": a.Name, "department": a.Department},
	}
}

func insert(ctx context.Context, tx *store.Tx, a Account, hash string, mustChange bool) error {
	r, err := tx.ExecContext(ctx, `INSERT INTO account (id, number, name, department, password, created, must_change)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING`,
		a.ID, a.Number, a.Name, a.Department, hash, store.FormatTime(a.Created), mustChange)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return cmpErr(err, ErrNumberTaken.With("number", a.Number))
	}
	return insertRoles(ctx, tx, a.ID, a.Roles)
}

func insertRoles(ctx context.Context, tx *store.Tx, id string, roles []Role) error {
	for _, r := range roles {
		if _, err := tx.ExecContext(ctx, `INSERT INTO account_role (account, role) VALUES (?, ?)`, id, string(r)); err != nil {
			return err
		}
	}
	return nil
}

// list reads all accounts; a bureau has few.
func list(ctx context.Context, tx *store.Tx) ([]Account, error) {
	rows, err := tx.QueryContext(ctx, `SELECT a.id, a.number, a.name, a.department, a.created, a.must_change, a.reset_by <> '', a.disabled, r.role, f.until
FROM account a LEFT JOIN account_role r ON r.account = a.id LEFT JOIN sign_in_failure f ON f.number = a.number
ORDER BY a.number, a.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Account
	for rows.Next() {
		var a Account
		var made string
		var role, until sql.NullString
		if err = rows.Scan(&a.ID, &a.Number, &a.Name, &a.Department, &made, &a.MustChange, &a.AwaitsConfirmation, &a.Disabled, &role, &until); err != nil {
			return nil, err
		}
		if a.Created, err = store.ParseTime(made); err != nil {
			return nil, err
		}
		if until.String != "" {
			if a.LockedUntil, err = store.ParseTime(until.String); err != nil {
				return nil, err
			}
		}
		if n := len(all); n == 0 || all[n-1].ID != a.ID {
			all = append(all, a)
		}
		last := &all[len(all)-1]
		if role.Valid {
			last.Roles = append(last.Roles, Role(role.String))
		}
	}
	for i := range all {
		all[i].Roles = slices.DeleteFunc(Roles(), func(r Role) bool { return !slices.Contains(all[i].Roles, r) })
	}
	return all, rows.Err()
}

// cmpErr returns err, or otherwise when err is nil.
func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
