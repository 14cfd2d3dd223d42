package pipeline_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
	"github.com/paddock-dev/paddock/internal/testkit/citokens"
)

// A pipeline that asked acts for nobody until the owner has confirmed what they
// see, and then for its app only, as long as its token lasts.
func TestConnectConfirmExchange(t *testing.T) {
	w := newWorks(t)
	_, p, err := w.Connect(w.Ctx(), "payroll", w.token(w.hub, nil))
	w.Must(err)
	if p.State != core.PipelinePending || p.Repository != "octo-org/octo-app" || p.RepositoryID != "74" || p.OwnerID != "65" || p.Ref != "refs/heads/main" || !p.Own() || !slices.Equal(p.Events, []string{"push"}) {
		t.Errorf("asked: %+v", p)
	}
	w.exchange("not confirmed", w.token(w.hub, nil), pipeline.Waits)
	for note, who := range map[string]core.Person{"a stranger": w.eve, "the platform team": w.pia, "the security team": w.sam} {
		if _, err := w.Confirm(w.Ctx(), who, who.As("web"), w.app, p.ID, nil); core.CodeOf(err) != core.Forbidden {
			t.Errorf("%s confirms: %v", note, err)
		}
	}
	if _, err := w.Confirm(w.Ctx(), w.cora, w.cora.As("web"), w.app, p.ID, []string{"deployment"}); core.CodeOf(err) != core.Invalid {
		t.Errorf("an odd event: %v", err)
	}
	p, err = w.Confirm(w.Ctx(), w.cora, w.cora.As("web"), w.app, p.ID, []string{"workflow_dispatch"})
	w.Must(err)
	if _, err := w.Confirm(w.Ctx(), w.hana, w.hana.As("web"), w.app, p.ID, nil); core.CodeOf(err) != core.Conflict {
		t.Errorf("confirmed twice: %v", err)
	}
	g := w.exchange("confirmed", w.token(w.hub, nil), "")
	w.exchange("set off by hand", w.token(w.hub, map[string]any{"event_name": "workflow_dispatch"}), "")
	who, err := w.Token(w.Ctx(), g.Value)
	w.Must(err)
	if who.ID != w.cora.ID || who.Service == nil || who.Service.App != w.app.ID || who.Service.Commit != citokens.Commit || !slices.Equal(who.Roles, []core.Role{core.RoleService}) ||
		!slices.Equal(who.Service.Scopes, pipeline.Scopes()) || who.As("api").Kind != core.ActorService || who.As("api").Name != "octo-org/octo-app" {
		t.Errorf("who = %+v, %+v", who, who.Service)
	}
	if g.Life != 15*time.Minute {
		t.Errorf("it lasts %s", g.Life)
	}
	w.Ground.Clock.Move(15*time.Minute - time.Second)
	_, err = w.Token(w.Ctx(), g.Value)
	w.Must(err)
	w.Ground.Clock.Move(time.Second)
	if _, err = w.Token(w.Ctx(), g.Value); core.CodeOf(err) != core.Unauthorized {
		t.Errorf("after its time: %v", err)
	}
	if got, want := w.Events(0), []string{"pipeline.ask", "token.refuse", "pipeline.confirm", "token.exchange", "token.exchange"}; !slices.Equal(got, want) {
		t.Errorf("events: %v", got)
	}
}

// Whoever shows a token learns nothing of which apps there are.
func TestConnectTellsNothingOfApps(t *testing.T) {
	w := newWorks(t)
	_, p, err := w.Connect(w.Ctx(), "no-such-app", w.token(w.hub, nil))
	if err != nil || p.ID != "" || w.count("pipeline.ask") != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if _, _, err := w.Connect(w.Ctx(), "payroll", w.token(w.hub, map[string]any{"event_name": "pull_request", "ref": "refs/pull/7/merge", "sub": "repo:octo-org/octo-app:pull_request"})); core.AsError(err).Field != pipeline.WrongEvent {
		t.Errorf("from a pull request: %v", err)
	}
}

// Asking again is one connection; others cannot fill the list.
func TestConnectIsBounded(t *testing.T) {
	w := newWorks(t)
	ask := func(changed map[string]any) (core.Pipeline, error) {
		_, p, err := w.Connect(w.Ctx(), "payroll", w.token(w.hub, changed))
		return p, err
	}
	a, err := ask(nil)
	w.Must(err)
	b, err := ask(nil)
	w.Must(err)
	if a.ID != b.ID {
		t.Error("asking again is another connection")
	}
	for _, branch := range []string{"a", "b", "c", "d", "e"} {
		ref := "refs/heads/" + branch
		_, err = ask(map[string]any{"ref": ref, "sub": "repo:octo-org/octo-app:ref:" + ref})
	}
	if core.CodeOf(err) != core.RateLimited {
		t.Errorf("the sixth of one repository: %v", err)
	}
	w.Ground.Clock.Move(8 * 24 * time.Hour)
	list, err := w.List(w.Ctx(), w.app.ID)
	if err != nil || len(list) != 0 {
		t.Errorf("after a week %d wait, %v", len(list), err)
	}
	if _, err := w.Confirm(w.Ctx(), w.hana, w.hana.As("web"), w.app, a.ID, nil); core.CodeOf(err) != core.NotFound {
		t.Errorf("confirmed after a week: %v", err)
	}
}

// Restricted data needs the security team too, and not the same person twice. When
// an app comes to hold such data, its pipelines stand still until then.
func TestRestrictedNeedsSecurity(t *testing.T) {
	w := newWorks(t)
	p := w.connect(w.hub, nil)
	g := w.exchange("internal data", w.token(w.hub, nil), "")
	w.classify(core.Restricted)
	w.exchange("restricted data", w.token(w.hub, nil), pipeline.Waits)
	if _, err := w.Token(w.Ctx(), g.Value); core.CodeOf(err) != core.Unauthorized {
		t.Errorf("a token from before: %v", err)
	}
	w.hana.Roles = append(w.hana.Roles, core.RoleSecurity)
	if _, err := w.Confirm(w.Ctx(), w.hana, w.hana.As("web"), w.app, p.ID, nil); core.CodeOf(err) != core.Forbidden {
		t.Errorf("the owner confirms for security: %v", err)
	}
	_, err := w.Confirm(w.Ctx(), w.sam, w.sam.As("web"), w.app, p.ID, nil)
	w.Must(err)
	w.exchange("both confirmed", w.token(w.hub, nil), "")
}

func (w *works) classify(c core.Classification) {
	w.t.Helper()
	d := w.app.Descriptor
	d.Classification = c
	w.app.Descriptor = d
	w.Must(w.Quietly(w.Ctx(), func(ctx context.Context) error { return w.SetDescriptor(ctx, w.app.ID, d) }))
	w.app = w.Reload(w.app)
}

// A renamed repository goes on; one that was made again or transferred does not,
// and its owner learns of it from the log.
func TestRenamedAndRecreated(t *testing.T) {
	w := newWorks(t)
	p := w.connect(w.hub, nil)
	renamed := map[string]any{"repository": "octo-org/new-name", "sub": "repo:octo-org@65/new-name@74:ref:refs/heads/main", "job_workflow_ref": "octo-org/new-name/.github/workflows/ship.yml@refs/heads/main"}
	g := w.exchange("renamed", w.token(w.hub, renamed), "")
	if g.Pipeline.Repository != "octo-org/new-name" || w.count("pipeline.rename") != 1 {
		t.Errorf("%+v", g.Pipeline)
	}
	w.exchange("renamed, again", w.token(w.hub, renamed), "")
	if w.count("pipeline.rename") != 1 {
		t.Error("one renaming is told of twice")
	}
	again := map[string]any{"repository": "octo-org/new-name", "repository_id": "99", "sub": "repo:octo-org@65/new-name@99:ref:refs/heads/main", "job_workflow_ref": "octo-org/new-name/.github/workflows/ship.yml@refs/heads/main"}
	w.exchange("made again", w.token(w.hub, again), pipeline.Recreated)
	q := w.connect(w.hub, again)
	w.exchange("connected again", w.token(w.hub, again), "")
	if p.ID == q.ID {
		t.Error("the old connection was taken over")
	}
}

// Removing a pipeline, and everything that makes it stand still, ends its tokens
// at once.
func TestTokensEndAtOnce(t *testing.T) {
	w := newWorks(t)
	p := w.connect(w.hub, nil)
	good := func() core.Secret { return w.exchange("good", w.token(w.hub, nil), "").Value }
	ended := func(note string, v core.Secret, reason string) {
		t.Helper()
		if _, err := w.Token(w.Ctx(), v); core.CodeOf(err) != core.Unauthorized {
			t.Errorf("%s: %v", note, err)
		}
		w.exchange(note, w.token(w.hub, nil), reason)
	}
	v := good()
	w.SetDisabled(w.hana, true)
	ended("who answers for it was switched off", v, pipeline.NobodyLeft)
	_, err := w.Confirm(w.Ctx(), w.cora, w.cora.As("web"), w.app, p.ID, nil)
	w.Must(err)
	if who, err := w.Token(w.Ctx(), v); err != nil || who.ID != w.cora.ID {
		t.Errorf("another owner took it over: %v, %v", who, err)
	}
	v = good()
	w.Must(w.Remove(w.Ctx(), w.cora.As("web"), w.app, p.ID))
	ended("removed", v, pipeline.NotConnected)
	for _, bad := range []string{"", "x", pipeline.Prefix, string(v.Open()) + "x"} {
		if _, err := w.Token(w.Ctx(), core.NewSecret([]byte(bad))); core.CodeOf(err) != core.Unauthorized {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A workflow of another repository is pinned to its commit; confirming it at a new
// one takes the place of the old.
func TestNewCommitOfAGoldenPipeline(t *testing.T) {
	w := newWorks(t)
	at := func(sha string) map[string]any {
		return map[string]any{"job_workflow_ref": "octo-org/pipelines/.github/workflows/golden.yml@refs/heads/main", "job_workflow_sha": sha}
	}
	old := w.connect(w.hub, at(citokens.Pipeline))
	w.exchange("new, not confirmed", w.token(w.hub, at(citokens.Commit)), pipeline.ChangedFlow)
	w.connect(w.hub, at(citokens.Commit))
	w.exchange("new", w.token(w.hub, at(citokens.Commit)), "")
	w.exchange("old", w.token(w.hub, at(citokens.Pipeline)), pipeline.ChangedFlow)
	if p, err := w.Pipeline(w.Ctx(), old.ID); err != nil || p.State != core.PipelineRemoved {
		t.Errorf("the old one is %s, %v", p.State, err)
	}
}

// A pull request acts only where it is named, and then may not deploy.
func TestPullRequestsOnlyByName(t *testing.T) {
	w := newWorks(t)
	w.connect(w.hub, nil, "pull_request")
	pr := map[string]any{"event_name": "pull_request", "ref": "refs/pull/7/merge", "sub": "repo:octo-org/octo-app:pull_request", "job_workflow_ref": "octo-org/octo-app/.github/workflows/ship.yml@refs/pull/7/merge"}
	if g := w.exchange("named", w.token(w.hub, pr), ""); slices.Contains(g.Scopes, "app.deploy") {
		t.Errorf("scopes = %v", g.Scopes)
	}
	if _, err := w.Exchange(w.Ctx(), w.token(w.hub, pr), "", []string{"app.deploy"}); core.AsError(err).Field != pipeline.BadScope {
		t.Errorf("deploys: %v", err)
	}
}

// One repository may ship several apps; then a run says which.
func TestSeveralApps(t *testing.T) {
	w := newWorks(t)
	w.connect(w.hub, nil)
	first := w.app
	w.app = w.NewApp("rota", w.hana)
	w.connect(w.hub, nil)
	w.exchange("which app?", w.token(w.hub, nil), pipeline.WrongApp)
	for _, a := range []core.App{first, w.app} {
		g, err := w.Exchange(w.Ctx(), w.token(w.hub, nil), a.Name, []string{"report.add"})
		w.Must(err)
		if g.Pipeline.AppID != a.ID || !slices.Equal(g.Scopes, []string{"report.add"}) {
			t.Errorf("%s: %+v", a.Name, g)
		}
	}
	if _, err := w.Exchange(w.Ctx(), w.token(w.hub, nil), "else", nil); core.AsError(err).Field != pipeline.WrongApp {
		t.Errorf("another app: %v", err)
	}
}

// Without an issuer nothing is taken.
func TestNotSetUp(t *testing.T) {
	w := newWorks(t)
	v, err := ci.New(nil, w.Ground.Clock, ci.NewClient(nil))
	w.Must(err)
	w.Verify = v
	w.exchange("no issuers", w.token(w.hub, nil), pipeline.NotSetUp)
}
