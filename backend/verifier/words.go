package verifier

import (
	"cmp"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/frontend"
)

//go:embed texts.zh-CN.json
var texts []byte

// Words are what the verifier says, in the asker's language.
type Words struct {
	lines  map[string]string
	faults map[string]struct {
		Text  string                       `json:"text"`
		Next  string                       `json:"next"`
		Words map[string]map[string]string `json:"words"`
	}
}

// LoadWords reads the words that are built in.
func LoadWords() (*Words, error) {
	w := &Words{}
	if err := json.Unmarshal(texts, &w.lines); err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	if err := json.Unmarshal(frontend.Faults, &w.faults); err != nil {
		return nil, fmt.Errorf("read sentences: %w", err)
	}
	return w, nil
}

// Write says the verdict: what is sound on out, what is broken on errOut; as
// JSON all of it in one line on out, and the broken on errOut besides.
func (w *Words) Write(out, errOut io.Writer, v Verdict, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v.object()); err != nil {
			return err
		}
	} else if v.Err == nil {
		for _, line := range w.told(v) {
			if _, err := fmt.Fprintln(out, line); err != nil {
				return err
			}
		}
	}
	if v.Err == nil {
		return nil
	}
	next := "" // of an archive: what its own people have to do
	if !v.Growing {
		next = w.lines["broken.next"]
	}
	_, err := fmt.Fprintln(errOut, w.sentence(v.Err, next)+w.where(v.Err))
	return err
}

// told is a sound verdict, line by line.
func (w *Words) told(v Verdict) []string {
	if len(v.Notes) > 0 {
		return w.toldNotes(v)
	}
	r := v.Report
	lines := []string{
		w.line("whole", "entries", number(r.Entries), "checkpoints", strconv.Itoa(r.Checkpoints), "root", r.Root),
		w.line("archive", "archive", r.Archive),
	}
	for _, k := range r.Keys {
		trust := "key.unknown"
		if k.Trusted {
			trust = "key.trusted"
		}
		lines = append(lines, w.line("key", "fingerprint", k.Fingerprint, "since", number(k.Since), "trust", w.line(trust)))
	}
	if r.HighWater > 0 {
		lines = append(lines, w.line("highwater", "highwater", number(r.HighWater)))
	}
	if r.Witnessed > 0 {
		lines = append(lines, w.line("witnessed", "witnessed", number(r.Witnessed), "rest", number(r.Entries-r.Witnessed)))
	}
	if r.Withheld > 0 {
		lines = append(lines, w.line("withheld", "withheld", number(r.Withheld)))
	}
	for _, x := range r.Restores {
		lines = append(lines, w.line("restore", "seq", number(x.Seq), "size", number(x.Size), "highwater", number(x.HighWater)))
	}
	conclusion := "partly"
	switch {
	case v.good() && r.TrustedSize < r.Entries:
		conclusion = "growing"
	case v.good():
		conclusion = "good"
	case v.stranger():
		conclusion = "stranger"
	case r.TrustedSize == 0:
		conclusion = "self"
	}
	return append(lines, w.line(conclusion, "trusted", number(r.TrustedSize), "rest", number(r.Entries-r.TrustedSize)))
}

func (w *Words) toldNotes(v Verdict) []string {
	var lines []string
	for _, n := range v.Notes {
		lines = append(lines, w.line("note", "archive", n.Archive, "size", number(n.Size), "at", n.At, "root", n.Root))
		if n.SignedBy == "" {
			lines = append(lines, w.line("note.unsigned"))
		} else {
			lines = append(lines, w.line("note.signed", "fingerprint", n.SignedBy))
		}
		for _, c := range n.Cosigned {
			lines = append(lines, w.line("note.cosigned", "name", c.By, "at", c.At.Format(time.RFC3339)))
		}
	}
	return lines
}

// object is the verdict for scripts; its names are promises.
func (v Verdict) object() map[string]any {
	var t *check.TamperError
	if errors.As(v.Err, &t) {
		return map[string]any{"ok": false, "code": fault.Code(v.Err), "seq": t.Seq, "to": t.To, "kind": t.Kind}
	}
	if v.Err != nil {
		return map[string]any{"ok": false, "code": fault.Code(v.Err), "params": fault.Params(v.Err)}
	}
	if len(v.Notes) > 0 {
		list := make([]map[string]any, 0, len(v.Notes))
		for _, n := range v.Notes {
			cosigned := make([]map[string]any, 0, len(n.Cosigned))
			for _, c := range n.Cosigned {
				cosigned = append(cosigned, map[string]any{"by": c.By, "at": c.At.Format(time.RFC3339)})
			}
			list = append(list, map[string]any{
				"archive": n.Archive, "size": n.Size, "root": n.Root, "at": n.At, "signed_by": n.SignedBy, "cosigned": cosigned,
			})
		}
		return map[string]any{"ok": true, "trusted": v.good(), "notes": list}
	}
	r := v.Report
	keys := make([]map[string]any, 0, len(r.Keys))
	for _, k := range r.Keys {
		keys = append(keys, map[string]any{"fingerprint": k.Fingerprint, "since": k.Since, "trusted": k.Trusted})
	}
	restores := make([]map[string]any, 0, len(r.Restores))
	for _, x := range r.Restores {
		restores = append(restores, map[string]any{"seq": x.Seq, "size": x.Size, "high_water": x.HighWater})
	}
	signers := append([]string{}, r.SignedBy...)
	return map[string]any{
		"ok": true, "archive": r.Archive, "entries": r.Entries, "root": r.Root, "checkpoints": r.Checkpoints,
		"high_water": r.HighWater, "key_place": r.KeyPlace, "signed_by": signers, "trusted": v.good(), "trusted_size": r.TrustedSize,
		"witnessed": r.Witnessed, "withheld": r.Withheld, "keys": keys, "restores": restores,
	}
}

// where names the entries, when a fault cannot be pinned to one.
func (w *Words) where(err error) string {
	var t *check.TamperError
	if !errors.As(err, &t) || t.Seq == t.To {
		return ""
	}
	return w.line("broken.where", "seq", number(t.Seq), "to", number(t.To))
}

// sentence says an error in one plain line; next, unless "", stands for the
// usual advice.
func (w *Words) sentence(err error, next string) string {
	code := fault.Code(err)
	said, ok := w.faults[code]
	if !ok || code == fault.Internal {
		return printable(err.Error())
	}
	var pairs []string
	for k, v := range fault.Params(err) {
		if word, told := said.Words[k][v]; told {
			v = word
		}
		pairs = append(pairs, k, v)
	}
	return fill(said.Text+cmp.Or(next, said.Next), pairs...) + " [" + code + "]"
}

func (w *Words) line(key string, pairs ...string) string { return fill(w.lines[key], pairs...) }

func fill(text string, pairs ...string) string {
	places := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		places = append(places, "{"+pairs[i]+"}", printable(pairs[i+1]))
	}
	return strings.NewReplacer(places...).Replace(text)
}

// printable keeps what a foreign file says from steering the terminal or
// turning the line around.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\ufffd'
	}, text)
}

func hexadecimal(b []byte) string { return hex.EncodeToString(b) }

func number(n int64) string { return strconv.FormatInt(n, 10) }
