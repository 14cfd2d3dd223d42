package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type governanceCmd struct {
	Status   governanceStatusCmd   `cmd:"" help:"Which revision of the rules decides, and what is proposed."`
	History  governanceHistoryCmd  `cmd:"" help:"The revisions that were in force."`
	Show     governanceShowCmd     `cmd:"" help:"A governance change with its report: faults, or what it would change."`
	Publish  governancePublishCmd  `cmd:"" help:"Put a governance change in force."`
	Rollback governanceRollbackCmd `cmd:"" help:"Put a former revision in force again."`
	Bundle   governanceBundleCmd   `cmd:"" help:"Take a revision as one signed file, to a site without a network."`
	Import   governanceImportCmd   `cmd:"" help:"Put a revision that came as a file in force."`
}

// home is the server that a command of this group asks.
type home struct {
	Server    string `help:"The running server." default:"http://localhost:8420" env:"PADDOCK_SERVER" placeholder:"URL"`
	Token     string `hidden:"" env:"PADDOCK_TOKEN"`
	TokenFile string `help:"File with the access token; default the variable PADDOCK_TOKEN." placeholder:"FILE"`
}

func (h home) server() Server { return Server(h) }

type governanceBundleCmd struct {
	Revision string `arg:"" optional:"" name:"rev" help:"A commit of the governance repository's main branch; default the one in force."`
	Out      string `short:"o" help:"File to write." default:"paddock-governance.tar.gz" placeholder:"FILE"`
	home
}

// Run implements the command.
func (c *governanceBundleCmd) Run(ctx context.Context, std IO) error {
	var size int
	err := writeWhole(std, c.Out, func(f io.Writer) error {
		var b bytes.Buffer
		if err := c.server().fetch(ctx, std, &b, map[string]string{"revision": c.Revision}, "governance", "bundle"); err != nil {
			return err
		}
		size = b.Len()
		_, err := f.Write(b.Bytes())
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s: %d bytes, signed. The other site needs this server's keys/signing.pub in its governance_keys.\n", c.Out, size)
	return nil
}

// maxGovernance bounds a governance bundle.
const maxGovernance = 64 << 20

type governanceImportCmd struct {
	File   string `arg:"" help:"A file of paddock governance bundle."`
	Look   bool   `help:"Keep nothing: only verify, test, and say what would change."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command: exit code 1 if the revision did not come into
// force, or may not.
func (c *governanceImportCmd) Run(ctx context.Context, std IO) error {
	file, err := readFile(std, c.File, maxGovernance)
	if err != nil {
		return err
	}
	q := map[string]string{}
	if c.Look {
		q["look"] = "true"
	}
	var got view.Carried
	if err := c.server().send(ctx, std, "application/gzip", file, &got, q, "governance", "import"); err != nil {
		return err
	}
	if c.Format == "json" {
		err = printJSON(std, got)
	} else {
		printCarried(std.Out, got, c.Look)
	}
	if err == nil && !c.Look && !got.InForce {
		return exitCode(core.OutcomeOf(core.Blocked).Exit)
	}
	return err
}

func printCarried(w io.Writer, c view.Carried, look bool) {
	fmt.Fprintf(w, "Revision %.10s of installation %s: signed by a trusted key, %d policy tests passed.\n", c.Commit, c.Installation, c.Tests)
	for _, list := range []struct {
		word  string
		files []string
	}{{"new", c.Added}, {"changed", c.Changed}, {"removed", c.Removed}} {
		for _, f := range list.files {
			fmt.Fprintf(w, "  %-8s %s\n", list.word, f)
		}
	}
	switch {
	case len(c.Added)+len(c.Changed)+len(c.Removed) == 0 && (look || c.InForce):
		fmt.Fprintln(w, "It is what the main branch holds here: nothing changes.")
	case look:
		fmt.Fprintln(w, "Nothing was kept.")
	case c.InForce:
		fmt.Fprintf(w, "It is in force here as %.10s.\n", c.Revision)
	default:
		fmt.Fprintf(w, "It is on the main branch as %.10s, but not in force.\n", c.Revision)
		for _, line := range c.Says {
			fmt.Fprintln(w, line)
		}
	}
}
