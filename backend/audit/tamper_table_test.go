package audit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/signature"
)

// The tamper table as it is promised, the honest ✗ row included.
const tamperTable = `| attack by one who owns the disk | chain only | + signed checkpoints | + high-water mark outside | + outside witness |
|---|---|---|---|---|
| edit a row | ✓ | ✓ | ✓ | ✓ |
| edit and rehash | ✗ | ✓ | ✓ | ✓ |
| cut the tail with its checkpoints | ✗ | ✗ | ✓ | up to the witness |
| restore an old file | ✗ | ✗ | ✓ | ✓ |
| rewrite and re-sign (stolen key) | ✗ | ✗ | ✗ | ✓ |
| forge after the last witness | ✗ | ✗ | ✗ | ✗ |
`

func TestTamperTable(t *testing.T) {
	got := writeTable(besiege(t))
	t.Log("\n" + got)
	if got != tamperTable {
		t.Errorf("the table is\n%s\nand must be\n%s", got, tamperTable)
	}
}

func writeTable(rows []siege) string {
	head, _, _ := strings.Cut(tamperTable, "| edit a row")
	var b strings.Builder
	b.WriteString(head)
	for _, r := range rows {
		b.WriteString("| " + r.attack + " | " + strings.Join(r.cells, " | ") + " |\n")
	}
	return b.String()
}

// siege is a row of the table: what each defence made of an attack.
type siege struct {
	attack string
	cells  []string
}

// A defence is what the verifier has. Each has what the one before it has,
// but for the witness, who has no mark: it stands for somebody elsewhere who
// never saw the state folder.
type defence struct {
	checkpoints, mark, witness bool
}

// The log of the siege: 250 entries and a few, with checkpoints over 100, 150,
// 200 and all, and a printed witness over 200, which an entry speaks of.
const (
	oldSize     = 150
	witnessSize = 200
)

// besiege runs every attack against every defence, each on its own copy.
func besiege(t *testing.T) []siege {
	t.Helper()
	sound := newArchive(t)
	sound.note(t, 100)
	checkpoint(t, sound)
	sound.note(t, oldSize-100)
	sound.close(t)
	old := sound.copy(t) // the whole folder, as a backup has it
	sound.open(t)
	sound.note(t, witnessSize-oldSize)
	sheet, err := sound.log.WitnessSheet(t.Context())
	if err != nil || sheet.Size != witnessSize {
		t.Fatal(sheet.Size, err)
	}
	if _, err = sound.log.Witness(t.Context(), "a9", audit.Witnessing{Kind: audit.WitnessPrint, Size: sheet.Size, Place: "保险柜"}); err != nil {
		t.Fatal(err)
	}
	sound.note(t, 49)
	public := sound.log.Public().String() // kept elsewhere, before the attack
	sound.close(t)
	key, err := os.ReadFile(filepath.Join(sound.state, "keys", sound.id(t)+".key"))
	if err != nil {
		t.Fatal(err)
	}
	stolen, err := signature.ParsePrivate(string(key))
	if err != nil {
		t.Fatal(err)
	}

	edited := func(x attacker) { x.edit(137) }
	attacks := []struct {
		name string
		do   func(a *archive, x attacker)
	}{
		{"edit a row", func(_ *archive, x attacker) { edited(x) }},
		{"edit and rehash", func(_ *archive, x attacker) { edited(x); x.rehash() }},
		{"cut the tail with its checkpoints", func(a *archive, x attacker) { x.cutWithCheckpoints(a, 241) }},
		{"restore an old file", func(a *archive, _ attacker) { a.putBack(t, old) }},
		{"rewrite and re-sign (stolen key)", func(a *archive, x attacker) { edited(x); x.resign(a, stolen) }},
		{"forge after the last witness", func(a *archive, x attacker) { x.edit(230); x.resign(a, stolen) }},
	}
	defences := []defence{{}, {checkpoints: true}, {checkpoints: true, mark: true}, {checkpoints: true, witness: true}}
	found := func(d defence, do func(a *archive, x attacker)) bool {
		a := sound.copy(t)
		if !d.checkpoints {
			a.withoutCheckpoints(t)
		}
		cfg := audit.VerifyConfig{Database: a.path()}
		if d.checkpoints {
			cfg.ArchiveDir, cfg.Trusted = a.dir, []string{public}
		}
		if d.mark {
			cfg.StateDir = a.state
		}
		if d.witness {
			cfg.Witnesses = []string{sheet.Note}
		}
		// A defence that cries when nothing happened would find everything.
		if r, err := audit.VerifyFile(t.Context(), cfg, nil); err != nil || d.checkpoints && !r.Trusted {
			t.Fatalf("before the attack: %+v, %v", r, err)
		}
		x := attack(t, a.path())
		do(a, x)
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := audit.VerifyFile(t.Context(), cfg, nil)
		var te *audit.TamperError
		if err != nil && !errors.As(err, &te) {
			t.Fatal(err)
		}
		return err != nil || d.checkpoints && !r.Trusted
	}
	var rows []siege
	for _, at := range attacks {
		row := siege{attack: at.name}
		for _, d := range defences {
			cell := map[bool]string{true: "✓", false: "✗"}[found(d, at.do)]
			if strings.HasPrefix(at.name, "cut") && d.witness {
				// Cut behind the witness's checkpoint, and before it.
				if before := found(d, func(a *archive, x attacker) { x.cutWithCheckpoints(a, 181) }); before && cell == "✗" {
					cell = "up to the witness"
				}
			}
			row.cells = append(row.cells, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// id reads the archive's id past the door.
func (a *archive) id(tb testing.TB) string {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join(a.state, "keys", "*.key"))
	if err != nil || len(names) != 1 {
		tb.Fatal(names, err)
	}
	return strings.TrimSuffix(filepath.Base(names[0]), ".key")
}

// withoutCheckpoints makes the log one that has no signatures at all.
func (a *archive) withoutCheckpoints(tb testing.TB) {
	tb.Helper()
	x := attack(tb, a.path())
	x.do(`DELETE FROM audit_checkpoint`)
	for _, query := range []string{
		`DELETE FROM audit_witness`,
		// The entry about a witness tells nothing any more.
		`UPDATE audit_entry SET body = replace(body, '"event":"witness"', '"event":"printing"'), event = 'printing' WHERE event = 'witness'`,
	} {
		if _, err := x.Exec(query); err != nil {
			tb.Fatal(err)
		}
	}
	x.rehash()
	// The next attack looks for triggers to drop.
	for i := range 10 {
		if _, err := x.Exec(fmt.Sprintf(`CREATE TRIGGER t%d BEFORE DELETE ON audit_origin BEGIN SELECT 1; END`, i)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		tb.Fatal(err)
	}
	a.forgetCheckpoints(tb)
}

// putBack puts an old copy of the folder over this one; the state folder is
// not in it.
func (a *archive) putBack(tb testing.TB, old *archive) {
	tb.Helper()
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		tb.Fatal(err)
	}
	bare := true // the defence that has no checkpoints keeps having none
	for _, e := range entries {
		bare = bare && e.Name() != "checkpoints"
		if err = os.RemoveAll(filepath.Join(a.dir, e.Name())); err != nil {
			tb.Fatal(err)
		}
	}
	if err = os.CopyFS(a.dir, os.DirFS(old.dir)); err != nil {
		tb.Fatal(err)
	}
	if bare {
		x := attack(tb, a.path())
		x.do(`DELETE FROM audit_checkpoint`)
		if err := x.Close(); err != nil {
			tb.Fatal(err)
		}
		a.forgetCheckpoints(tb)
	}
}

// cutWithCheckpoints cuts the entries from seq on with all that speaks of
// them: checkpoints, their files, what is kept of witnesses.
func (x attacker) cutWithCheckpoints(a *archive, seq int) {
	x.tb.Helper()
	if _, err := x.Exec(`DELETE FROM audit_witness WHERE seq >= ?`, seq); err != nil {
		x.tb.Fatal(err)
	}
	x.cut(seq)
	if _, err := x.Exec(`DELETE FROM audit_checkpoint WHERE size >= ?`, seq); err != nil {
		x.tb.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(a.dir, "checkpoints", "*.note"))
	if err != nil {
		x.tb.Fatal(err)
	}
	for _, name := range names {
		var size int
		if _, err := fmt.Sscanf(filepath.Base(name), "%d.note", &size); err != nil {
			x.tb.Fatal(err)
		}
		if size >= seq {
			if err := os.Remove(name); err != nil {
				x.tb.Fatal(err)
			}
		}
	}
}

// resign makes everything fit what was edited: the tree, every checkpoint in
// table and folder, what the log keeps of its witnesses with the entries that
// speak of them, and the mark, which lies beside the key.
func (x attacker) resign(a *archive, key *signature.Private) {
	x.tb.Helper()
	var bodies []string
	x.each(`SELECT body FROM audit_entry ORDER BY seq`, func(scan func(...any)) {
		var body string
		scan(&body)
		bodies = append(bodies, body)
	})
	notes := map[int]string{}
	x.each(`SELECT size, note FROM audit_checkpoint`, func(scan func(...any)) {
		var size int
		var note string
		scan(&size, &note)
		notes[size] = note
	})
	witnesses := map[int]int{}
	x.each(`SELECT size, seq FROM audit_witness`, func(scan func(...any)) {
		var size, seq int
		scan(&size, &seq)
		witnesses[size] = seq
	})
	sizes := make([]int, 0, len(notes))
	for size := range notes {
		sizes = append(sizes, size)
	}
	slices.Sort(sizes)
	for _, size := range sizes {
		text, err := signature.NoteText(notes[size])
		if err != nil {
			x.tb.Fatal(err)
		}
		s, err := signature.ParseStatement(text)
		if err != nil {
			x.tb.Fatal(err)
		}
		s.Root = rootOf(bodies[:size])
		note, err := key.SignNote(s.Text())
		if err != nil {
			x.tb.Fatal(err)
		}
		x.do(`UPDATE audit_checkpoint SET note = ? WHERE size = ?`, note, size)
		name := filepath.Join(a.dir, "checkpoints", fmt.Sprintf("%012d.note", size))
		if err := os.WriteFile(name, []byte(note), 0o600); err != nil {
			x.tb.Fatal(err)
		}
		if seq := witnesses[size]; seq > 0 {
			was, is := sha256.Sum256([]byte(notes[size])), sha256.Sum256([]byte(note))
			bodies[seq-1] = strings.Replace(bodies[seq-1], hex.EncodeToString(was[:]), hex.EncodeToString(is[:]), 1)
			x.do(`UPDATE audit_entry SET body = ? WHERE seq = ?`, bodies[seq-1], seq)
			x.do(`UPDATE audit_witness SET note = ? WHERE size = ?`, note, size)
		}
	}
	x.rehash()
	path := filepath.Join(a.state, "marks", a.id(x.tb)+".json")
	text, err := os.ReadFile(path)
	if err != nil {
		x.tb.Fatal(err)
	}
	var mark map[string]any
	if err = json.Unmarshal(text, &mark); err != nil {
		x.tb.Fatal(err)
	}
	root := rootOf(bodies)
	mark["root"] = hex.EncodeToString(root[:])
	if text, err = json.Marshal(mark); err != nil {
		x.tb.Fatal(err)
	}
	if err = os.WriteFile(path, text, 0o600); err != nil {
		x.tb.Fatal(err)
	}
}

func (x attacker) each(query string, row func(scan func(...any))) {
	x.tb.Helper()
	rows, err := x.Query(query) //nolint:sqlclosecheck // closed below
	if err != nil {
		x.tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		row(func(into ...any) {
			if err := rows.Scan(into...); err != nil {
				x.tb.Fatal(err)
			}
		})
	}
	if err := rows.Err(); err != nil {
		x.tb.Fatal(err)
	}
}

func rootOf(bodies []string) tlog.Hash {
	leaves := make([]tlog.Hash, len(bodies))
	for i, b := range bodies {
		leaves[i] = tlog.RecordHash([]byte(b))
	}
	return fold(leaves)
}
