package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// hands lists, one a line, every place in the program where a file is written,
// renamed, shortened, removed or given other rights, or another program is
// started. Who adds a line (UPDATE_HANDS=1 go test -run Originals .) says in
// the review which file it is, and why that cannot be an original.
const hands = "build/hands.txt"

// takers are the only callers of what can reach an original by its name.
func takers() []string {
	return []string{
		// By R1 two people take out a suspected state secret.
		"backend/preservation/takeout.go Desk.remove: vault.TakeOut",
		"backend/preservation/takeout.go Desk.remove: vault.TakeOutCandidate",
		// A damaged file is laid aside for an intact one, and kept.
		"backend/vault/mend.go Vault.layAside: vault.rename",
		"backend/vault/mend.go Vault.TakeOut: vault.remove",
		"backend/vault/mend.go Vault.TakeOutCandidate: vault.remove",
		"backend/vault/mend.go Vault.mend: vault.layAside",
		// The suite that every vault passes, in a vault of its own.
		"backend/vault/vaulttest/harm.go testTakeOut: vault.TakeOut",
		"backend/vault/vaulttest/harm.go testTakeOut: vault.TakeOutCandidate",
		// From staging to a name that is free.
		"backend/vault/put.go Vault.name: vault.rename",
	}
}

// Article 20: an original stays as it was received.
func TestOriginalsAreInNobodysHands(t *testing.T) {
	found := touching(t, os.DirFS("."))
	if os.Getenv("UPDATE_HANDS") != "" {
		if err := os.WriteFile(hands, []byte(strings.Join(found, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(hands)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(b)), "\n"), found); diff != "" {
		t.Errorf("files are changed in other places than %s says (-listed +found):\n%s", hands, diff)
	}
	var reach []string
	for _, f := range found {
		if strings.Contains(f, ": vault.") && !strings.HasSuffix(f, "Originals") {
			reach = append(reach, f)
		}
	}
	want := takers()
	slices.Sort(want)
	if diff := cmp.Diff(want, reach); diff != "" {
		t.Errorf("an original is taken out in other places (-allowed +found):\n%s", diff)
	}
}

// The control: planted violations are found, and reading is none.
func TestPlantedHandsAreFound(t *testing.T) {
	const head = "package x\nimport (\n\"os\"\nsys \"golang.org/x/sys/unix\"\n\"os/exec\"\n\"time\"\n\"diaoyue.example/workstation/backend/vault\"\n)\n" +
		"var _ = sys.O_RDONLY\nvar _ = exec.ErrDot\nvar v *vault.Vault\n"
	for _, c := range []struct{ name, body, want string }{
		{"remove", `func f(p string) { _ = os.Remove(p) }`, "f: os.Remove"},
		{"by value", `func f() func(string) error { return os.RemoveAll }`, "f: os.RemoveAll"},
		{"in a method", `type d struct{}; func (d *d) clean(p string) { _ = os.Rename(p, p) }`, "d.clean: os.Rename"},
		{"system call", `func f(p string) { _ = sys.Unlink(p) }`, "f: unix.Unlink"},
		{"truncate", `func f(h *os.File) { _ = h.Truncate(0) }`, "f: .Truncate"},
		{"rights", `func f(h *os.File) { _ = h.Chmod(0) }`, "f: .Chmod"},
		{"open to write", `func f(p string) { _, _ = os.OpenFile(p, os.O_RDWR, 0) }`, "f: os.OpenFile"},
		{"flags from afar", `func f(p string, n int) { _, _ = os.OpenFile(p, n, 0) }`, "f: os.OpenFile"},
		{"another program", `func f() { _ = exec.Command("rm") }`, "f: exec.Command"},
		{"a root", `func f() { _, _ = os.OpenRoot("/") }`, "f: os.OpenRoot"},
		{"take out", `func f() { _ = v.TakeOut("", vault.Warrant{}) }`, "f: vault.TakeOut"},
		{"where they lie", `func f() string { return v.Originals() }`, "f: vault.Originals"},
		{"package variable", `var g = os.Remove`, "-: os.Remove"},
		{"a time", `func f(d time.Duration) time.Duration { return d.Truncate(time.Second) }`, ""},
		{"reading", `func f(p string) { _, _ = os.Open(p); _, _ = os.OpenFile(p, os.O_RDONLY|sys.O_NOFOLLOW, 0) }`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := touching(t, fstest.MapFS{"backend/x/x.go": {Data: []byte(head + c.body)}})
			var want []string
			if c.want != "" {
				want = []string{"backend/x/x.go " + c.want}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// touching returns every place below the root that could change a file,
// sorted. What C code of the engine does is not seen; it is given open
// descriptors, never names.
func touching(t *testing.T, root fs.FS) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && slices.Contains([]string{"node_modules", "testdata", "frontend", "build", ".git"}, e.Name()) {
			return fs.SkipDir
		}
		if e.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, touchingFile(name, f)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func touchingFile(name string, f *ast.File) []string {
	packages := map[string]string{}
	for _, i := range f.Imports {
		full := strings.Trim(i.Path.Value, `"`)
		local := path.Base(full)
		if i.Name != nil {
			local = i.Name.Name
		}
		packages[local] = full
	}
	var found []string
	for _, d := range f.Decls {
		where := "-"
		if fn, ok := d.(*ast.FuncDecl); ok {
			where = fn.Name.Name
			if fn.Recv != nil {
				where = receiver(fn.Recv.List[0].Type) + "." + where
			}
		}
		reading := map[ast.Node]bool{}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				s, ok := n.Fun.(*ast.SelectorExpr)
				switch {
				case ok && s.Sel.Name == "OpenFile" && len(n.Args) == 3:
					reading[s] = onlyReads(n.Args[1])
				case ok && s.Sel.Name == "Truncate" && len(n.Args) == 1:
					reading[s] = ofTime(n.Args[0], packages)
				}
				if what := inVault(n.Fun); what != "" && path.Dir(name) == "backend/vault" {
					found = append(found, name+" "+where+": vault."+what)
				}
			case *ast.SelectorExpr:
				if what := changing(n, packages, path.Dir(name)); what != "" && !reading[n] {
					found = append(found, name+" "+where+": "+what)
				}
			}
			return true
		})
	}
	return found
}

// changing names what s may do to a file, "" for nothing.
func changing(s *ast.SelectorExpr, packages map[string]string, room string) string {
	if x, ok := s.X.(*ast.Ident); ok && packages[x.Name] != "" {
		full := packages[x.Name]
		if slices.Contains(changers()[full], s.Sel.Name) {
			return path.Base(full) + "." + s.Sel.Name
		}
		return ""
	}
	switch s.Sel.Name {
	case "Truncate", "Chmod", "Chown":
		return "." + s.Sel.Name
	case "TakeOut", "TakeOutCandidate", "Originals":
		for _, full := range packages {
			if full == module+"/backend/vault" && room != "backend/vault" {
				return "vault." + s.Sel.Name
			}
		}
	}
	return ""
}

// changers are the functions that change files by name, by package.
func changers() map[string][]string {
	calls := strings.Fields("Chmod Chown Fchmod Fchmodat Fchown Fchownat Fallocate Ftruncate Lchown Link Linkat Mknod Mount Open Openat Openat2 Rename " +
		"Renameat Renameat2 Rmdir Setxattr Symlink Symlinkat Syscall Syscall6 RawSyscall RawSyscall6 Truncate Unlink Unlinkat Unmount")
	return map[string][]string{
		"os": strings.Fields("Chmod Chown Chtimes CopyFS Create CreateTemp Lchown Link OpenFile OpenInRoot OpenRoot Remove RemoveAll Rename " +
			"StartProcess Symlink Truncate WriteFile"),
		"io/ioutil":             {"TempFile", "WriteFile"},
		"os/exec":               {"Cmd", "Command", "CommandContext"},
		"syscall":               append([]string{"Exec", "ForkExec"}, calls...),
		"golang.org/x/sys/unix": append([]string{"Exec"}, calls...),
	}
}

// onlyReads says that the flags of an opening, as they are written, are those
// of reading.
func onlyReads(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op == token.OR && onlyReads(e.X) && onlyReads(e.Y)
	case *ast.SelectorExpr:
		return slices.Contains([]string{"O_RDONLY", "O_NOFOLLOW", "O_CLOEXEC", "O_DIRECTORY"}, e.Sel.Name)
	}
	return false
}

// ofTime says that a Truncate is that of a time, not of a file.
func ofTime(e ast.Expr, packages map[string]string) bool {
	if b, ok := e.(*ast.BinaryExpr); ok {
		return ofTime(b.X, packages) || ofTime(b.Y, packages)
	}
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && packages[x.Name] == "time"
}

// inVault names the vault's own function that removes or moves what has a
// name, "" for another.
func inVault(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if e.Name == "remove" || e.Name == "rename" {
			return e.Name
		}
	case *ast.SelectorExpr:
		if e.Sel.Name == "layAside" {
			return e.Sel.Name
		}
	}
	return ""
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}
