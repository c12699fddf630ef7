package demo_test

import (
	"os"
	"testing"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/demo"
)

// TestRunFull is the run at full size, as make demo has it.
func TestRunFull(t *testing.T) {
	if os.Getenv("DIAOYUE_FULL_DEMO") == "" {
		t.Skip("set DIAOYUE_FULL_DEMO=1: it takes about a minute")
	}
	err := demo.Run(t.Context(), backend.Config{}, demo.Options{Report: func(s demo.Step) {
		t.Logf("%-10s %5.2f s  %v %s", s.Key, s.Seconds, s.Checked, s.Error)
	}})
	if err != nil {
		t.Error(err)
	}
}
