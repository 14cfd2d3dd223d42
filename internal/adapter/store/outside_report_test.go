package store_test

import (
	"context"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// A report of the same tools on the same commit takes the place of the earlier
// one; other commits and tools keep theirs.
func TestOutsideReports(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		hana := g.Somebody("hana@example.org", core.RoleMaker)
		a := g.NewApp("payroll", hana)
		put := func(commit, tools, digest string, results int) {
			t.Helper()
			g.Must(g.Quietly(g.Ctx(), func(ctx context.Context) error {
				return g.PutOutsideReport(ctx, core.OutsideReport{ID: g.IDs.New(g.Clock.Now()), AppID: a.ID, Commit: commit, Tools: tools, Digest: digest, Body: []byte(`{"a":1}`),
					Results: results, Reporter: hana.ID, Received: 7})
			}))
		}
		put("c1", "snyk", "sha256:1", 3)
		put("c1", "codeql", "sha256:2", 0)
		put("c2", "snyk", "sha256:3", 1)
		put("c1", "snyk", "sha256:4", 2)
		got, err := g.OutsideReports(g.Ctx(), a.ID, "c1")
		g.Must(err)
		if len(got) != 2 || got[0].Tools != "codeql" || got[1].Digest != "sha256:4" || got[1].Results != 2 || got[1].ReporterBy != "hana@example.org" || string(got[1].Body) != `{"a":1}` || got[1].Received != 7 {
			t.Errorf("got %+v", got)
		}
	})
}

// The same person's report, brought in the same way, takes the place of the earlier
// one.
func TestOwnReports(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		hana := g.Somebody("hana@example.org", core.RoleMaker)
		a := g.NewApp("payroll", hana)
		put := func(commit, digest string, source core.ActorKind, at int64) {
			t.Helper()
			g.Must(g.Quietly(g.Ctx(), func(ctx context.Context) error {
				return g.PutOwnReport(ctx, core.OwnReport{ID: g.IDs.New(g.Clock.Now()), AppID: a.ID, Commit: commit, Digest: digest, Body: []byte("{}"), Tool: "paddock 1", Verdict: core.Passed,
					Policy: "p", Findings: 2, Partial: true, Source: source, Signer: "ci", Reporter: hana.ID, Received: at})
			}))
		}
		put("c1", "sha256:1", core.ActorPerson, 1)
		put("c1", "sha256:2", "pipeline", 2)
		put("c2", "sha256:3", "pipeline", 3)
		put("c1", "sha256:4", core.ActorPerson, 4)
		got, err := g.OwnReports(g.Ctx(), a.ID, "c1")
		g.Must(err)
		if len(got) != 2 || got[0].Digest != "sha256:2" || got[1].Digest != "sha256:4" || got[1].ReporterBy != hana.Email || !got[1].Partial || got[1].Findings != 2 || got[1].Verdict != core.Passed || got[1].Signer != "ci" || got[1].Received != 4 {
			t.Errorf("got %+v", got)
		}
	})
}
