package audit_test

import (
	"bytes"
	"errors"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
)

func TestWitnessSheetCountsWhenFiled(t *testing.T) {
	a := newArchive(t)
	a.note(t, 20)
	sheet, err := a.log.WitnessSheet(t.Context())
	if err != nil || sheet.Size != 20 || sheet.SinceWitness != 20 || len(sheet.QR) == 0 {
		t.Fatalf("sheet = %+v, %v", sheet, err)
	}
	if h, headErr := a.log.Head(t.Context()); headErr != nil || h.WitnessSize != 0 {
		t.Errorf("before it is filed: %+v, %v", h, headErr)
	}
	if _, err = a.log.Witness(t.Context(), "a9", audit.Witnessing{Kind: audit.WitnessPrint, Size: 7}); !errors.Is(err, audit.ErrNoCheckpoint) {
		t.Errorf("err = %v, want ErrNoCheckpoint", err)
	}
	w, err := a.log.Witness(t.Context(), "a9", audit.Witnessing{Kind: audit.WitnessPrint, Size: 20, Place: "保险柜"})
	if err != nil || w.Seq != 21 {
		t.Fatalf("witness = %+v, %v", w, err)
	}
	if h, headErr := a.log.Head(t.Context()); headErr != nil || h.WitnessSize != 20 {
		t.Errorf("head = %+v, %v", h, headErr)
	}
	if all, listErr := a.log.Witnesses(t.Context()); listErr != nil || len(all) != 1 || all[0].Place != "保险柜" {
		t.Errorf("witnesses = %+v, %v", all, listErr)
	}
	r, err := a.log.VerifyAgainst(t.Context(), []string{sheet.Note}, nil)
	if err != nil || r.Witnessed != 20 {
		t.Errorf("verify = %+v, %v", r, err)
	}
	other := newArchive(t)
	other.note(t, 20)
	if _, err := other.log.VerifyAgainst(t.Context(), []string{sheet.Note}, nil); !errors.Is(err, check.ErrOtherLog) {
		t.Errorf("err = %v, want ErrOtherLog", err)
	}
}

// The page holds all that a verifier needs, and its code says the checkpoint
// byte for byte.
func TestWitnessPage(t *testing.T) {
	a := newArchive(t)
	a.note(t, 20)
	sheet, err := a.log.WitnessSheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err = sheet.Page(&page, `市场监督管理局<script>`, "甲"); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	for _, want := range []string{
		"截至第 20 条", sheet.Root[:8] + " " + sheet.Root[8:16], "sha256:" + sheet.Fingerprint[7:15] + " ", a.log.Archive(),
		"市场监督管理局&lt;script&gt;", "2026-11-23 17:00:20", `src="data:image/png;base64,`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"检查视频", "计划调阅", "http:", "https:", "ZgotmplZ"} {
		if strings.Contains(text, never) {
			t.Errorf("the page has %q", never)
		}
	}
	// html/template writes "+" as an entity; a reader of the page sees the sign.
	for _, want := range []string{sheet.Public, strings.TrimSpace(sheet.Note)} {
		if !strings.Contains(html.UnescapeString(text), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if _, err = exec.LookPath("zbarimg"); err != nil {
		t.Skip("no zbarimg to read the code")
	}
	picture := filepath.Join(t.TempDir(), "code.png")
	if err = os.WriteFile(picture, sheet.QR, 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", "-Sbinary", picture).Output()
	if err != nil || string(bytes.TrimRight(read, "\n")) != strings.TrimRight(sheet.Note, "\n") {
		t.Errorf("the code says %q, %v", read, err)
	}
}

func TestWorkstationsCosignEachOther(t *testing.T) {
	a, b := newArchive(t), newArchive(t)
	key := a.log.Public().String()
	round := func() (signature.Request, string) {
		t.Helper()
		path, err := a.log.ExportCheckpoint(t.Context(), "a9", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		note, err := audit.ReadWitness(path)
		if err != nil {
			t.Fatal(err)
		}
		proof := signature.Request{Note: note}
		return proof, readFile(t, path)
	}
	a.note(t, 9)
	for range 2 {
		a.note(t, 5)
		_, request := round()
		cosigned, err := b.log.Cosign(t.Context(), "b9", []byte(request), key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = a.log.ImportCosignature(t.Context(), "a9", string(cosigned), key); !errors.Is(err, signature.ErrBadSignature) {
			t.Errorf("under another key: err = %v", err)
		}
		if _, err = a.log.ImportCosignature(t.Context(), "a9", string(cosigned), b.log.Public().String()); err != nil {
			t.Fatal(err)
		}
	}
	// Without the proof of growth the second workstation does not sign again.
	bare, _ := round()
	if _, err := b.log.Cosign(t.Context(), "b9", []byte(bare.Note), key); !errors.Is(err, audit.ErrOtherOld) {
		t.Errorf("err = %v, want ErrOtherOld", err)
	}
	a.close(t)
	r, err := audit.VerifyFile(t.Context(), audit.VerifyConfig{Database: a.path(), ArchiveDir: a.dir, Cosigners: []string{b.log.Public().String()}}, nil)
	if err != nil || r.Witnessed == 0 || r.Trusted {
		t.Errorf("verify = %+v, %v", r, err)
	}
}

// One workstation does not speak for another's log.
func TestCosignsOnlyAKeysOwnLog(t *testing.T) {
	a, b := newArchive(t), newArchive(t)
	a.note(t, 3)
	sheet, err := a.log.WitnessSheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other, err := signature.Generate("diaoyue.example/other")
	if err != nil {
		t.Fatal(err)
	}
	text, err := signature.NoteText(sheet.Note)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := other.SignNote(strings.Replace(text, "\n3\n", "\n4\n", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = b.log.Cosign(t.Context(), "b9", []byte(forged), other.Public().String()); !errors.Is(err, check.ErrOtherLog) {
		t.Errorf("err = %v, want ErrOtherLog", err)
	}
	if _, err = b.log.Cosign(t.Context(), "b9", []byte(sheet.Note), a.log.Public().String()); err != nil {
		t.Errorf("the true one after it: %v", err)
	}
}

func TestChangedKeyIsTrustedThroughTheOldOne(t *testing.T) {
	a := newArchive(t)
	a.note(t, 5)
	old := a.log.Public().String()
	if err := a.log.ChangeKey(t.Context(), "a9", "年度更换"); err != nil {
		t.Fatal(err)
	}
	if a.log.Public().String() == old {
		t.Fatal("the key is the old one")
	}
	a.note(t, 3)
	a.close(t)
	a.open(t) // the new key is found again
	a.close(t)
	r, err := audit.VerifyFile(t.Context(), audit.VerifyConfig{Database: a.path(), ArchiveDir: a.dir, Trusted: []string{old}}, nil)
	if err != nil || !r.Trusted || len(r.Keys) != 2 || !r.Keys[1].Trusted {
		t.Errorf("verify = %+v, %v", r, err)
	}
}

func TestSecondMediumSeesTheWholeDiskPutBack(t *testing.T) {
	a := newArchive(t)
	stick := t.TempDir()
	a.note(t, 5)
	if err := a.log.SetSecondMedium(t.Context(), "a9", a.dir); !errors.Is(err, audit.ErrNoMedium) {
		t.Errorf("in the archive: err = %v, want ErrNoMedium", err)
	}
	if err := a.log.SetSecondMedium(t.Context(), "a9", stick); err != nil {
		t.Fatal(err)
	}
	a.close(t)
	old := a.copy(t) // with the state folder and its mark
	a.open(t)
	a.note(t, 5)
	a.close(t)
	var tampered *audit.TamperError
	if _, err := old.verify(t); !errors.As(err, &tampered) || tampered.Kind != audit.KindMissing {
		t.Errorf("err = %v, want missing entries", err)
	}
	if err := old.tryOpen(t.Context(), ""); !errors.Is(err, audit.ErrRolledBack) {
		t.Errorf("err = %v, want ErrRolledBack", err)
	}
}

func TestExportIsVerifiedWithoutTheArchive(t *testing.T) {
	a := newArchive(t)
	a.note(t, 30)
	sheet, err := a.log.WitnessSheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = a.log.Witness(t.Context(), "a9", audit.Witnessing{Kind: audit.WitnessPrint, Size: sheet.Size}); err != nil {
		t.Fatal(err)
	}
	key := a.log.Public().Fingerprint()
	for _, withhold := range []bool{false, true} {
		var b bytes.Buffer
		if _, err = a.log.Export(t.Context(), &b, "a9", withhold, nil); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		r, err := check.Export(t.Context(), strings.NewReader(text), check.Config{Trusted: []string{key}, Witnesses: []string{sheet.Note}}, nil)
		if err != nil || !r.Trusted || !r.Whole() || r.Witnessed != 30 || withhold != (r.Withheld > 0) {
			t.Fatalf("withheld %v: %+v, %v", withhold, r, err)
		}
		if withhold && strings.Contains(text, "检查视频") {
			t.Error("a withheld title is in the export")
		}
		if r, err = check.Export(t.Context(), strings.NewReader(text), check.Config{}, nil); err != nil || r.Trusted {
			t.Errorf("without a key: %+v, %v", r, err)
		}
		lines := strings.SplitAfter(text, "\n")
		for name, forged := range map[string]string{
			"a code edited": strings.Replace(text, `\"frames\":7`, `\"frames\":8`, 1),
			"cut":           strings.Join(lines[:len(lines)-5], ""),
			"an entry out":  strings.Join(append(append([]string{}, lines[:len(lines)-6]...), lines[len(lines)-5:]...), ""),
		} {
			var tampered *audit.TamperError
			if _, err := check.Export(t.Context(), strings.NewReader(forged), check.Config{}, nil); forged == text || !errors.As(err, &tampered) {
				t.Errorf("%s: err = %v, want a TamperError", name, err)
			}
		}
	}
	if _, err := check.Export(t.Context(), strings.NewReader("{}\n"), check.Config{}, nil); !errors.Is(err, check.ErrNotExport) {
		t.Errorf("err = %v, want ErrNotExport", err)
	}
}

func readFile(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}
