package inventory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/org/inventory"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// counting is a store that tells how often the whole was counted.
type counting struct {
	inventory.Store
	holders, unlisted int
}

func (c *counting) CountHolders(ctx context.Context, h core.Holders) (int, error) {
	c.holders++
	return c.Store.CountHolders(ctx, h)
}

func (c *counting) CountUnlisted(ctx context.Context, w core.Where, p *core.Person) (int, error) {
	c.unlisted++
	return c.Store.CountUnlisted(ctx, w, p)
}

// A fleet is read page by page, and counted once however many pages there are.
func TestOnlyTheFirstPageIsCounted(t *testing.T) { testkit.Each(t, testOnlyTheFirstPageIsCounted) }

func testOnlyTheFirstPageIsCounted(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	part := core.Part{Component: core.Component{Ecosystem: "npm", Name: "lodash", Version: "4.17.20"}}
	for i := range 7 {
		a := g.NewApp(fmt.Sprintf("app-%d", i), ana)
		state := core.BillListed
		if i == 6 {
			state = core.BillUnreadable
		}
		g.Must(g.Quietly(t.Context(), func(ctx context.Context) error {
			if err := g.PutArtifact(ctx, core.Artifact{Digest: a.Name, AppID: a.ID, Commit: "c", SBOM: "s", Created: 1}); err != nil {
				return err
			}
			return g.PutParts(ctx, a.Name, "s", state, []core.Part{part})
		}))
	}
	q, err := inventory.Parse("lodash < 4.17.21")
	g.Must(err)
	store := &counting{Store: g.DB}
	v := &inventory.Inventory{Store: store}
	ask := inventory.Ask{Query: q, Where: core.WhereLatest, Most: 2}
	var pages, apps int
	for {
		a, err := v.Search(t.Context(), ask)
		g.Must(err)
		if first := ask.After == ""; a.Counted != first || first && (a.Total != 6 || a.Unlisted != 1) {
			t.Errorf("page %d: counted %v, %d apps, %d unlisted", pages, a.Counted, a.Total, a.Unlisted)
		}
		pages, apps, ask.After = pages+1, apps+len(a.Holders), a.Next
		if a.Next == "" {
			break
		}
	}
	if pages != 3 || apps != 6 || store.holders != 1 || store.unlisted != 1 {
		t.Errorf("%d pages, %d apps; holders were counted %d times, apps without a bill %d times", pages, apps, store.holders, store.unlisted)
	}
	store.holders = 0
	if a, err := v.Search(t.Context(), inventory.Ask{Query: q, Where: core.WhereLatest}); err != nil || a.Total != 6 || store.holders != 0 {
		t.Errorf("a page that is the whole: %d apps, counted %d times, %v", a.Total, store.holders, err)
	}
	q, err = inventory.Parse("leftpad")
	g.Must(err)
	if a, err := v.Search(t.Context(), inventory.Ask{Query: q, Where: core.WhereLatest}); err != nil || !a.Counted || a.Total != 0 || a.Unlisted != 1 {
		t.Errorf("nobody holds it: %+v, %v", a, err)
	}
}

// said is statements that never change.
type said struct{ set *openvex.Set }

func (s said) Current(context.Context) (*openvex.Set, error) { return s.set, nil }

// A holder is shown with what is said of it: in this app, in this build.
func TestHoldersWithVEX(t *testing.T) { testkit.Each(t, testHoldersWithVEX) }

func testHoldersWithVEX(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	for _, name := range []string{"alpha", "beta"} {
		a := g.NewApp(name, ana)
		g.Must(g.Quietly(t.Context(), func(ctx context.Context) error {
			if err := g.PutArtifact(ctx, core.Artifact{Digest: "sha256:" + name, AppID: a.ID, Commit: "c-" + name, SBOM: "s", Created: 1}); err != nil {
				return err
			}
			return g.PutParts(ctx, "sha256:"+name, "s", core.BillListed, []core.Part{{Component: core.Component{Ecosystem: "npm", Name: "lodash", Version: "4.17.20"}}})
		}))
	}
	doc, err := openvex.Parse("x", []byte(`{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Sam","timestamp":"2026-03-01T00:00:00Z","statements":[
{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:generic/paddock/alpha@c-alpha","subcomponents":[{"@id":"pkg:npm/lodash"}]}],"status":"not_affected","impact_statement":"never called"},
{"vulnerability":{"name":"CVE-2"},"products":[{"@id":"pkg:npm/lodash@4.17.20"}],"status":"under_investigation"}]}`))
	g.Must(err)
	q, err := inventory.Parse("lodash")
	g.Must(err)
	v := &inventory.Inventory{Store: g.DB, VEX: said{openvex.New([]openvex.Source{{Document: doc, From: "vex/x.json"}})}, Clock: g.Clock}
	a, err := v.Search(t.Context(), inventory.Ask{Query: q, Where: core.WhereLatest})
	g.Must(err)
	got := ""
	for _, h := range a.Holders {
		for _, x := range h.Holdings {
			for _, j := range x.VEX {
				got += fmt.Sprintf("%s %s %s %v; ", h.Name, j.By.Vulnerability, j.By.Status, j.SetAside)
			}
		}
	}
	if got != "alpha CVE-1 not_affected true; alpha CVE-2 under_investigation false; beta CVE-2 under_investigation false; " {
		t.Error(got)
	}
}
