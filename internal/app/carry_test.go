package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/life/catalog/carry"
)

// site is a house with an administrator who uses the command line.
type site struct {
	*house
	t    *testing.T
	who  core.Person
	base string
	key  string
	dir  string
}

func newSite(t *testing.T, dir string) *site {
	h := openHouse(t)
	who := somebody(t, h, core.RolePlatform, core.RoleSecurity)
	return &site{h, t, who, serve(t, h), token(t, h, who, identity.ScopeWrite), dir}
}

// paddock runs a command against the site, and demands its exit code.
func (s *site) paddock(code int, args ...string) string {
	s.t.Helper()
	var out, errs bytes.Buffer
	std := cli.IO{In: strings.NewReader(""), Out: &out, Err: &errs, Dir: s.dir, Env: func(name string) (string, bool) {
		v := map[string]string{"PADDOCK_TOKEN": s.key, "PADDOCK_SERVER": s.base}[name]
		return v, v != ""
	}}
	if got := cli.Main(s.t.Context(), args, std, cli.Programs{}); got != code {
		s.t.Fatalf("paddock %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &out, &errs)
	}
	return out.String() + errs.String()
}

// RUN-6: a revision goes from one site to another as a file, and comes into force
// there by the way of a push; what is not trusted, damaged or broken changes nothing.
func TestGovernanceGoesToAnotherSite(t *testing.T) {
	dir := t.TempDir()
	here, there := newSite(t, dir), newSite(t, dir)
	revise(t, here.house, here.who, map[string]string{"policies/names.rego": "package paddock.app.create\n\ndeny contains \"no\" if input.app.name == \"no\"\n"})
	first, sent := there.shelf.Current().ID, here.shelf.Current().ID
	here.paddock(0, "governance", "bundle", "--out", "a.gz")
	here.paddock(0, "governance", "bundle", sent, "--out", "b.gz")
	a, err := os.ReadFile(filepath.Join(dir, "a.gz"))
	must(t, err)
	if b, _ := os.ReadFile(filepath.Join(dir, "b.gz")); !bytes.Equal(a, b) {
		t.Error("one revision makes two bundles")
	}

	stays := func(what string) {
		t.Helper()
		if head, _ := there.forge.Head(t.Context(), GovernanceRepo, "main"); there.shelf.Current().ID != first || head != first {
			t.Errorf("%s changed what is in force", what)
		}
	}
	if said := there.paddock(1, "governance", "import", "a.gz"); !strings.Contains(said, "not signed by a key that this site trusts") {
		t.Errorf("an unknown key: %s", said)
	}
	stays("an unknown key")
	keys := filepath.Join(dir, "keys.pem")
	must(t, os.WriteFile(keys, []byte(there.keys.PublicPEM()+here.keys.PublicPEM()), 0o600))
	there.config.GovernanceKeys = keys

	if said := there.paddock(0, "governance", "import", "a.gz", "--look"); !strings.Contains(said, "new      policies/names.rego") || !strings.Contains(said, "Nothing was kept") {
		t.Errorf("looking: %s", said)
	}
	stays("looking")
	must(t, os.WriteFile(filepath.Join(dir, "torn.gz"), a[:len(a)-20], 0o600))
	if said := there.paddock(2, "governance", "import", "torn.gz"); !strings.Contains(said, "breaks off") {
		t.Errorf("a torn file: %s", said)
	}
	stays("a torn file")

	// signed by a trusted key, but its tests fail
	files, err := treeFiles(here.shelf.Current().Files)
	must(t, err)
	files["policies/wrong_test.rego"] = []byte("package paddock.wrong_test\n\ntest_wrong if false\n")
	var broken bytes.Buffer
	must(t, carry.Write(&broken, sent, "sha256:0", files, here.keys))
	must(t, os.WriteFile(filepath.Join(dir, "broken.gz"), broken.Bytes(), 0o600))
	if said := there.paddock(2, "governance", "import", "broken.gz"); !strings.Contains(said, "test_wrong does not pass") {
		t.Errorf("a failed test: %s", said)
	}
	stays("a broken revision")

	if said := there.paddock(0, "governance", "import", "a.gz"); !strings.Contains(said, "It is in force here") {
		t.Errorf("in force: %s", said)
	}
	now := there.shelf.Current()
	if now.ID == first || now.Policy.Revision() != here.shelf.Current().Policy.Revision() {
		t.Errorf("in force is %s with policy %s", now.ID, now.Policy.Revision())
	}
	if said := there.paddock(0, "governance", "import", "a.gz"); !strings.Contains(said, "nothing changes") || there.shelf.Current().ID != now.ID {
		t.Errorf("once more: %s", said)
	}
	for _, action := range []string{"governance.bundle", "governance.import"} {
		h, want := there.house, 1
		if action == "governance.bundle" {
			h, want = here.house, 2
		}
		if n := countEvents(t, h, action); n != want {
			t.Errorf("%d events %s", n, action)
		}
	}
}

// Only what stands on the main branch is signed, and only by those who may.
func TestOnlyTheMainBranchIsCarried(t *testing.T) {
	s := newSite(t, t.TempDir())
	files, err := treeFiles(s.shelf.Current().Files)
	must(t, err)
	files["x"] = []byte("x")
	first := s.shelf.Current().ID
	commit, err := s.forge.Replace(t.Context(), GovernanceRepo, "main", first, files, "Sec <sec@example.org>", "x", time.Unix(1772366400, 0))
	must(t, err)
	_, err = s.forge.Replace(t.Context(), GovernanceRepo, "main", commit, files, "Sec <sec@example.org>", "y", time.Unix(1772366400, 0))
	must(t, err)
	s.paddock(0, "governance", "bundle", commit)
	if said := s.paddock(2, "governance", "bundle", strings.Repeat("1", 40)); !strings.Contains(said, "no commit") {
		t.Error(said)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "paddock-governance.tar.gz")); err != nil {
		t.Error(err)
	}
	s.key = token(t, s.house, s.who, identity.ScopeOPA)
	if said := s.paddock(1, "governance", "bundle"); !strings.Contains(said, "for an OPA server") {
		t.Error(said)
	}
}

// countEvents counts the events of one action.
func countEvents(t *testing.T, h *house, action string) int {
	t.Helper()
	events, err := h.store.SearchEvents(t.Context(), store.EventFilter{Action: action, Most: 100})
	must(t, err)
	return len(events)
}
