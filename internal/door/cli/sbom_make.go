package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// BillOptions say whose parts are listed, and how.
type BillOptions struct {
	Dir    string
	Format string // cyclonedx or spdx
	App    string // "" for the name in microapp.yaml, or of the folder
	Commit string
	Time   time.Time // of the commit; zero when it is not known
}

// Bill is a list of parts.
type Bill struct {
	Text    []byte
	Looked  string   // what was listed, in words and numbers
	Missing []string // what is not in it, and why
}

type sbomMakeCmd struct {
	Dir    string `arg:"" optional:"" default:"." help:"The app's folder; default this one."`
	Format string `help:"Form of the list: ${enum}." enum:"cyclonedx,spdx" default:"cyclonedx"`
	Output string `short:"o" help:"Write to a file, and say what was listed." placeholder:"FILE"`
	App    string `help:"Name of the app; default the one in microapp.yaml, or of the folder."`
	Commit string `help:"Commit that the folder is at."`
	Epoch  string `help:"Time of the commit, in seconds since 1970." env:"SOURCE_DATE_EPOCH" placeholder:"SECONDS"`
}

// Run implements the command: exit code 2 if something is missing from the list.
func (c *sbomMakeCmd) Run(ctx context.Context, std IO, p Programs) error {
	o := BillOptions{Dir: std.path(c.Dir), Format: c.Format, App: c.App, Commit: c.Commit}
	if c.Epoch != "" {
		seconds, err := strconv.ParseInt(c.Epoch, 10, 64)
		if err != nil || seconds < 0 || seconds > 253402300799 {
			return core.Errorf(core.Invalid, "The time %.40q is no number of seconds.", c.Epoch).Hinted("Give what `git log -1 --format=%%ct` prints.").At("--epoch")
		}
		o.Time = time.Unix(seconds, 0).UTC()
	}
	b, err := p.Bill(ctx, o)
	if err != nil {
		return err
	}
	if c.Output == "" {
		if _, err := std.Out.Write(b.Text); err != nil {
			return err
		}
	} else {
		if err := os.WriteFile(std.path(c.Output), b.Text, 0o644); err != nil {
			return core.Errorf(core.Unreadable, "The file %q cannot be written.", c.Output).Hinted("Check its folder and that you may write there.")
		}
		fmt.Fprintf(std.Out, "%s has %s.\n", c.Output, b.Looked)
	}
	for _, m := range b.Missing {
		fmt.Fprintf(std.Err, "Not in the list: %s.\n", m)
	}
	if len(b.Missing) > 0 {
		return exitCode(2)
	}
	return nil
}
