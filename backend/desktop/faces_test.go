package desktop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/desktop"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/mediatest"
)

const password = "testing-1234"

// station is a shell on a new archive with one account a role.
type station struct {
	shell *desktop.Shell
	faces map[string]any
	cfg   desktop.Config
}

func newStation(t *testing.T) *station {
	t.Helper()
	dir, state := founded(t)
	return openStation(t, dir, state)
}

// founded is a new archive with an account of each role.
func founded(t *testing.T) (archive, state string) {
	t.Helper()
	dir := t.TempDir()
	cfg := backend.Config{
		Dir: filepath.Join(dir, "archive"), StateDir: filepath.Join(dir, "state"), Mode: store.ModeWindow,
		CacheDir: filepath.Join(os.TempDir(), "diaoyue-test-cache"),
		Log:      slog.New(slog.DiscardHandler), Argon: accounts.CheapForTests(),
	}
	var people []accounts.NewAccount
	for _, r := range accounts.Roles() {
		people = append(people, accounts.NewAccount{Number: string(r), Name: string(r), Password: password, Roles: []accounts.Role{r}})
	}
	w, err := backend.Create(t.Context(), cfg, backend.Founding{Organ: "Bureau", Fonds: "1", Accounts: people})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg.Dir, cfg.StateDir
}

func openStation(t *testing.T, dir, state string) *station {
	t.Helper()
	return openConfigured(t, desktop.Config{Dir: dir, StateDir: state})
}

// openConfigured fills in what every test wants alike.
func openConfigured(t *testing.T, cfg desktop.Config) *station {
	t.Helper()
	// The shell's own context ends after the test's cleanups, as a window's would.
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	cfg.Version, cfg.Now, cfg.Argon, cfg.Log = "test", time.Now, accounts.CheapForTests(), slog.New(slog.DiscardHandler)
	shell := desktop.New(ctx, cfg)
	if err := shell.StartAlone(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		shell.Close()
		stop()
	})
	s := &station{shell: shell, faces: map[string]any{}, cfg: cfg}
	for _, f := range shell.Faces() {
		s.faces[reflect.TypeOf(f).Elem().Name()] = f
	}
	return s
}

func face[T any](s *station) T { return s.faces[reflect.TypeFor[T]().Elem().Name()].(T) }

func (s *station) signIn(t *testing.T, role string) {
	t.Helper()
	if _, err := face[*desktop.Seat](s).SignIn(role, password); err != nil {
		t.Fatalf("sign in as %s: %v", role, err)
	}
}

// code calls a method with the given arguments (zero values where none are
// given) and returns the code of its refusal, "" when it answered.
func (s *station) code(t *testing.T, name string, args ...any) string {
	t.Helper()
	struct1, method, _ := strings.Cut(name, ".")
	m := reflect.ValueOf(s.faces[struct1]).MethodByName(method)
	if !m.IsValid() {
		t.Fatalf("no method %s", name)
	}
	in := make([]reflect.Value, m.Type().NumIn())
	for i := range in {
		in[i] = reflect.Zero(m.Type().In(i))
		if i < len(args) && args[i] != nil {
			in[i] = reflect.ValueOf(args[i])
		}
	}
	out := m.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	if err == nil {
		return ""
	}
	return desktop.ProblemOf(err).Code
}

const (
	everybody = "officer archivist reviewer disclosure checker secrecy head supervisor sysadmin secadmin auditor"
	forbidden = "accounts.forbidden"
	noViewing = "viewing.no_viewing"
)

// expectation says what a method answers to a guessed id: to the roles of
// "may" the code "guessed" ("" = an answer), to all others a refusal.
type expectation struct {
	free    bool   // answers without sign-in
	may     string // roles that get past the permission
	guessed string // what they get for a guessed id or empty arguments
	args    []any
}

// expectations names every method of every face. A new method fails the test
// until somebody has thought about who may call it.
func expectations() map[string]expectation {
	id := "01890000-0000-7000-8000-000000000000"
	return map[string]expectation{
		"Seat.State":          {free: true, may: everybody},
		"Seat.Found":          {free: true, may: everybody, guessed: "accounts.founded"},
		"Seat.Open":           {free: true, may: everybody, guessed: "backend.no_archive"},
		"Seat.Accept":         {free: true, may: everybody, guessed: "desktop.not_open"},
		"Seat.SignIn":         {free: true, may: everybody, guessed: "accounts.sign_in"},
		"Seat.SignOut":        {free: true, may: everybody},
		"Seat.Lock":           {free: true, may: everybody},
		"Seat.Unlock":         {free: true, may: everybody, guessed: "desktop.not_signed_in"},
		"Seat.Active":         {may: everybody},
		"Seat.ChangePassword": {may: everybody, guessed: "accounts.sign_in"},
		"Seat.ChooseFolder":   {free: true, may: everybody},
		"Seat.Engines":        {may: everybody},
		"Seat.Helpers":        {may: everybody},
		"Seat.LegalText":      {free: true, may: everybody, args: []any{"S18"}},

		"Home.Overview": {may: everybody},

		"Cases.List":    {may: "officer archivist reviewer disclosure head checker secrecy"},
		"Cases.Get":     {may: everybody, guessed: "catalog.no_case", args: []any{id}},
		"Cases.Add":     {may: "archivist", guessed: "catalog.missing_field"},
		"Cases.Record":  {may: everybody, guessed: "catalog.no_record", args: []any{id}},
		"Cases.Life":    {may: everybody, guessed: "catalog.no_record", args: []any{id}},
		"Cases.History": {may: everybody, guessed: "catalog.no_record", args: []any{id}},

		"Ingest.ChooseFiles":  {may: everybody},
		"Ingest.ChooseFolder": {may: everybody},
		"Ingest.Inspect":      {may: "archivist", guessed: "ingest.nothing"},
		"Ingest.Submit":       {may: "archivist"},
		"Ingest.Job":          {may: everybody, guessed: "jobs.no_job", args: []any{id}},
		"Ingest.Cancel":       {may: everybody, guessed: "jobs.no_job", args: []any{id}},
		"Ingest.Recent":       {may: everybody},

		"Texts.Overview": {may: "archivist"},
		"Texts.List":     {may: "archivist", args: []any{"failed", ""}},
		"Texts.Retry":    {may: "archivist", guessed: "catalog.no_record", args: []any{"failed", []string{id}}},

		"Search.Similar":   {may: "officer archivist reviewer disclosure head checker secrecy", guessed: "catalog.no_record", args: []any{id}},
		"Search.Saved":     {may: everybody},
		"Search.Save":      {may: "officer archivist reviewer disclosure head checker secrecy", args: []any{"x", desktop.SearchRequest{Text: "x"}}},
		"Search.Forget":    {may: everybody, guessed: "retrieval.no_saved", args: []any{id}},
		"Search.List":      {may: "officer archivist reviewer disclosure head checker secrecy", args: []any{"x", desktop.SearchRequest{}}},
		"Search.ListTable": {may: "officer archivist reviewer disclosure head checker secrecy", guessed: "desktop.bad_request", args: []any{"x", desktop.SearchRequest{}, "", "csv"}},
		"Search.Query":     {may: "officer archivist reviewer disclosure head checker secrecy", args: []any{desktop.SearchRequest{Text: "x"}}},

		"Viewings.Open":        {may: everybody, guessed: "catalog.no_record", args: []any{desktop.ViewingRequest{RecordID: id, Purpose: "planned"}}},
		"Viewings.Get":         {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Present":     {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Close":       {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Times":       {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Keyframes":   {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Transcripts": {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.PageText":    {may: everybody, guessed: noViewing, args: []any{id, 1, "x"}},
		"Viewings.Annotations": {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Annotate":    {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Takeaway":    {may: everybody, guessed: noViewing, args: []any{id, "copy"}},

		"Viewings.TranscriptVersions": {may: everybody, guessed: noViewing, args: []any{id, id}},
		"Viewings.TranscriptAt":       {may: everybody, guessed: noViewing, args: []any{id, id}},
		"Viewings.Transcription":      {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Transcribe":         {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.StopTranscription":  {may: everybody, guessed: noViewing, args: []any{id}},
		"Viewings.Amend":              {may: everybody, guessed: noViewing, args: []any{id, desktop.Amendment{Act: "add"}}},

		"Redaction.Draft":     {may: everybody, guessed: noViewing, args: []any{id}},
		"Redaction.SaveDraft": {may: "disclosure", guessed: "catalog.no_record", args: []any{desktop.Draft{RecordID: id, Plan: "{}"}}},
		// Without a copy there is nothing to be refused; TestCopyRights has one.
		"Redaction.Submit":   {may: everybody, guessed: "disclosure.no_draft", args: []any{id}},
		"Redaction.Copies":   {may: "archivist disclosure checker secrecy head"},
		"Redaction.Copy":     {may: "archivist disclosure checker secrecy head", guessed: "disclosure.no_copy", args: []any{id}},
		"Redaction.Check":    {may: everybody, guessed: "disclosure.no_copy", args: []any{id, "yes", id}},
		"Redaction.SendBack": {may: everybody, guessed: "disclosure.no_copy", args: []any{id, "no"}},
		"Redaction.Approve":  {may: everybody, guessed: "disclosure.no_copy", args: []any{id, "yes", id}},
		"Redaction.Reject":   {may: everybody, guessed: "disclosure.no_copy", args: []any{id, "no"}},
		"Redaction.Release":  {may: everybody, guessed: "disclosure.no_copy", args: []any{id, "/nowhere"}},

		"Register.Viewings":     {may: everybody},
		"Register.Session":      {may: everybody, guessed: noViewing, args: []any{id}},
		"Register.Entries":      {may: "archivist reviewer disclosure checker secrecy head secadmin auditor"},
		"Register.Tally":        {may: "archivist reviewer disclosure checker secrecy head secadmin auditor"},
		"Register.Paper":        {may: "head auditor"},
		"Register.Workbook":     {may: "head auditor", guessed: "desktop.bad_request"},
		"Register.LogPaper":     {may: "secadmin auditor"},
		"Register.LogWorkbook":  {may: "secadmin auditor", guessed: "desktop.bad_request"},
		"Register.Head":         {may: everybody},
		"Register.Verify":       {may: "auditor"},
		"Register.CancelVerify": {may: everybody},
		"Register.Checkpoint":   {may: "auditor"},

		"Register.Witnesses":         {may: "auditor"},
		"Register.MakeSheet":         {may: "auditor", guessed: "backend.no_place"},
		"Register.FileWitness":       {may: "auditor", guessed: "desktop.bad_request"},
		"Register.CarryCheckpoint":   {may: "auditor", guessed: "backend.no_place"},
		"Register.Key":               {may: "auditor"},
		"Register.ChangeKey":         {may: "auditor", guessed: "desktop.bad_request"},
		"Register.SetSecondMedium":   {may: "auditor", args: []any{"/nowhere"}, guessed: "audit.no_medium"},
		"Register.Cosign":            {may: "auditor", args: []any{"/nowhere", "x"}, guessed: "desktop.bad_request"},
		"Register.ImportCosignature": {may: "auditor", args: []any{"/nowhere", "x"}, guessed: "desktop.bad_request"},
		"Register.ExportLog":         {may: "auditor", guessed: "backend.no_place", args: []any{"/nowhere"}},

		"Preservation.Fixity":           {may: "archivist auditor"},
		"Preservation.StartFixity":      {may: "archivist", args: []any{"record", id}, guessed: "catalog.no_record"},
		"Preservation.PauseFixity":      {may: "archivist", guessed: "preservation.no_run"},
		"Preservation.ResumeFixity":     {may: "archivist", guessed: "preservation.no_run"},
		"Preservation.Report":           {may: "archivist auditor", args: []any{id}, guessed: "preservation.no_run"},
		"Preservation.Locks":            {may: "archivist head auditor"},
		"Preservation.Mend":             {may: "archivist", args: []any{id, "/nowhere"}, guessed: "catalog.no_record"},
		"Preservation.ChooseFile":       {may: everybody},
		"Preservation.Backups":          {may: "archivist sysadmin auditor"},
		"Preservation.MakeKey":          {may: "archivist sysadmin", args: []any{"/nowhere"}, guessed: "preservation.unreadable"},
		"Preservation.Backup":           {may: "archivist sysadmin", args: []any{"/nowhere"}, guessed: "preservation.unreadable"},
		"Preservation.Drill":            {may: "archivist sysadmin", args: []any{"/nowhere", "/nowhere", "/nowhere"}, guessed: "preservation.unreadable"},
		"Preservation.Restore":          {may: "archivist sysadmin", args: []any{"/nowhere", "/nowhere", "/nowhere"}, guessed: "preservation.no_backup"},
		"Preservation.Cancel":           {may: everybody, args: []any{"backup"}},
		"Preservation.RetentionDue":     {may: "archivist head auditor"},
		"Preservation.Appraisals":       {may: "archivist head auditor"},
		"Preservation.Appraise":         {may: "archivist", args: []any{id}, guessed: "catalog.no_case"},
		"Preservation.ApproveAppraisal": {may: "head", args: []any{id, "yes"}, guessed: "preservation.no_appraisal"},
		"Preservation.RegisterDisposal": {may: "archivist", args: []any{id}, guessed: "preservation.no_appraisal"},
		"Preservation.Holds":            {may: "archivist head auditor"},
		"Preservation.Hold":             {may: "archivist head", args: []any{id, "why"}, guessed: "catalog.no_case"},
		"Preservation.EndHold":          {may: "archivist head", args: []any{id, "why"}, guessed: "preservation.no_hold"},
		"Preservation.Isolated":         {may: "archivist secrecy head secadmin auditor"},
		"Preservation.IsolationSteps":   {may: "archivist secrecy head secadmin auditor", args: []any{id}, guessed: "catalog.no_record"},
		// Without a record there is nothing to be refused; TestClassify has one.
		"Preservation.Classify":        {may: everybody, args: []any{id, "suspected", "why"}, guessed: "catalog.no_record"},
		"Preservation.RequestTakeOut":  {may: "archivist secrecy head secadmin", args: []any{id, "why"}, guessed: "catalog.no_record"},
		"Preservation.WithdrawTakeOut": {may: "archivist secrecy head secadmin", args: []any{id}, guessed: "catalog.no_record"},
		"Preservation.ConfirmTakeOut":  {may: "head secadmin", args: []any{id, "/nowhere"}, guessed: "catalog.no_record"},

		"Accounts.List":  {may: "sysadmin secadmin auditor"},
		"Accounts.Add":   {may: "sysadmin", guessed: "accounts.bad_account"},
		"Accounts.Roles": {free: true, may: everybody},

		"Accounts.Shortages":       {may: "head sysadmin secadmin auditor"},
		"Accounts.Exceptions":      {may: "head secadmin auditor"},
		"Accounts.AllowReviewOwn":  {may: "head", guessed: "accounts.bad_authorisation", args: []any{desktop.ExceptionRequest{}}},
		"Accounts.RevokeException": {may: "head", guessed: "accounts.no_authorisation", args: []any{id, "no longer needed"}},
		"Accounts.Grant":           {may: "secadmin", args: []any{id, []string{"officer"}}, guessed: "accounts.unknown"},
		"Accounts.Reset":           {may: "sysadmin secadmin", args: []any{id}, guessed: "accounts.unknown"},
		"Accounts.ConfirmReset":    {may: "sysadmin secadmin auditor", args: []any{id}, guessed: "accounts.no_reset"},
		"Accounts.SetDisabled":     {may: "sysadmin", args: []any{id, true, "left the bureau"}, guessed: "accounts.unknown"},

		"Jobs.List": {may: everybody},

		"Recognition.Status":    {may: everybody},
		"Recognition.Pause":     {may: "archivist", args: []any{false}},
		"Recognition.ReadAgain": {may: "archivist", guessed: "catalog.no_record", args: []any{id}},

		"Crash.NilDereference": {free: true, may: everybody, guessed: "desktop.panic"},
		"Crash.Panic":          {free: true, may: everybody, guessed: "desktop.panic"},
	}
}

// TestEveryFaceEveryRole walks every exported method of every face as every
// role with guessed ids, and without anybody signed in.
func TestEveryFaceEveryRole(t *testing.T) {
	_, unlike := walkFaces(t, newStation(t))
	for _, text := range unlike {
		t.Error(text)
	}
}

// walkFaces returns how many calls it made and which answers are unlike the
// expectations.
func walkFaces(t *testing.T, s *station) (calls int, unlike []string) {
	t.Helper()
	want := expectations()
	wrong := func(format string, args ...any) { unlike = append(unlike, fmt.Sprintf(format, args...)) }
	var names []string
	for name, f := range s.faces {
		for m := range reflect.TypeOf(f).NumMethod() {
			full := name + "." + reflect.TypeOf(f).Method(m).Name
			if _, ok := want[full]; !ok {
				wrong("%s is in no expectation: say who may call it", full)
				continue
			}
			names = append(names, full)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		e := want[name]
		calls++
		if got := s.code(t, name, e.args...); e.free && got != e.guessed || !e.free && got != "desktop.not_signed_in" {
			if name != "Seat.Open" {
				wrong("%s with nobody signed in: %q", name, got)
			}
		}
	}
	for _, role := range strings.Fields(everybody) {
		for _, name := range names {
			// These move the seat itself; they have tests of their own.
			if slices.Contains([]string{"Seat.SignIn", "Seat.SignOut", "Seat.Open", "Seat.ChangePassword", "Seat.Lock", "Seat.Unlock"}, name) {
				continue
			}
			s.signIn(t, role)
			e := want[name]
			expected := forbidden
			if slices.Contains(strings.Fields(e.may), role) {
				expected = e.guessed
			}
			calls++
			if got := s.code(t, name, e.args...); got != expected {
				wrong("%s as %s: %q, want %q", name, role, got, expected)
			}
		}
	}
	return calls, unlike
}

// TestOneSeat: a sign-in closes the viewings of who sat there before, a
// sign-out leaves nothing open, and no id of another account opens anything.
func TestOneSeat(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "reviewer")
	viewings := face[*desktop.Viewings](s)
	v, err := viewings.Open(desktop.ViewingRequest{RecordID: record, Purpose: "planned"})
	if err != nil {
		t.Fatal(err)
	}
	frame := "/viewings/" + v.ID + "/frames/7"
	if got := s.get(t, frame); got.StatusCode != http.StatusOK || got.Header.Get("X-Frame") != "7" {
		t.Fatalf("frame: %d %v", got.StatusCode, got.Header)
	}
	// Somebody who fails to sign in moves nobody from the seat.
	if got := s.code(t, "Seat.SignIn", "head", "wrong"); got != "accounts.sign_in" {
		t.Fatalf("wrong password: %q", got)
	}
	if got := s.get(t, frame); got.StatusCode != http.StatusOK {
		t.Fatalf("after a failed sign-in of another: %d", got.StatusCode)
	}
	s.signIn(t, "head")
	if got := s.get(t, frame); got.StatusCode != http.StatusNotFound {
		t.Errorf("another account got the frame: %d", got.StatusCode)
	}
	s.signIn(t, "reviewer")
	if got := s.get(t, frame); got.StatusCode != http.StatusNotFound {
		t.Errorf("the viewing outlived its sign-in: %d", got.StatusCode)
	}
	row, err := face[*desktop.Register](s).Session(v.ID)
	if err != nil || row.CloseKind != "normal" {
		t.Errorf("the viewing was not closed: %+v %v", row, err)
	}
	if _, err := face[*desktop.Seat](s).SignOut(); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, frame); got.StatusCode != http.StatusForbidden {
		t.Errorf("signed out: %d", got.StatusCode)
	}
}

// TestFrames holds the promises of the frame addresses.
func TestFrames(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "disclosure")
	v, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{RecordID: record, Purpose: "redaction"})
	if err != nil {
		t.Fatal(err)
	}
	base := "/viewings/" + v.ID
	s.waitForPreview(t, base)
	for _, c := range []struct {
		path   string
		status int
		code   string
		kind   string
	}{
		{base + "/frames/0", 200, "", "image/jpeg"},
		{base + "/frames/9?q=rest", 200, "", "image/png"},
		{base + "/frames/9?w=100&h=100&g=3", 200, "", "image/jpeg"},
		{base + "/frames/5?g=2", 409, "viewing.superseded", ""},
		{base + "/frames/60", 404, "viewing.no_frame", ""},
		{base + "/frames/-1", 404, "viewing.no_frame", ""},
		{base + "/frames/x", 400, "desktop.bad_request", ""},
		{base + "/frames/1?view=preview&draft=guessed", 422, "disclosure.no_draft", ""},
		{base + "/sound?track=0&from=0&to=0.5", 200, "", "application/octet-stream"},
		{base + "/sound?from=a&to=b", 400, "desktop.bad_request", ""},
		{base + "/pages/1", 422, "viewing.not_pages", ""},
		{base + "/preview", 200, "", "application/json"},
		{base + "/sheets/0", 200, "", "image/jpeg"},
		{base + "/sheets/contact", 200, "", "image/jpeg"},
		{base + "/sheets/7", 400, "desktop.bad_request", ""},
		{base + "/sheets/x", 400, "desktop.bad_request", ""},
		{base + "/wave?track=0&level=3&from=0&count=9", 200, "", "application/octet-stream"},
		{base + "/wave?track=9", 400, "desktop.bad_request", ""},
		{"/viewings/guessed/sheets/0", 404, "viewing.no_viewing", ""},
		{"/viewings/guessed/wave", 404, "viewing.no_viewing", ""},
		{"/viewings/guessed/frames/0", 404, "viewing.no_viewing", ""},
		{"/viewings/..%2f..%2foriginals/frames/0", 404, "viewing.no_viewing", ""},
		{"/originals/sha256", 404, "", ""},
	} {
		got := s.get(t, c.path)
		body, _ := io.ReadAll(got.Body)
		var p desktop.Problem
		_ = json.Unmarshal(body, &p)
		if got.StatusCode != c.status || p.Code != c.code {
			t.Errorf("%s: %d %q, want %d %q", c.path, got.StatusCode, p.Code, c.status, c.code)
		}
		if c.kind != "" && got.Header.Get("Content-Type") != c.kind {
			t.Errorf("%s: %s", c.path, got.Header.Get("Content-Type"))
		}
		if strings.HasPrefix(c.path, "/viewings/") && got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored", c.path)
		}
		if c.status == 409 && got.Header.Get("X-Code") != "superseded" {
			t.Errorf("superseded without its code: %v", got.Header)
		}
	}
	// The preview is the draft's: a cover turns the corner black.
	draft, err := face[*desktop.Redaction](s).Draft(v.ID)
	if err != nil {
		t.Fatal(err)
	}
	draft.Plan = fmt.Sprintf(`{"version":1,"original":"sha256:%s","tracks":[{"id":"t1","shape":"rect","effect":"fill","ground":"个人隐私","reason":"y","keyframes":[{"frame":0,"x":0,"y":0,"w":320,"h":180,"visible":true}]}],"mutes":[]}`, v.Record.SHA256)
	if draft, err = face[*desktop.Redaction](s).SaveDraft(draft); err != nil {
		t.Fatal(err)
	}
	plain, covered := s.size(t, base+"/frames/9?q=rest"), s.size(t, base+"/frames/9?q=rest&view=preview&draft="+draft.ID)
	if covered*4 > plain {
		t.Errorf("a black picture takes %d bytes, the plain one %d: the preview is not covered", covered, plain)
	}
}

// waitForPreview returns when the thumbnails of what is viewed are made.
func (s *station) waitForPreview(t *testing.T, base string) {
	t.Helper()
	for range 200 {
		var answer struct{ Ready bool }
		if err := json.NewDecoder(s.get(t, base+"/preview").Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if answer.Ready {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("no preview was made")
}

// TestCopyRights: on a real record and a real copy every act is refused to
// every role that the table does not give it to, with the article.
func TestCopyRights(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "disclosure")
	v, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{RecordID: record, Purpose: "redaction"})
	if err != nil {
		t.Fatal(err)
	}
	redaction := face[*desktop.Redaction](s)
	draft, err := redaction.Draft(v.ID)
	if err != nil {
		t.Fatal(err)
	}
	draft.Plan = `{"version":1,"tracks":[{"id":"t1","shape":"rect","effect":"fill","ground":"个人隐私","reason":"y","keyframes":[{"frame":0,"x":0,"y":0,"w":64,"h":64,"visible":true}]}],"mutes":[]}`
	if draft, err = redaction.SaveDraft(draft); err != nil {
		t.Fatal(err)
	}
	made, err := redaction.Submit(draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		c, copyErr := redaction.Copy(made.ID)
		if copyErr != nil {
			t.Fatal(copyErr)
		}
		if made = c.Summary; made.State != "making" {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if made.State != "candidate" {
		t.Fatalf("copy: %+v", made)
	}
	for _, c := range []struct {
		method string
		may    string
		args   []any
	}{
		{"Cases.Record", "archivist reviewer disclosure head", []any{record}},
		{"Cases.History", "archivist reviewer disclosure head", []any{record}},
		{"Viewings.Open", "archivist reviewer disclosure head checker secrecy", []any{desktop.ViewingRequest{RecordID: record, Purpose: "planned"}}},
		{"Redaction.Copy", "archivist disclosure checker secrecy head", []any{made.ID}},
		{"Redaction.Check", "checker", []any{made.ID, "yes", "guessed"}},
		{"Redaction.SendBack", "checker", []any{made.ID, ""}},
		{"Redaction.Approve", "head", []any{made.ID, "yes", "guessed"}},
		{"Redaction.Reject", "head", []any{made.ID, ""}},
		{"Redaction.Release", "archivist disclosure", []any{made.ID, t.TempDir()}},
	} {
		for _, role := range strings.Fields(everybody) {
			s.signIn(t, role)
			got := s.code(t, c.method, c.args...)
			refused := got == forbidden || got == "viewing.not_yours"
			if may := slices.Contains(strings.Fields(c.may), role); may == refused {
				t.Errorf("%s as %s: %q", c.method, role, got)
			}
		}
	}
	due := func(role string) (kinds string) {
		t.Helper()
		s.signIn(t, role)
		o, homeErr := face[*desktop.Home](s).Overview()
		if homeErr != nil {
			t.Fatal(homeErr)
		}
		for _, d := range o.Due {
			if d.CopyID == made.ID {
				kinds += d.Kind
			}
		}
		return kinds
	}
	// Nobody got anywhere: neither checker nor head was shown the candidate.
	if got := due("disclosure") + "," + due("head") + "," + due("checker"); got != ",approve,check" {
		t.Errorf("what waits for maker, head and checker: %q", got)
	}
	if got := s.code(t, "Redaction.Check", made.ID, "yes", ""); got != "disclosure.not_viewed" {
		t.Errorf("checked without a viewing: %q", got)
	}
	looked, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{CopyID: made.ID, Purpose: "approval"})
	if err != nil {
		t.Fatal(err)
	}
	passed, err := redaction.Check(made.ID, "whole", looked.ID)
	if x := passed.Check; err != nil || passed.Summary.State != "checked" || x == nil || !x.Passed || x.Total != 60 || passed.Summary.Checker != x.Checker {
		t.Fatalf("%+v %v", passed, err)
	}
	if got := due("checker") + "," + due("head"); got != ",approve" {
		t.Errorf("after the check there waits for checker and head: %q", got)
	}
	s.signIn(t, "head")
	if got := s.code(t, "Redaction.Approve", made.ID, "yes", ""); got != "disclosure.not_viewed" {
		t.Errorf("approved without a viewing: %q", got)
	}
	opened, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{CopyID: made.ID, Purpose: "approval"})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/viewings/"+opened.ID+"/frames/0"); got.StatusCode != http.StatusOK {
		t.Fatalf("candidate: %d", got.StatusCode)
	}
	done, err := redaction.Approve(made.ID, "yes", opened.ID)
	if err != nil || done.Summary.State != "approved" {
		t.Fatalf("%+v %v", done.Summary, err)
	}
}

// TestHeld: the second shell is told who has the archive, and opens it when it
// is free.
func TestHeld(t *testing.T) {
	first := newStation(t)
	state, err := face[*desktop.Seat](first).State()
	if err != nil || state.State != "ready" {
		t.Fatalf("%+v %v", state, err)
	}
	second := openStation(t, state.Archive.Dir, filepath.Join(filepath.Dir(state.Archive.Dir), "state"))
	held, err := face[*desktop.Seat](second).State()
	if err != nil || held.State != "held" || !strings.Contains(held.Holder, fmt.Sprint(os.Getpid())) {
		t.Fatalf("%+v %v", held, err)
	}
	first.shell.Close()
	if now, err := face[*desktop.Seat](second).Open(""); err != nil || now.State != "ready" {
		t.Fatalf("%+v %v", now, err)
	}
}

// TestPolicy: no script but our own, no frame, nothing from elsewhere.
func TestPolicy(t *testing.T) {
	answer := httptest.NewRecorder()
	desktop.Strict(http.NotFoundHandler()).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	policy := answer.Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self';", "frame-src 'none'", "connect-src 'self'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("no %s in %s", part, policy)
		}
	}
	if answer.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Error("answers may be sniffed")
	}
}

// recording ingests a small clip through the faces and returns its record.
func (s *station) recording(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 320, Height: 180, FPS: 25, Frames: 60, GOP: 20, BFrames: 2, Sound: true}); err != nil {
		t.Fatal(err)
	}
	s.signIn(t, "archivist")
	made, err := face[*desktop.Cases](s).Add(desktop.NewCase{Code: "J-1", Title: "case"})
	if err != nil {
		t.Fatal(err)
	}
	in := face[*desktop.Ingest](s)
	job, err := in.Submit(desktop.IngestRequest{CaseID: made.ID, Stage: "investigation", Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		if job, err = in.Job(job.ID); err != nil {
			t.Fatal(err)
		}
		if job.State != "running" {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if job.State != "done" || len(job.Outcomes) != 1 || job.Outcomes[0].State != "stored" {
		t.Fatalf("ingest: %+v", job)
	}
	return job.Outcomes[0].RecordID
}

func (s *station) get(t *testing.T, path string) *http.Response {
	t.Helper()
	answer := httptest.NewRecorder()
	s.shell.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Result()
}

func (s *station) size(t *testing.T, path string) int {
	t.Helper()
	got := s.get(t, path)
	body, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", path, got.StatusCode, body)
	}
	return len(body)
}
