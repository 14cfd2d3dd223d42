package check

import (
	"context"
	"log/slog"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/code"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Engine runs all checks. Make one and use it for every tree; it is safe for
// concurrent use.
type Engine struct {
	opt     Options
	scanner *secrets.Scanner
	code    *code.Engine
}

// New makes an engine. It fails when a rule set or database cannot be loaded,
// so that nothing is ever checked against half of the rules.
func New(opt Options) (*Engine, error) {
	scanner, err := secrets.New(opt.Key)
	if err != nil {
		return nil, err
	}
	if opt.Advisories == nil {
		opt.Advisories = sync.OnceValue(dependencies.Starter)
	}
	if opt.Clock == nil {
		opt.Clock = core.SystemClock{}
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{opt: opt, scanner: scanner, code: code.New(rulebook.Builtin())}, nil
}

// rules are the rules about code of a run: Paddock's, and the organisation's own.
func (e *Engine) rules(own *rulebook.Book) *code.Engine {
	if own == nil {
		return e.code
	}
	return code.New(rulebook.Builtin(), own)
}

// RulesDigest names the rules about code of a run with the organisation's own, as
// the check of code does in its coverage.
func RulesDigest(own *rulebook.Book) string {
	if own == nil {
		return rulebook.Builtin().Digest
	}
	return rulebook.Builtin().Digest + " " + own.Digest
}

// Secrets returns the engine's scanner, for the push hook.
func (e *Engine) Secrets() *secrets.Scanner { return e.scanner }

// Run checks a tree. It returns an error only when nothing could be read at
// all; everything smaller is in the report.
func (e *Engine) Run(ctx context.Context, in Input) (core.Report, error) {
	in.Scope.Subject = subject(in)
	ctx = meter.With(ctx, in.Told)
	limits := e.opt.Limits
	limits.Leave = in.Leave
	t, err := tree.Load(ctx, in.Files, limits, in.Scope.Subject == core.SubjectFolder || in.Scope.Subject == core.SubjectSent)
	if err != nil {
		return core.Report{}, err
	}
	r := e.newRun(ctx, in, t)
	r.inspect(ctx)
	r.policy(ctx)
	report := r.report()
	e.opt.Log.InfoContext(ctx, "checked", "app", in.App, "commit", in.Commit, "verdict", string(report.Verdict), "findings", len(report.Findings))
	return report, nil
}
