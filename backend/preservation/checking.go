package preservation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// A run writes down what it found after so many files or so long, and at once
// when it found something broken.
const (
	filesAtOnce = 64
	bytesAtOnce = 1 << 30
)

// runner does a run.
type runner struct {
	d     *Desk
	run   Run
	ctx   context.Context //nolint:containedctx // of this run
	pause context.CancelFunc
	ended chan struct{}
	begun time.Time
	read  int64 // bytes since begun
	told  func(Run)
}

// take makes the run the one at work. ErrRunning.
func (d *Desk) take(ctx context.Context, r Run) (*runner, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current != nil {
		return nil, ErrRunning
	}
	w := &runner{d: d, run: r, ended: make(chan struct{}), begun: d.cfg.Now()}
	w.run.State = RunRunning
	w.ctx, w.pause = context.WithCancel(ctx)
	d.current = w
	return w, nil
}

func (d *Desk) launch(r Run) (Run, error) {
	w, err := d.take(d.ctx, r)
	if err != nil {
		return Run{}, err
	}
	d.idle.Go(func() { logged(d.ctx, "fixity", w.do()) })
	return w.run, nil
}

// do looks at what is still to be looked at. That it was paused is no error.
func (w *runner) do() error {
	err := w.all()
	state := RunDone
	switch {
	case w.ctx.Err() != nil:
		state, err = RunPaused, nil
	case err != nil:
		state = RunFailed
	}
	if left := w.end(context.WithoutCancel(w.ctx), state); err == nil {
		err = left
	}
	w.pause()
	w.d.mu.Lock()
	w.d.current = nil
	w.d.mu.Unlock()
	close(w.ended)
	w.d.tell(w.run)
	return err
}

func (w *runner) all() error {
	for {
		items, err := w.d.items(w.ctx, w.run.ID)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return w.catalogue()
		}
		if err := w.some(items); err != nil {
			return err
		}
	}
}

// some checks items and writes down what it found, also of the part it came to.
func (w *runner) some(items []item) error {
	// A disk that is not there has not lost its files.
	if err := w.d.cfg.Vault.Ready(); err != nil {
		return err
	}
	var bytes int64
	var failed error
	n := 0
	for i := range items {
		if failed = w.ctx.Err(); failed != nil {
			break
		}
		if failed = w.one(&items[i]); failed != nil {
			break
		}
		n, bytes = i+1, bytes+items[i].size
		if items[i].state != FoundOK || bytes >= bytesAtOnce {
			break
		}
	}
	return errors.Join(failed, w.keep(context.WithoutCancel(w.ctx), items[:n]))
}

// item is a file of a run.
type item struct {
	number int
	file
	state, got string
	at         time.Time
}

func (w *runner) one(it *item) error {
	var found vault.Original
	var err error
	if it.kind == KindOriginal {
		found, err = w.d.cfg.Vault.Digests(w.ctx, it.id, w.wait)
	} else {
		found, err = w.d.cfg.Vault.CandidateDigests(w.ctx, it.id, w.wait)
	}
	it.at = w.d.cfg.Now()
	switch {
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case errors.Is(err, fs.ErrNotExist) && it.absent():
		it.state = FoundOK // gone, as it must be
	case errors.Is(err, fs.ErrNotExist):
		it.state = FoundMissing
	case err != nil:
		it.state = FoundUnreadable
	case it.absent():
		it.state, it.got = FoundUnexpected, found.SHA256
	case found.SHA256 != it.sha256:
		it.state, it.got = FoundMismatch, found.SHA256
	case found.SM3 != it.sm3:
		it.state, it.got = FoundMismatch, found.SM3
	default:
		it.state, it.got = FoundOK, found.SHA256
	}
	if it.state == FoundMissing || it.state == FoundUnreadable {
		if away := w.d.cfg.Vault.Ready(); away != nil {
			return away
		}
	}
	return nil
}

// wait keeps the pace and tells how far the run is.
func (w *runner) wait(ctx context.Context, n int) error {
	w.read += int64(n)
	w.d.mu.Lock()
	w.run.Bytes += int64(n)
	w.run.Remaining = -1
	if spent := w.d.cfg.Now().Sub(w.begun).Seconds(); spent > 0 {
		w.run.Remaining = spent / float64(w.read) * float64(max(w.run.BytesTotal-w.run.Bytes, 0))
	}
	told := w.run
	w.d.mu.Unlock()
	if w.told != nil {
		w.told(told)
		return nil // a person waits for the command line
	}
	w.d.tell(told)
	if w.d.cfg.Rate < 0 {
		return nil
	}
	t := time.NewTimer(time.Duration(float64(n) / float64(w.d.cfg.Rate) * float64(time.Second)))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// keep writes down what was found, locks what is broken and unlocks what is
// whole again, in one commit with the entries.
func (w *runner) keep(ctx context.Context, items []item) error {
	if len(items) == 0 {
		return nil
	}
	broken, size := 0, int64(0)
	list := sha256.New()
	for _, it := range items {
		size += it.size
		if it.state != FoundOK {
			broken++
		}
		_, _ = fmt.Fprintf(list, "%s %s %s\n", it.kind, it.id, it.state)
	}
	result := audit.OK
	if broken > 0 {
		result = audit.Failed
	}
	entry := audit.Entry{Actor: w.run.By, Event: audit.FixityCheck, Result: result, Codes: map[string]any{
		"run": w.run.ID, "files": len(items), "broken": broken, "bytes": size, "from": items[0].number, "to": items[len(items)-1].number,
		"list": hex.EncodeToString(list.Sum(nil)),
	}}
	_, err := w.d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		for _, it := range items {
			if err := w.d.note(ctx, tx, w.run, it); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE fixity_run SET done = done + ?, broken = broken + ?, bytes = bytes + ?, state = 'running' WHERE id = ?`,
			len(items), broken, size, w.run.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("write down checks: %w", err)
	}
	w.d.mu.Lock()
	w.run.Done += len(items)
	w.run.Broken += broken
	told := w.run
	w.d.mu.Unlock()
	w.d.tell(told)
	if w.told != nil {
		w.told(told)
	}
	return nil
}

// note writes down one file.
func (d *Desk) note(ctx context.Context, tx *store.Tx, r Run, it item) error {
	at := store.FormatTime(it.at)
	_, err := tx.ExecContext(ctx, `UPDATE fixity_item SET state = ?, got = ?, at = ? WHERE run = ? AND number = ?`, it.state, it.got, at, r.ID, it.number)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO fixity (kind, id, record_id, checked_at, state, got, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE ?5 WHEN 'ok' THEN '' ELSE ?4 END)
		ON CONFLICT (kind, id) DO UPDATE SET checked_at = excluded.checked_at, state = excluded.state, got = excluded.got,
		since = CASE WHEN excluded.state = 'ok' THEN '' WHEN fixity.since <> '' THEN fixity.since ELSE excluded.since END`,
		it.kind, it.id, it.recordID, at, it.state, it.got)
	if err != nil {
		return err
	}
	objects := map[string]string{"record": it.recordID, "case": it.caseID}
	if it.state != FoundOK {
		_, err = d.cfg.Log.Append(ctx, tx, audit.Entry{
			Actor: r.By, Event: audit.FixityCheck, Result: audit.Failed, Objects: objects,
			Codes: map[string]any{"run": r.ID, "kind": it.kind, "id": it.id, "state": it.state, "want": it.sha256, "got": it.got},
		})
		if err != nil {
			return err
		}
	}
	if it.kind != KindOriginal || it.absent() {
		return nil
	}
	switch {
	case it.state != FoundOK && it.custody == "":
		_, err = d.cfg.Catalog.SetCustody(ctx, tx, it.recordID, catalog.CustodyBroken)
	case it.state == FoundOK && it.custody == catalog.CustodyBroken:
		// An intact copy lies there again: both digests are the original's.
		if _, err = d.cfg.Catalog.SetCustody(ctx, tx, it.recordID, ""); err != nil {
			return err
		}
		_, err = d.cfg.Log.Append(ctx, tx, audit.Entry{
			Actor: r.By, Event: audit.Recovery, Objects: objects, Codes: map[string]any{"run": r.ID, "sha256": it.sha256, "unlocked": true},
		})
	}
	return err
}

// end writes down how the run ended.
func (w *runner) end(ctx context.Context, state string) error {
	w.d.mu.Lock()
	w.run.State, w.run.Remaining = state, -1
	if state != RunPaused {
		w.run.Ended = w.d.cfg.Now()
	}
	r := w.run
	w.d.mu.Unlock()
	result := audit.OK
	if r.Broken > 0 || state == RunFailed {
		result = audit.Failed
	}
	ended := ""
	if !r.Ended.IsZero() {
		ended = store.FormatTime(r.Ended)
	}
	entry := audit.Entry{Actor: r.By, Event: audit.FixityCheck, Result: result, Codes: map[string]any{
		"run": r.ID, "step": state, "files": r.Done, "of": r.Total, "broken": r.Broken, "bytes": r.Bytes,
	}}
	_, err := w.d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE fixity_run SET state = ?, ended_at = ? WHERE id = ?`, state, ended, r.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("end checks: %w", err)
	}
	return nil
}

// items returns what the run has still to look at, in order.
func (d *Desk) items(ctx context.Context, run string) ([]item, error) {
	var out []item
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT i.number, i.kind, i.id, i.record_id, r.case_id, r.custody, i.sha256, i.sm3, i.size
			FROM fixity_item i JOIN record r ON r.id = i.record_id WHERE i.run = ? AND i.state = '' ORDER BY i.number LIMIT ?`, run, filesAtOnce)
		if err != nil {
			return fmt.Errorf("read checks: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var it item
			if err := rows.Scan(&it.number, &it.kind, &it.id, &it.recordID, &it.caseID, &it.custody, &it.sha256, &it.sm3, &it.size); err != nil {
				return fmt.Errorf("read checks: %w", err)
			}
			if it.kind == KindCandidate && it.custody != catalog.CustodyTakenOut {
				it.custody = ""
			}
			out = append(out, it)
		}
		return rows.Err()
	})
	return out, err
}

// checked adds the last check of each file.
func (d *Desk) checked(ctx context.Context, files []file) error {
	type row struct {
		at    time.Time
		state string
	}
	last := map[[2]string]row{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT kind, id, checked_at, state FROM fixity`)
		if err != nil {
			return fmt.Errorf("read checks: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var kind, id, at, state string
			if err := rows.Scan(&kind, &id, &at, &state); err != nil {
				return fmt.Errorf("read checks: %w", err)
			}
			last[[2]string{kind, id}] = row{parseTime(at), state}
		}
		return rows.Err()
	})
	for i := range files {
		if r, ok := last[[2]string{files[i].kind, files[i].id}]; ok {
			files[i].last, files[i].never = r.at, false
			files[i].broken = files[i].broken || r.state != FoundOK
		}
	}
	return err
}
