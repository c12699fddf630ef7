//go:build faults

package audit_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/store"
)

// bulk fills a closed archive up to size entries in one commit, past the
// door: a log of a million entries through it would take the whole time a
// figure may take. What it writes is what the door writes; verification and a
// comparison with entries of the door say so.
func (a *archive) bulk(tb testing.TB, size int64) {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+a.path()+"?_pragma=busy_timeout(5000)&_pragma=synchronous(0)&_pragma=cache_size(-65536)")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(tb.Context(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer tx.Rollback()
	f := filler{tb: tb, at: a.clock.now()}
	if err := tx.QueryRow(`SELECT count(*) FROM audit_entry`).Scan(&f.have); err != nil {
		tb.Fatal(err)
	}
	f.stored = storedHashes(tb, tx)
	entries, objects, hashes := many(tb, tx, `audit_entry (seq, body, details, salt, at, actor, event, result)`, 8),
		many(tb, tx, `audit_object (kind, id, seq)`, 3), many(tb, tx, `audit_hash (idx, hash)`, 2)
	for n := f.have; n < size; n++ {
		f.add(n, entries, objects, hashes)
	}
	for _, m := range []*bulkInsert{entries, objects, hashes} {
		m.flush()
	}
	if err := tx.Commit(); err != nil {
		tb.Fatal(err)
	}
	a.clock.add(time.Duration(size-f.have) * 7 * time.Second)
}

type filler struct {
	tb     testing.TB
	have   int64
	at     time.Time
	stored []tlog.Hash // stands in for the table while it grows
}

func (f *filler) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = f.stored[x]
	}
	return out, nil
}

// add writes one entry of a working archive: viewings of some thousand records
// by some dozen people, with searches in between.
func (f *filler) add(n int64, entries, objects, hashes *bulkInsert) {
	f.at = f.at.Add(7 * time.Second)
	actor, event := fmt.Sprintf("0199a000-0000-7000-8000-%012d", n%23), []string{"displaying", "shown", "shown", "search", "viewing-closed"}[n%5]
	record, viewing := fmt.Sprintf("0199b000-0000-7000-8000-%012d", n%5000), fmt.Sprintf("0199c000-0000-7000-8000-%012d", n/4)
	details := fmt.Sprintf(`{"purpose":"计划调阅","title":"检查视频 %d"}`, n)
	salt := sha256.Sum256([]byte(details))
	sum := sha256.Sum256(append(salt[:16:16], details...))
	at := store.FormatTime(f.at)
	body := fmt.Sprintf(`{"actor":%q,"at":%q,"codes":{"from":%d,"speed":1,"to":%d},"details":%q,"event":%q,"objects":{"record":%q,"viewing":%q},"result":"ok","seq":%d,"v":1}`,
		actor, at, n, n+75, hex.EncodeToString(sum[:]), event, record, viewing, n+1)
	entries.add(n+1, body, details, salt[:16], at, actor, event, "ok")
	objects.add("record", record, n+1)
	objects.add("viewing", viewing, n+1)
	grown, err := tlog.StoredHashes(n, []byte(body), f)
	if err != nil {
		f.tb.Fatal(err)
	}
	for _, h := range grown {
		hashes.add(len(f.stored), h[:])
		f.stored = append(f.stored, h)
	}
}

func storedHashes(tb testing.TB, tx *sql.Tx) []tlog.Hash {
	tb.Helper()
	rows, err := tx.Query(`SELECT hash FROM audit_hash ORDER BY idx`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var all []tlog.Hash
	for rows.Next() {
		var h []byte
		if err := rows.Scan(&h); err != nil {
			tb.Fatal(err)
		}
		all = append(all, tlog.Hash(h))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

// bulkInsert inserts several rows with one statement.
type bulkInsert struct {
	tb   testing.TB
	tx   *sql.Tx
	into string
	full *sql.Stmt
	cols int
	args []any
}

const rowsAtOnce = 50

func many(tb testing.TB, tx *sql.Tx, into string, cols int) *bulkInsert {
	tb.Helper()
	m := &bulkInsert{tb: tb, tx: tx, into: into, cols: cols}
	full, err := tx.Prepare(m.text(rowsAtOnce))
	if err != nil {
		tb.Fatal(err)
	}
	m.full = full
	return m
}

func (m *bulkInsert) text(rows int) string {
	row := "(?" + strings.Repeat(", ?", m.cols-1) + ")"
	return "INSERT INTO " + m.into + " VALUES " + row + strings.Repeat(", "+row, rows-1)
}

func (m *bulkInsert) add(args ...any) {
	if m.args = append(m.args, args...); len(m.args) < m.cols*rowsAtOnce {
		return
	}
	if _, err := m.full.Exec(m.args...); err != nil {
		m.tb.Fatal(err)
	}
	m.args = m.args[:0]
}

func (m *bulkInsert) flush() {
	if len(m.args) == 0 {
		return
	}
	if _, err := m.tx.Exec(m.text(len(m.args)/m.cols), m.args...); err != nil {
		m.tb.Fatal(err)
	}
	m.args = nil
}
