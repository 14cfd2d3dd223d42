package cli

import (
	"context"

	"github.com/paddock-dev/paddock/internal/door/git"
)

type hookCmd struct {
	Name string `arg:"" help:"pre-receive or post-receive."`
}

// Run implements the command. git reads the exit code: anything but 0 refuses
// the push.
func (c *hookCmd) Run(ctx context.Context, std IO) error {
	if code := git.RunHook(ctx, []string{c.Name}, std.In, std.Out, std.Err); code != 0 {
		return exitCode(code)
	}
	return nil
}
