package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// CaseFile is a 案卷 (law-and-features §8.1).
type CaseFile struct {
	ID         string
	Code       string // 档号, unique
	Title      string
	CaseNumber string // 案号
	Type       string
	Party      string
	Officers   []string // an account number, or "name number"
	DateFrom   string   // YYYY-MM-DD or ""
	DateTo     string
	Retention  string // Y, D30, D10
	Status     string // CaseOpen or CaseClosed
	Suspected  bool   // perhaps a state secret: not shown, not searched (保密法 30)
	CreatedAt  time.Time
	CreatedBy  string // account id

	Records int // counted on reading
	Footage int // of these, audio-visual
}

// Of reports whether the account with this number is one of the case's
// officers (article 14 of the permissions' table: officers see their own).
func (f CaseFile) Of(number string) bool {
	for _, o := range f.Officers {
		for _, word := range strings.Fields(o) {
			if word == number {
				return true
			}
		}
	}
	return false
}

// Register opens a case file on behalf of actor: permission describe, entry
// "description" in the log, change feed, all or nothing. Errors: ErrCaseExists,
// ErrMissingField, ErrBadDate, accounts.ErrForbidden.
func (c *Catalog) Register(ctx context.Context, actor accounts.Actor, f CaseFile) (CaseFile, audit.Receipt, error) {
	objects := map[string]string{"case_code": clean(strings.TrimSpace(f.Code))}
	if err := c.desk.Require(ctx, actor, accounts.Describe, objects); err != nil {
		return CaseFile{}, audit.Receipt{}, err
	}
	id, err := c.newID()
	if err != nil {
		return CaseFile{}, audit.Receipt{}, err
	}
	f.ID, f.CreatedBy = id, actor.ID
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Description, Result: audit.OK,
		Objects: map[string]string{"case": id},
		Details: map[string]any{"code": f.Code, "title": clean(f.Title), "party": clean(f.Party)},
	}
	receipt, err := c.log.Do(ctx, entry, func(tx *store.Tx) error {
		f, err = c.AddCase(ctx, tx, f)
		return err
	})
	if err != nil {
		return CaseFile{}, audit.Receipt{}, fmt.Errorf("register case file: %w", err)
	}
	return f, receipt, nil
}

// AddCase writes a new case file. An empty ID is made; CreatedAt is set here.
func (c *Catalog) AddCase(ctx context.Context, tx *store.Tx, f CaseFile) (CaseFile, error) {
	f, err := c.checked(f)
	if err != nil {
		return CaseFile{}, err
	}
	var taken int
	if err = tx.QueryRowContext(ctx, `SELECT count(*) FROM case_file WHERE code = ?`, f.Code).Scan(&taken); err != nil {
		return CaseFile{}, fmt.Errorf("look for case code: %w", err)
	}
	if taken > 0 {
		return CaseFile{}, ErrCaseExists.With("code", f.Code)
	}
	officers, err := json.Marshal(f.Officers)
	if err != nil {
		return CaseFile{}, fmt.Errorf("write officers: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO case_file (id, code, title, case_number, type, party, officers,
		date_from, date_to, retention, status, suspected, created_at, created_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.Code, f.Title, f.CaseNumber, f.Type, f.Party, string(officers),
		f.DateFrom, f.DateTo, f.Retention, f.Status, f.Suspected, store.FormatTime(f.CreatedAt), f.CreatedBy)
	if err != nil {
		return CaseFile{}, fmt.Errorf("write case file: %w", err)
	}
	return f, c.Touch(ctx, tx, ChangeCase, f.ID)
}

func (c *Catalog) checked(f CaseFile) (CaseFile, error) {
	f.Code, f.Title = clean(strings.TrimSpace(f.Code)), clean(strings.TrimSpace(f.Title))
	f.CaseNumber, f.Type, f.Party = clean(f.CaseNumber), clean(f.Type), clean(f.Party)
	if f.Code == "" {
		return f, ErrMissingField.With("field", "code")
	}
	if f.Title == "" {
		return f, ErrMissingField.With("field", "title")
	}
	for _, d := range []string{f.DateFrom, f.DateTo} {
		if _, err := time.Parse(time.DateOnly, d); d != "" && err != nil {
			return f, ErrBadDate.With("date", d)
		}
	}
	officers := []string{}
	for _, o := range f.Officers {
		if o = clean(strings.TrimSpace(o)); o != "" {
			officers = append(officers, o)
		}
	}
	f.Officers = officers
	if f.Status == "" {
		f.Status = CaseOpen
	}
	if f.ID == "" {
		id, err := c.newID()
		if err != nil {
			return f, err
		}
		f.ID = id
	}
	f.CreatedAt = c.now().UTC().Truncate(time.Microsecond) // as it is read back, or the seal would not hold
	return f, nil
}

// Case returns the case file with this id. ErrNoCase.
func (c *Catalog) Case(ctx context.Context, id string) (CaseFile, error) {
	return c.oneCase(ctx, `f.id = ?`, id)
}

// CaseByCode returns the case file with this code. ErrNoCase.
func (c *Catalog) CaseByCode(ctx context.Context, code string) (CaseFile, error) {
	return c.oneCase(ctx, `f.code = ?`, clean(strings.TrimSpace(code)))
}

// Cases returns the case files whose code, title, case number or party holds
// text ("" = all), newest code first.
func (c *Catalog) Cases(ctx context.Context, text string) ([]CaseFile, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]CaseFile, error) {
		return scanCases(tx.QueryContext(ctx, selectCase+` WHERE ? = ''
			OR instr(f.code, ?) OR instr(f.title, ?) OR instr(f.case_number, ?) OR instr(f.party, ?)
			ORDER BY f.code DESC`, text, text, text, text, text))
	})
}

func (c *Catalog) oneCase(ctx context.Context, where, arg string) (CaseFile, error) {
	return read(ctx, c.db, func(tx *store.Tx) (CaseFile, error) {
		found, err := scanCases(tx.QueryContext(ctx, selectCase+` WHERE `+where, arg))
		if err != nil {
			return CaseFile{}, err
		}
		if len(found) == 0 {
			return CaseFile{}, ErrNoCase.With("case", arg)
		}
		return found[0], nil
	})
}

const selectCase = `SELECT f.id, f.code, f.title, f.case_number, f.type, f.party, f.officers, f.date_from, f.date_to,
	f.retention, f.status, f.suspected, f.created_at, f.created_by,
	(SELECT count(*) FROM record r WHERE r.case_id = f.id),
	(SELECT count(*) FROM record r WHERE r.case_id = f.id AND r.kind = 'av')
	FROM case_file f`

func scanCases(rows *sql.Rows, err error) ([]CaseFile, error) {
	if err != nil {
		return nil, fmt.Errorf("read case files: %w", err)
	}
	defer rows.Close()
	out := []CaseFile{}
	for rows.Next() {
		var f CaseFile
		var officers, created string
		err := rows.Scan(&f.ID, &f.Code, &f.Title, &f.CaseNumber, &f.Type, &f.Party, &officers, &f.DateFrom, &f.DateTo,
			&f.Retention, &f.Status, &f.Suspected, &created, &f.CreatedBy, &f.Records, &f.Footage)
		if err != nil {
			return nil, fmt.Errorf("read case file: %w", err)
		}
		if err = json.Unmarshal([]byte(officers), &f.Officers); err != nil {
			return nil, fmt.Errorf("read officers: %w", err)
		}
		if f.CreatedAt, err = store.ParseTime(created); err != nil {
			return nil, fmt.Errorf("read case file: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", errors.Join(errors.New("make id"), err)
	}
	return id.String(), nil
}
