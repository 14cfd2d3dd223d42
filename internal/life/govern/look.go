package govern

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// freshFor is how long what a look at a commit has said is used again.
const freshFor = time.Minute

// looked is what looking at a commit has said.
type looked struct {
	commit, against string
	rev             *catalog.Revision // with the rules halted that must be; nil if there are faults
	report          Report
	at              time.Time
}

// look validates a revision, previews it and holds it against the one in force.
// What is wrong with it is in the report; the error is for what could not be
// looked at.
func (s *Service) look(ctx context.Context, tree fs.FS, commit string) (looked, error) {
	current, now := s.Shelf.Current(), s.Clock.Now()
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last.commit == commit && last.against == name(current) && now.Sub(last.at) < freshFor && !now.Before(last.at) {
		return last, nil
	}
	l := looked{commit: commit, against: name(current), at: now}
	l.report = Report{Commit: commit, Against: current.ID, Faults: []string{}, Warnings: []string{}, Apps: []AppShift{}, At: core.Stamp(now),
		What: policy.Publish{Kind: core.ByPublish, Commit: commit}}
	v, err := catalog.Validate(ctx, tree, commit, now)
	if err == nil {
		err = s.checkApprovers(ctx, v.Revision)
	}
	if ctx.Err() != nil {
		return l, interrupted(ctx)
	}
	if err != nil {
		l.report.faults(err)
		return l, nil
	}
	l.rev = v.Revision
	for _, w := range l.rev.Warnings {
		known := slices.ContainsFunc(current.Warnings, func(old *core.Error) bool { return old.Error() == w.Error() })
		if !known || strings.HasPrefix(w.Field, catalog.ExemptionsFile) {
			l.report.Warnings = append(l.report.Warnings, w.Error())
		}
	}
	l.report.What.Tests.Coverage = v.Coverage.Percent
	for _, t := range v.Tests {
		if t.Skipped {
			l.report.What.Tests.Skipped++
		} else {
			l.report.What.Tests.Passed++
		}
	}
	if err := s.preview(ctx, &l); err != nil {
		return l, err
	}
	if err := l.compare(current); err != nil {
		return l, err
	}
	if err := s.canBeUndone(ctx, &l); err != nil {
		return l, err
	}
	s.mu.Lock()
	s.last = l
	s.mu.Unlock()
	return l, nil
}

// name says which revision is in force, halted rules and all.
func name(rev *catalog.Revision) string { return rev.ID + " " + rev.Policy.Revision() }

func interrupted(ctx context.Context) error {
	return &core.Error{Code: core.Unavailable, Msg: "Looking at the revision was interrupted.", Hint: "Try again.", Err: ctx.Err()}
}

func (r *Report) faults(err error) {
	e := core.AsError(err)
	list := e.Problems
	if len(list) == 0 {
		list = []*core.Error{e}
	}
	for _, p := range list {
		r.Faults = append(r.Faults, strings.TrimSpace(catalog.FormatErrors(p)))
	}
}

// checkApprovers holds who approves exemptions against the people there are: each
// is known, may approve, and owns none of the app.
func (s *Service) checkApprovers(ctx context.Context, rev *catalog.Revision) error {
	var found []*core.Error
	for _, e := range rev.Exemptions {
		bad := func(hint, format string, args ...any) {
			found = append(found, core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(e.Place))
		}
		p, err := s.Store.PersonByEmail(ctx, e.Approver)
		switch {
		case core.CodeOf(err) == core.NotFound || err == nil && p.Disabled:
			bad("Name somebody of security or platform.", "The exemption of %s is approved by %s, whom nobody knows here.", e.App, e.Approver)
			continue
		case err != nil:
			return err
		case !p.Has(core.RoleSecurity) && !p.Has(core.RolePlatform):
			bad("Name somebody of security or platform.", "The exemption of %s is approved by %s, who is neither of security nor of platform.", e.App, e.Approver)
		}
		app, err := s.Store.AppByName(ctx, e.App)
		switch {
		case core.CodeOf(err) == core.NotFound:
			bad("Correct the name, or delete the exemption.", "The exemption names the app %q, which does not exist.", e.App)
		case err != nil:
			return err
		case strings.EqualFold(app.Descriptor.Owner, e.Approver) || slices.ContainsFunc(app.Descriptor.CoOwners, func(c string) bool { return strings.EqualFold(c, e.Approver) }):
			bad("Ask somebody else to approve it.", "The exemption of %s is approved by %s, who owns the app.", e.App, e.Approver)
		}
	}
	return core.Join(core.Invalid, "The exemptions have faults:", found)
}

// preview asks what the revision would change, and halts the rules that would
// newly block more apps than they may.
func (s *Service) preview(ctx context.Context, l *looked) error {
	if s.Preview == nil {
		l.report.Problem = "Nobody can say what it would change."
		return nil
	}
	r, err := s.Preview.Preview(ctx, l.rev)
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	if err != nil {
		l.report.Problem = core.AsError(err).Error()
		return nil
	}
	what := &l.report.What
	what.PreviewDone = true
	what.Preview = policy.PublishImpact{Asked: r.Asked, NewlyBlocked: r.Apps(whatif.Blocked), NewlyWaiting: r.Apps(whatif.Waiting),
		NewlyAllowed: r.Apps(whatif.Allowed), NotEvaluated: r.Apps(whatif.Unknown)}
	blocked := r.AppsBlockedBy()
	for rule, apps := range blocked {
		what.Preview.BlockedBy = append(what.Preview.BlockedBy, policy.RuleBlocked{Rule: rule, Apps: apps})
	}
	slices.SortFunc(what.Preview.BlockedBy, func(a, b policy.RuleBlocked) int { return strings.Compare(a.Rule, b.Rule) })
	for _, shift := range r.Shifts {
		if shift.Kind == whatif.Blocked && len(l.report.Apps) < maxApps {
			l.report.Apps = append(l.report.Apps, AppShift{shift.App, shift.Gate, shift.Rules, shift.Why})
		}
	}
	l.rev = l.rev.Halt(l.rev.Policy.HaltsAbove(blocked))
	return nil
}

// compare says what the revision changes of the one in force.
func (l *looked) compare(current *catalog.Revision) error {
	what := &l.report.What
	what.Rules, what.Exemptions = policy.Compare(current.Policy, l.rev.Policy)
	files, err := changed(current.Files, l.rev.Files)
	what.Files = files
	l.report.OK, l.report.Policy = true, l.rev.Policy.Revision()
	return err
}

// canBeUndone refuses a revision under whose own rules nobody could take it back.
func (s *Service) canBeUndone(ctx context.Context, l *looked) error {
	in := policy.Input{Gate: core.GatePolicyPublish, Now: l.at.UTC().Format(time.RFC3339), Actor: policy.Actor{Email: "somebody@example.org", Kind: string(core.ActorPerson), Roles: []core.Role{core.RolePlatform, core.RoleSecurity}},
		Org: l.rev.Settings.Facts(), Publish: policy.Publish{Kind: core.ByRollback, Commit: l.against, PreviewDone: true}}
	v, err := l.rev.Policy.Eval(ctx, core.GatePolicyPublish, in)
	if err != nil {
		return err
	}
	for _, d := range v.Deny {
		l.report.OK = false
		l.report.Faults = append(l.report.Faults, fmt.Sprintf("With these rules nobody could roll this revision back: %s\n  Let policy.publish allow what input.publish.kind calls a rollback.", d.Message))
	}
	return nil
}

// changed lists the paths whose content differs, at most 500.
func changed(from, to fs.FS) ([]string, error) {
	was, err := contents(from)
	if err != nil {
		return nil, err
	}
	is, err := contents(to)
	if err != nil {
		return nil, err
	}
	var out []string
	for path, text := range is {
		if old, there := was[path]; !there || old != text {
			out = append(out, path)
		}
		delete(was, path)
	}
	for path := range was {
		out = append(out, path)
	}
	slices.Sort(out)
	if len(out) > 500 {
		out = out[:500]
	}
	return out, nil
}

func contents(tree fs.FS) (map[string]string, error) {
	out := map[string]string{}
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := tree.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		b, err := io.ReadAll(f)
		out[path] = string(b)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return nil, core.Hidden("Comparing two revisions", err)
	}
	return out, nil
}
