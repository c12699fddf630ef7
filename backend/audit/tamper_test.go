package audit_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
)

// attacker owns the disk: he opens the database with his own SQLite, without
// our authorizer, and drops the triggers first.
type attacker struct {
	tb testing.TB
	*sql.DB
}

func attack(tb testing.TB, path string) attacker {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		tb.Fatal(err)
	}
	x := attacker{tb, db}
	rows, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			tb.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 10 {
		tb.Fatalf("%d triggers, %v", len(names), err)
	}
	for _, name := range names {
		x.do(`DROP TRIGGER ` + name)
	}
	return x
}

func (x attacker) do(query string, args ...any) {
	x.tb.Helper()
	r, err := x.Exec(query, args...)
	if err != nil {
		x.tb.Fatalf("%s: %v", query, err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 && !strings.HasPrefix(query, "DROP") {
		x.tb.Fatalf("%s changed nothing (%v)", query, err)
	}
}

// rehash makes the stored tree fit the entries again.
func (x attacker) rehash() {
	x.tb.Helper()
	rows, err := x.Query(`SELECT body FROM audit_entry ORDER BY seq`)
	if err != nil {
		x.tb.Fatal(err)
	}
	defer rows.Close()
	var stored []tlog.Hash
	for n := int64(0); rows.Next(); n++ {
		var body string
		if err := rows.Scan(&body); err != nil {
			x.tb.Fatal(err)
		}
		hashes, err := tlog.StoredHashes(n, []byte(body), tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			var out []tlog.Hash
			for _, i := range indexes {
				out = append(out, stored[i])
			}
			return out, nil
		}))
		if err != nil {
			x.tb.Fatal(err)
		}
		stored = append(stored, hashes...)
	}
	if err := rows.Err(); err != nil {
		x.tb.Fatal(err)
	}
	x.do(`DELETE FROM audit_hash`)
	for i, h := range stored {
		x.do(`INSERT INTO audit_hash VALUES (?, ?)`, i, h[:])
	}
}

// edit changes a body and, being clever, all that repeats it.
func (x attacker) edit(seq int) {
	x.tb.Helper()
	x.do(`UPDATE audit_entry SET body = replace(body, '"actor":"a1"', '"actor":"a2"'), actor = 'a2' WHERE seq = ?`, seq)
}

// cut removes the entries from seq on, with everything that speaks of them.
func (x attacker) cut(seq int) {
	x.tb.Helper()
	x.do(`DELETE FROM audit_entry WHERE seq >= ?`, seq)
	x.do(`DELETE FROM audit_object WHERE seq >= ?`, seq)
	x.do(`DELETE FROM audit_hash WHERE idx >= ?`, tlog.StoredHashIndex(0, int64(seq-1)))
}

// hide makes an index anew that lacks entries, and has the schema say that it
// lacks none.
func (x attacker) hide(index, columns, but string) {
	x.tb.Helper()
	x.SetMaxOpenConns(1)
	whole := "CREATE INDEX " + index + " ON audit_entry (" + columns + ")"
	for _, query := range []string{
		"DROP INDEX " + index, whole + " WHERE " + but, "PRAGMA writable_schema = 1",
		"UPDATE sqlite_schema SET sql = '" + whole + "' WHERE name = '" + index + "'", "PRAGMA writable_schema = 0",
	} {
		if _, err := x.Exec(query); err != nil {
			x.tb.Fatalf("%s: %v", query, err)
		}
	}
}

// 250 entries with checkpoints over 100, 200 and, by closing, 250.
func TestTamper(t *testing.T) {
	tests := []struct {
		name     string
		do       func(a *archive, x attacker)
		seq, to  int64
		kind     string
		harmless bool // what nobody can see, said openly
	}{
		{name: "nothing but the triggers dropped", do: func(*archive, attacker) {}, harmless: true},
		{
			name: "a row edited", seq: 137, to: 137, kind: audit.KindBody,
			do: func(_ *archive, x attacker) { x.edit(137) },
		},
		{
			name: "a row edited that is no JSON then", seq: 137, to: 137, kind: audit.KindBody,
			do: func(_ *archive, x attacker) { x.do(`UPDATE audit_entry SET body = 'x' WHERE seq = 137`) },
		},
		{
			name: "details edited", seq: 42, to: 42, kind: audit.KindDetails,
			do: func(_ *archive, x attacker) {
				x.do(`UPDATE audit_entry SET details = replace(details, '计划', '个案') WHERE seq = 42`)
			},
		},
		{
			name: "details taken away", seq: 42, to: 42, kind: audit.KindDetails,
			do: func(_ *archive, x attacker) {
				x.do(`UPDATE audit_entry SET details = NULL, salt = NULL WHERE seq = 42`)
			},
		},
		{
			name: "details edited with their digest, leaf and tree", seq: 1, to: 100, kind: audit.KindRewritten,
			do: func(_ *archive, x attacker) {
				sum := sha256.Sum256([]byte("0123456789abcdef" + `{"title":"other"}`))
				var body string
				if err := x.QueryRow(`SELECT body FROM audit_entry WHERE seq = 42`).Scan(&body); err != nil {
					x.tb.Fatal(err)
				}
				i := strings.Index(body, `"details":"`) + len(`"details":"`)
				body = body[:i] + hex.EncodeToString(sum[:]) + body[i+64:]
				x.do(`UPDATE audit_entry SET body = ?, details = '{"title":"other"}', salt = ? WHERE seq = 42`, body, []byte("0123456789abcdef"))
				x.rehash()
			},
		},
		{
			name: "the column of the actor edited, to hide from a filter", seq: 9, to: 9, kind: audit.KindIndex,
			do: func(_ *archive, x attacker) { x.do(`UPDATE audit_entry SET actor = 'a2' WHERE seq = 9`) },
		},
		{
			name: "the object taken away, to hide from a filter", seq: 9, to: 9, kind: audit.KindIndex,
			do: func(_ *archive, x attacker) { x.do(`DELETE FROM audit_object WHERE seq = 9 AND kind = 'record'`) },
		},
		{
			name: "an object added", seq: 9, to: 9, kind: audit.KindIndex,
			do: func(_ *archive, x attacker) { x.do(`INSERT INTO audit_object VALUES ('case', 'c1', 9)`) },
		},
		{
			name: "an entry taken out of the index of events, its row untouched", seq: 9, to: 9, kind: audit.KindIndex,
			do: func(_ *archive, x attacker) { x.hide("audit_entry_event", "event, seq", "seq <> 9") },
		},
		{
			name: "an entry taken out of the index of accounts", seq: 33, to: 33, kind: audit.KindIndex,
			do: func(_ *archive, x attacker) { x.hide("audit_entry_actor", "actor, seq", "seq <> 33") },
		},
		{
			name: "entries taken out of the index of counts", seq: 40, to: 40, kind: audit.KindIndex,
			do: func(_ *archive, x attacker) {
				x.hide("audit_entry_tally", "event, actor, at, result", "seq NOT IN (40, 50)")
			},
		},
		{
			name: "a stored leaf edited", seq: 42, to: 42, kind: audit.KindBody,
			do: func(_ *archive, x attacker) {
				x.do(`UPDATE audit_hash SET hash = zeroblob(32) WHERE idx = ?`, tlog.StoredHashIndex(0, 41))
			},
		},
		{
			name: "a stored node edited", seq: 5, to: 8, kind: audit.KindHashes,
			do: func(_ *archive, x attacker) {
				x.do(`UPDATE audit_hash SET hash = zeroblob(32) WHERE idx = ?`, tlog.StoredHashIndex(2, 1))
			},
		},
		{
			name: "a row taken out of the middle", seq: 137, to: 137, kind: audit.KindMissing,
			do: func(_ *archive, x attacker) { x.do(`DELETE FROM audit_entry WHERE seq = 137`) },
		},
		{
			name: "the last rows cut off", seq: 241, to: 250, kind: audit.KindMissing,
			do: func(_ *archive, x attacker) { x.do(`DELETE FROM audit_entry WHERE seq > 240`) },
		},
		{
			name: "edited and rehashed", seq: 101, to: 200, kind: audit.KindRewritten,
			do: func(_ *archive, x attacker) { x.edit(137); x.rehash() },
		},
		{
			name: "edited after the last but one checkpoint and rehashed", seq: 201, to: 250, kind: audit.KindRewritten,
			do: func(_ *archive, x attacker) { x.edit(230); x.rehash() },
		},
		{
			name: "edited and rehashed, checkpoints taken away: the mark knows", seq: 1, to: 250, kind: audit.KindRewritten,
			do: func(a *archive, x attacker) {
				x.edit(137)
				x.rehash()
				x.do(`DELETE FROM audit_checkpoint`)
				a.forgetCheckpoints(x.tb)
			},
		},
		{
			name: "tail cut clean, checkpoints left", seq: 241, to: 250, kind: audit.KindMissing,
			do: func(_ *archive, x attacker) { x.cut(241) },
		},
		{
			name: "tail cut clean with its checkpoints in the table: the folder knows", seq: 241, to: 250, kind: audit.KindMissing,
			do: func(a *archive, x attacker) {
				x.cut(241)
				x.do(`DELETE FROM audit_checkpoint WHERE size > 240`)
				a.forgetMark(x.tb)
			},
		},
		{
			name: "tail cut clean with all its checkpoints: the mark knows", seq: 241, to: 250, kind: audit.KindMissing,
			do: func(a *archive, x attacker) {
				x.cut(241)
				x.do(`DELETE FROM audit_checkpoint WHERE size > 240`)
				a.forgetCheckpoints(x.tb)
			},
		},
		{
			name: "all rows gone", seq: 1, to: 250, kind: audit.KindMissing,
			do: func(a *archive, x attacker) {
				x.cut(1)
				x.do(`DELETE FROM audit_checkpoint`)
				a.forgetCheckpoints(x.tb)
			},
		},
		{
			name: "the file of a checkpoint taken away", seq: 200, to: 200, kind: audit.KindFile,
			do: func(a *archive, x attacker) { a.forgetCheckpoint(x.tb, 200) },
		},
		{
			name: "the public key in the folder exchanged", seq: 250, to: 250, kind: audit.KindPublicKey,
			do: func(a *archive, x attacker) {
				if err := os.WriteFile(filepath.Join(a.dir, audit.PublicKeyFile), []byte(unrelated(x.tb)+"\n"), 0o600); err != nil {
					x.tb.Fatal(err)
				}
			},
		},
		{
			name: "a key put into the table that no entry introduces", seq: 251, to: 251, kind: audit.KindKey,
			do: func(_ *archive, x attacker) {
				x.do(`INSERT INTO audit_key VALUES ('sha256:x', ?, 251)`, unrelated(x.tb))
			},
		},
		{
			name: "a witness put into the table that no entry speaks of", seq: 137, to: 137, kind: audit.KindWitness,
			do: func(_ *archive, x attacker) {
				x.do(`INSERT INTO audit_witness SELECT 137, 'print', size, note FROM audit_checkpoint WHERE size = 100`)
			},
		},
		{
			name: "the archive's identity changed", seq: 100, to: 100, kind: audit.KindCheckpoint,
			do: func(_ *archive, x attacker) { x.do(`UPDATE audit_origin SET archive = 'other'`) },
		},
		{
			name: "a checkpoint edited", seq: 200, to: 200, kind: audit.KindCheckpoint,
			do: func(_ *archive, x attacker) {
				x.do(`UPDATE audit_checkpoint SET note = replace(note, 'diaoyue', 'Diaoyue') WHERE size = 200`)
			},
		},
		{
			name: "a checkpoint under another size", seq: 150, to: 150, kind: audit.KindCheckpoint,
			do: func(_ *archive, x attacker) { x.do(`UPDATE audit_checkpoint SET size = 150 WHERE size = 100`) },
		},
		{
			// The row of custody.md that stays open without a witness.
			name: "tail cut with checkpoints, mark cut too", harmless: true,
			do: func(a *archive, x attacker) {
				x.cut(241)
				x.do(`DELETE FROM audit_checkpoint WHERE size > 240`)
				a.forgetCheckpoint(x.tb, 250)
				a.forgetMark(x.tb)
			},
		},
	}
	sound := newArchive(t)
	sound.note(t, 100)
	checkpoint(t, sound)
	sound.note(t, 100)
	checkpoint(t, sound)
	sound.note(t, 50)
	id := sound.log.Archive()
	sound.close(t)
	if r, err := sound.verify(t); err != nil || r.Entries != 250 || r.Checkpoints != 3 || r.HighWater != 250 || !r.Trusted || r.TrustedSize != 250 || r.KeyPlace == "" || r.Archive != id {
		t.Fatalf("before: %+v, %v", r, err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := sound.copy(t)
			x := attack(t, a.path())
			tt.do(a, x)
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			_, err := a.verify(t)
			if tt.harmless {
				if err != nil {
					t.Errorf("err = %v, want none", err)
				}
				return
			}
			var te *audit.TamperError
			if !errors.As(err, &te) {
				t.Fatalf("err = %v, want a TamperError", err)
			}
			if te.Seq != tt.seq || te.To != tt.to || te.Kind != tt.kind {
				t.Errorf("found %d to %d (%s), want %d to %d (%s)", te.Seq, te.To, te.Kind, tt.seq, tt.to, tt.kind)
			}
			if !errors.Is(err, audit.ErrTampered) || fault.Code(err) != "audit.tampered" || fault.Params(err)["seq"] != fmt.Sprint(tt.seq) {
				t.Errorf("code %s, params %v", fault.Code(err), fault.Params(err))
			}
		})
	}
}

// Whoever takes all signatures away and rewrites the log finds it consistent,
// but not trusted.
func TestNoCheckpointIsNoTrust(t *testing.T) {
	a := newArchive(t)
	a.note(t, 20)
	public := a.log.Public().String()
	a.close(t)
	a.withoutCheckpoints(t)
	a.forgetMark(t)
	r, err := audit.VerifyFile(t.Context(), audit.VerifyConfig{Database: a.path(), ArchiveDir: a.dir, StateDir: a.state, Trusted: []string{public}}, nil)
	if err != nil || r.Trusted || r.Whole() || r.Loose() != 20 {
		t.Errorf("verify = %+v, %v", r, err)
	}
}

// An old copy of the whole archive folder is put back.
func TestOldCopyPutBack(t *testing.T) {
	a := newArchive(t)
	a.note(t, 20)
	a.close(t)
	old := a.copy(t)
	a.open(t)
	a.note(t, 10)
	a.close(t)
	old.state = a.state // the mark lies outside and was not put back
	_, err := old.verify(t)
	var te *audit.TamperError
	if !errors.As(err, &te) || te.Seq != 21 || te.To != 30 || te.Kind != audit.KindMissing {
		t.Errorf("err = %v, want 21 to 30 missing", err)
	}
	if err := old.tryOpen(t.Context(), ""); !errors.Is(err, audit.ErrRolledBack) {
		t.Errorf("Open: err = %v, want ErrRolledBack", err)
	}
}

// The log of another archive, or one grown differently, does not pass for this one.
func TestOtherHistoryUnderTheMark(t *testing.T) {
	a := newArchive(t)
	a.note(t, 20)
	a.close(t)
	fork := a.copy(t)
	fork.open(t)
	fork.note(t, 10)
	fork.close(t)
	a.open(t)
	a.clock.add(1)
	a.note(t, 5)
	a.close(t)
	fork.state = a.state
	_, err := fork.verify(t)
	var te *audit.TamperError
	if !errors.As(err, &te) || te.Kind != audit.KindRewritten || te.Seq != 21 || te.To != 25 {
		t.Errorf("err = %v, want 21 to 25 rewritten", err)
	}
	if err := fork.tryOpen(t.Context(), ""); !errors.Is(err, audit.ErrRolledBack) {
		t.Errorf("Open: err = %v, want ErrRolledBack", err)
	}
}

// The triggers and the authorizer hold against whoever talks through us.
func TestAppendOnlyThroughUs(t *testing.T) {
	a := newArchive(t)
	a.note(t, 3)
	for _, query := range []string{
		`UPDATE audit_entry SET body = '{}'`,
		`DELETE FROM audit_entry WHERE seq = 3`,
		`REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3`,
		`INSERT INTO audit_entry SELECT 9, body, details, salt, at, actor, event, result FROM audit_entry WHERE seq = 3`,
		`DELETE FROM audit_hash`, `UPDATE audit_object SET id = 'x'`, `DELETE FROM audit_checkpoint WHERE 1 = 1 AND EXISTS (SELECT 1)`,
		`DROP TRIGGER audit_entry_hold`, `DROP TABLE audit_entry`, `PRAGMA writable_schema = 1; DELETE FROM sqlite_schema`,
	} {
		if query[:6] == "DELETE" && strings.Contains(query, "checkpoint") {
			checkpoint(t, a)
		}
		if err := a.db.Write(t.Context(), execute(query)); err == nil {
			t.Errorf("%s: no error", query)
		}
	}
	if r, err := a.log.Verify(t.Context(), nil); err != nil || r.Entries != 3 {
		t.Errorf("Verify = %+v, %v", r, err)
	}
}

func checkpoint(tb testing.TB, a *archive) {
	tb.Helper()
	if _, err := a.log.Checkpoint(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

func (a *archive) copy(tb testing.TB) *archive {
	tb.Helper()
	b := &archive{dir: tb.TempDir(), state: tb.TempDir(), clock: &clock{t: a.clock.now()}}
	if err := os.CopyFS(b.dir, os.DirFS(a.dir)); err != nil {
		tb.Fatal(err)
	}
	if err := os.CopyFS(b.state, os.DirFS(a.state)); err != nil {
		tb.Fatal(err)
	}
	return b
}

func (a *archive) forgetMark(tb testing.TB) {
	tb.Helper()
	if err := os.RemoveAll(filepath.Join(a.state, "marks")); err != nil {
		tb.Fatal(err)
	}
}

// forgetCheckpoints removes all files of checkpoints.
func (a *archive) forgetCheckpoints(tb testing.TB) {
	tb.Helper()
	if err := os.RemoveAll(filepath.Join(a.dir, "checkpoints")); err != nil {
		tb.Fatal(err)
	}
}

// forgetCheckpoint removes one file, as one does who cuts what it covers.
func (a *archive) forgetCheckpoint(tb testing.TB, size int) {
	tb.Helper()
	if err := os.Remove(filepath.Join(a.dir, "checkpoints", fmt.Sprintf("%012d.note", size))); err != nil {
		tb.Fatal(err)
	}
}
