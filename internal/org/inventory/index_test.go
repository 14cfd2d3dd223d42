package inventory_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/inventory"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// blobs are documents by digest. One that is "down" cannot be read now.
type blobs map[string]string

func (b blobs) Get(_ context.Context, digest string) ([]byte, error) {
	text, ok := b[digest]
	switch {
	case !ok:
		return nil, core.Errorf(core.NotFound, "The registry has no %s.", digest)
	case text == "down":
		return nil, core.Errorf(core.Unavailable, "The registry cannot be reached.")
	}
	return []byte(text), nil
}

func billOf(version string) string {
	return `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"bom-ref":"a","type":"library","name":"lodash","purl":"pkg:npm/lodash@` + version + `"}]}`
}

func TestReindex(t *testing.T) { testkit.Each(t, testReindex) }

func testReindex(t *testing.T, g *testkit.Ground) {
	ctx, ana := t.Context(), g.Somebody("ana@example.org")
	docs := blobs{"s1": billOf("1.0.0"), "s2": billOf("2.0.0"), "s3": "no bill", "s5": "down"}
	var last core.App
	for i := range 6 { // s0 is gone, s4 is empty
		last = g.NewApp(fmt.Sprintf("app-%d", i), ana)
		sbom := fmt.Sprintf("s%d", i)
		if i == 4 {
			sbom = ""
		}
		g.Must(g.Quietly(ctx, func(ctx context.Context) error {
			return g.PutArtifact(ctx, core.Artifact{Digest: fmt.Sprintf("d%d", i), AppID: last.ID, Commit: "c", SBOM: sbom, Created: 1})
		}))
	}
	// d2 was live before there were bills.
	g.Must(g.Quietly(ctx, func(ctx context.Context) error {
		app, err := g.AppByName(ctx, "app-2")
		if err != nil {
			return err
		}
		if err := g.AddDecision(ctx, core.Decision{ID: "x", Gate: core.GateAppDeploy, AppID: app.ID, Result: core.Allow}); err != nil {
			return err
		}
		return g.AddDeployment(ctx, core.Deployment{ID: "x", AppID: app.ID, Artifact: "d2", Target: "here", Region: "eu", State: core.DeployLive, Decision: "x"})
	}))
	_, err := g.SQL().ExecContext(ctx, `DELETE FROM bill WHERE artifact IN ('d2', 'd4')`)
	g.Must(err)

	x := &inventory.Indexer{Shelves: g.DB, Blobs: docs}
	done, err := x.Run(ctx, false)
	if core.CodeOf(err) != core.Unavailable || done != (inventory.Indexed{Listed: 2, Unreadable: 1, Gone: 1, Without: 1}) {
		t.Fatalf("%s, %v", done, err)
	}
	docs["s5"] = billOf("5.0.0")
	done, err = x.Run(ctx, false) // goes on where it was cut off; what is gone is looked for again
	if err != nil || done != (inventory.Indexed{Listed: 1, Gone: 1}) {
		t.Fatalf("%s, %v", done, err)
	}
	if done, err := x.Run(ctx, false); err != nil || done != (inventory.Indexed{Gone: 1}) {
		t.Errorf("a run with nothing to do: %s, %v", done, err)
	}
	find := func(where core.Where) string {
		t.Helper()
		q, err := inventory.Parse("lodash")
		g.Must(err)
		a, err := (&inventory.Inventory{Store: g.DB}).Search(ctx, inventory.Ask{Query: q, Where: where})
		g.Must(err)
		var out []string
		for _, h := range a.Holders {
			out = append(out, h.Name+" "+h.Holdings[0].What.Version)
		}
		return strings.Join(out, ", ") + fmt.Sprintf("; %d not known", a.Unlisted)
	}
	if got := find(core.WhereLatest); got != "app-1 1.0.0, app-2 2.0.0, app-5 5.0.0; 3 not known" {
		t.Error(got)
	}
	if got := find(core.WhereLive); got != "app-2 2.0.0; 0 not known" {
		t.Error(got)
	}
	_, err = g.SQL().ExecContext(ctx, `DELETE FROM holding WHERE artifact = 'd1'`) // spoiled by hand
	g.Must(err)
	if done, err := x.Run(ctx, true); err != nil || done != (inventory.Indexed{Listed: 3, Unreadable: 1, Gone: 1, Without: 1}) {
		t.Errorf("all again: %s, %v", done, err)
	}
	if got := find(core.WhereLatest); !strings.Contains(got, "app-1 1.0.0") {
		t.Error(got)
	}
}
