package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check/proof"
)

// workshop is a maker's own machine: a repository of the app, and a home folder.
type workshop struct {
	*house
	t          *testing.T
	dir, home  string
	base, key  string
	head       string
	app        core.App
	out, errs  bytes.Buffer
	serverGone func()
}

func newWorkshop(t *testing.T) *workshop {
	h := openHouse(t)
	w := &workshop{house: h, t: t, dir: t.TempDir(), home: t.TempDir()}
	s := httptest.NewServer(h.router)
	t.Cleanup(s.Close)
	w.base, w.serverGone = s.URL, s.Close
	maker, err := h.identity.AddPerson(t.Context(), core.System("test"), "mira@example.org", "", []core.Role{core.RoleMaker})
	must(t, err)
	w.key = token(t, h, maker, identity.ScopeWrite)
	d := core.Descriptor{Name: "tracker", Template: "internal-dashboard@1", Owner: maker.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless}
	w.write("microapp.yaml", "name: tracker\ntemplate: internal-dashboard@1\nowner: mira@example.org\nclassification: internal\nregion: eu-sovereign\nruntime: serverless\n")
	w.write("src/app.ts", "export default { async fetch(): Promise<Response> { return new Response(\"ok\"); } };\n")
	w.git("init", "-q", "-b", "main")
	w.git("add", "-A")
	w.git("commit", "-q", "-m", "the app")
	w.head = w.git("rev-parse", "HEAD")
	now := h.clock.Now()
	w.app = core.App{ID: h.ids.New(now), Name: "tracker", OwnerID: maker.ID, OwnerEmail: maker.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1, Descriptor: d}
	must(t, h.store.Quietly(t.Context(), func(ctx context.Context) error {
		if err := h.store.AddApp(ctx, w.app); err != nil {
			return err
		}
		_, err := h.store.AddChange(ctx, core.Change{ID: h.ids.New(now), AppID: w.app.ID, Title: "t", Branch: "b", Head: w.head, Base: strings.Repeat("b", 40), Author: maker.ID, Created: core.Stamp(now)})
		return err
	}))
	return w
}

func (w *workshop) write(name, text string) {
	path := filepath.Join(w.dir, name)
	must(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(w.t, os.WriteFile(path, []byte(text), 0o644))
}

func (w *workshop) git(args ...string) string {
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=mira", "GIT_AUTHOR_EMAIL=mira@example.org", "GIT_COMMITTER_NAME=mira", "GIT_COMMITTER_EMAIL=mira@example.org"}
	out, err := cmd.CombinedOutput()
	must(w.t, err)
	return strings.TrimSpace(string(out))
}

// check runs paddock check against a server, and returns the report, what was
// said beside it, and the exit code.
func (w *workshop) check(env map[string]string, args ...string) (core.Report, string, int) {
	w.t.Helper()
	w.out.Reset()
	w.errs.Reset()
	std := cli.IO{In: strings.NewReader(""), Out: &w.out, Err: &w.errs, Dir: w.dir, Env: func(name string) (string, bool) {
		if v, ok := env[name]; ok {
			return v, v != ""
		}
		v := map[string]string{"PADDOCK_TOKEN": w.key, "PADDOCK_SERVER": w.base, "HOME": w.home}[name]
		return v, v != ""
	}}
	code := cli.Main(w.t.Context(), append([]string{"check", "--format", "json"}, args...), std, Programs("test"))
	var r core.Report
	_ = json.Unmarshal(w.out.Bytes(), &r)
	return r, w.errs.String(), code
}

func rulesSeen(r core.Report) (revision, from, warning string) {
	for _, c := range r.Checks {
		if c.Name == "policy" {
			return r.PolicyRevision, c.Seen.RulesFrom, c.Seen.Warning
		}
	}
	return "", "no policy check", ""
}

// CHK-1: a maker's own check asks the rules that the server will ask, knows who
// they are of, and goes on without a network, saying so.
func TestCheckTakesRulesOfTheServer(t *testing.T) {
	w := newWorkshop(t)
	w.bringsReports() // with the same house: making one takes long
	w.checksUnsaved()
	w.git("reset", "-q", "--hard", w.head)
	w.inForce(map[string]string{
		"policies/names.rego":      "package paddock.change.merge\n\ndeny contains {\"code\": \"no_trackers\", \"message\": \"No trackers here.\"} if input.app.name == \"tracker\"\n",
		"rules/own.yaml":           `rules: [{code: own_says_ok, severity: warning, title: It only says ok, what: "It says ok.", why: That helps nobody., fix: ["Say more."], match: [{in: [js], text: "^ok$"}], bad: {js: ["f('ok')"]}, good: {js: ["f('no')"]}}]`,
		"policies/names_test.rego": "package paddock.change.merge_test\n\ntest_it if 1 == 1\n"})
	wants := func(note, from string, r core.Report) {
		t.Helper()
		revision, got, warning := rulesSeen(r)
		has := strings.Contains(w.out.String(), "no_trackers")
		if own := strings.Contains(w.out.String(), "own_says_ok"); own != has {
			t.Errorf("%s: the organisation's own rule about code is found: %v, want %v", note, own, has)
		}
		if got != from || has != (from != cli.RulesStarter) || has && revision != w.shelf.Current().Policy.Revision() || (warning != "") != (from != cli.RulesServer) {
			t.Errorf("%s: rules from %q, revision %s, warning %q; said %q\n%.500s", note, got, revision, warning, &w.errs, &w.out)
		}
	}
	said := func(note string, code, want int, words ...string) {
		t.Helper()
		for _, word := range append(words, "") {
			if code != want || !strings.Contains(w.errs.String(), word) {
				t.Errorf("%s: exit code %d, want %d with %q; said %q", note, code, want, word, &w.errs)
			}
		}
	}
	r, _, code := w.check(nil, "--upload", "never")
	wants("first", cli.RulesServer, r)
	said("first", code, 1)
	first := w.out.String()
	_, errs, _ := w.check(nil, "--upload", "never")
	if errs != "" || w.out.String() != first {
		t.Errorf("the second time it says %q, and the same report: %v", errs, w.out.String() == first)
	}
	_, _, code = w.check(map[string]string{"PADDOCK_TOKEN": "wrong"})
	said("a wrong token", code, 2, "PADDOCK_TOKEN")
	_, _, code = w.check(nil, "--app", "nobody")
	said("an unknown app", code, 2, "nobody", "--app NAME")
	old := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(rw, `{"title":"There is nothing at `+r.URL.Path+`.","code":"not_found"}`)
	}))
	t.Cleanup(old.Close)
	_, _, code = w.check(nil, "--server", old.URL)
	said("an older server", code, 2, "older than this program")

	r, _, _ = w.check(nil, "--offline")
	wants("offline", cli.RulesCache, r)
	w.serverGone()
	r, _, code = w.check(nil)
	wants("without the server", cli.RulesCache, r)
	said("without the server", code, 1, "does not answer", "Its revision "+w.shelf.Current().ID[:10], "ago")
	r, _, code = w.check(map[string]string{"HOME": t.TempDir()})
	wants("for the first time without it", cli.RulesStarter, r)
	said("for the first time without it", code, 0, "The rules that come with Paddock are used")

	_, other, err := proof.NewKey()
	must(t, err)
	must(t, filepath.Walk(w.home, func(path string, info os.FileInfo, err error) error {
		if strings.HasSuffix(path, ".pub") {
			return os.WriteFile(path, other, 0o600)
		}
		return err
	}))
	_, _, code = w.check(nil)
	said("with another key", code, 1, "not signed by the key that is known of it")
}

// A report of somebody's own run is kept as a record for its commit, with who
// signed it; what is no commit of a change is not taken.
func (w *workshop) bringsReports() {
	t := w.t
	must(t, os.MkdirAll(filepath.Join(w.home, "k"), 0o700))
	key := filepath.Join(w.home, "k", "ci")
	if code := cli.Main(t.Context(), []string{"report", "keygen", key}, cli.IO{Out: io.Discard, Err: io.Discard}, cli.Programs{}); code != 0 {
		t.Fatal(code)
	}
	pub, err := os.ReadFile(key + ".pub")
	must(t, err)
	rev := *w.shelf.Current()
	rev.Settings.Trust.Reporters = []catalog.Reporter{{Name: "pipeline", Key: string(pub), Apps: []string{"tracker"}}}
	w.shelf.current.Store(&rev)
	list := func(n int) core.OwnReport {
		t.Helper()
		all, err := w.store.OwnReports(t.Context(), w.app.ID, w.head)
		must(t, err)
		if len(all) != n {
			t.Fatalf("%d reports are kept, want %d; said %q", len(all), n, &w.errs)
		}
		if n == 0 {
			return core.OwnReport{}
		}
		return all[0]
	}
	for _, c := range []struct {
		note   string
		before func()
		args   []string
		code   int
		says   string
		signer string
		kept   int
	}{
		{"a folder with changes", func() { w.write("new.txt", "x\n") }, nil, 0, "This is the first meeting with " + w.base + ". Its key SHA256:", "", 0},
		{"a folder with changes, always", func() {}, []string{"--upload", "always"}, 1, "not as in the commit", "", 0},
		{"as committed", func() { must(t, os.Remove(filepath.Join(w.dir, "new.txt"))) }, nil, 0, "It counts as a record", "", 1},
		{"signed", func() {}, []string{"--attest", "a.intoto", "--key", key}, 0, "signed by pipeline", "pipeline", 1},
		{"signed, and once more with a file that git does not know", func() {}, []string{"--upload", "always", "HEAD"}, 0, "It counts as a record", "", 1},
		{"a commit of no change", func() {
			w.write("src/b.ts", "export {};\n")
			w.git("add", "src")
			w.git("commit", "-q", "-m", "more")
		}, []string{"HEAD"}, 0, "No open change ends in the commit", "", 1},
	} {
		c.before()
		_, errs, code := w.check(nil, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit code %d, said %q", c.note, code, errs)
		}
		if got := list(c.kept); got.Signer != c.signer || c.kept == 1 && (got.Source != core.ActorPerson || got.Verdict != core.Passed) {
			t.Errorf("%s: kept %+v", c.note, got)
		}
	}
}

// inForce puts the rules in force with some files more.
func (w *workshop) inForce(more map[string]string) {
	files, err := treeFiles(w.shelf.Current().Files)
	must(w.t, err)
	for name, text := range more {
		files[name] = []byte(text)
	}
	rev, err := catalog.Load(w.t.Context(), memory(files), strings.Repeat("c", 40))
	must(w.t, err)
	w.shelf.current.Store(rev)
}
