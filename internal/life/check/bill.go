package check

import (
	"cmp"
	"context"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/licences"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/sbom"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Bill lists the parts of a folder, as the check "sbom" does, and checks nothing
// else. Errors: Unreadable when nothing could be read at all.
func Bill(ctx context.Context, version, format string, in Input) ([]byte, findings.Result, error) {
	t, err := tree.Load(ctx, in.Files, tree.Limits{}, true)
	if err != nil {
		return nil, findings.Result{}, err
	}
	set := lockfile.Read(t)
	licences.Fill(t, set)
	out, res := sbom.MakeAs(sbom.Format(format), sbom.Subject{App: cmp.Or(in.App, "app"), Commit: in.Commit, Tool: version, Time: in.Time, Unread: len(t.Unread) > 0}, set, sbom.Others(t)...)
	for _, why := range t.Unread {
		res.Missed("%s", why)
	}
	return out, res, nil
}
