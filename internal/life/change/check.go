package change

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/allow"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
)

// CheckTask is the name of the task that checks a change's head.
const CheckTask = "check"

type checkTask struct {
	App    core.ID `json:"app"`
	Number int     `json:"number"`
	Head   string  `json:"head"`
}

// Work is the task that checks a change's head, if nobody has.
func (s *Service) Work(ctx context.Context, payload json.RawMessage) error {
	var t checkTask
	if err := json.Unmarshal(payload, &t); err != nil {
		return core.Hidden("Checking a change", err)
	}
	_, err := s.Check(ctx, t.App, t.Number, t.Head)
	if core.CodeOf(err) == core.NotFound || core.CodeOf(err) == core.Conflict {
		return nil // the change has moved on
	}
	return err
}

// Check returns the report of a change's head under the rules in force. It runs
// the checks if there is no such report yet, and then asks for the approvals
// that the merge will need. A push and its task share one run of the checks.
// Errors: Conflict when head is not the change's head.
func (s *Service) Check(ctx context.Context, app core.ID, number int, head string) (core.Report, error) {
	v, err, _ := s.checking.Do(fmt.Sprintf("%s/%d/%s", app, number, head), func() (any, error) {
		return s.check(ctx, app, number, head)
	})
	report, _ := v.(core.Report)
	return report, err
}

func (s *Service) check(ctx context.Context, app core.ID, number int, head string) (core.Report, error) {
	a, err := s.Store.App(ctx, app)
	if err != nil {
		return core.Report{}, err
	}
	c, err := s.Store.Change(ctx, app, number)
	if err != nil {
		return core.Report{}, err
	}
	if c.Head != head {
		return core.Report{}, core.Errorf(core.Conflict, "Change %d has moved on to commit %s.", number, short(c.Head))
	}
	rev := s.Catalog.Current()
	vex, err := s.VEX.Current(ctx)
	if err != nil {
		return core.Report{}, err
	}
	others, digests, err := s.outside(ctx, app, head)
	if err != nil {
		return core.Report{}, err
	}
	own, records, err := s.records(ctx, app, head)
	if err != nil {
		return core.Report{}, err
	}
	digests = append(digests, own...)
	if r, _, err := s.Store.Report(ctx, app, head); err == nil && r.PolicyRevision == rev.Policy.Revision() && sameCode(r, rev) && r.VEXDigest == vex.Digest() && slices.Equal(r.Outside, digests) {
		return r, nil
	}
	report, err := s.inspect(ctx, rev, vex, others, records, a, c)
	if err != nil {
		return report, err
	}
	report.Outside = digests
	now := s.Clock.Now()
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.PutReport(ctx, s.IDs.New(now), app, report, core.Stamp(now)); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "change.check", Actor: core.System("check"), AppID: app, Target: fmt.Sprintf("change %d", number), Code: codeOf(report.Verdict),
			Data: map[string]string{"head": head, "policy": report.PolicyRevision, "findings": fmt.Sprint(len(report.Findings))}})
	})
	if err != nil {
		return report, err
	}
	return report, s.askEarly(ctx, rev, a, c, report)
}

// sameCode reports whether the code was checked by the rules of a revision.
func sameCode(r core.Report, rev *catalog.Revision) bool {
	return slices.ContainsFunc(r.Checks, func(c core.CheckResult) bool {
		return c.Name == "code" && c.Seen.RulesDigest == check.RulesDigest(rev.Code)
	})
}

func codeOf(v core.Verdict) string {
	if v == core.Passed {
		return "ok"
	}
	return string(v)
}

// inspect runs the checks on the change's tree.
func (s *Service) inspect(ctx context.Context, rev *catalog.Revision, vex *openvex.Set, others []*outside.Log, records []policy.Record, a core.App, c core.Change) (core.Report, error) {
	tree, err := s.Forge.Tree(ctx, a.Name, c.Head)
	if err != nil {
		return core.Report{}, err
	}
	base, err := s.Forge.Tree(ctx, a.Name, c.Base)
	if err != nil {
		return core.Report{}, err
	}
	author, err := s.People.Person(ctx, c.Author)
	if err != nil {
		return core.Report{}, err
	}
	courses, err := s.Training.Valid(ctx, author.ID)
	if err != nil {
		return core.Report{}, err
	}
	in := Input(rev, a, author, courses, s.Clock.Now(), c.Head, tree, base)
	in.VEX, in.Outside, in.Policy = vex, others, recorded(in.Policy, records)
	if commits, err := s.Forge.Commits(ctx, a.Name, c.Base, c.Head); err == nil && len(commits) > 0 {
		in.Time = core.Moment(commits[0].At)
	}
	return s.Checks.Run(ctx, in)
}

// Input says what the checks of an app's tree need to know. base may be nil. Its
// VEX is that of the revision.
func Input(rev *catalog.Revision, a core.App, author core.Person, courses []string, now time.Time, commit string, tree, base fs.FS) check.Input {
	in := check.Input{App: a.Name, Commit: commit, Files: tree, Base: base, Descriptor: Describe,
		ApprovedRegistries: rev.Settings.ApprovedRegistries, Licences: rev.Settings.Licences, Vendors: rev.VendorList(), VEX: openvex.New(rev.VEX), AllowedRegions: rev.Settings.Regions, RegionGroups: rev.RegionGroups, Code: rev.Code,
		Policy: rules{rev: rev, author: author, courses: courses, app: a, now: now}}
	if t, err := rev.TemplateOf(a.Descriptor); err == nil {
		in.Template, in.Inherited = &t, catalog.Pipeline()
	}
	for _, e := range rev.Exemptions {
		if e.ID != "" && e.App == a.Name && !own(a.Descriptor, e.Approver) {
			in.Approved = append(in.Approved, allow.Approved{ID: e.ID, Code: e.Rule, App: e.App, Until: e.Expires, By: e.Approver})
		}
	}
	return in
}

// own reports whether an app belongs to a person, who can then exempt it from
// nothing.
func own(d core.Descriptor, email string) bool {
	return slices.ContainsFunc(append([]string{d.Owner}, d.CoOwners...), func(o string) bool { return strings.EqualFold(o, email) })
}

// askEarly asks for the approvals of a change at once if no check blocks it, so
// that nobody has to press a button first to learn who must agree.
func (s *Service) askEarly(ctx context.Context, rev *catalog.Revision, a core.App, c core.Change, report core.Report) error {
	if report.Verdict == core.Blocks {
		return nil
	}
	author, err := s.People.Person(ctx, c.Author)
	if err != nil {
		return err
	}
	actor := core.Actor{Kind: core.ActorPerson, ID: author.ID, Name: author.Email, Door: "job"}
	q, err := s.question(ctx, rev, a, c, report, author, actor)
	if err != nil {
		return err
	}
	d, err := s.Gates.Preview(ctx, q)
	if err != nil || d.Result != core.Waiting {
		return err
	}
	_, err = s.Gates.Pass(ctx, q, func(context.Context, core.Decision) error { return nil })
	if core.CodeOf(err) == core.Pending || core.CodeOf(err) == core.Denied {
		return nil
	}
	return err
}

// question is what the merge gate is asked.
func (s *Service) question(ctx context.Context, rev *catalog.Revision, a core.App, c core.Change, report core.Report, who core.Person, actor core.Actor) (gate.Question, error) {
	courses, err := s.Training.Valid(ctx, who.ID)
	if err != nil {
		return gate.Question{}, err
	}
	d, err := s.descriptor(ctx, a.ID, c.Head, report)
	if err != nil && report.Verdict == core.Passed {
		return gate.Question{}, err
	}
	if err != nil { // the report says so, and blocks
		d = a.Descriptor
	}
	in := rev.Input(who, courses, d)
	in.Report = policy.ReportFacts(&report)
	if _, in.Report.Records, err = s.records(ctx, a.ID, c.Head); err != nil {
		return gate.Question{}, err
	}
	return gate.Question{Gate: core.GateChangeMerge, AppID: a.ID, Digest: c.Head, Subject: fmt.Sprintf("Change %d of %s: %s", c.Number, a.Name, c.Title),
		Link: fmt.Sprintf("/apps/%s/changes/%d", a.Name, c.Number), Actor: actor, Asker: c.Author, Authors: c.Committers, Input: in}, nil
}

func short(commit string) string {
	if len(commit) > 10 {
		return commit[:10]
	}
	return commit
}

// Describe reads a descriptor for the checks: every fault of it at once.
func Describe(b []byte) (core.Descriptor, []*core.Error) {
	d, _, err := catalog.ParseDescriptor(catalog.DescriptorFile, b)
	if err == nil {
		return d, nil
	}
	e := core.AsError(err)
	if len(e.Problems) > 0 {
		return d, e.Problems
	}
	return d, []*core.Error{e}
}
