package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/recall"
)

// Recall looks back at decisions straight in a data folder or a database, beside a
// server that may be running. It changes nothing.
func Recall(ctx context.Context, dataDir, database string, look func(*recall.Recall) error) error {
	if _, err := os.Stat(filepath.Join(dataDir, store.File)); err != nil && database == "" {
		return core.Errorf(core.NotFound, "There is no Paddock data in %q.", dataDir).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: dataDir, URL: database})
	if err != nil {
		return err
	}
	defer db.Close()
	return look(&recall.Recall{Records: db, History: ruleHistory{past: pastRules{filepath.Join(dataDir, "git")}, records: db}})
}

// ruleHistory finds former revisions of the rules: the one in force at once, others
// in the history of the governance repository.
type ruleHistory struct {
	past    pastRules
	shelf   *shelf // nil without a server
	records interface {
		Activations(ctx context.Context) ([]core.Activation, error)
	}
}

// Rules implements recall.History.
func (h ruleHistory) Rules(ctx context.Context, revision string) (*policy.Set, error) {
	if h.shelf != nil {
		if now := h.shelf.Current(); now != nil && now.Policy.Revision() == revision {
			return now.Policy, nil
		}
	}
	was, err := h.records.Activations(ctx)
	if err != nil {
		return nil, err
	}
	var halted [][]string
	for _, a := range was {
		if len(a.Halted) > 0 {
			halted = append(halted, a.Halted)
		}
	}
	found, err := h.past.Find(ctx, []string{revision}, halted)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return nil, err
	}
	set, ok := found[revision].(*policy.Set)
	if !ok {
		return nil, core.Errorf(core.NotFound, "The rules %.20s that made this decision are not in the governance repository's history.", revision).
			Hinted("Bring the governance repository back from a backup.")
	}
	return set, nil
}
