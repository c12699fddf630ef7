package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

// ErrNoMedium says that the folder for the second mark is not there or lies in
// the archive or the state folder. Parameter "dir".
var ErrNoMedium = fault.New("audit.no_medium", "the folder cannot keep a second mark")

// highWater is the mark outside the archive: how far the log once reached.
// Only it sees that an archive was put back to an older state, or that the
// tail was cut together with its checkpoints. There is one in the user's
// state folder and, when a second medium is set, another there: whoever puts
// the whole disk back, state folder included, does not put back the stick.
type highWater struct {
	Archive string `json:"archive"`
	Size    int64  `json:"size"`
	Root    string `json:"root"` // lower hex
	At      string `json:"at"`
}

// Mark is a high-water mark and where it lies.
type Mark struct {
	Place   string // path of the file
	Second  bool   // on the second medium
	Size    int64
	At      time.Time
	Missing bool // the medium is not there now, or has no mark yet
}

func markPath(stateDir, archive string) string {
	return filepath.Join(stateDir, "marks", archive+".json")
}

// mediumPath is the file that names the second medium's folder.
func mediumPath(stateDir, archive string) string {
	return filepath.Join(stateDir, "marks", archive+".second")
}

// secondDir is the folder of marks on a second medium.
const secondDir = "diaoyue-marks"

// secondPath is where the second mark lies; "" when no medium is set.
func secondPath(stateDir, archive string) (string, error) {
	dir, err := os.ReadFile(mediumPath(stateDir, archive))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read place of second mark: %w", err)
	}
	if text := strings.TrimSuffix(string(dir), "\n"); text != "" {
		return filepath.Join(text, secondDir, archive+".json"), nil
	}
	return "", nil
}

// readMark returns the mark in a file, zero when there is none.
func readMark(path, archive string) (highWater, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return highWater{}, nil
	}
	if err != nil {
		return highWater{}, fmt.Errorf("read high-water mark: %w", err)
	}
	var m highWater
	if err := json.Unmarshal(text, &m); err != nil || m.Archive != archive || m.Size < 0 {
		return highWater{}, fmt.Errorf("read high-water mark: %w", ErrRolledBack.With("size", "", "highwater", "", "seq", ""))
	}
	return m, nil
}

// readMarks returns the marks that are there, of the state folder and of the
// second medium.
func readMarks(stateDir, archive string) ([]highWater, error) {
	second, err := secondPath(stateDir, archive)
	if err != nil {
		return nil, err
	}
	var all []highWater
	for i, path := range []string{markPath(stateDir, archive), second} {
		if path == "" {
			continue
		}
		m, err := readMark(path, archive)
		if i > 0 && unreadable(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m.Size > 0 {
			all = append(all, m)
		}
	}
	return all, nil
}

// unreadable reports whether a medium fails, which is to its mark what pulling
// it out would be: nothing stops because of it, and Marks shows it.
func unreadable(err error) bool {
	var failed *fs.PathError
	return errors.As(err, &failed)
}

// Marks says where the high-water marks lie and how far they reach.
func (l *Log) Marks(context.Context) ([]Mark, error) {
	second, err := secondPath(l.cfg.StateDir, l.archive)
	if err != nil {
		return nil, err
	}
	var all []Mark
	for _, m := range []Mark{{Place: markPath(l.cfg.StateDir, l.archive)}, {Place: second, Second: true}} {
		if m.Place == "" {
			continue
		}
		found, err := readMark(m.Place, l.archive)
		if err != nil && (!m.Second || !unreadable(err)) {
			return nil, err
		}
		m.Size, m.Missing = found.Size, found.Size == 0
		m.At, _ = store.ParseTime(found.At)
		all = append(all, m)
	}
	return all, nil
}

// SetSecondMedium keeps a second mark in dir, which should lie on another
// medium than archive and state folder; "" gives it up. Where it lies is an
// entry. ErrNoMedium.
func (l *Log) SetSecondMedium(ctx context.Context, actor, dir string) error {
	if dir != "" {
		var err error
		if dir, err = filepath.Abs(dir); err != nil {
			return err
		}
		if st, err := os.Stat(dir); err != nil || !st.IsDir() || within(l.cfg.ArchiveDir, dir) || within(l.cfg.StateDir, dir) {
			return ErrNoMedium.With("dir", dir)
		}
	}
	if dir != "" {
		// Tried before it is said in the log: a stick that cannot be written to
		// keeps no mark.
		try := filepath.Join(dir, secondDir, ".try")
		if err := errors.Join(store.Keep(try, nil, 0o600), os.Remove(try)); err != nil { //nolint:forbidigo // written by the call before
			return fmt.Errorf("%w: %w", ErrNoMedium.With("dir", dir), err)
		}
	}
	e := Entry{Actor: actor, Event: PolicyAssignment, Codes: map[string]any{"policy": "second-medium", "set": dir != ""}, Details: map[string]any{"dir": dir}}
	if _, err := l.Note(ctx, e); err != nil {
		return err
	}
	if err := store.Keep(mediumPath(l.cfg.StateDir, l.archive), []byte(dir+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep place of second mark: %w", err)
	}
	return l.mark(ctx)
}

func within(dir, path string) bool {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(abs, path)
	return err == nil && (rel == "." || filepath.IsLocal(rel))
}

// mark writes the log's present size and root to the state folder, and to the
// second medium when that is there.
func (l *Log) mark(ctx context.Context) error {
	m := highWater{Archive: l.archive, At: store.FormatTime(l.cfg.Now())}
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		size, root, err := treeHead(ctx, tx)
		m.Size, m.Root = size, hex.EncodeToString(root[:])
		return err
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err = store.Keep(markPath(l.cfg.StateDir, l.archive), append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("keep high-water mark: %w", err)
	}
	second, err := secondPath(l.cfg.StateDir, l.archive)
	if err != nil || second == "" {
		return err
	}
	if _, err := os.Stat(filepath.Dir(filepath.Dir(second))); err != nil {
		return nil //nolint:nilerr // a stick that is pulled out is no fault; Marks shows how old its mark is
	}
	if err := store.Keep(second, append(text, '\n'), 0o600); err != nil {
		// A full or dying stick must not keep checkpoints from being made.
		slog.WarnContext(ctx, "second high-water mark not written", slog.Any("error", err))
	}
	return nil
}

// compare holds the log against the marks before anything is added.
func (l *Log) compare(ctx context.Context) error {
	marks, err := readMarks(l.cfg.StateDir, l.archive)
	if err != nil {
		return err
	}
	var highest highWater
	var size int64
	for _, m := range marks {
		var holds bool
		err := l.db.Read(ctx, func(tx *store.Tx) error {
			var err error
			size, holds, err = m.holds(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		if holds {
			continue
		}
		// A stick that was away at a restore still has the mark of before.
		known, err := l.acknowledged(ctx, m)
		if err != nil {
			return err
		}
		if !known && m.Size > highest.Size {
			highest = m
		}
	}
	switch {
	case l.cfg.Restored != nil:
		return l.recovered(ctx, size, highest)
	case highest.Size > 0:
		return ErrRolledBack.With("size", strconv.FormatInt(size, 10), "highwater", strconv.FormatInt(highest.Size, 10), "seq", strconv.FormatInt(min(size, highest.Size)+1, 10))
	}
	return nil
}

// recovered takes the log as a lawfully restored copy, when somebody answers
// for it. The entry keeps what was known of the lost part, and with it the
// checkpoints of that part are told from forged ones; on another machine, which
// has no mark, it says only that this is a copy.
func (l *Log) recovered(ctx context.Context, size int64, m highWater) error {
	word, err := l.cfg.Restored(ctx)
	if err != nil {
		return err
	}
	restored := Entry{
		Actor: word.Actor, Event: Recovery, Objects: map[string]string{"account": word.Actor},
		Codes: map[string]any{"size": size}, Details: map[string]any{"reason": word.Reason},
	}
	if m.Size > 0 {
		restored.Codes = map[string]any{"size": size, "highwater": m.Size, "root": m.Root, "at": m.At}
	}
	err = l.db.Write(ctx, func(tx *store.Tx) error {
		if _, appendErr := l.Append(ctx, tx, restored); appendErr != nil {
			return appendErr
		}
		return l.refile(ctx, tx)
	})
	if err != nil {
		return err
	}
	return l.mark(ctx)
}

// acknowledged reports whether an entry that this archive's key signed says
// that the log was lawfully restored from beyond the mark.
func (l *Log) acknowledged(ctx context.Context, m highWater) (bool, error) {
	key := l.key.Load()
	if key == nil {
		return false, nil
	}
	var known bool
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		c, err := lastCheckpoint(ctx, tx)
		if err != nil || c.Size == 0 {
			return err
		}
		root, err := tlog.TreeHash(c.Size, reader(ctx, tx))
		if errors.Is(err, sql.ErrNoRows) || err == nil && hex.EncodeToString(root[:]) != c.Root {
			return nil // tampered with; the mark is right to complain
		}
		if err != nil {
			return err
		}
		if _, err = key.Public().OpenNote(c.Note); err != nil {
			return nil //nolint:nilerr // not signed by the key of the state folder
		}
		known, err = m.given(ctx, tx, c.Size, root)
		return err
	})
	return known, err
}

// given looks for the restore that gave up what the mark has, among the
// entries that are in the tree with that root over size entries.
func (m highWater) given(ctx context.Context, tx *store.Tx, size int64, root tlog.Hash) (bool, error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, body FROM audit_entry WHERE event = ? AND seq <= ?`, string(Recovery), size)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var body string
		if err := rows.Scan(&seq, &body); err != nil {
			return false, err
		}
		path, err := tlog.ProveRecord(size, seq-1, reader(ctx, tx))
		if err != nil || tlog.CheckRecord(path, size, root, seq-1, tlog.RecordHash([]byte(body))) != nil {
			return false, nil // an entry that was put there; the mark is right to complain
		}
		var e struct {
			Codes struct {
				Size      int64  `json:"size"`
				HighWater int64  `json:"highwater"`
				Root      string `json:"root"`
			} `json:"codes"`
		}
		if json.Unmarshal([]byte(body), &e) != nil {
			continue // the entry of another recovery, with codes of its own
		}
		if c := e.Codes; c.Size < m.Size && m.Size <= c.HighWater && (m.Size < c.HighWater || m.Root == c.Root) {
			return true, nil
		}
	}
	return false, rows.Err()
}

// holds returns the log's size and whether it has grown from what the mark
// noted.
func (m highWater) holds(ctx context.Context, tx *store.Tx) (int64, bool, error) {
	size, _, err := tail(ctx, tx)
	if err != nil || m.Size == 0 || size < m.Size {
		return size, m.Size == 0, err
	}
	root, err := tlog.TreeHash(m.Size, reader(ctx, tx))
	if errors.Is(err, sql.ErrNoRows) {
		return size, false, nil // a stored tree with holes has been tampered with as well
	}
	return size, hex.EncodeToString(root[:]) == m.Root, err
}
