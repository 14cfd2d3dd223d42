package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// TestFilesFromServer: proof and export come from a running server as they do
// from its folder, and only to those who may read the log.
func TestFilesFromServer(t *testing.T) {
	h := openHouse(t)
	act(t, h, 3, "thing")
	url := serve(t, h)
	dir := t.TempDir()
	run := func(email string, role core.Role, words ...string) (int, string) {
		t.Helper()
		ctx := t.Context()
		p, err := h.store.PersonByEmail(ctx, email)
		if core.CodeOf(err) == core.NotFound {
			p, err = h.identity.AddPerson(ctx, core.System("test"), email, "", []core.Role{role})
		}
		must(t, err)
		token, _, err := h.identity.NewToken(ctx, p, "cli", "read", time.Hour)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, "token"), token.Open(), 0o600))
		var out bytes.Buffer
		std := cli.IO{In: strings.NewReader(""), Out: &out, Err: &out, Env: func(string) (string, bool) { return "", false }, Dir: dir}
		code := cli.Main(ctx, append(words, "--server", url, "--token-file", "token"), std, Programs("test"))
		return code, out.String()
	}
	rows, err := h.store.SearchEvents(t.Context(), store.EventFilter{Action: "test.act", Most: 1})
	must(t, err)
	event := string(rows[0].ID)
	if code, out := run("aude@example.org", core.RoleAuditor, "audit", "prove", event); code != 0 || !strings.Contains(out, "is entry") {
		t.Errorf("%d %s", code, out)
	}
	_, err = h.sequencer.IntegrateNow(context.Background())
	must(t, err)
	if code, out := run("aude@example.org", core.RoleAuditor, "audit", "export", "--as", "csv", "--action", "test.act", "--out", "e.csv"); code != 0 || !strings.Contains(out, "all 3 events") {
		t.Errorf("%d %s", code, out)
	}
	if rows, err := h.store.SearchEvents(t.Context(), store.EventFilter{Action: "audit.export", Most: 5}); err != nil || len(rows) != 1 || rows[0].Actor.Name != "aude@example.org" {
		t.Errorf("%v %v", rows, err)
	}
	for _, words := range [][]string{{"audit", "prove", event}, {"audit", "export", "--out", "f.csv"}} {
		if code, out := run("mia@example.org", core.RoleMaker, words...); code == 0 || code == 3 {
			t.Errorf("a maker: %v: %d %s", words, code, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "f.csv")); err == nil {
		t.Error("a refused export left a file")
	}
}
