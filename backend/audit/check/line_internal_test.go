package check

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzLine compares the quick reader of an entry's line with encoding/json:
// what it takes, encoding/json reads in the same way.
func FuzzLine(f *testing.F) {
	for _, line := range []string{
		`{"entry":{"seq":1,"body":"{\"actor\":\"a\\\\b\"}"}}`,
		`{"entry":{"seq":12,"body":"x","details":"检查\n\t/\/","salt":"00ff"}}`,
		`{"entry":{"seq":1,"body":"\u0041"}}`, `{"entry":{"seq":01,"body":"x"}}`, `{"entry":{"seq":1,"body":"x","salt":"00"}}`,
		`{"entry":{"seq":1,"body":"` + "\xff" + `"}}`, `{"entry":{"seq":1,"body":"` + "\x01" + `"}}`, `{"entry":{"seq":1,"body":"x\`, `{"entry":{"seq":-1,"body":""}}`,
		`{"entry":{"seq":99999999999999999999,"body":"x"}}`, `{"entry":{"seq":1,"body":"x"}} `,
	} {
		f.Add([]byte(line + "\n"))
	}
	var l entryLine
	f.Fuzz(func(t *testing.T, text []byte) {
		if !l.scan(text) {
			return
		}
		var want Line
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&want); err != nil || want.Entry == nil {
			t.Fatalf("%q was taken: %v", text, err)
		}
		e := want.Entry
		if e.Seq != l.seq || e.Body != string(l.body) || e.Salt != string(l.salt) || (e.Details != nil) != l.known || l.known && *e.Details != string(l.details) {
			t.Fatalf("%q was read as %+v, want %+v", text, l, e)
		}
	})
}

func TestQuickReaderTakesWhatTheLogWrites(t *testing.T) {
	details := "检查视频 <1> \"引\" \\ \n"
	text, err := json.Marshal(Line{Entry: &EntryLine{Seq: 7, Body: `{"actor":"a1"}`, Details: &details, Salt: "00ff"}})
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte(`\u003c`), []byte("<"))
	text = bytes.ReplaceAll(text, []byte(`\u003e`), []byte(">"))
	var l entryLine
	if !l.scan(append(text, '\n')) || l.seq != 7 || string(l.details) != details {
		t.Errorf("%s: %+v", text, l)
	}
}
