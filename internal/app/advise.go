package app

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
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
	files := advice.Files{Rollout: rollout, Exemptions: exemptions}
	out, err := a.Proposals(ctx, l.rev, files, o.Days)
	if err != nil {
		return nil, err
	}
	course, taught, err := said(l.rev)
	if err != nil {
		return nil, err
	}
	more, err := a.Habits(ctx, reportBook{l.db}, files, course, taught, o.Days)
	return append(out, more...), err
}

// said is a revision's first course, and the text of all its courses and rules.
func said(rev *catalog.Revision) (first advice.Course, all string, err error) {
	files, err := treeFiles(rev.Files)
	if err != nil {
		return first, "", err
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		dir, _, _ := strings.Cut(name, "/")
		if dir == "training" && first.Path == "" {
			first = advice.Course{Path: name, Text: files[name]}
		}
		if dir == "training" || dir == "policies" {
			b.Write(files[name])
		}
	}
	return first, b.String(), nil
}

// reportBook gives the reports that a store keeps.
type reportBook struct{ db *store.DB }

// EachReport implements advice.Reports.
func (k reportBook) EachReport(ctx context.Context, since time.Time, do func(app string, r core.Report) error) error {
	const page = 200
	for after, more := "", true; more; {
		apps, err := k.db.Apps(ctx, after, page)
		if err != nil {
			return err
		}
		for _, a := range apps {
			after = a.Name
			list, err := k.db.ReportsMade(ctx, a.ID)
			if err != nil {
				return err
			}
			for _, r := range list {
				if r.At < core.Stamp(since) {
					continue
				}
				if err := do(a.Name, r.Report); err != nil {
					return err
				}
			}
		}
		more = len(apps) == page
	}
	return nil
}

// textOf is a file of a revision; nothing if it has none.
func textOf(rev *catalog.Revision, name string) ([]byte, error) {
	b, err := fs.ReadFile(rev.Files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}
