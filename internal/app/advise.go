package app

import (
	"context"
	"errors"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/advice"
	"github.com/paddock-dev/paddock/internal/org/preview"
)

// Advise proposes changes to the rules in force from what was decided, straight
// from a data folder or a database. It changes nothing.
func Advise(ctx context.Context, o cli.WhatIfOptions) ([]advice.Proposal, error) {
	l, err := openLedger(ctx, o)
	if err != nil {
		return nil, err
	}
	defer l.db.Close()
	rollout, err := textOf(l.rev, advice.RolloutFile)
	if err != nil {
		return nil, err
	}
	exemptions, err := textOf(l.rev, advice.ExemptionsFile)
	if err != nil {
		return nil, err
	}
	a := advice.Advice{Previews: preview.Previews{Store: l.db, Clock: l.clock}, Clock: l.clock}
	return a.Proposals(ctx, l.rev, advice.Files{Rollout: rollout, Exemptions: exemptions}, o.Days)
}

// textOf is a file of a revision; nothing if it has none.
func textOf(rev *catalog.Revision, name string) ([]byte, error) {
	b, err := fs.ReadFile(rev.Files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}
