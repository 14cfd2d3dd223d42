package planted

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/app"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// tracker returns the files of a new candidate tracker, as a maker gets them.
func tracker(t *testing.T) map[string]string {
	t.Helper()
	rev, err := catalog.Load(context.Background(), governance.FS(), "test")
	if err != nil {
		t.Fatal(err)
	}
	tpl := rev.Templates["internal-dashboard"]
	params, err := catalog.CheckParameters(tpl, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := core.Descriptor{Name: "candidate-tracker", Template: tpl.Name + "@" + tpl.Version, Owner: "mira@example.com",
		Classification: core.Classification("internal"), Region: "eu-sovereign", Runtime: tpl.Runtime, Audience: "organisation",
		Guardrails: tpl.Guardrails, Budget: tpl.Budget, Vendors: tpl.Vendors, Data: tpl.Data}
	files, err := catalog.Scaffold(tpl, d, params, rev.Files)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, b := range files {
		out[name] = string(b)
	}
	return out
}

// write puts files into a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs paddock check and returns its exit code and what it printed.
func run(t *testing.T, dir string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	std := cli.IO{In: strings.NewReader(""), Out: &o, Err: &e, Env: func(string) (string, bool) { return "", false }, Dir: dir}
	code = cli.Main(context.Background(), append([]string{"check"}, args...), std, app.Programs("test"))
	return code, o.String(), e.String()
}

// check checks a folder and returns its report.
func check(t *testing.T, dir string) (core.Report, int) {
	t.Helper()
	code, out, errs := run(t, dir, "--format", "json", dir)
	var r core.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("code %d, no report: %v\n%s%s", code, err, out, errs)
	}
	return r, code
}

// said lists findings for messages.
func said(list []core.Finding) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString("\n  " + f.Check + " " + f.Code + " " + f.Path + ": " + f.What + " | " + strings.Join(f.Fix, " "))
	}
	return b.String()
}

func TestACleanAppPasses(t *testing.T) {
	r, code := check(t, write(t, tracker(t)))
	if code != 0 || r.Verdict != core.Passed {
		t.Errorf("code %d, verdict %s%s", code, r.Verdict, said(r.Findings))
		for _, c := range r.Checks {
			t.Logf("%s: %s %q", c.Name, c.Verdict, c.Incomplete)
		}
	}
	for _, f := range r.Findings {
		if f.Severity != core.Note {
			t.Errorf("a new app should give no rise to:%s", said([]core.Finding{f}))
		}
	}
}

func TestNothingToReadIsCode2(t *testing.T) {
	for _, dir := range []string{filepath.Join(t.TempDir(), "none"), filepath.Join(write(t, map[string]string{"a": ""}), "a")} {
		if code, out, errs := run(t, t.TempDir(), dir); code != 2 || out != "" || errs == "" {
			t.Errorf("%s: code %d, printed %q and %q", dir, code, out, errs)
		}
	}
}
