package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/org/preview"
)

// replay keeps 100,000 decisions and answers them again, by rules that have
// answered nothing yet.
func (b *bench) replay(ctx context.Context) error {
	const n = 100_000
	dir := filepath.Join(b.dir, "decisions")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer db.Close()
	since := time.Now()
	if err := decide(ctx, db, n, since); err != nil {
		return err
	}
	rev, err := revision(ctx, "")
	if err != nil {
		return err
	}
	begun := time.Now()
	r, err := preview.Previews{Store: db, Clock: core.SystemClock{}}.Decisions(ctx, rev, rev, since.Add(-time.Hour))
	if err != nil {
		return err
	}
	b.atMost(fmt.Sprintf("%d stored decisions answered again", r.Asked), time.Since(begun).Seconds(), 10, "s")
	if r.Asked != n || len(r.Shifts) != 0 {
		b.missed = true
		fmt.Printf("of %d decisions %d were asked, and %d differ\n", n, r.Asked, len(r.Shifts))
	}
	return nil
}

func decide(ctx context.Context, db *store.DB, n int, at time.Time) error {
	rev, err := revision(ctx, "")
	if err != nil {
		return err
	}
	docs, err := inputs(rev, core.GateChangeMerge, n)
	if err != nil {
		return err
	}
	ids := core.IDs{}
	const batch = 5000
	for from := 0; from < n; from += batch {
		err := db.Quietly(ctx, func(ctx context.Context) error {
			for i, doc := range docs[from:min(n, from+batch)] {
				a, err := rev.Policy.Answer(ctx, core.GateChangeMerge, doc)
				if err != nil {
					return err
				}
				now := at.Add(time.Duration(from+i) * time.Millisecond)
				d := core.Decision{ID: ids.New(now), Gate: core.GateChangeMerge, Verdicts: a.Verdicts, Result: whatif.ResultOf(a.Verdicts), Input: doc,
					PolicyRevision: rev.Policy.Revision(), At: core.Stamp(now)}
				if err := db.AddDecision(ctx, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
