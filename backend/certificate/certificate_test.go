package certificate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/signature"
)

var released = []byte("not really a film, but every byte of it counts")

func key(tb testing.TB) *signature.Private {
	tb.Helper()
	k, err := signature.Generate("diaoyue.example/test")
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// memory keeps the stored hashes of a small log.
type memory []tlog.Hash

func (m *memory) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = (*m)[n]
	}
	return out, nil
}

func (m *memory) add(tb testing.TB, n int64, body string) {
	tb.Helper()
	h, err := tlog.StoredHashes(n, []byte(body), m)
	if err != nil {
		tb.Fatal(err)
	}
	*m = append(*m, h...)
}

func (m *memory) prove(tb testing.TB, k *signature.Private, seq, size int64, body string) signature.Inclusion {
	tb.Helper()
	root, err := tlog.TreeHash(size, m)
	if err != nil {
		tb.Fatal(err)
	}
	path, err := tlog.ProveRecord(size, seq-1, m)
	if err != nil {
		tb.Fatal(err)
	}
	note, err := k.SignNote(signature.Statement{Origin: "diaoyue.example/test", Size: size, Root: root, At: "2026-11-23T08:00:00Z"}.Text())
	if err != nil {
		tb.Fatal(err)
	}
	out := signature.Inclusion{Seq: seq, Body: body, Checkpoint: note, Path: []string{}}
	for _, h := range path {
		out.Path = append(out.Path, hex.EncodeToString(h[:]))
	}
	return out
}

func entry(tb testing.TB, seq int64, event string, c certificate.Certificate) string {
	tb.Helper()
	b, err := json.Marshal(map[string]any{
		"v": 1, "seq": seq, "event": event, "result": "ok",
		"codes": map[string]any{"plan": c.Plan, "copy_sha256": c.Copy.SHA256, "copy_sm3": c.Copy.SM3, "shown": 49, "total": 50},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// made is the certificate of a copy that was checked.
func made(tb testing.TB, k *signature.Private) certificate.Certificate {
	tb.Helper()
	sum, sm := sha256.Sum256(released), sm3.Sum(released)
	c := certificate.Certificate{
		Number: "FB-2026-001", Archive: "a", Organ: "清河县民族宗教事务局",
		Copy:     certificate.File{SHA256: hex.EncodeToString(sum[:]), SM3: hex.EncodeToString(sm[:]), Size: int64(len(released))},
		Original: certificate.File{SHA256: strings.Repeat("1", 64), SM3: strings.Repeat("2", 64), Size: 9},
		Record:   certificate.Record{CaseCode: "J037-012", Code: "J037-012-009", Title: "东配殿现场检查 <录像>"},
		Plan:     strings.Repeat("3", 64),
		Items:    []certificate.Item{{Kind: "mask", To: 2, Effect: "fill", Ground: "个人隐私", Reason: "面部"}},
		Machine: certificate.Machine{Frames: 50, Duration: 2, Checks: []certificate.Check{
			{Key: "frames", Passed: true, Params: map[string]string{"frames": "50", "wanted": "50"}},
		}, Dropped: []string{"metadata com.apple.location"}},
		Submitted: certificate.Act{Number: "0102", Name: "许文清", At: "2026-11-22T08:00:00Z", Seq: 1},
		Checked: []certificate.Checked{{
			Act: certificate.Act{Number: "0212", Name: "吴岩", At: "2026-11-22T09:00:00Z", Seq: 2}, Opinion: "遮蔽完整。", Shown: 49, Total: 50,
		}},
		Approved: certificate.Act{Number: "0101", Name: "贺建国", At: "2026-11-23T01:00:00Z", Seq: 3},
		Released: certificate.Act{Number: "0102", Name: "许文清", At: "2026-11-23T08:00:00Z", Seq: 4},
		Opinion:  "同意部分公开。",
	}
	bodies := []string{entry(tb, 1, "submission", c), entry(tb, 2, "check", c), entry(tb, 3, "approval", c), entry(tb, 4, "dissemination", c)}
	var log memory
	for i, b := range bodies {
		log.add(tb, int64(i), b)
	}
	check := log.prove(tb, k, 2, 4, bodies[1])
	c.Log = certificate.Log{Check: &check, Approval: log.prove(tb, k, 3, 4, bodies[2]), Release: log.prove(tb, k, 4, 4, bodies[3])}
	if err := c.Sign(k); err != nil {
		tb.Fatal(err)
	}
	return c
}

func file(tb testing.TB, c certificate.Certificate) []byte {
	tb.Helper()
	b, err := c.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// earlier is c as version 1 had it.
func earlier(c certificate.Certificate) certificate.Certificate {
	c.Version, c.Checked, c.Log.Check = 1, nil, nil
	return c
}

func TestVerify(t *testing.T) {
	mine, theirs := key(t), key(t)
	c := made(t, mine)
	good := file(t, c)
	forged := c // the same statement, signed by another
	if err := forged.Sign(theirs); err != nil {
		t.Fatal(err)
	}
	claimed := forged // and under the archive's name
	claimed.Key = mine.Public().String()
	otherCopy := c
	otherCopy.Copy.Size++
	unlogged := c // well signed, but the log says something else
	unlogged.Plan = strings.Repeat("4", 64)
	if err := unlogged.Sign(mine); err != nil {
		t.Fatal(err)
	}
	swapped := c
	swapped.Log.Approval, swapped.Log.Release = c.Log.Release, c.Log.Approval
	if err := swapped.Sign(mine); err != nil {
		t.Fatal(err)
	}
	public := mine.Public()
	// other is c with something changed, well signed.
	other := func(change func(*certificate.Certificate)) []byte {
		x := c
		x.Checked = slices.Clone(c.Checked)
		change(&x)
		if err := x.Sign(mine); err != nil {
			t.Fatal(err)
		}
		return file(t, x)
	}
	cases := map[string]struct {
		cert []byte
		copy []byte
		key  string
		want error
	}{
		"with key":             {good, released, public.String(), nil},
		"with fingerprint":     {good, released, public.Fingerprint(), nil},
		"without key":          {good, released, "", certificate.ErrNoTrustedKey},
		"another key":          {good, released, theirs.Public().String(), certificate.ErrWrongKey},
		"mistyped key":         {good, released, "diaoyue", signature.ErrBadKey},
		"forged":               {file(t, forged), released, public.String(), certificate.ErrWrongKey},
		"forged, no key":       {file(t, forged), released, "", certificate.ErrChanged}, // the log is not theirs
		"forged under my name": {file(t, claimed), released, public.String(), certificate.ErrChanged},
		"copy changed":         {good, append([]byte("N"), released[1:]...), public.String(), certificate.ErrChanged},
		"copy cut":             {good, released[1:], public.String(), certificate.ErrChanged},
		"copy longer":          {good, append(bytes.Clone(released), 0), public.String(), certificate.ErrChanged},
		"size changed":         {file(t, otherCopy), released, public.String(), certificate.ErrChanged},
		"log of another plan":  {file(t, unlogged), released, public.String(), certificate.ErrChanged},
		"not checked":          {other(func(x *certificate.Certificate) { x.Checked, x.Log.Check = nil, nil }), released, public.String(), nil},
		"check unproved":       {other(func(x *certificate.Certificate) { x.Log.Check = nil }), released, public.String(), certificate.ErrChanged},
		"check unsaid":         {other(func(x *certificate.Certificate) { x.Checked = nil }), released, public.String(), certificate.ErrChanged},
		"checked twice":        {other(func(x *certificate.Certificate) { x.Checked = append(x.Checked, x.Checked[0]) }), released, public.String(), certificate.ErrChanged},
		"more shown":           {other(func(x *certificate.Certificate) { x.Checked[0].Shown = 50 }), released, public.String(), certificate.ErrChanged},
		"approval as check":    {other(func(x *certificate.Certificate) { x.Checked[0].Seq, x.Log.Check = 3, &x.Log.Approval }), released, public.String(), certificate.ErrChanged},
		"version 1 with check": {bytes.Replace(good, []byte(`"version": 2`), []byte(`"version": 1`), 1), released, public.String(), certificate.ErrMalformed},
		"version 2 without":    {bytes.Replace(file(t, earlier(c)), []byte(`"version": 1`), []byte(`"version": 2`), 1), released, public.String(), certificate.ErrMalformed},
		"proofs swapped":       {file(t, swapped), released, public.String(), certificate.ErrChanged},
		"space added":          {append(bytes.Clone(good), ' '), released, public.String(), certificate.ErrChanged},
		"name twice":           {bytes.Replace(good, []byte(`"opinion"`), []byte(`"opinion": "", "opinion"`), 1), released, public.String(), certificate.ErrChanged},
		"unknown field":        {bytes.Replace(good, []byte(`"opinion"`), []byte(`"x": 1, "opinion"`), 1), released, public.String(), certificate.ErrMalformed},
		"no certificate":       {[]byte("{}"), released, public.String(), certificate.ErrMalformed},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := certificate.Verify(tc.cert, bytes.NewReader(tc.copy), tc.key)
			if !errors.Is(err, tc.want) {
				t.Fatalf("err = %v, want %v", err, tc.want)
			}
			if r.Trusted != (tc.want == nil) || r.SelfConsistent != (tc.want == nil || errors.Is(tc.want, certificate.ErrNoTrustedKey)) {
				t.Errorf("report says trusted %v, self-consistent %v", r.Trusted, r.SelfConsistent)
			}
			if errors.Is(tc.want, certificate.ErrNoTrustedKey) && (r.Fingerprint != public.Fingerprint() || r.Name == "") {
				t.Errorf("the signer is not named: %q %q", r.Name, r.Fingerprint)
			}
		})
	}
}

// TestEveryByteCounts flips every byte of the certificate in turn.
func TestEveryByteCounts(t *testing.T) {
	k := key(t)
	good := file(t, made(t, k))
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := certificate.Verify(bad, bytes.NewReader(released), k.Public().String()); err == nil {
			t.Fatalf("byte %d changed from %q to %q and nothing was noticed", i, good[i], bad[i])
		}
	}
}

func TestSheet(t *testing.T) {
	k := key(t)
	c := made(t, k)
	var b strings.Builder
	if err := c.Sheet(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"遮蔽副本证明", c.Number, c.Copy.SHA256, c.Copy.SM3, "2026 年 11 月 23 日 16:00", "吴岩（0212）", "49 / 50 帧（98.0%）", "00:00:02.000", "个人隐私", k.Public().Fingerprint(), "&lt;录像&gt;"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the sheet lacks %q", want)
		}
	}
}

// TestVector reads the vectors of docs/formats/certificate.md, one of each
// version, as any reader would: what was handed out once holds for ever.
func TestVector(t *testing.T) {
	doc, err := os.ReadFile("../../docs/formats/certificate.md")
	if err != nil {
		t.Fatal(err)
	}
	vectors := regexp.MustCompile("(?s)fingerprint `([^`]+)`.*?```json\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(vectors) != certificate.Version {
		t.Fatalf("docs/formats/certificate.md has %d vectors", len(vectors))
	}
	for i, v := range vectors {
		r, err := certificate.Verify([]byte(v[2]), bytes.NewReader(released), v[1])
		if err != nil || r.Certificate.Version != certificate.Version-i {
			t.Errorf("vector %d, of version %d: %v", i, r.Certificate.Version, err)
		}
	}
	if !strings.Contains(string(doc), string(released)) {
		t.Error("the vector's copy is not in the document")
	}
}

func FuzzVerify(f *testing.F) {
	k := key(f)
	good := file(f, made(f, k))
	f.Add(good)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, cert []byte) {
		_, err := certificate.Verify(cert, bytes.NewReader(released), k.Public().String())
		if err == nil && !bytes.Equal(cert, good) {
			t.Fatal("another certificate was taken")
		}
	})
}
