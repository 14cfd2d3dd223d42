package workerd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestFind(t *testing.T) {
	real, err := Find("")
	if err != nil {
		t.Fatal(err) // the message says how to install it
	}
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "nowhere"), plain, dir} {
		if _, err := Find(path); core.CodeOf(err) != core.Unavailable || !strings.Contains(err.Error(), "npm ci --ignore-scripts") {
			t.Errorf("Find(%q): %v", path, err)
		}
	}
	t.Setenv(EnvBinary, real)
	t.Chdir(dir)
	if got, err := Find(""); err != nil || got != real {
		t.Errorf("by the environment: %q, %v", got, err)
	}
	t.Setenv(EnvBinary, "")
	t.Setenv("PATH", filepath.Dir(real))
	if got, err := Find(""); err != nil || got != real {
		t.Errorf("by PATH: %q, %v", got, err)
	}
	t.Setenv("PATH", dir)
	if _, err := Find(""); core.CodeOf(err) != core.Unavailable {
		t.Errorf("nowhere to be found: %v", err)
	}
}
