package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/watch"
)

const (
	watchEvery = 500 * time.Millisecond
	watchMost  = 200_000 // files
)

// watch checks a folder, and again after each change, until it is interrupted. A
// report that blocks does not end it.
func (c *checkCmd) watch(ctx context.Context, std IO, p Programs, prints []printed) error {
	dir := std.path(c.Target)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return core.Errorf(core.Invalid, "--watch is for a folder, and %q is none.", c.Target).Hinted("Name a folder.")
	}
	fsys := os.DirFS(dir)
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	return watch.Run(ctx, ticks.C, func() [32]byte { return watch.Mark(fsys, watchMost) }, func() error {
		var code exitCode
		err := c.once(ctx, std, p, prints)
		if err == nil || errors.As(err, &code) {
			fmt.Fprintln(std.Err, "paddock: waiting for a change; stop with Ctrl-C.")
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
}
