package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/org/inventory"
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
	ask := inventory.Ask{Query: q, Where: core.Where(where), Most: inventory.MostApps}
	for {
		a, err := (&inventory.Inventory{Store: db}).Search(ctx, ask)
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
				out.Holders = append(out.Holders, cli.HeldBy{App: h.Name, Owner: h.Owner, State: string(h.State), PURL: inventory.PURL(x.What), Direct: direct, RunsAt: h.Target, Version: x.What.Version})
			}
		}
		if a.Next == "" {
			return out, nil
		}
		ask.After = a.Next
	}
}
