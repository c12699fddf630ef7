//go:build faults

package desktop_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/desktop"
	"diaoyue.example/workstation/backend/figure"
)

// Every method of every face is called as every role with guessed ids; and the
// addresses of a viewing that another has opened are asked for by every role
// and by nobody.
func TestFigureFaces(t *testing.T) {
	s := newStation(t)
	calls, unlike := walkFaces(t, s)
	asked := 0
	record := s.recording(t)
	s.signIn(t, "reviewer")
	v, err := face[*desktop.Viewings](s).Open(desktop.ViewingRequest{RecordID: record, Purpose: "planned"})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/viewings/"+v.ID+"/frames/0"); got.StatusCode != http.StatusOK {
		t.Fatalf("whose viewing it is got %d", got.StatusCode)
	}
	guess := func(who, id string) {
		t.Helper()
		for _, tail := range []string{"/frames/0", "/frames/7?q=rest", "/pages/1", "/preview", "/sheets/0", "/sound", "/wave", "/../" + v.ID + "/frames/0", "/%2e%2e/frames/0", ""} {
			asked++
			if got := s.get(t, "/viewings/"+id+tail); got.StatusCode == http.StatusOK {
				unlike = append(unlike, fmt.Sprintf("%s got %s of %s", who, tail, id))
			}
		}
	}
	for _, role := range append(strings.Fields(everybody), "") {
		if role == "" {
			if _, err := face[*desktop.Seat](s).SignOut(); err != nil {
				t.Fatal(err)
			}
		} else {
			s.signIn(t, role)
		}
		for _, id := range []string{v.ID, "01890000-0000-7000-8000-000000000000", "..", "%2e%2e%2f", "' OR 1=1 --", strings.Repeat("a", 5000)} {
			guess(role, strings.ReplaceAll(id, " ", "%20"))
		}
	}
	for _, text := range unlike {
		t.Error(text)
	}
	figure.Report(t, figure.Figure{
		Row: figure.Faces, Name: fmt.Sprintf("%d calls by %d roles and by nobody, guessed ids; %d addresses guessed, those of another's open viewing among them", calls, len(strings.Fields(everybody)), asked),
		Value: fmt.Sprint(len(unlike)), OK: len(unlike) == 0 && calls > 500 && asked > 500,
	})
}
