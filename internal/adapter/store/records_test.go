package store_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// write runs book-keeping and ends the test if it fails.
func write(g *testkit.Ground, fn func(ctx context.Context) error) {
	g.Must(g.Quietly(context.Background(), fn))
}

// refuse runs book-keeping and demands a refusal with a code.
func refuse(t *testing.T, g *testkit.Ground, what string, code core.Code, fn func(ctx context.Context) error) {
	t.Helper()
	if err := g.Quietly(context.Background(), fn); core.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func missing(t *testing.T, what string, err error) {
	t.Helper()
	if core.CodeOf(err) != core.NotFound || core.AsError(err).Msg == "" {
		t.Errorf("%s: %v, want not_found", what, err)
	}
}

func TestPeople(t *testing.T) { testkit.Each(t, testPeople) }

func testPeople(t *testing.T, g *testkit.Ground) {
	b := g.Somebody("b@example.org", core.RoleMaker, core.RoleSecurity)
	a := g.Somebody("a@example.org")
	got, err := g.PersonByEmail(t.Context(), "b@example.org")
	g.Must(err)
	same(t, "by e-mail", got, b)
	b.Name, b.Given, b.Disabled = "Bea", []core.Role{core.RolePlatform}, true
	b.Roles = b.Given
	write(g, func(ctx context.Context) error { return g.UpdatePerson(ctx, b) })
	got, err = g.Person(t.Context(), b.ID)
	g.Must(err)
	same(t, "by id", got, b)
	all, err := g.People(t.Context())
	g.Must(err)
	same(t, "everybody", all, []core.Person{a, b})
	_, err = g.Person(t.Context(), "nobody")
	missing(t, "no such id", err)
	_, err = g.PersonByEmail(t.Context(), "B@example.org")
	missing(t, "no such e-mail", err)
	refuse(t, g, "a taken e-mail", core.Conflict, func(ctx context.Context) error { return g.AddPerson(ctx, person(g, "a@example.org")) })
	refuse(t, g, "changing nobody", core.NotFound, func(ctx context.Context) error { return g.UpdatePerson(ctx, core.Person{ID: "nobody"}) })
}

func TestApps(t *testing.T) { testkit.Each(t, testApps) }

func testApps(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	b, a := g.NewApp("beta", ana), g.NewApp("alpha", ana, "co@example.org")
	a.Descriptor.Vendors = []core.VendorUse{{Name: "mailer", Hosts: []string{"api.mailer.example"}}}
	a.Descriptor.Budget = core.Budget{Monthly: 0.01, Currency: "EUR"}
	write(g, func(ctx context.Context) error {
		if err := g.SetDescriptor(ctx, a.ID, a.Descriptor); err != nil {
			return err
		}
		if err := g.SetBuddy(ctx, a.ID, "buddy"); err != nil {
			return err
		}
		if err := g.TouchApp(ctx, a.ID, 500); err != nil {
			return err
		}
		return g.TouchApp(ctx, a.ID, 400) // late news
	})
	a.BuddyID, a.LastActive, a.Version = "buddy", 500, a.Version+2
	got, err := g.AppByName(t.Context(), "alpha")
	g.Must(err)
	same(t, "by name", got, a)
	if a.OwnerEmail != ana.Email || a.Created != core.Stamp(g.Clock.Now()) {
		t.Errorf("owner and time: %+v", a)
	}
	load, err := g.BuddyLoad(t.Context())
	g.Must(err)
	same(t, "buddies", load, map[core.ID]int{"buddy": 1})
	page, err := g.Apps(t.Context(), "", 1)
	g.Must(err)
	same(t, "first page", page, []core.App{a})
	page, err = g.Apps(t.Context(), "alpha", 10)
	g.Must(err)
	same(t, "second page", page, []core.App{b})
	_, err = g.App(t.Context(), "nothing")
	missing(t, "no such id", err)
	_, err = g.AppByName(t.Context(), "nothing")
	missing(t, "no such name", err)
	refuse(t, g, "a taken name", core.Conflict, func(ctx context.Context) error {
		return g.AddApp(ctx, core.App{ID: "x", Name: "beta", OwnerID: ana.ID, State: core.AppProvisioning})
	})
	refuse(t, g, "an unknown owner", core.Internal, func(ctx context.Context) error {
		return g.AddApp(ctx, core.App{ID: "x", Name: "gamma", OwnerID: "nobody", State: core.AppProvisioning})
	})
	refuse(t, g, "an unknown state", core.Internal, func(ctx context.Context) error {
		return g.AddApp(ctx, core.App{ID: "x", Name: "gamma", OwnerID: ana.ID, State: "sleeping"})
	})
}

// An app moves only along core's edges, and only from where it stands.
func TestMoveApp(t *testing.T) { testkit.Each(t, testMoveApp) }

func testMoveApp(t *testing.T, g *testkit.Ground) {
	a := g.NewApp("payroll", g.Somebody("ana@example.org"))
	write(g, func(ctx context.Context) error { return g.MoveApp(ctx, a, core.AppIdle, 7, 0) })
	refuse(t, g, "a stale view", core.Conflict, func(ctx context.Context) error { return g.MoveApp(ctx, a, core.AppArchived, 0, 0) })
	idle := g.Reload(a)
	if idle.State != core.AppIdle || idle.IdleSince != 7 || idle.Version != a.Version+1 {
		t.Errorf("after the move: %+v", idle)
	}
	refuse(t, g, "no such edge", core.Conflict, func(ctx context.Context) error { return g.MoveApp(ctx, idle, core.AppDeleted, 0, 0) })
	in, err := g.AppsIn(t.Context(), core.AppIdle)
	g.Must(err)
	same(t, "idle apps", in, []core.App{idle})
}

func TestChangesAndReports(t *testing.T) { testkit.Each(t, testChangesAndReports) }

func testChangesAndReports(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	a, b := g.NewApp("alpha", ana), g.NewApp("beta", ana)
	open := func(id core.ID, app core.App, branch string) (c core.Change) {
		write(g, func(ctx context.Context) (err error) {
			c, err = g.AddChange(ctx, core.Change{ID: id, AppID: app.ID, Title: "T", Branch: branch, Head: "h1", Base: "b1", Author: ana.ID, Committers: []string{"x@y.zz"}, Created: 5})
			return err
		})
		return c
	}
	c1, c2, c3 := open("1", a, "fix"), open("2", a, "more"), open("3", b, "fix")
	if c1.Number != 1 || c2.Number != 2 || c3.Number != 1 {
		t.Errorf("numbers %d %d %d", c1.Number, c2.Number, c3.Number)
	}
	refuse(t, g, "two open changes of a branch", core.Conflict, func(ctx context.Context) error {
		_, err := g.AddChange(ctx, core.Change{ID: "4", AppID: a.ID, Branch: "fix", Author: ana.ID})
		return err
	})
	got, err := g.OpenChange(t.Context(), a.ID, "fix")
	g.Must(err)
	same(t, "open change", got, c1)
	moved := c1
	moved.Head, moved.Title, moved.Committers = "h2", "New", []string{"z@y.zz"}
	write(g, func(ctx context.Context) error { return g.MoveHead(ctx, moved) })
	refuse(t, g, "a head moved meanwhile", core.Conflict, func(ctx context.Context) error { return g.MoveHead(ctx, moved) })
	// A push came between the gate and the merge: what was merged is what the
	// gate let pass, and the change says so.
	write(g, func(ctx context.Context) error { return g.EndChange(ctx, c1, core.ChangeMerged, 9, "m") })
	refuse(t, g, "merging twice", core.Conflict, func(ctx context.Context) error { return g.EndChange(ctx, c1, core.ChangeMerged, 9, "m") })
	moved.Head, moved.State, moved.MergedAt, moved.MergeCommit, moved.Version = c1.Head, core.ChangeMerged, 9, "m", 3
	got, err = g.Change(t.Context(), a.ID, 1)
	g.Must(err)
	same(t, "merged change", got, moved)
	refuse(t, g, "a push to a merged change", core.Conflict, func(ctx context.Context) error { return g.MoveHead(ctx, moved) })
	all, err := g.Changes(t.Context(), a.ID)
	g.Must(err)
	same(t, "changes", all, []core.Change{c2, moved})
	_, err = g.OpenChange(t.Context(), a.ID, "fix")
	missing(t, "no open change", err)
	_, err = g.Change(t.Context(), a.ID, 9)
	missing(t, "no such number", err)

	r := core.Report{Tool: "paddock", App: "alpha", Commit: "h2", PolicyRevision: "p1", Verdict: core.Blocks, Findings: []core.Finding{{Code: "secret_found", Blocking: true}}, SBOM: []byte(`{"a":1}`)}
	write(g, func(ctx context.Context) error { return g.PutReport(ctx, "r1", a.ID, r, 10) })
	r.Verdict, r.Findings = core.Passed, nil
	write(g, func(ctx context.Context) error { return g.PutReport(ctx, "r2", a.ID, r, 11) })
	kept, at, err := g.Report(t.Context(), a.ID, "h2")
	g.Must(err)
	same(t, "report", kept, r)
	reports, err := g.Reports(t.Context(), a.ID)
	g.Must(err)
	if at != 11 || len(reports) != 1 {
		t.Errorf("made at %d, %d reports", at, len(reports))
	}
	_, _, err = g.Report(t.Context(), b.ID, "h2")
	missing(t, "another app's report", err)
}

func TestDecisions(t *testing.T) { testkit.Each(t, testDecisions) }

func testDecisions(t *testing.T, g *testkit.Ground) {
	d := core.Decision{ID: "d1", Gate: core.GateAppDeploy, AppID: "a", Subject: "sha256:1", Actor: core.System("x"), Result: core.Deny, PolicyRevision: "p1",
		Verdicts: core.Verdicts{Deny: []core.Reason{{Code: "c", Message: "m"}}, Approve: []core.Need{{Role: core.RoleSecurity}}}, InputDigest: "i", Input: []byte(`{}`), At: 5,
		Fired: []core.Fired{{Answer: "deny", Code: "c", Rule: "data.r.deny", Place: "r.rego:1:1"}}, Took: 7}
	write(g, func(ctx context.Context) error { return g.AddDecision(ctx, d) })
	got, err := g.Decision(t.Context(), "d1")
	g.Must(err)
	same(t, "decision", got, d)
	all, err := g.Decisions(t.Context(), "a")
	g.Must(err)
	same(t, "decisions", all, []core.Decision{d})
	_, err = g.Decision(t.Context(), "d2")
	missing(t, "no such decision", err)
	d.ID, d.Result = "d2", "maybe"
	refuse(t, g, "an unknown result", core.Internal, func(ctx context.Context) error { return g.AddDecision(ctx, d) })
}

func TestArtifactsAndDeployments(t *testing.T) { testkit.Each(t, testArtifactsAndDeployments) }

func testArtifactsAndDeployments(t *testing.T, g *testkit.Ground) {
	a := g.NewApp("alpha", g.Somebody("ana@example.org"))
	art := core.Artifact{Digest: "sha256:1", AppID: a.ID, Commit: "c1", Size: 10, Created: 1}
	write(g, func(ctx context.Context) error { return g.PutArtifact(ctx, art) })
	art.SBOM, art.Provenance = "sha256:s", "sha256:p"
	write(g, func(ctx context.Context) error { return g.PutArtifact(ctx, art) })
	got, err := g.Artifact(t.Context(), "sha256:1")
	g.Must(err)
	same(t, "artifact", got, art)
	got, err = g.ArtifactOf(t.Context(), a.ID, "c1")
	g.Must(err)
	same(t, "artifact of the commit", got, art)
	_, err = g.ArtifactOf(t.Context(), a.ID, "c2")
	missing(t, "a commit that was not built", err)
	write(g, func(ctx context.Context) error {
		return g.AddDecision(ctx, core.Decision{ID: "d1", Gate: core.GateAppDeploy, Result: core.Allow, Input: []byte(`{}`)})
	})
	d1 := core.Deployment{ID: "1", AppID: a.ID, Artifact: art.Digest, Target: "eu", Region: "eu-sovereign", State: core.DeployStarting, Decision: "d1", By: a.OwnerID, Created: 1}
	d2 := d1
	d2.ID, d2.Created = "2", 2
	write(g, func(ctx context.Context) error {
		if err := g.AddDeployment(ctx, d1); err != nil {
			return err
		}
		if err := g.MoveDeployment(ctx, d1, core.DeployLive, 0); err != nil {
			return err
		}
		return g.AddDeployment(ctx, d2)
	})
	refuse(t, g, "two live deployments", core.Conflict, func(ctx context.Context) error { return g.MoveDeployment(ctx, d2, core.DeployLive, 0) })
	refuse(t, g, "a stale state", core.Conflict, func(ctx context.Context) error { return g.MoveDeployment(ctx, d1, core.DeployLive, 0) })
	d1.State = core.DeployLive
	live, err := g.Live(t.Context(), a.ID)
	g.Must(err)
	same(t, "live", live, d1)
	write(g, func(ctx context.Context) error {
		if err := g.MoveDeployment(ctx, d1, core.DeployStopped, 9); err != nil {
			return err
		}
		return g.MoveDeployment(ctx, d2, core.DeployFailed, 9)
	})
	_, err = g.Live(t.Context(), a.ID)
	missing(t, "live after the stop", err)
	last, err := g.LastDeployment(t.Context(), a.ID)
	g.Must(err)
	if last.ID != "1" || last.Ended != 9 {
		t.Errorf("last that ran: %+v", last)
	}
	all, err := g.Deployments(t.Context(), a.ID)
	if err != nil || len(all) != 2 || all[0].ID != "2" {
		t.Errorf("deployments %+v, %v", all, err)
	}
	refuse(t, g, "an artifact that is not there", core.Internal, func(ctx context.Context) error {
		d := d2
		d.ID, d.Artifact = "3", "sha256:9"
		return g.AddDeployment(ctx, d)
	})
}
