package retrieval

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

// Sentinels of saved searches.
var (
	ErrNoName  = fault.New("retrieval.no_name", "a saved search needs a name")
	ErrNoSaved = fault.New("retrieval.no_saved", "no such saved search")
)

// Saved is a search kept under a name by one person, who alone sees it. It
// keeps the question, never an answer: asking again is a search like any other.
type Saved struct {
	ID        string
	Name      string
	Query     Query // without Offset, Limit and PerRecord
	CreatedAt time.Time
}

// Save keeps a search under a name; one of the same name is replaced. Errors:
// ErrNoName, accounts.ErrForbidden.
func (s *Service) Save(ctx context.Context, actor accounts.Actor, name string, q Query) (Saved, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return Saved{}, ErrNoName
	}
	if err := s.accounts.RequireOwn(ctx, actor, accounts.Search, nil); err != nil {
		return Saved{}, err
	}
	q.Offset, q.Limit, q.PerRecord = 0, 0, 0
	text, err := json.Marshal(q)
	if err != nil {
		return Saved{}, fmt.Errorf("save search: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Saved{}, fmt.Errorf("save search: %w", err)
	}
	out := Saved{ID: id.String(), Name: name, Query: q}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.SavedSearch, Result: audit.OK, Objects: map[string]string{"search": out.ID},
		Codes: map[string]any{"kept": true}, Details: map[string]any{"name": name, "query": q.Text},
	}
	receipt, err := s.log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO saved_search (id, account, name, query, created_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (account, name) DO UPDATE SET id = excluded.id, query = excluded.query, created_at = excluded.created_at`,
			out.ID, actor.ID, name, string(text), store.FormatTime(s.now().UTC()))
		return err
	})
	if err != nil {
		return Saved{}, fmt.Errorf("save search: %w", err)
	}
	out.CreatedAt = receipt.At
	return out, nil
}

// SavedSearches are the actor's own, by name.
func (s *Service) SavedSearches(ctx context.Context, actor accounts.Actor) ([]Saved, error) {
	out := []Saved{}
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, name, query, created_at FROM saved_search WHERE account = ? ORDER BY name`, actor.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one Saved
			var text, created string
			if err = rows.Scan(&one.ID, &one.Name, &text, &created); err != nil {
				return err
			}
			if err = json.Unmarshal([]byte(text), &one.Query); err != nil {
				return err
			}
			if one.CreatedAt, err = store.ParseTime(created); err != nil {
				return err
			}
			out = append(out, one)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read saved searches: %w", err)
	}
	return out, nil
}

// Forget removes one of the actor's own. Errors: ErrNoSaved.
func (s *Service) Forget(ctx context.Context, actor accounts.Actor, id string) error {
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.SavedSearch, Result: audit.OK, Objects: map[string]string{"search": id}, Codes: map[string]any{"kept": false},
	}
	_, err := s.log.Do(ctx, entry, func(tx *store.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM saved_search WHERE id = ? AND account = ?`, id, actor.ID)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return ErrNoSaved
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget saved search: %w", err)
	}
	return nil
}
