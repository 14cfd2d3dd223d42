package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/inventory"
	"github.com/paddock-dev/paddock/internal/org/vex"
)

// Components finds all apps that hold a component, straight in the database of a
// data folder or in PostgreSQL.
func Components(ctx context.Context, dataDir, database, query, where string) (cli.HeldIn, error) {
	out := cli.HeldIn{Uncompared: []string{}, Holders: []cli.HeldBy{}}
	q, err := inventory.Parse(query)
	if err != nil {
		return out, err
	}
	if _, err := os.Stat(filepath.Join(dataDir, store.File)); err != nil && database == "" {
		return out, core.Errorf(core.NotFound, "There is no Paddock data in %q.", dataDir).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: dataDir, URL: database})
	if err != nil {
		return out, err
	}
	defer db.Close()
	said, err := statements(ctx, db, dataDir)
	if err != nil {
		out.Note = "What the OpenVEX statements say is not shown: " + core.AsError(err).Msg
	}
	find := &inventory.Inventory{Store: db, VEX: said, Clock: core.SystemClock{}}
	ask := inventory.Ask{Query: q, Where: core.Where(where), Most: inventory.MostApps}
	for {
		a, err := find.Search(ctx, ask)
		if err != nil {
			return out, err
		}
		if ask.After == "" {
			out.Query, out.Apps, out.Unlisted = q.String(), a.Total, a.Unlisted
			for _, c := range a.Uncompared {
				out.Uncompared = append(out.Uncompared, inventory.PURL(c))
			}
		}
		for _, h := range a.Holders {
			for _, x := range h.Holdings {
				direct := map[core.Directness]string{core.Direct: "yes", core.Indirect: "no", core.DirectUnknown: "unknown"}[x.Direct]
				out.Holders = append(out.Holders, cli.HeldBy{App: h.Name, Owner: h.Owner, State: string(h.State), PURL: inventory.PURL(x.What), Direct: direct, RunsAt: h.Target, Version: x.What.Version, VEX: vexWords(x.VEX)})
			}
		}
		if a.Next == "" {
			return out, nil
		}
		ask.After = a.Next
	}
}

// fixed is statements that do not change while they are read.
type fixed struct{ set *openvex.Set }

// Current implements inventory.VEX.
func (f fixed) Current(context.Context) (*openvex.Set, error) { return f.set, nil }

// statements reads the OpenVEX statements in force, beside a server that may be
// running. With an error there are none.
func statements(ctx context.Context, db *store.DB, dataDir string) (inventory.VEX, error) {
	commit, err := db.Setting(ctx, revisionSetting)
	if err != nil {
		return fixed{}, err
	}
	var inRepo []openvex.Source
	if commit != "" {
		forge, err := local.OpenReader(filepath.Join(dataDir, "git"), local.Limits{})
		if err != nil {
			return fixed{}, err
		}
		tree, err := forge.Tree(ctx, GovernanceRepo, commit)
		if err != nil {
			return fixed{}, err
		}
		if inRepo, err = catalog.VEX(tree); err != nil {
			return fixed{}, err
		}
	}
	book := &vex.Book{Store: db, Governance: func() (string, []openvex.Source) { return commit, inRepo }}
	set, err := book.Current(ctx)
	return fixed{set}, err
}

func vexWords(list []openvex.Judgement) []cli.Said {
	var out []cli.Said
	for _, j := range list {
		why := j.By.Justification
		if why == "" {
			why = j.By.Impact
		}
		out = append(out, cli.Said{Vulnerability: j.By.Vulnerability, Status: j.By.Status, SetAside: j.SetAside, Why: why, Author: j.By.Author, From: j.By.From})
	}
	return out
}
