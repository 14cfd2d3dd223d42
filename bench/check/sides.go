package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

const mega = 1_000_000

func (b *bench) small(ctx context.Context) error {
	ours, theirs, err := b.against(ctx, nodegoat, false)
	if err != nil {
		return err
	}
	b.atMost("small app, wall time of theirs", ours.wall.Seconds()/theirs.wall.Seconds(), 1.0/4, "")
	b.atMost("small app, peak memory of theirs", float64(ours.peak)/float64(theirs.peak), 1.0/2, "")
	return nil
}

func (b *bench) medium(ctx context.Context) error {
	ours, theirs, err := b.against(ctx, clutch, false)
	if err != nil {
		return err
	}
	b.atMost("1,373 files, wall time of theirs", ours.wall.Seconds()/theirs.wall.Seconds(), 1.0/6, "")
	return nil
}

func (b *bench) large(ctx context.Context) error {
	ours, theirs, err := b.against(ctx, openbao, false)
	if err != nil {
		return err
	}
	b.atMost("5,382 files, wall time of theirs", ours.wall.Seconds()/theirs.wall.Seconds(), 1.0/6, "")
	b.atMost("5,382 files, peak memory", float64(ours.peak)/mega, 200, "MB")
	return nil
}

func (b *bench) history(ctx context.Context) error {
	ours, theirs, err := b.against(ctx, clutch, true)
	if err != nil {
		return err
	}
	b.atMost("2,035 commits, wall time of theirs", ours.wall.Seconds()/theirs.wall.Seconds(), 1.0/4, "")
	return nil
}

// against runs both sides by turns on one repository and prints what they took.
// With history, gitleaks alone is the other side, for no other of the five reads it.
func (b *bench) against(ctx context.Context, c clone, history bool) (ours, theirs cost, err error) {
	dir, err := b.copyOf(ctx, c)
	if err != nil {
		return cost{}, cost{}, err
	}
	steps, err := b.steps(dir, history)
	if err != nil {
		return cost{}, cost{}, err
	}
	if err := b.imports(ctx); err != nil {
		return cost{}, cost{}, err
	}
	own := b.own(dir)
	if history {
		steps, own.args = steps[:1], append(own.args, "--history")
	}
	var mine, sums []cost
	each := make([][]cost, len(steps))
	for range b.rounds {
		sum, parts, err := runAll(ctx, steps)
		if err != nil {
			return cost{}, cost{}, err
		}
		sums = append(sums, sum)
		for i, p := range parts {
			each[i] = append(each[i], p)
		}
		one, err := own.run(ctx)
		if err != nil {
			return cost{}, cost{}, err
		}
		mine = append(mine, one)
	}
	for i, s := range steps {
		fmt.Printf("  %-10s %-12s %s\n", c.name, s.name, median(each[i]))
	}
	ours, theirs = median(mine), median(sums)
	fmt.Printf("  %-10s %-12s %s\n  %-10s %-12s %s\n", c.name, "together", theirs, c.name, "paddock", ours)
	fmt.Printf("  %-10s %-12s %8.2f of wall %8.2f of CPU %5.2f of peak memory\n", c.name, "ratio",
		ours.wall.Seconds()/theirs.wall.Seconds(), ours.cpu.Seconds()/theirs.cpu.Seconds(), float64(ours.peak)/float64(theirs.peak))
	return ours, theirs, nil
}

// own is paddock check on a folder, with what is known of holes once that was
// imported. Codes 0 to 2 are verdicts; anything else is a failure.
func (b *bench) own(dir string) command {
	env := []string{"HOME=" + b.dir, "PATH=" + os.Getenv("PATH")}
	if b.imported != "" {
		env = append(env, "PADDOCK_VULNDB="+b.imported)
	}
	return command{dir: dir, ok: []int{0, 1, 2}, env: env, args: []string{b.paddock, "check", "--format", "sarif", dir}}
}

// imports makes our database of the advisories that the other side reads, once.
func (b *bench) imports(ctx context.Context) error {
	if b.imported != "" {
		return nil
	}
	zips, err := filepath.Glob(filepath.Join(b.osv, "*", "all.zip"))
	if err != nil || len(zips) == 0 {
		return fmt.Errorf("%s has no <ecosystem>/all.zip", b.osv)
	}
	to := filepath.Join(b.dir, "known.db")
	c, err := command{dir: b.dir, ok: []int{0}, env: []string{"HOME=" + b.dir, "PATH=" + os.Getenv("PATH")},
		args: append([]string{b.paddock, "vulndb", "import", "--vulndb", to}, zips...)}.run(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("  advisories of %d ecosystems, imported once %s\n", len(zips), c)
	b.imported = to
	return nil
}
