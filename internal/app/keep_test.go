package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/door/cli"
)

// Paths may be relative to the working directory, as they are typed.
func TestKeepTakesRelativePaths(t *testing.T) {
	h := openHouse(t)
	data := h.config.Data
	h.close(t.Context())
	t.Chdir(filepath.Dir(data))
	name := filepath.Base(data)
	told := func(string, int64, int64) {}
	r, err := Backup(t.Context(), "test", cli.BackupOptions{Data: name, To: name + "-kept", Keys: true, Told: told})
	if err != nil || !r.Good() {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err := Drill(t.Context(), name+"-kept", told); err != nil || !r.Good() {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := Restore(t.Context(), cli.RestoreOptions{From: name + "-kept", To: name + "-back", Told: told}); err != nil || !r.Good() {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := os.Stat(name + "-back"); err != nil {
		t.Error(err)
	}
}
