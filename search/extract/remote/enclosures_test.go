package remote_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/mail"
	"diaoyue.example/workstation/search/extract/remote"
)

// Enclosed files cross in pieces and come out with their bytes; what the caller
// says to one is what he hears.
func TestEnclosures(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789"), 2<<20)
	path := filepath.Join(t.TempDir(), "m.eml")
	raw := "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	for name, content := range map[string][]byte{"large.bin": large, "small.txt": []byte("words")} {
		raw += "--b\r\nContent-Type: application/octet-stream; name=" + name + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(content) + "\r\n"
	}
	if err := os.WriteFile(path, []byte(raw+"--b--\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x := extract.New(extract.Limits{}, mail.New(extract.NewTypesetter(nil), extract.Limits{}))
	c, err := remote.Pair(x)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got := map[string][]byte{}
	err = c.Enclosures(t.Context(), f, "m.eml", func(e extract.Enclosure) error { got[e.Name] = e.Content; return nil })
	if err != nil || len(got) != 2 || !bytes.Equal(got["large.bin"], large) || string(got["small.txt"]) != "words" {
		t.Errorf("%d files, %v", len(got), err)
	}
	stop := errors.New("no more")
	if err := c.Enclosures(t.Context(), f, "m.eml", func(extract.Enclosure) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v, want the caller's own", err)
	}
}

// broken is a format whose files carry one file and then something that cannot
// be had.
type broken struct{}

func (broken) Probe([]byte, string) int { return 1 }

func (broken) Open(context.Context, *os.File, string) (extract.Document, error) {
	return nil, extract.ErrDamaged
}

func (broken) Enclosures(_ context.Context, _ *os.File, _ string, emit func(extract.Enclosure) error) error {
	return errors.Join(emit(extract.Enclosure{Name: "a.txt", Content: []byte("words")}), extract.ErrDamaged)
}

// A file that came whole is handed on, though something after it is wrong.
func TestEnclosuresBeforeAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.ofd")
	if err := os.WriteFile(path, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := remote.Pair(extract.New(extract.Limits{}, broken{}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got := []string{}
	err = c.Enclosures(t.Context(), f, "x.ofd", func(e extract.Enclosure) error { got = append(got, e.Name+string(e.Content)); return nil })
	if !errors.Is(err, extract.ErrDamaged) || len(got) != 1 || got[0] != "a.txtwords" {
		t.Errorf("%q, %v", got, err)
	}
}
