//go:build linux && amd64

package vault_test

import (
	"errors"
	"os"
	"testing"

	"diaoyue.example/workstation/backend/figure/mishap"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/vault/vaulttest"
)

// File systems that give a file no second name: either a name is refused when
// it is taken, and then all holds as elsewhere, or no original is kept there
// and that is said when the folder is chosen.
func TestForeignFileSystems(t *testing.T) {
	for _, kind := range []string{"vfat", "exfat", "exfat-fuse"} {
		t.Run(kind, func(t *testing.T) {
			mounted := func(t *testing.T) string {
				t.Helper()
				d, err := mishap.NewDiskOf(t, kind, 64<<20)
				if errors.Is(err, mishap.ErrUnable) {
					t.Skip(err)
				}
				if err != nil {
					t.Fatal(err)
				}
				return d.Dir
			}
			dir := mounted(t)
			_, err := vault.Prepare(dir)
			if errors.Is(err, vault.ErrNoExclusive) {
				if left, failed := os.ReadDir(dir); failed != nil || len(left) != 0 {
					t.Errorf("left %v, %v", left, failed)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			vaulttest.Run(t, func(t *testing.T) vaulttest.Keeper {
				t.Helper()
				dir := mounted(t)
				return open(t, t.TempDir(), vault.WithOriginals(dir, prepare(t, dir)))
			})
		})
	}
}
