package govern_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/govern"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func rollout(body string) []string {
	return []string{"policies/rollout.yaml", "rules:\n  no_logs_app: " + body + "\n"}
}

// A rule that would block more apps than it may only warns, in memory, in the
// records and after a restart, until somebody raises the limit.
func TestHalt(t *testing.T) {
	h := newHall(t, testkit.New(t))
	for i := range 5 {
		h.fleet = append(h.fleet, policy.App{Name: fmt.Sprintf("logs-%d", i)})
	}
	n, said := h.push("logs", append(rollout("{halt_above: 4}"), "policies/logs.rego", noLogs)...)
	h.says(said, "no_logs_app is halted: it would newly block 5 apps, more than its halt_above.")
	out, err := h.Publish(t.Context(), h.ada, as(h.ada), n)
	h.Must(err)
	h.says(strings.Join(out.Lines(), "\n"), "no_logs_app is halted")
	if h.denied("no_logs_app", h.fleet[0]) || fmt.Sprint(out.Activation.Halted) != "[no_logs_app]" || out.Activation.Policy != h.shelf.Current().Policy.Revision() {
		t.Errorf("it is enforced: %+v", out.Activation)
	}
	tree, err := h.Forge.Tree(t.Context(), govern.Repo, out.Activation.Commit)
	h.Must(err)
	kept, err := h.Activation(t.Context())
	h.Must(err)
	src, err := catalog.Rules(tree)
	h.Must(err)
	if got := src.Halt(kept.Halted).Revision(); got != kept.Policy || src.Revision() == kept.Policy {
		t.Errorf("made again from the records: %s, want %s", got, kept.Policy)
	}
	n, said = h.push("other", "policies/rollout.yaml", "# As before.\nrules:\n  no_logs_app: {halt_above: 4}\n")
	h.says(said, "no_logs_app is halted")
	_, err = h.Publish(t.Context(), h.ada, as(h.ada), n)
	h.Must(err)
	if h.denied("no_logs_app", h.fleet[0]) {
		t.Error("another revision lifts the halt")
	}
	n, _ = h.push("raise", rollout("{halt_above: 5}")...)
	_, err = h.Publish(t.Context(), h.ada, as(h.ada), n)
	h.Must(err)
	if !h.denied("no_logs_app", h.fleet[0]) {
		t.Error("the limit was raised, and it only warns")
	}
	if got := strings.Join(h.Events(0), " "); strings.Count(got, "rule.halt") != 2 || strings.Count(got, "rule.stage") != 2 {
		t.Errorf("events: %s", got)
	}
}

// Rolling back goes one revision back each time, as it was; and forward again by
// its commit.
func TestRollback(t *testing.T) { testRollback(t, testkit.New(t)) }

func testRollback(t *testing.T, g *testkit.Ground) {
	h := newHall(t, g)
	if _, err := h.Rollback(t.Context(), h.ada, as(h.ada), ""); core.CodeOf(err) != core.NotFound {
		t.Errorf("with nothing before: %v", err)
	}
	h.fleet = []policy.App{{Name: "logs-1"}}
	commits := []string{h.shelf.Current().ID}
	for _, body := range []string{"{halt_above: 0}", "off", "enforce"} {
		n, _ := h.push("logs", append(rollout(body), "policies/logs.rego", noLogs)...)
		out, err := h.Publish(t.Context(), h.ada, as(h.ada), n)
		h.Must(err)
		commits = append(commits, out.Activation.Commit)
	}
	halted := ""
	for _, want := range []int{2, 1, 0} {
		out, err := h.Rollback(t.Context(), h.ada, as(h.ada), "")
		h.Must(err)
		if h.shelf.Current().ID != commits[want] || out.Activation.How != core.ByRollback || out.Activation.Restores != want+1 {
			t.Fatalf("back at %s (%+v), want %s", h.shelf.Current().ID, out.Activation, commits[want])
		}
		if want == 1 {
			halted = strings.Join(out.Activation.Halted, " ")
		}
	}
	if halted != "no_logs_app" {
		t.Errorf("what was halted came back as %q", halted)
	}
	if _, err := h.Rollback(t.Context(), h.ada, as(h.ada), ""); core.CodeOf(err) != core.NotFound {
		t.Errorf("before the first: %v", err)
	}
	_, err := h.Rollback(t.Context(), h.ada, as(h.ada), commits[3][:9])
	h.Must(err)
	if !h.denied("no_logs_app", h.fleet[0]) {
		t.Error("not forward again")
	}
	if _, err := h.Rollback(t.Context(), h.ada, as(h.ada), "1234567"); core.CodeOf(err) != core.NotFound {
		t.Errorf("to what never was: %v", err)
	}
	if got := strings.Count(strings.Join(h.Events(0), " "), "governance.rollback"); got != 4 {
		t.Errorf("%d rollbacks in the log", got)
	}
}

const exempt = `exemptions:
  - rule: no_logs_app
    app: logs-one
    reason: It gets another name in spring.
    approver: %s
    expires: %s
`

// An exemption comes, ends and goes with its events, and is approved by somebody
// who may, and not by the app's owner.
func TestExemptions(t *testing.T) {
	h := newHall(t, testkit.New(t))
	h.NewApp("logs-one", h.sam)
	n, said := h.push("own", "policies/logs.rego", noLogs, "policies/exemptions.yaml", fmt.Sprintf(exempt, "sam@example.org", "2026-03-20"))
	h.says(said, "policies/exemptions.yaml:2:5", "is approved by sam@example.org, who owns the app.")
	_, said = h.push("own", "policies/exemptions.yaml", fmt.Sprintf(exempt, "mira@example.org", "2026-03-20"))
	h.says(said, "who is neither of security nor of platform.")
	_, said = h.push("own", "policies/exemptions.yaml", fmt.Sprintf(exempt, "ada@example.org", "2026-09-20"))
	h.says(said, "the last day allowed is 2026-05-31.")
	_, said = h.push("own", "policies/exemptions.yaml", fmt.Sprintf(exempt, "ada@example.org", "2026-03-10"))
	h.says(said, "logs-one is exempt from no_logs_app until 2026-03-10, by ada@example.org.", "Note: policies/exemptions.yaml:2:5: The exemption of logs-one from no_logs_app ends on 2026-03-10.")
	if _, err := h.Publish(t.Context(), h.ada, as(h.ada), n); core.CodeOf(err) != "" && core.CodeOf(err) != core.Pending {
		t.Fatal(err)
	}
	c, err := h.GovernanceChange(t.Context(), n)
	h.Must(err)
	if req, ok, _ := h.approvals.Standing(t.Context(), core.GatePolicyPublish, "", c.Head); ok {
		_, err := h.approvals.Answer(t.Context(), as(h.sam), req.ID, req.Digest, true, "")
		h.Must(err)
		_, err = h.Publish(t.Context(), h.ada, as(h.ada), n)
		h.Must(err)
	}
	if h.denied("no_logs_app", policy.App{Name: "logs-one", Owner: "sam@example.org"}) || !h.denied("no_logs_app", policy.App{Name: "logs-two"}) {
		t.Error("the exemption does not hold for its app alone")
	}
	h.Must(h.Expired(t.Context()))
	h.Ground.Clock.Move(9 * 24 * 3600e9)
	h.Must(h.Expired(t.Context()))
	h.Must(h.Expired(t.Context()))
	n, _ = h.push("gone", "policies/exemptions.yaml", "exemptions: []\n")
	_, err = h.Publish(t.Context(), h.ada, as(h.ada), n)
	h.Must(err)
	got := strings.Join(h.Events(0), " ")
	for _, want := range []string{"exemption.add", "exemption.expire", "exemption.remove"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%s is not once in %s", want, got)
		}
	}
}
