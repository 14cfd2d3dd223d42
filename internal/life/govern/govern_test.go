package govern_test

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/govern"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// hall is a governance repository with its records and people around it.
type hall struct {
	*testkit.Ground
	*govern.Service
	t              *testing.T
	clone          string
	ada, sam, mira core.Person // platform, security, maker
	shelf          *shelf
	approvals      *approval.Approvals
	fleet          []policy.App // what a preview asks about
}

// shelf is the revision in force, in memory.
type shelf struct {
	current atomic.Pointer[catalog.Revision]
	taken   []core.Activation
}

func (s *shelf) Current() *catalog.Revision { return s.current.Load() }
func (s *shelf) Take(_ context.Context, rev *catalog.Revision, a core.Activation) {
	s.current.Store(rev)
	s.taken = append(s.taken, a)
}
func (s *shelf) Rules() gate.Rules { return s.Current().Policy }

// previews ask both revisions about the fleet, by the engine that a server uses.
type previews struct{ *hall }

func (h previews) Preview(ctx context.Context, to *catalog.Revision) (*whatif.Report, error) {
	var all iter.Seq2[whatif.Subject, error] = func(yield func(whatif.Subject, error) bool) {
		for _, a := range h.fleet {
			in := policy.Input{Gate: core.GateAppArchive, Now: "2026-03-02T09:00:00Z", App: a}
			doc, _, err := in.Canonical()
			if !yield(whatif.Subject{Gate: core.GateAppArchive, App: a.Name, Inputs: func() ([]byte, []byte, error) { return doc, doc, nil }}, err) {
				return
			}
		}
	}
	return whatif.Run(ctx, h.shelf.Current().Policy, to.Policy, all)
}

func newHall(t *testing.T, g *testkit.Ground) *hall {
	t.Helper()
	h := &hall{Ground: g, t: t, shelf: &shelf{}}
	h.ada, h.sam, h.mira = g.Somebody("ada@example.org", core.RolePlatform), g.Somebody("sam@example.org", core.RoleSecurity), g.Somebody("mira@example.org", core.RoleMaker)
	forge, err := local.New(local.Options{Root: filepath.Join(g.Dir, "git"), Log: g.Log, Clock: g.Clock, HookCommand: []string{"/bin/true"}})
	g.Must(err)
	g.Must(forge.Create(t.Context(), govern.Repo))
	commit, err := forge.Seed(t.Context(), govern.Repo, starter(t), "Paddock <paddock@localhost>", "Starter", g.Clock.Now())
	g.Must(err)
	g.Must(forge.Protect(t.Context(), govern.Repo, core.Protection{Branch: "main", DirectPush: true}))
	g.Must(g.Quietly(t.Context(), func(ctx context.Context) error {
		if err := g.PutSetting(ctx, govern.Setting, commit); err != nil {
			return err
		}
		return g.AddActivation(ctx, core.Activation{Number: 1, Commit: commit, How: core.ByStart})
	}))
	tree, err := forge.Tree(t.Context(), govern.Repo, commit)
	g.Must(err)
	rev, err := catalog.Load(t.Context(), tree, commit)
	g.Must(err)
	h.shelf.current.Store(rev)
	notifier := notify.New(g.DB, g.DB, g.Audit, g.Clock, g.IDs)
	h.approvals = approval.New(g.DB, g.Audit, notifier, g.Clock, g.IDs, approval.Valid)
	gates := &gate.Gates{Policy: h.shelf, Store: g.DB, Approvals: h.approvals, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs}
	h.Service = &govern.Service{Forge: forge, Store: g.DB, Shelf: h.shelf, Gates: gates, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs, Link: "/approvals", Preview: previews{h}}
	h.clone = filepath.Join(t.TempDir(), "rules")
	h.git(t.TempDir(), "clone", "-q", filepath.Join(g.Dir, "git", "repos", govern.Repo+".git"), h.clone)
	return h
}

// starter is the starter repository without its policy tests, which take a while.
func starter(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(governance.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, "_test.rego") {
			files[path], err = fs.ReadFile(governance.FS(), path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (h *hall) git(dir string, args ...string) string {
	h.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.c", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.c", "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("git %v: %v %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes files into the clone, commits them and brings the commit into the
// repository under a branch, past the hooks.
func (h *hall) commit(branch string, files ...string) string {
	h.t.Helper()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(h.clone, files[i]), []byte(files[i+1]), 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
	h.git(h.clone, "add", "-A")
	h.git(h.clone, "commit", "-q", "--allow-empty", "-m", "Change rules")
	head := h.git(h.clone, "rev-parse", "HEAD")
	h.git(h.clone, "push", "-q", "origin", "HEAD:refs/heads/"+branch)
	return head
}

func as(p core.Person) core.Actor {
	return core.Actor{Kind: core.ActorPerson, ID: p.ID, Name: p.Email, Door: "git"}
}

// push is the push of a branch: its change's number, and what is said.
func (h *hall) push(branch string, files ...string) (int, string) {
	h.t.Helper()
	head := h.commit(branch, files...)
	lines, err := h.Branch(h.t.Context(), h.ada, as(h.ada), branch, head)
	h.Must(err)
	c, err := h.OpenGovernanceChange(h.t.Context(), branch)
	h.Must(err)
	return c.Number, strings.Join(lines, "\n")
}

func (h *hall) says(text string, want ...string) {
	h.t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			h.t.Errorf("%s\ndoes not say %q", text, w)
		}
	}
}

// denied asks the rules in force whether archiving an app is denied.
func (h *hall) denied(code string, app policy.App) bool {
	h.t.Helper()
	v, err := h.shelf.Current().Policy.Eval(h.t.Context(), core.GateAppArchive, policy.Input{Now: "2026-03-02T09:00:00Z", App: app})
	h.Must(err)
	return slices.ContainsFunc(v.Deny, func(r core.Reason) bool { return r.Code == code })
}

const noLogs = `package paddock.app.archive

deny contains {"code": "no_logs_app", "message": "Apps called logs are not allowed.", "fix": "Choose another name."} if startswith(input.app.name, "logs-")
`

const noLogsTest = `package logs_test

import data.paddock.app.archive

test_logs if {
	some r in archive.deny with input as {"app": {"name": "logs-1"}}
	r.code == "no_logs_app"
}
`

func TestPublishAChange(t *testing.T) { testkit.Each(t, testPublishAChange) }

func testPublishAChange(t *testing.T, g *testkit.Ground) {
	h := newHall(t, g)
	h.fleet = []policy.App{{Name: "logs-1", Owner: "mira@example.org"}, {Name: "payroll"}}
	before := h.shelf.Current()
	n, said := h.push("logs", "policies/logs.rego", noLogs, "policies/logs_test.rego", noLogsTest)
	h.says(said, fmt.Sprintf("Governance change %d (logs):", n), "New rules: no_logs_app.", "Newly blocked: 1 app;", "logs-1 at app.archive: Apps called logs are not allowed. (no_logs_app)",
		fmt.Sprintf("paddock governance publish %d", n))
	if h.shelf.Current() != before {
		t.Fatal("a proposal is in force")
	}
	out, err := h.Publish(t.Context(), h.ada, as(h.ada), n)
	h.Must(err)
	if !h.denied("no_logs_app", policy.App{Name: "logs-2"}) || out.Activation.Number != 2 || out.Activation.Change != n || out.Former != before.ID {
		t.Errorf("%+v", out.Activation)
	}
	if main := h.git(h.clone, "ls-remote", "origin", "refs/heads/main"); !strings.HasPrefix(main, out.Activation.Commit) {
		t.Errorf("main is at %s", main)
	}
	if _, err := h.Publish(t.Context(), h.ada, as(h.ada), n); core.CodeOf(err) != core.Conflict {
		t.Errorf("published twice: %v", err)
	}
	if got := strings.Join(h.Events(0), " "); got != "governance.open gate.decide governance.activate" {
		t.Errorf("events: %s", got)
	}
	d, err := h.Decision(t.Context(), out.Activation.Decision)
	h.Must(err)
	in, err := policy.ReadInput(d.Input)
	h.Must(err)
	if p := in.Publish; p.Kind != "publish" || p.Direct || fmt.Sprint(p.Rules.Added) != "[no_logs_app]" || p.Preview.NewlyBlocked != 1 || p.Tests.Passed != 1 ||
		fmt.Sprint(p.Files) != "[policies/logs.rego policies/logs_test.rego]" || d.PolicyRevision != before.Policy.Revision() {
		t.Errorf("the gate was told %+v by %s", p, d.PolicyRevision)
	}
}

// Whatever is wrong is told with its place, and nothing comes into force.
func TestBrokenRevision(t *testing.T) {
	h := newHall(t, testkit.New(t))
	before := h.shelf.Current()
	n, said := h.push("bad", "policies/logs.rego", strings.Replace(noLogs, "input.app.name", "input.app.nmae", 1))
	h.says(said, "This revision has faults.", "policies/logs.rego:3:", `Did you mean "name"?`, "Correct it and push the branch again.")
	if _, err := h.Publish(t.Context(), h.ada, as(h.ada), n); core.CodeOf(err) != core.Invalid {
		t.Errorf("published: %v", err)
	}
	again, said := h.push("bad", "policies/logs.rego", noLogs, "policies/logs_test.rego", strings.Replace(noLogsTest, "logs-1", "log-1", 1))
	h.says(said, "logs_test.test_logs does not pass")
	if again != n || h.shelf.Current() != before {
		t.Errorf("change %d became %d", n, again)
	}
	_, said = h.push("bad", "policies/logs.rego", `package paddock.policy.publish

deny contains {"code": "frozen", "message": "Rules are frozen."} if input.actor.kind == "person"
`, "policies/logs_test.rego", "package logs_test\n")
	h.says(said, "With these rules nobody could roll this revision back: Rules are frozen.")
}

// A rule in force at policy.publish can ask for a yes, and hold a revision back.
func TestPublishWaitsForApproval(t *testing.T) {
	h := newHall(t, testkit.New(t))
	n, _ := h.push("ask", "policies/ask.rego", `package paddock.policy.publish

approve contains {"role": "security", "reason": "Rules change."} if count(input.publish.rules.added) > 0

deny contains {"code": "too_many_blocked", "message": "It blocks too many apps."} if input.publish.preview.newly_blocked > 1
`)
	_, err := h.Publish(t.Context(), h.ada, as(h.ada), n)
	h.Must(err)
	h.fleet = []policy.App{{Name: "logs-1"}}
	n, _ = h.push("logs", "policies/logs.rego", noLogs)
	if _, err := h.Publish(t.Context(), h.ada, as(h.ada), n); core.CodeOf(err) != core.Pending {
		t.Fatalf("published without a yes: %v", err)
	}
	c, err := h.GovernanceChange(t.Context(), n)
	h.Must(err)
	tree, err := h.Forge.Tree(t.Context(), govern.Repo, c.Head)
	h.Must(err)
	lines, err := h.Screen(t.Context(), h.ada, as(h.ada), tree, c.Head)
	h.Must(err)
	h.says(strings.Join(lines, "\n"), "It needs a yes of security: Rules change.", "Push a branch instead")
	req, _, err := h.approvals.Standing(t.Context(), core.GatePolicyPublish, "", c.Head)
	h.Must(err)
	m, err := h.approvals.Matter(t.Context(), req)
	h.Must(err)
	if err := m.CanAnswer(h.ada); err == nil {
		t.Error("who publishes may answer")
	}
	_, err = h.approvals.Answer(t.Context(), as(h.sam), req.ID, req.Digest, true, "")
	h.Must(err)
	if lines, err = h.Screen(t.Context(), h.ada, as(h.ada), tree, c.Head); err != nil || len(lines) > 0 {
		t.Errorf("with a yes, main is still closed: %v %v", lines, err)
	}
	_, err = h.Publish(t.Context(), h.ada, as(h.ada), n)
	h.Must(err)
	if !h.denied("no_logs_app", policy.App{Name: "logs-1"}) {
		t.Error("it is not in force")
	}
	h.fleet = []policy.App{{Name: "x-1"}, {Name: "x-2"}}
	n, _ = h.push("more", "policies/logs.rego", strings.ReplaceAll(noLogs, `"logs-"`, `"x-"`))
	if _, err := h.Publish(t.Context(), h.ada, as(h.ada), n); core.CodeOf(err) != core.Denied || !strings.Contains(err.Error(), "too many apps") {
		t.Errorf("published: %v", err)
	}
}

// A push to main goes through the same gate, before it is kept.
func TestPushToMain(t *testing.T) {
	h := newHall(t, testkit.New(t))
	head := h.commit("staged", "policies/logs.rego", noLogs)
	tree, err := h.Forge.Tree(t.Context(), govern.Repo, head)
	h.Must(err)
	if lines, err := h.Screen(t.Context(), h.mira, as(h.mira), tree, head); err != nil || len(lines) != 1 || !strings.Contains(lines[0], "You may not publish governance") {
		t.Errorf("a maker: %v %v", lines, err)
	}
	if lines, err := h.Screen(t.Context(), h.ada, as(h.ada), tree, head); err != nil || len(lines) > 0 {
		t.Fatalf("%v %v", lines, err)
	}
	lines, err := h.Main(t.Context(), h.ada, as(h.ada), head)
	h.Must(err)
	h.says(strings.Join(lines, "\n"), "is in force:", "New rules: no_logs_app.")
	bad := h.commit("staged", "paddock.yaml", "organisation: [")
	tree, err = h.Forge.Tree(t.Context(), govern.Repo, bad)
	h.Must(err)
	lines, err = h.Screen(t.Context(), h.ada, as(h.ada), tree, bad)
	h.Must(err)
	h.says(strings.Join(lines, "\n"), "paddock.yaml:", "The revision in force has not changed.")
	if got := strings.Join(h.Events(0), " "); got != "gate.decide governance.activate governance.refuse" {
		t.Errorf("events: %s", got)
	}
}
