package audit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/signature"
)

// add puts an entry at the end, past the door, with all that is found by it.
func (x attacker) add(event audit.Event, codes map[string]any) (seq int64) {
	x.tb.Helper()
	if err := x.QueryRow(`SELECT count(*) + 1 FROM audit_entry`).Scan(&seq); err != nil {
		x.tb.Fatal(err)
	}
	const at = "2026-11-23T12:00:00.000000Z"
	body, err := json.Marshal(map[string]any{"actor": "", "at": at, "codes": codes, "event": event, "result": "ok", "seq": seq, "v": 1})
	if err != nil {
		x.tb.Fatal(err)
	}
	x.do(`INSERT INTO audit_entry (seq, body, at, actor, event, result) VALUES (?, ?, ?, '', ?, 'ok')`, seq, string(body), at, string(event))
	x.rehash()
	return seq
}

// sign puts a checkpoint over the whole log, signed by a key of the
// attacker's own.
func (x attacker) sign(a *archive, key *signature.Private) {
	x.tb.Helper()
	var bodies []string
	x.each(`SELECT body FROM audit_entry ORDER BY seq`, func(scan func(...any)) {
		var body string
		scan(&body)
		bodies = append(bodies, body)
	})
	s := signature.Statement{Origin: key.Public().Name(), Size: int64(len(bodies)), Root: rootOf(bodies), At: "2026-11-23T12:00:00.000000Z"}
	note, err := key.SignNote(s.Text())
	if err != nil {
		x.tb.Fatal(err)
	}
	x.do(`INSERT INTO audit_checkpoint (size, at, note) VALUES (?, ?, ?)`, s.Size, s.At, note)
	if err := os.WriteFile(filepath.Join(a.dir, "checkpoints", fmt.Sprintf("%012d.note", s.Size)), []byte(note), 0o600); err != nil {
		x.tb.Fatal(err)
	}
}

func forger(tb testing.TB, a *archive) *signature.Private {
	tb.Helper()
	k, err := signature.Generate("diaoyue.example/" + a.id(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// One who owns the disk cuts the tail and writes that the archive was lawfully
// restored. Without the key nobody believes him; with a key of his own the log
// is not trusted any more.
func TestRestoreThatNobodySigned(t *testing.T) {
	sound := newArchive(t)
	sound.note(t, 100)
	checkpoint(t, sound)
	sound.note(t, 50)
	sound.close(t)
	var mark struct{ Root string }
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(sound.state, "marks", sound.id(t)+".json"))), &mark); err != nil {
		t.Fatal(err)
	}
	story := map[string]any{"size": 140, "highwater": 150, "root": mark.Root, "at": "2026-11-23T09:02:30.000000Z"}

	a := sound.copy(t)
	x := attack(t, a.path())
	x.cutWithCheckpoints(a, 141)
	x.add(audit.Recovery, story)
	_ = x.Close()
	var te *audit.TamperError
	if _, err := a.verify(t); !errors.As(err, &te) || te.Kind != audit.KindMissing || te.Seq != 142 {
		t.Errorf("unsigned: err = %v, want entries missing", err)
	}
	if err := a.tryOpen(t.Context(), ""); !errors.Is(err, audit.ErrRolledBack) {
		t.Errorf("Open: err = %v, want ErrRolledBack", err)
	}

	a = sound.copy(t)
	x = attack(t, a.path())
	x.cutWithCheckpoints(a, 141)
	x.add(audit.Recovery, story)
	own := forger(t, a)
	p := own.Public()
	seq := x.add(audit.KeyLoss, map[string]any{"fingerprint": p.Fingerprint(), "public": p.String()})
	x.do(`INSERT INTO audit_key VALUES (?, ?, ?)`, p.Fingerprint(), p.String(), seq)
	x.sign(a, own)
	_ = x.Close()
	if r, err := a.verify(t); err != nil || r.Trusted || r.Whole() || r.TrustedSize != 100 || len(r.Restores) != 1 {
		t.Errorf("signed by himself: %+v, %v; want no trust", r, err)
	}
	if err := a.tryOpen(t.Context(), ""); !errors.Is(err, audit.ErrRolledBack) {
		t.Errorf("Open: err = %v, want ErrRolledBack", err)
	}

	// He writes his story over an entry that was signed.
	a = sound.copy(t)
	x = attack(t, a.path())
	x.cutWithCheckpoints(a, 141)
	body, err := json.Marshal(map[string]any{"actor": "", "at": "2026-11-23T09:00:09.000000Z", "codes": story, "event": "recovery", "result": "ok", "seq": 9, "v": 1})
	if err != nil {
		t.Fatal(err)
	}
	x.do(`UPDATE audit_entry SET body = ?, event = 'recovery' WHERE seq = 9`, string(body))
	_ = x.Close()
	if err := a.tryOpen(t.Context(), ""); !errors.Is(err, audit.ErrRolledBack) {
		t.Errorf("Open: err = %v, want ErrRolledBack", err)
	}
}

// A change of keys that the old key did not sign makes nobody trusted.
func TestKeyChangeThatNobodySigned(t *testing.T) {
	a := newArchive(t)
	a.note(t, 20)
	a.close(t)
	own := forger(t, a)
	p := own.Public()
	x := attack(t, a.path())
	seq := x.add(audit.KeyChange, map[string]any{"fingerprint": p.Fingerprint(), "public": p.String()})
	x.do(`INSERT INTO audit_key VALUES (?, ?, ?)`, p.Fingerprint(), p.String(), seq)
	x.sign(a, own)
	_ = x.Close()
	r, err := a.verify(t)
	if err != nil || r.Trusted || r.TrustedSize != 20 || len(r.Keys) != 2 || r.Keys[1].Trusted {
		t.Errorf("%+v, %v; want the new key not trusted", r, err)
	}
}

// A restore is signed at once, also when the program died before it could.
func TestRestoreIsSignedAtOnce(t *testing.T) {
	a := newArchive(t)
	a.note(t, 10)
	a.close(t)
	old := a.copy(t)
	a.open(t)
	a.note(t, 10)
	a.close(t)
	old.state = a.state
	if err := old.tryOpen(t.Context(), "backup of Monday"); err != nil {
		t.Fatal(err)
	}
	r, err := audit.VerifyFile(t.Context(), audit.VerifyConfig{Database: old.path(), ArchiveDir: old.dir, StateDir: old.state}, nil)
	if err != nil || !r.Whole() || r.TrustedSize != 11 || len(r.Restores) != 1 || r.Restores[0] != (audit.Restore{Seq: 11, Size: 10, HighWater: 20}) {
		t.Errorf("%+v, %v", r, err)
	}
	old.close(t)
	// As if it had died: the checkpoint is not there.
	x := attack(t, old.path())
	x.do(`DELETE FROM audit_checkpoint WHERE size >= 11`)
	_ = x.Close()
	old.forgetCheckpoint(t, 11)
	if err := old.tryOpen(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if h, err := old.log.Head(t.Context()); err != nil || h.CheckpointSize != 11 {
		t.Errorf("%+v, %v; want a checkpoint over 11", h, err)
	}
	old.close(t)
}

// The second medium was away while the archive was lawfully restored; it comes
// back with the mark of before.
func TestStickThatWasAwayAtARestore(t *testing.T) {
	a := newArchive(t)
	stick := t.TempDir()
	if err := a.log.SetSecondMedium(t.Context(), "a9", stick); err != nil {
		t.Fatal(err)
	}
	a.note(t, 4)
	a.close(t)
	old := a.copy(t)
	a.open(t)
	a.note(t, 10)
	a.close(t)
	old.state = a.state
	away := stick + ".away"
	if err := os.Rename(stick, away); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(away) })
	if err := old.tryOpen(t.Context(), "backup of Monday"); err != nil {
		t.Fatal(err)
	}
	marks, err := old.log.Marks(t.Context())
	if err != nil || len(marks) != 2 || marks[0].Missing || !marks[1].Missing || marks[0].Size != 6 {
		t.Errorf("marks = %+v, %v", marks, err)
	}
	if _, err = os.Stat(stick); err == nil {
		t.Error("a folder was made in place of the stick")
	}
	old.close(t)
	if err = os.Rename(away, stick); err != nil {
		t.Fatal(err)
	}
	if r, verifyErr := old.verify(t); verifyErr != nil || !r.Trusted || r.HighWater != 6 {
		t.Errorf("%+v, %v", r, verifyErr)
	}
	if err = old.tryOpen(t.Context(), ""); err != nil {
		t.Fatalf("the restore that was accepted is asked for again: %v", err)
	}
	old.note(t, 1)
	old.close(t)
	if r, err := old.verify(t); err != nil || r.HighWater != 7 {
		t.Errorf("%+v, %v", r, err)
	}
}

// A second medium that fails stops nothing, and it is seen.
func TestStickThatFails(t *testing.T) {
	a := newArchive(t)
	stick := t.TempDir()
	blocked := filepath.Join(stick, "diaoyue-marks")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil { // where the folder should be
		t.Fatal(err)
	}
	if err := a.log.SetSecondMedium(t.Context(), "a9", stick); !errors.Is(err, audit.ErrNoMedium) {
		t.Errorf("err = %v, want ErrNoMedium", err)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	if err := a.log.SetSecondMedium(t.Context(), "a9", stick); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(blocked, "*")); err != nil || len(left) != 1 {
		t.Errorf("on the stick: %v, %v; want the mark alone", left, err)
	}
	if err := errors.Join(os.RemoveAll(blocked), os.WriteFile(blocked, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	a.note(t, 5)
	a.close(t) // reports nothing
	a.open(t)
	marks, err := a.log.Marks(t.Context())
	if err != nil || len(marks) != 2 || !marks[1].Missing || marks[0].Missing {
		t.Errorf("marks = %+v, %v", marks, err)
	}
	a.close(t)
	if r, err := a.verify(t); err != nil || !r.Whole() {
		t.Errorf("%+v, %v", r, err)
	}
}

// The program dies in the middle of a change of keys: before the log knows the
// new key the old one goes on, after that the new one.
func TestChangeOfKeysCutShort(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		a := newArchive(t)
		a.note(t, 3)
		old, place := a.log.Public().String(), a.log.KeyPlace()
		a.close(t)
		if err := os.WriteFile(place+".next", []byte(forger(t, a).Marshal()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		a.open(t)
		if a.log.Public().String() != old {
			t.Error("a key that the log does not know signs")
		}
		if _, err := os.Stat(place + ".next"); err == nil {
			t.Error("the key that never signed is still there")
		}
	})
	t.Run("after", func(t *testing.T) {
		a := newArchive(t)
		a.note(t, 3)
		place := a.log.KeyPlace()
		before := readFile(t, place)
		if err := a.log.ChangeKey(t.Context(), "a9", "年度更换"); err != nil {
			t.Fatal(err)
		}
		fresh := a.log.Public().String()
		after := readFile(t, place)
		a.close(t)
		if before == after {
			t.Fatal("the old key is still in its place")
		}
		if err := errors.Join(os.WriteFile(place+".next", []byte(after), 0o600), os.WriteFile(place, []byte(before), 0o600)); err != nil {
			t.Fatal(err)
		}
		a.open(t)
		if a.log.Public().String() != fresh || readFile(t, place) != after {
			t.Error("the change was not finished")
		}
		a.note(t, 1)
		a.close(t)
		if r, err := a.verify(t); err != nil || !r.Whole() {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Every way the log tells of itself is signed: change, loss, restore.
func TestWhatTheLogSaysOfItselfIsSigned(t *testing.T) {
	a := newArchive(t)
	a.note(t, 3)
	old := a.log.Public().String()
	if err := a.log.ChangeKey(t.Context(), "a9", "年度更换"); err != nil {
		t.Fatal(err)
	}
	fresh := a.log.Public().String()
	rows, err := a.log.List(t.Context(), audit.Filter{Event: audit.KeyChange})
	if err != nil || len(rows) != 1 || rows[0].Codes["public"] != fresh || rows[0].Codes["previous"] == "" || rows[0].Details["reason"] != "年度更换" {
		t.Fatalf("%+v, %v", rows, err)
	}
	a.close(t)
	// The old key signed the change, the new one what follows: whoever has
	// either of them trusts the whole log, also the moment after.
	for _, key := range []string{old, fresh} {
		r, err := audit.VerifyFile(t.Context(), audit.VerifyConfig{Database: a.path(), ArchiveDir: a.dir, Trusted: []string{key}}, nil)
		if err != nil || !r.Whole() || len(r.Keys) != 2 || r.Keys[0].Since != 1 || r.Keys[1].Since != rows[0].Seq {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

// On another machine, which remembers no log of this archive, a restored copy is
// taken with an entry that says who answers for it and tells of nothing lost.
func TestRestoredOnAnotherMachine(t *testing.T) {
	a := newArchive(t)
	a.note(t, 5)
	a.close(t)
	a.state = t.TempDir()
	if err := a.tryOpen(t.Context(), "the disk died"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.close(t) })
	found, err := a.log.List(t.Context(), audit.Filter{Event: audit.Recovery})
	if err != nil || len(found) != 1 || found[0].Actor != "a3" || found[0].Details["reason"] != "the disk died" || found[0].Codes["highwater"] != nil {
		t.Fatalf("%+v, %v", found, err)
	}
	r, err := a.verify(t)
	if err != nil || len(r.Restores) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
