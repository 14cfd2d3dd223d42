package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// TestWhatIf: beside a running server, a folder with other rules is compared with
// those in force (POL-2, NEW-1).
func TestWhatIf(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	ann, err := h.identity.AddPerson(ctx, core.System("test"), "ann@example.org", "", []core.Role{core.RoleMaker})
	must(t, err)
	must(t, h.store.Quietly(ctx, func(ctx context.Context) error {
		for _, name := range []string{"menu", "rota"} {
			a := core.App{ID: h.ids.New(h.clock.Now()), Name: name, OwnerID: ann.ID, OwnerEmail: ann.Email, State: core.AppActive, Created: 1,
				Descriptor: core.Descriptor{Name: name, Owner: ann.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: "serverless", Template: "intake-form@1.0.0"}}
			if name == "rota" {
				a.Descriptor.Audience = "public" // refused already: its data is not
			}
			if err := h.store.AddApp(ctx, a); err != nil {
				return err
			}
		}
		return nil
	}))
	dir := t.TempDir()
	must(t, os.CopyFS(filepath.Join(dir, "same"), governance.FS()))
	must(t, os.CopyFS(filepath.Join(dir, "other"), governance.FS()))
	rules := filepath.Join(dir, "other", "policies", "gates", "change_merge.rego")
	text, err := os.ReadFile(rules)
	must(t, err)
	must(t, os.WriteFile(rules, append(text, "\ndeny contains {\"code\": \"no_europe\", \"message\": \"Not in Europe.\"} if input.app.region == \"eu-sovereign\"\n"...), 0o600))
	run := func(words ...string) (int, string) {
		var out bytes.Buffer
		std := cli.IO{In: strings.NewReader(""), Out: &out, Err: &out, Env: func(string) (string, bool) { return "", false }, Dir: dir}
		return cli.Main(ctx, append([]string{"policy", "whatif"}, words...), std, Programs("test")), out.String()
	}
	data := h.config.Data
	if code, out := run("same", "--data", data, "--fail"); code != 0 || !strings.Contains(out, "Asked 2 questions about the apps: 2 answers stay the same.") {
		t.Errorf("%d %s", code, out)
	}
	code, out := run("other", "--data", data)
	for _, want := range []string{"newly blocked: 1\n  menu  change.merge  no_europe  Not in Europe.", "other reasons: 1\n  rota", "no_europe: 1 newly blocked, 1 other reasons", "ann@example.org: 1 newly blocked"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d, no %q in\n%s", code, want, out)
		}
	}
	if code, out := run("other", "--data", data, "--fail", "--format", "json"); code != 1 || !strings.Contains(out, `"newly_blocked": 1`) {
		t.Errorf("%d %s", code, out)
	}
	if code, out := run("other", "--data", data, "--against", "decisions"); code != 0 || !strings.Contains(out, "Asked 0 past decisions") {
		t.Errorf("%d %s", code, out)
	}
	var out2 bytes.Buffer
	std := cli.IO{In: strings.NewReader(""), Out: &out2, Err: &out2, Env: func(string) (string, bool) { return "", false }, Dir: dir}
	if code := cli.Main(ctx, []string{"policy", "advise", "--data", data}, std, Programs("test")); code != 0 || out2.String() != "Nothing to propose.\n" {
		t.Errorf("advice: %d %s", code, out2.String())
	}
	for what, words := range map[string][]string{"There is no Paddock data": {"same", "--data", dir}, "cannot be opened": {"nowhere", "--data", data}} {
		if code, out := run(words...); code != 2 || !strings.Contains(out, what) {
			t.Errorf("%v: %d %s", words, code, out)
		}
	}
	must(t, os.WriteFile(rules, []byte("package paddock.change.merge\n\ndeny contains"), 0o600))
	if code, out := run("other", "--data", data); code != 2 || !strings.Contains(out, "change_merge.rego:3") {
		t.Errorf("broken rules: %d %s", code, out)
	}
}
