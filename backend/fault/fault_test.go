package fault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/fault"
)

func TestFault(t *testing.T) {
	sentinel := fault.New("disclosure.self_approval", "nobody approves his own copy")
	other := fault.New("disclosure.changed", "the copy has changed")
	refusal := sentinel.With(fault.Basis, "S18.1", "copy", "7")
	tests := []struct {
		name   string
		err    error
		code   string
		params map[string]string
		is     bool
		text   string
	}{
		{"plain", sentinel, "disclosure.self_approval", nil, true, "nobody approves his own copy"},
		{"with", refusal, "disclosure.self_approval", map[string]string{"basis": "S18.1", "copy": "7"}, true, "nobody approves his own copy (basis=S18.1, copy=7)"},
		{"wrapped", fmt.Errorf("approve: %w", refusal), "disclosure.self_approval", map[string]string{"basis": "S18.1", "copy": "7"}, true, "approve: nobody approves his own copy (basis=S18.1, copy=7)"},
		{"with a cause", fmt.Errorf("%w: %w", sentinel, fs.ErrNotExist), "disclosure.self_approval", nil, true, "nobody approves his own copy: file does not exist"},
		{"odd", sentinel.With("copy"), "disclosure.self_approval", map[string]string{"copy": ""}, true, "nobody approves his own copy (copy=)"},
		{"other", other, "disclosure.changed", nil, false, "the copy has changed"},
		{"foreign", fs.ErrNotExist, fault.Internal, nil, false, "file does not exist"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fault.Code(tt.err); got != tt.code {
				t.Errorf("Code = %q, want %q", got, tt.code)
			}
			if diff := cmp.Diff(tt.params, fault.Params(tt.err)); diff != "" {
				t.Errorf("Params (-want +got):\n%s", diff)
			}
			if got := errors.Is(tt.err, sentinel); got != tt.is {
				t.Errorf("Is = %v, want %v", got, tt.is)
			}
			if got := tt.err.Error(); got != tt.text {
				t.Errorf("Error = %q, want %q", got, tt.text)
			}
		})
	}
	if fault.Code(nil) != "" {
		t.Error("nil has a code")
	}
}

func TestParamsAreACopy(t *testing.T) {
	err := fault.New("a.b", "c").With("k", "v")
	fault.Params(err)["k"] = "changed"
	if got := fault.Params(err)["k"]; got != "v" {
		t.Errorf("k = %q, want v", got)
	}
}
