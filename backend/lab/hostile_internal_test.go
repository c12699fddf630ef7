package main

import (
	"context"
	"encoding/json"
	"os"
	"testing"
)

// The test binary is the child too that a hostile file is given to.
func TestMain(m *testing.M) {
	if os.Getenv(hostileMark) != "" {
		os.Exit(dispatch(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// One of each kind of mutation: the engine names what it cannot show and never
// breaks, hangs or grows. `make hostile-media` gives it two thousand.
func TestHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	out, _ := lab(t, 0, "media", "hostile", clip(t), "--count", "40", "--json")
	var o ordeal
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		t.Fatal(err)
	}
	if o.Files != 40 || len(o.Bad) > 0 || o.Fates[fatePlayed]+o.Fates[fateRefused] != 40 || o.Fates[fateRefused] == 0 {
		t.Errorf("%+v", o)
	}
}
