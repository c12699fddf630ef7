package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

var update = flag.Bool("update", false, "write the test vector of docs/formats anew")

// vector is what docs/formats/log.md gives other implementations to test with.
type vector struct {
	Public  string        `json:"public"`
	Entries []vectorEntry `json:"entries"`
	Root    string        `json:"root"`
	Proof   audit.Proof   `json:"proof"`
}

type vectorEntry struct {
	Body    string `json:"body"`
	Details string `json:"details,omitempty"`
	Salt    string `json:"salt,omitempty"`
	Leaf    string `json:"leaf"`
}

// The published vector is checked with nothing of this package but the name
// of its file, as a foreign verifier would.
func TestVector(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "formats", "log-vector.json")
	if *update {
		writeVector(t, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	if err = json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	var level []tlog.Hash
	for i, e := range v.Entries {
		leaf := sha256.Sum256(append([]byte{0}, e.Body...))
		if hex.EncodeToString(leaf[:]) != e.Leaf {
			t.Errorf("entry %d: leaf %x, want %s", i+1, leaf, e.Leaf)
		}
		level = append(level, leaf)
		var fields map[string]any
		dec := json.NewDecoder(bytes.NewReader([]byte(e.Body)))
		dec.UseNumber()
		if err = dec.Decode(&fields); err != nil {
			t.Fatal(err)
		}
		if got := canonical(t, fields); got != e.Body {
			t.Errorf("entry %d is not canonical:\n%s\n%s", i+1, e.Body, got)
		}
		salt, saltErr := hex.DecodeString(e.Salt)
		if saltErr != nil {
			t.Fatal(saltErr)
		}
		sum := sha256.Sum256(append(salt, e.Details...))
		if want, ok := fields["details"]; ok && want != hex.EncodeToString(sum[:]) || !ok && e.Details != "" {
			t.Errorf("entry %d: details do not fit", i+1)
		}
	}
	if got := fold(level); hex.EncodeToString(got[:]) != v.Root {
		t.Errorf("root %x, want %s", got, v.Root)
	}
	public, err := signature.ParsePublic(v.Public)
	if err != nil {
		t.Fatal(err)
	}
	s, err := public.VerifyInclusion(v.Proof)
	if err != nil || s.Size != int64(len(v.Entries)) || hex.EncodeToString(s.Root[:]) != v.Root {
		t.Errorf("proof: %+v, %v", s, err)
	}
}

// fold computes a root by RFC 6962's definition, not by tlog.
func fold(leaves []tlog.Hash) tlog.Hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	left, right := fold(leaves[:k]), fold(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func canonical(tb testing.TB, v any) string {
	tb.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		tb.Fatal(err)
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

func writeVector(tb testing.TB, path string) {
	tb.Helper()
	a := newArchive(tb)
	a.note(tb, 3)
	a.clock.add(-time.Hour)
	if _, err := a.log.Note(tb.Context(), audit.Entry{Event: audit.Refusal, Result: audit.Refused, Codes: map[string]any{"permission": "approve", "basis": "S18.1"}}); err != nil {
		tb.Fatal(err)
	}
	proof, err := a.log.Prove(tb.Context(), 2)
	if err != nil {
		tb.Fatal(err)
	}
	head, err := a.log.Head(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	v := vector{Public: a.log.Public().String(), Root: head.Root, Proof: proof}
	err = a.db.Read(tb.Context(), func(tx *store.Tx) error {
		rows, queryErr := tx.Query(`SELECT body, COALESCE(details, ''), COALESCE(salt, x'') FROM audit_entry ORDER BY seq`)
		if queryErr != nil {
			return queryErr
		}
		defer rows.Close()
		for rows.Next() {
			var e vectorEntry
			var salt []byte
			if err = rows.Scan(&e.Body, &e.Details, &salt); err != nil {
				return err
			}
			leaf := tlog.RecordHash([]byte(e.Body))
			e.Salt, e.Leaf = hex.EncodeToString(salt), hex.EncodeToString(leaf[:])
			v.Entries = append(v.Entries, e)
		}
		return rows.Err()
	})
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err = enc.Encode(v); err != nil {
		tb.Fatal(err)
	}
	if err = os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
}
