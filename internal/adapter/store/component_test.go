package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func npm(name, version string) core.Component {
	return core.Component{Ecosystem: "npm", Name: name, Version: version}
}

// built keeps an artifact of an app with its parts.
func built(g *testkit.Ground, a core.App, digest string, at int64, parts ...core.Part) {
	write(g, func(ctx context.Context) error {
		if err := g.PutArtifact(ctx, core.Artifact{Digest: digest, AppID: a.ID, Commit: digest, SBOM: "sbom-" + digest, Created: at}); err != nil {
			return err
		}
		return g.PutParts(ctx, digest, "sbom-"+digest, core.BillListed, parts)
	})
}

// deployed puts an artifact into service, or takes it out.
func deployed(g *testkit.Ground, a core.App, digest string, live bool) {
	write(g, func(ctx context.Context) error {
		if !live {
			d, err := g.Live(ctx, a.ID)
			if err != nil {
				return err
			}
			return g.MoveDeployment(ctx, d, core.DeployReplaced, 9)
		}
		id := core.ID("d-" + digest)
		if err := g.AddDecision(ctx, core.Decision{ID: id, Gate: core.GateAppDeploy, AppID: a.ID, Result: core.Allow}); err != nil {
			return err
		}
		d := core.Deployment{ID: id, AppID: a.ID, Artifact: digest, Target: "here", Region: "eu", State: core.DeployStarting, Decision: id}
		if err := g.AddDeployment(ctx, d); err != nil {
			return err
		}
		return g.MoveDeployment(ctx, d, core.DeployLive, 0)
	})
}

// holders asks for the holders of all versions of a name and writes them as
// "app version flags".
func holders(t *testing.T, g *testkit.Ground, name string, where core.Where, viewer *core.Person) string {
	t.Helper()
	all, err := g.ComponentsNamed(t.Context(), name)
	g.Must(err)
	h := core.Holders{Where: where, Viewer: viewer, Most: 100}
	version := map[string]string{}
	for _, c := range all {
		h.Components = append(h.Components, c.ID)
		version[c.ID] = c.Version
	}
	rows, err := g.HoldersOf(t.Context(), h)
	g.Must(err)
	n, err := g.CountHolders(t.Context(), h)
	g.Must(err)
	var out []string
	apps := map[string]bool{}
	for _, r := range rows {
		apps[r.App] = true
		out = append(out, fmt.Sprintf("%s %s %d", r.App, version[r.Component], r.Direct))
	}
	if n != len(apps) {
		t.Errorf("%s, %s: %d apps are counted, %d are listed", name, where, n, len(apps))
	}
	return strings.Join(out, ", ")
}

func TestHolders(t *testing.T) { testkit.Each(t, testHolders) }

func testHolders(t *testing.T, g *testkit.Ground) {
	ana, ben := g.Somebody("ana@example.org"), g.Somebody("ben@example.org")
	alpha, beta := g.NewApp("alpha", ana), g.NewApp("beta", ben, "Ana@Example.org")
	gamma := g.NewApp("gamma", ben)
	built(g, alpha, "a1", 1, core.Part{Component: npm("lodash", "4.17.20"), Direct: core.Direct})
	built(g, alpha, "a2", 2, core.Part{Component: npm("lodash", "4.17.21"), Direct: core.Direct})
	built(g, beta, "b1", 1, core.Part{Component: npm("lodash", "4.17.20")}, core.Part{Component: npm("lodash", "3.10.1")})
	built(g, gamma, "g1", 1, core.Part{Component: npm("lodash", "4.17.20"), Direct: core.DirectUnknown})
	deployed(g, alpha, "a1", true)
	deployed(g, beta, "b1", true)
	for _, c := range []struct {
		where  core.Where
		viewer *core.Person
		want   string
	}{
		{core.WhereLive, nil, "alpha 4.17.20 1, beta 3.10.1 0, beta 4.17.20 0"},
		{core.WhereLatest, nil, "alpha 4.17.21 1, beta 3.10.1 0, beta 4.17.20 0, gamma 4.17.20 -1"},
		{core.WhereLive, &ana, "alpha 4.17.20 1, beta 3.10.1 0, beta 4.17.20 0"},
		{core.WhereLatest, &ben, "beta 3.10.1 0, beta 4.17.20 0, gamma 4.17.20 -1"},
		{core.WhereAny, &core.Person{ID: "x"}, ""},
	} {
		got := strings.Split(holders(t, g, "lodash", c.where, c.viewer), ", ")
		if !sameSet(got, strings.Split(c.want, ", ")) {
			t.Errorf("%s: %v, want %s", c.where, got, c.want)
		}
	}
	if got := holders(t, g, "lodash", core.WhereAny, nil); strings.Count(got, "alpha") != 2 {
		t.Errorf("any: %s", got)
	}
	deployed(g, alpha, "a1", false)
	deployed(g, alpha, "a2", true)
	if got := holders(t, g, "lodash", core.WhereLive, &ana); !strings.Contains(got, "alpha 4.17.21") || strings.Contains(got, "alpha 4.17.20") {
		t.Errorf("after the switch: %s", got)
	}
	apps, err := g.HolderApps(t.Context(), []string{"alpha", "gamma"})
	g.Must(err)
	if apps["alpha"].Target != "here" || apps["gamma"].Target != "" || apps["gamma"].Owner != "ben@example.org" {
		t.Errorf("%+v", apps)
	}
}

func sameSet(a, b []string) bool {
	seen := map[string]int{}
	for _, x := range a {
		seen[x]++
	}
	for _, x := range b {
		seen[x]--
	}
	for _, n := range seen {
		if n != 0 {
			return false
		}
	}
	return true
}

// A page goes on after the last app of the one before, and an app is never cut.
func TestHoldersByPage(t *testing.T) { testkit.Each(t, testHoldersByPage) }

func testHoldersByPage(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	var want []string
	for i := range 7 {
		a := g.NewApp(fmt.Sprintf("app-%d", i), ana)
		want = append(want, a.Name, a.Name)
		built(g, a, a.Name, 1, core.Part{Component: npm("x", "1.0.0")}, core.Part{Component: npm("x", "2.0.0")})
	}
	all, err := g.ComponentsNamed(t.Context(), "x")
	g.Must(err)
	h := core.Holders{Components: []string{all[0].ID, all[1].ID}, Where: core.WhereLatest, Most: 3}
	var got []string
	for range 4 {
		rows, err := g.HoldersOf(t.Context(), h)
		g.Must(err)
		for _, r := range rows {
			got = append(got, r.App)
			h.After = r.App
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%v", got)
	}
}

// What nobody could read is told of, and never counted as empty.
func TestUnlisted(t *testing.T) { testkit.Each(t, testUnlisted) }

func testUnlisted(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	alpha, beta := g.NewApp("alpha", ana), g.NewApp("beta", ana)
	built(g, alpha, "a1", 1)
	unlisted := func(want int) {
		t.Helper()
		n, err := g.CountUnlisted(t.Context(), core.WhereLatest, nil)
		g.Must(err)
		if n != want {
			t.Errorf("%d apps are not listed, want %d", n, want)
		}
	}
	unlisted(0)
	write(g, func(ctx context.Context) error {
		return g.PutArtifact(ctx, core.Artifact{Digest: "b1", AppID: beta.ID})
	})
	unlisted(1)
	write(g, func(ctx context.Context) error {
		return g.PutParts(ctx, "b1", "s", core.BillUnreadable, []core.Part{{Component: npm("x", "1")}})
	})
	unlisted(1)
	if got := holders(t, g, "x", core.WhereAny, nil); got != "" {
		t.Errorf("an unreadable bill holds %s", got)
	}
	write(g, func(ctx context.Context) error {
		return g.PutParts(ctx, "b1", "s", core.BillListed, []core.Part{{Component: npm("x", "1")}})
	})
	write(g, func(ctx context.Context) error {
		return g.PutParts(ctx, "b1", "s", core.BillListed, []core.Part{{Component: npm("y", "1")}})
	})
	unlisted(0)
	if got := holders(t, g, "x", core.WhereAny, nil) + holders(t, g, "y", core.WhereAny, nil); got != "beta 1 0" {
		t.Errorf("written again: %q", got)
	}
	err := g.Quietly(t.Context(), func(ctx context.Context) error { return g.PutParts(ctx, "nothing", "s", core.BillListed, nil) })
	if core.CodeOf(err) != core.NotFound {
		t.Errorf("no such artifact: %v", err)
	}
}
