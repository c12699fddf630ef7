package verifier_test

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/verifier"
)

// house is an archive with nothing but a log, as somebody exported it.
type house struct {
	log             *audit.Log
	export, partial string // with and without details
	public          string
	print           string // fingerprint
	note            string // of the printed sheet, over entries 1 to 30
}

func build(t *testing.T) house {
	t.Helper()
	dir, state := t.TempDir(), t.TempDir()
	db, err := store.Open(t.Context(), filepath.Join(dir, "workstation.db"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	log, err := audit.Open(t.Context(), db, audit.Config{ArchiveDir: dir, StateDir: state, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if closeErr := errors.Join(log.Close(context.WithoutCancel(t.Context())), db.Close()); closeErr != nil {
			t.Error(closeErr)
		}
	})
	for i := range 30 {
		if _, err = log.Note(t.Context(), audit.Entry{
			Actor: "a1", Event: audit.Displaying, Objects: map[string]string{"record": fmt.Sprint("r", i)},
			Codes: map[string]any{"frames": i}, Details: map[string]any{"title": "检查视频"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	sheet, err := log.WitnessSheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := house{log: log, public: log.Public().String(), print: log.Public().Fingerprint(), note: sheet.Note}
	for _, x := range []struct {
		to       *string
		withhold bool
	}{{&h.export, false}, {&h.partial, true}} {
		var b bytes.Buffer
		if _, err = log.Export(t.Context(), &b, "a9", x.withhold, nil); err != nil {
			t.Fatal(err)
		}
		*x.to = b.String()
	}
	return h
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, stdin string, args ...string) (code int, out, problem string) {
	t.Helper()
	var o, e bytes.Buffer
	code = verifier.Run(t.Context(), verifier.Env{Args: args, Stdin: strings.NewReader(stdin), Stdout: &o, Stderr: &e, Version: "test"})
	return code, o.String(), e.String()
}

// appended adds an entry that nobody signed.
func appended(t *testing.T, export string) string {
	t.Helper()
	lines := strings.SplitAfter(strings.TrimSuffix(export, "\n"), "\n")
	var end check.Line
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.End == nil {
		t.Fatal(err)
	}
	n := end.End.Size + 1
	entry, err := json.Marshal(check.Line{Entry: &check.EntryLine{
		Seq: n, Body: fmt.Sprintf(`{"actor":"a1","at":"2026-11-23T09:00:00.000000Z","event":"sign-in","result":"ok","seq":%d,"v":1}`, n),
	}})
	if err != nil {
		t.Fatal(err)
	}
	last, err := json.Marshal(check.Line{End: &check.End{Size: n}})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines[:len(lines)-1], "") + string(entry) + "\n" + string(last) + "\n"
}

func TestExitCodesSayWhatAnExportIsWorth(t *testing.T) {
	h, other := build(t), build(t)
	spaced := strings.ToUpper(h.print[7:39] + " " + h.print[39:])
	lines := strings.SplitAfter(h.export, "\n")
	shorter := strings.Join(lines[:len(lines)-4], "")
	// The forger rewrites an entry and gives up everything that was signed.
	var unsigned strings.Builder
	for _, l := range lines {
		if !strings.HasPrefix(l, `{"checkpoint"`) {
			unsigned.WriteString(strings.Replace(l, `\"frames\":7`, `\"frames\":8`, 1))
		}
	}
	stranger, err := signature.Generate("diaoyue.example/other")
	if err != nil {
		t.Fatal(err)
	}
	forged, err := stranger.SignNote(h.note[:strings.Index(h.note, "\n\n")+1])
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		stdin string
		args  []string
		code  int
		out   string // on standard output
		err   string // on standard error
	}{
		{name: "good and trusted", args: []string{"--key", h.public, file(t, h.export)}, out: "结论：完整。"},
		{name: "by a fingerprint as it was typed", args: []string{file(t, h.export), "--key", "SHA256:" + spaced}, out: "结论：完整。"},
		{name: "by the key's file", args: []string{"--export", file(t, h.export), "--key", file(t, h.public+"\n")}, out: "结论：完整。"},
		{name: "through a pipe", stdin: h.export, args: []string{"--key", h.public, "-"}, out: "结论：完整。"},
		{name: "details kept back", args: []string{"--key", h.public, file(t, h.partial)}, out: "条的明细没有导出"},
		{name: "no key", args: []string{file(t, h.export)}, code: verifier.CodeUntrusted, out: "没有给出另行取得的公钥"},
		{name: "another's key", args: []string{"--key", other.public, file(t, h.export)}, code: verifier.CodeUntrusted, out: "所给公钥没有签署过这份日志"},
		{name: "entries after the last checkpoint", args: []string{"--key", h.public, file(t, appended(t, h.export))}, code: verifier.CodeUntrusted, out: "其后 1 条不能确认"},
		{name: "rewritten, unsigned", args: []string{"--key", h.public, file(t, unsigned.String())}, code: verifier.CodeUntrusted, out: "仅自洽"},
		{name: "rewritten, unsigned, against the sheet", args: []string{"--witness", file(t, h.note), file(t, unsigned.String())}, code: verifier.CodeBroken, err: "范围：第 1 至 30 条。"},
		{name: "the sheet fits", args: []string{"--key", h.public, "--witness", file(t, h.note), file(t, h.export)}, out: "所给见证相符，覆盖前 30 条；其后还有 1 条。"},
		{name: "the sheet through a telephone", args: []string{"--key", h.public, "--witness", file(t, strings.ReplaceAll(strings.TrimSpace(h.note), "\n", "\r\n")), file(t, h.export)}, out: "覆盖前 30 条"},
		{name: "the sheet of another log", args: []string{"--key", h.public, "--witness", file(t, other.note), file(t, h.export)}, code: verifier.CodeBroken, err: "[audit.other_log]"},
		{name: "an entry edited", args: []string{"--key", h.public, file(t, strings.Replace(h.export, `\"frames\":7`, `\"frames\":8`, 1))}, code: verifier.CodeBroken, err: "[audit.tampered]"},
		{name: "details edited", args: []string{"--key", h.public, file(t, strings.Replace(h.export, "检查视频", "检查录像", 1))}, code: verifier.CodeBroken, err: "第 1 条起与当时写入的不符。这一条的明细"},
		{name: "cut", args: []string{"--key", h.public, file(t, shorter)}, code: verifier.CodeBroken, err: "[audit.tampered]"},
		{name: "more behind the end", args: []string{"--key", h.public, file(t, h.export+"x")}, code: verifier.CodeBroken, err: "[audit.not_export]"},
		{name: "not an export", args: []string{file(t, "PK\x03\x04")}, code: verifier.CodeBroken, err: "[audit.not_export]"},
		{name: "no file", args: []string{filepath.Join(t.TempDir(), "none")}, code: verifier.CodeUsage, err: "[verifier.no_file]"},
		{name: "a folder", args: []string{t.TempDir()}, code: verifier.CodeUsage, err: "[verifier.no_file]"},
		{name: "a key copied badly", args: []string{"--key", h.public[:60], file(t, h.export)}, code: verifier.CodeUsage, err: "[signature.bad_key]"},
		{name: "no checkpoint in the witness's file", args: []string{"--witness", file(t, "x"), file(t, h.export)}, code: verifier.CodeUsage, err: "[verifier.not_checkpoint]"},
		{name: "nothing asked", code: verifier.CodeUsage, err: "用法：diaoyue-verify"},
		{name: "two exports", args: []string{file(t, h.export), file(t, h.export)}, code: verifier.CodeUsage, err: "用法：diaoyue-verify"},
		{name: "help", args: []string{"--help"}, out: "用法：diaoyue-verify"},
		{name: "version", args: []string{"--version"}, out: "test"},

		{name: "a checkpoint alone", args: []string{"--key", h.public, "--witness", file(t, h.note)}, out: "签名相符，公钥指纹 " + h.print},
		{name: "a checkpoint through a pipe", stdin: h.note, args: []string{"--key", h.public, "--witness", "-"}, out: "，30 条，"},
		{name: "a checkpoint without a key", args: []string{"--witness", file(t, h.note)}, code: verifier.CodeUntrusted, out: "没有核对签名"},
		{name: "a checkpoint and another's key", args: []string{"--key", other.public, "--witness", file(t, h.note)}, code: verifier.CodeUntrusted, out: "没有核对签名"},
		{name: "a checkpoint that another log's key signed", args: []string{"--key", stranger.Public().String(), "--witness", file(t, forged)}, code: verifier.CodeBroken, err: "[audit.other_log]"},
		{name: "a checkpoint edited", args: []string{"--key", h.public, "--witness", file(t, strings.Replace(h.note, "\n30\n", "\n31\n", 1))}, code: verifier.CodeBroken, err: "[signature.bad_signature]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, problem := run(t, tt.stdin, tt.args...)
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(problem, tt.err) || (tt.err == "") != (problem == "") {
				t.Errorf("code %d, want %d\nout: %s\nerr: %s", code, tt.code, out, problem)
			}
			if tt.code == verifier.CodeBroken && out != "" {
				t.Errorf("a broken log is praised: %s", out)
			}
		})
	}
}

func TestCosignatureIsCheckedWithoutTheArchive(t *testing.T) {
	h, neighbour := build(t), build(t)
	cosigned, err := neighbour.log.Cosign(t.Context(), "b9", []byte(h.note), h.public)
	if err != nil {
		t.Fatal(err)
	}
	code, out, problem := run(t, "", "--key", h.public, "--cosigner", neighbour.public, "--witness", file(t, string(cosigned)))
	if code != verifier.CodeGood || !strings.Contains(out, "已于 2026-11-23T09:00:00Z 联署，联署相符") {
		t.Errorf("code %d\n%s%s", code, out, problem)
	}
	// The log keeps it; whoever has the neighbour's key needs no sheet.
	if _, err = h.log.ImportCosignature(t.Context(), "a9", string(cosigned), neighbour.public); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err = h.log.Export(t.Context(), &b, "a9", false, nil); err != nil {
		t.Fatal(err)
	}
	code, out, problem = run(t, b.String(), "--key", h.public, "--cosigner", neighbour.log.Public().Cosigner().VKey(), "--json", "-")
	var got struct {
		OK, Trusted bool
		Witnessed   int64
	}
	if err = json.Unmarshal([]byte(out), &got); err != nil || code != verifier.CodeGood || !got.OK || !got.Trusted || got.Witnessed != 30 {
		t.Errorf("code %d, %v\n%s%s", code, err, out, problem)
	}
}

func TestJSONNamesTheEntry(t *testing.T) {
	h := build(t)
	code, out, _ := run(t, strings.Replace(h.export, "检查视频", "检查录像", 1), "--json", "-")
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != verifier.CodeBroken || got["ok"] != false || got["seq"] != 1.0 || got["kind"] != check.KindDetails {
		t.Errorf("code %d, %v, %s", code, err, out)
	}
}

// A foreign file must not steer the terminal of a judge.
func TestForeignNamesAreMadeHarmless(t *testing.T) {
	h := build(t)
	forged := strings.Replace(h.export, `"archive":"`, `"archive":"\u001b[2J\u202e`, 1)
	var kept strings.Builder
	for l := range strings.Lines(forged) {
		if !strings.HasPrefix(l, `{"checkpoint"`) { // which name the true archive
			kept.WriteString(l)
		}
	}
	code, out, problem := run(t, kept.String(), "-")
	if strings.ContainsAny(out+problem, "\x1b\u202e") || code != verifier.CodeUntrusted {
		t.Errorf("code %d, %q %q", code, out, problem)
	}
}

// TestBinary builds the program as a court gets it.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	h := build(t)
	path := filepath.Join(t.TempDir(), "diaoyue-verify")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "diaoyue.example/workstation/backend/verifier/diaoyue-verify")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), path, "--key", h.print, file(t, h.export))
	cmd.Env = []string{} // needs nothing of its surroundings
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "结论：完整。") {
		t.Errorf("%v\n%s", err, out)
	}
	var exit *exec.ExitError
	if err := exec.CommandContext(t.Context(), path, file(t, h.export)).Run(); !errors.As(err, &exit) || exit.ExitCode() != verifier.CodeUntrusted {
		t.Errorf("without a key: %v", err)
	}
	if runtime.GOOS == "linux" {
		f, err := elf.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, p := range f.Progs {
			if p.Type == elf.PT_INTERP {
				t.Error("the program needs a dynamic linker")
			}
		}
	}
	deps, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "diaoyue.example/workstation/backend/verifier/diaoyue-verify").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{"/backend/store", "/backend/audit\n", "modernc.org", "/media", "net/http\n", "wailsapp"} {
		if strings.Contains(string(deps), foreign) {
			t.Errorf("the verifier rests on %s", strings.TrimSpace(foreign))
		}
	}
}
