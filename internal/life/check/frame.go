package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/allow"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/provenance"
)

// frame adds what is about the run and not about a kind of finding: the check of
// the run itself, the history, and, with Scope.Since, that single files are only
// looked at if they have changed.
func (r *run) frame(ctx context.Context, checks map[string]func() findings.Result) {
	checks["provenance"] = func() findings.Result {
		missed := slices.Clone(r.in.Untold)
		if r.crowded {
			missed = append(missed, fmt.Sprintf("there are more than %d comments with paddock:allow, and none of them counts", allow.MaxClaims))
		}
		return provenance.Check(provenance.Input{Commit: r.in.Commit, Scope: r.in.Scope, Version: r.engine.opt.Version, Missed: missed})
	}
	if r.in.Scope.Since != "" {
		r.since(checks)
		checks["code"] = func() findings.Result {
			res := r.engine.rules(r.in.Code).Check(ctx, r.single())
			res.Looked, res.Seen.Partial = r.leftOut(res.Looked), true
			return res
		}
		checks["secrets"] = func() findings.Result {
			res, redactor := r.engine.scanner.Check(ctx, r.in.Files, r.single())
			res.Looked, res.Seen.Partial, r.redactor = r.leftOut(res.Looked), true, redactor
			return res
		}
	}
	if r.in.History != nil {
		files := checks["secrets"]
		checks["secrets"] = func() findings.Result { return r.past(ctx, files()) }
	}
}

// past adds what the history holds to what the files hold. A secret that is
// still in its file is not told twice.
func (r *run) past(ctx context.Context, res findings.Result) findings.Result {
	more, err := r.in.History(ctx, r.engine.scanner)
	if err != nil {
		res.Missed("the history could not be read: %v", err)
		return res
	}
	for _, f := range more.Findings {
		if !slices.ContainsFunc(res.Findings, func(g core.Finding) bool { return g.Path == f.Path && g.Quote == f.Quote }) {
			res.Add(f)
		}
	}
	res.Looked += "; in git: " + more.Looked
	res.Incomplete = append(res.Incomplete, more.Incomplete...)
	res.Seen.Commits, res.Seen.CommitsListed = more.Seen.Commits, more.Seen.CommitsListed
	return res
}
