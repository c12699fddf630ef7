package signature_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"diaoyue.example/workstation/backend/signature"
)

func TestSignAndVerify(t *testing.T) {
	mine, theirs := generate(t), generate(t)
	msg := []byte("copy 7 is released")
	sig, err := mine.Sign(signature.DomainCertificate, msg)
	if err != nil {
		t.Fatal(err)
	}
	other, err := theirs.Sign(signature.DomainCertificate, msg)
	if err != nil {
		t.Fatal(err)
	}
	// Both keys survive being written and read.
	again, err := signature.ParsePrivate(mine.Marshal() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	pub, err := signature.ParsePublic(again.Public().String())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		domain string
		msg    string
		sig    signature.Signature
		good   bool
	}{
		{"as signed", signature.DomainCertificate, string(msg), sig, true},
		{"other domain", "backup", string(msg), sig, false},
		{"other text", signature.DomainCertificate, "copy 8 is released", sig, false},
		{"other key", signature.DomainCertificate, string(msg), other, false},
		{"Ed25519 of another", signature.DomainCertificate, string(msg), signature.Signature{Ed25519: other.Ed25519, SM2: sig.SM2}, false},
		{"SM2 of another", signature.DomainCertificate, string(msg), signature.Signature{Ed25519: sig.Ed25519, SM2: other.SM2}, false},
		{"no SM2", signature.DomainCertificate, string(msg), signature.Signature{Ed25519: sig.Ed25519}, false},
		{"nothing", signature.DomainCertificate, string(msg), signature.Signature{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := pub.Verify(tt.domain, []byte(tt.msg), tt.sig)
			if tt.good && err != nil {
				t.Errorf("err = %v", err)
			}
			if !tt.good && !errors.Is(err, signature.ErrBadSignature) {
				t.Errorf("err = %v, want ErrBadSignature", err)
			}
		})
	}
	if !pub.Is(mine.Public().String()) || !pub.Is(strings.ToUpper(mine.Public().Fingerprint())) || pub.Is(theirs.Public().String()) || pub.Is("") {
		t.Error("Is does not tell keys apart")
	}
	if strings.ContainsAny(pub.String(), " \n") {
		t.Error("the key is not one word")
	}
}

func TestNote(t *testing.T) {
	mine, theirs := generate(t), generate(t)
	const text = "diaoyue.example/x\n3\nAAAA\n"
	signed, err := mine.SignNote(text)
	if err != nil {
		t.Fatal(err)
	}
	if got, opened := mine.Public().OpenNote(signed); opened != nil || got != text {
		t.Errorf("OpenNote = %q, %v", got, opened)
	}
	if got, read := signature.NoteText(signed); read != nil || got != text {
		t.Errorf("NoteText = %q, %v", got, read)
	}
	lines := strings.SplitAfter(signed, "\n")
	for name, forged := range map[string]string{
		"text changed":  strings.Replace(signed, "\n3\n", "\n4\n", 1),
		"SM2 line gone": strings.Join(lines[:len(lines)-2], ""),
		"no note":       "x",
		"empty":         "",
	} {
		if _, err = mine.Public().OpenNote(forged); !errors.Is(err, signature.ErrBadSignature) {
			t.Errorf("%s: err = %v, want ErrBadSignature", name, err)
		}
	}
	if _, err = theirs.Public().OpenNote(signed); !errors.Is(err, signature.ErrBadSignature) {
		t.Errorf("another's key: err = %v, want ErrBadSignature", err)
	}
	// A foreign tool that knows only C2SP can check the Ed25519 line.
	v, err := note.NewVerifier(mine.Public().VKey())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := note.Open([]byte(signed), note.VerifierList(v)); err != nil || len(n.Sigs) != 1 {
		t.Errorf("foreign check: %v", err)
	}
}

func FuzzParsePublic(f *testing.F) {
	f.Add(generate(f).Public().String())
	f.Add("diaoyue1+x+AAAA")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := signature.ParsePublic(text)
		if err != nil {
			return
		}
		if again, err := signature.ParsePublic(p.String()); err != nil || again.Fingerprint() != p.Fingerprint() {
			t.Errorf("%q does not survive a second reading: %v", text, err)
		}
	})
}

func FuzzVerifyInclusion(f *testing.F) {
	k := generate(f)
	note, err := k.SignNote("diaoyue.example/x\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nat 2026-11-23T09:00:00Z\n")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(int64(1), "{}", "00", note)
	f.Add(int64(-1), "", "", "diaoyue.example/x\n1\n\n\n— a AAAA\n")
	f.Fuzz(func(t *testing.T, seq int64, body, path, checkpoint string) {
		// Nobody has signed a root under which this body stands.
		if s, err := k.Public().VerifyInclusion(signature.Inclusion{Seq: seq, Body: body, Path: strings.Fields(path), Checkpoint: checkpoint}); err == nil {
			t.Errorf("proved: %+v", s)
		}
	})
}

func generate(tb testing.TB) *signature.Private {
	tb.Helper()
	k, err := signature.Generate("diaoyue.example/test")
	if err != nil {
		tb.Fatal(err)
	}
	return k
}
