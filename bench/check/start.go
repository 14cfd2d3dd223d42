package main

import (
	"context"
	"os"
	"path/filepath"
)

// start measures how soon the binary is there, and the check of a folder with
// next to nothing in it: every engine is made, none has work.
func (b *bench) start(ctx context.Context) error {
	empty := filepath.Join(b.dir, "empty")
	if err := os.MkdirAll(empty, 0o700); err != nil {
		return err
	}
	help := b.own(empty)
	help.args = []string{b.paddock, "check", "--help"}
	for _, c := range []struct {
		what string
		command
	}{{"start, paddock check --help", help}, {"start, an empty folder", b.own(empty)}} {
		var all []cost
		for range 10 * b.rounds {
			one, err := c.run(ctx)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		b.atMost(c.what, median(all).wall.Seconds()*1000, 80, "ms")
	}
	return nil
}
