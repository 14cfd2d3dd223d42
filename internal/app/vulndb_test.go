package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
)

func importVulns(t *testing.T, data, id string) {
	t.Helper()
	record := filepath.Join(t.TempDir(), "a.json")
	text := `{"id":"` + id + `","modified":"2026-01-02T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":["1.0.0"]}]}`
	if err := os.WriteFile(record, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ImportVulns(t.Context(), "test", cli.VulnImport{VulnDB: cli.VulnDB{Data: data}, Paths: []string{record}}); err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T, d dependencies.Data) string {
	t.Helper()
	m, err := d.DB.Match("npm", "p", "1.0.0")
	if err != nil || len(m.Advisories) != 1 {
		t.Fatalf("%+v %v", m, err)
	}
	return m.Advisories[0].ID
}

// TestServerReadsAnImportAtOnce: an import counts from the next check on, a
// check under way goes on with what it began with, and a file that was changed
// counts for nothing.
func TestServerReadsAnImportAtOnce(t *testing.T) {
	data := t.TempDir()
	v, err := newVulns(cli.VulnDB{Data: data, MaxAge: 7}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if d := v.data(); !d.Starter || d.MaxAge != 7 {
		t.Errorf("before the first import: %+v", d)
	}
	importVulns(t, data, "A-1")
	first := v.data()
	if first.Starter || found(t, first) != "A-1" || first.MaxAge != 7 {
		t.Errorf("%+v", first)
	}
	if again := v.data(); again.DB != first.DB {
		t.Error("a file that is the same was opened again")
	}
	importVulns(t, data, "A-2")
	if second := v.data(); found(t, second) != "A-2" || found(t, first) != "A-1" {
		t.Error("the second import does not count, or the first is gone under a check")
	}
	path := filepath.Join(data, vulnFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if d := v.data(); core.CodeOf(d.Fault) != core.Unreadable || d.DB != nil {
		t.Errorf("a file that is cut short: %+v", d)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if d := v.data(); !d.Starter {
		t.Errorf("a file that is gone: %+v", d)
	}
}
