package app

import (
	"context"
	"io/fs"
	"os"
	"sync"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check"
)

// ruled is the rules of one paddock check.
type ruled struct {
	rev  *catalog.Revision
	wait func() error // makes the policies ready, or waits until they are
	ours bool         // they come with Paddock, whose tests hold them
	name string       // of the policies, on the server that lent them; "" for their own
	from string
}

// rulesFor reads the rules of a check: those that a server lent, those in a folder,
// or those that come with Paddock.
func rulesFor(ctx context.Context, o cli.CheckOptions) (ruled, error) {
	var out ruled
	var tree fs.FS
	commit, halted := "local", []string(nil)
	switch {
	case o.Lent != nil:
		tree, commit, halted = memory(o.Lent.Files), o.Lent.Commit, o.Lent.Halted
		out.name, out.from = o.Lent.Policy, o.Lent.From
	case o.Governance != "":
		tree = os.DirFS(o.Governance)
	default:
		tree, out.ours = governance.FS(), true
	}
	if o.Fallback {
		out.from = cli.RulesStarter
	}
	rev, compile, err := catalog.Begin(ctx, tree, commit)
	if err != nil && o.Lent != nil {
		return out, &core.Error{Code: core.Unreadable, Msg: "The server's rules cannot be read by this program.", Hint: "Is it older than the server? Update it.", Err: err}
	}
	if err != nil {
		return out, err
	}
	out.rev = rev
	out.wait = sync.OnceValue(func() error {
		err := compile()
		if err == nil && len(halted) > 0 {
			rev.Policy = rev.Policy.Halt(halted)
		}
		return err
	})
	return out, nil
}

// begin makes the policies ready while the checks run, and reports whether it has to.
// No rule is asked about an app without a descriptor, so that only rules of somebody
// else are looked at then.
func (r ruled) begin(files fs.FS) bool {
	if _, err := fs.Stat(files, catalog.DescriptorFile); err != nil && r.ours {
		return false
	}
	go func() { _ = r.wait() }() // who needs them asks again
	return true
}

// over is a policy that is made ready while the other checks run.
func (r ruled) over(p check.Policy) check.Policy { return patient{p, r} }

type patient struct {
	check.Policy
	rules ruled
}

// Merge implements check.Policy.
func (p patient) Merge(ctx context.Context, soFar core.Report) (core.Verdicts, string, error) {
	if err := p.rules.wait(); err != nil {
		return core.Verdicts{}, "", err
	}
	v, revision, err := p.Policy.Merge(ctx, soFar)
	if p.rules.name != "" {
		revision = p.rules.name // some of the files that it names stay on the server
	}
	return v, revision, err
}
