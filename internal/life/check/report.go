package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/allow"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
)

// report puts the results together: checks in their fixed order, findings with
// the blocking ones first, then by place.
func (r *run) report() core.Report {
	out := core.Report{Tool: tool(r.engine.opt.Version), App: r.in.App, Commit: r.in.Commit, PolicyRevision: r.revision, AdvisoryDate: r.results["dependencies"].Seen.Data, Descriptor: r.descriptor, SBOM: r.bill, SetAside: r.aside, VEXDigest: r.in.VEX.Digest(),
		Checks: []core.CheckResult{}, Findings: []core.Finding{}}
	out.Scope = r.in.Scope
	out.Scope.LeftOut = slices.Concat(r.in.Scope.LeftOut, r.tree.Left)
	for _, name := range checkNames {
		out.Findings = append(out.Findings, r.sealed(r.results[name].Findings)...)
	}
	r.settle(&out)
	for _, name := range checkNames {
		if res, ran := r.results[name]; ran {
			out.Checks = append(out.Checks, judged(name, res, out.Findings))
			out.Detected.Add(res.Detected)
		}
	}
	harden(out.Findings)
	all := slices.Clone(out.Findings)
	out.Findings = slices.DeleteFunc(out.Findings, func(f core.Finding) bool { return f.Check == "policy" && sameCause(f, all) })
	slices.SortStableFunc(out.Findings, order)
	out.Checks = append(out.Checks, r.missing(out.Checks)...)
	out.Verdict = Verdict(out.Checks)
	return out
}

// judged is the result of one check, with the verdict that its findings have
// after exemptions.
func judged(name string, res findings.Result, all []core.Finding) core.CheckResult {
	res.Findings = nil
	for _, f := range all {
		if f.Check == name {
			res.Findings = append(res.Findings, f)
		}
	}
	return core.CheckResult{Name: name, Verdict: res.Verdict(), Looked: res.Looked, Seen: res.Seen, Incomplete: unique(res.Incomplete), Findings: len(res.Findings)}
}

// settle takes out what was there before, and lets pass what an exemption or the
// baseline excuses.
func (r *run) settle(out *core.Report) {
	today := r.engine.opt.Clock.Now().UTC().Format(time.DateOnly)
	before := map[string]bool{}
	for _, f := range r.in.Before {
		before[f.Code+"\x00"+f.Fingerprint] = true
	}
	n := len(out.Findings)
	out.Findings = slices.DeleteFunc(out.Findings, func(f core.Finding) bool { return before[f.Code+"\x00"+f.Fingerprint] })
	out.Scope.Before = n - len(out.Findings)
	out.Findings = append(out.Findings, r.sealed(allow.Apply(r.claims, r.in.Approved, r.in.App, today, out.Findings))...)
	if b := r.in.Baseline; b != nil {
		out.Scope.Baseline, out.Scope.Unneeded = b.Digest(), b.Apply(out.Findings, today)
	}
}

// harden makes a finding blocking for which a rule, by the same code, says no: a
// check that only asks for care has found the place, and the rule has the say.
func harden(all []core.Finding) {
	for i, f := range all {
		if f.Check != "policy" && !f.Blocking && slices.ContainsFunc(all, func(p core.Finding) bool { return p.Check == "policy" && p.Blocking && p.Code == f.Code }) {
			all[i].Blocking, all[i].Severity = true, core.Blocker
		}
	}
}

// sealed takes secrets out of what findings say, and gives those about a line
// of text their fingerprint: code, path and line as quoted, with a number for
// lines that are the same.
func (r *run) sealed(list []core.Finding) []core.Finding {
	out := make([]core.Finding, len(list))
	times := map[string]int{}
	for i, f := range list {
		if f.Check != "secrets" {
			f = r.redactor.Clean(f)
		}
		if f.Fingerprint == "" {
			key := f.Code + "\x00" + f.Path + "\x00" + f.Quote
			times[key]++
			f.Fingerprint = findings.Fingerprint(key, fmt.Sprint(times[key]))
		}
		out[i] = r.unseen(f)
	}
	return out
}

func order(a, b core.Finding) int {
	if a, b := a.Waived != nil, b.Waived != nil; a != b {
		if b {
			return -1
		}
		return 1
	}
	if a.Blocking != b.Blocking {
		if a.Blocking {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(weight(a), weight(b)), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

func weight(f core.Finding) int {
	switch f.Severity {
	case core.Blocker:
		return 0
	case core.Caution:
		return 1
	}
	return 2
}

// missing returns an incomplete result for each check that the template asks
// for and that did not run.
func (r *run) missing(ran []core.CheckResult) []core.CheckResult {
	var out []core.CheckResult
	if r.in.Template == nil || r.results["policy"].Looked == "" {
		return nil // policy runs last and is asked before it has run
	}
	for _, want := range r.in.Template.RequiredScans {
		name, known := Canonical(want)
		if known && slices.ContainsFunc(ran, func(c core.CheckResult) bool { return c.Name == name }) {
			continue
		}
		if r.outsideRan(want) {
			continue
		}
		why := "the template asks for this check, and it did not run"
		if !known {
			why = "the template asks for this check, and nobody knows it"
		}
		out = append(out, core.CheckResult{Name: findings.Clean(cmp.Or(name, want), 60), Verdict: core.Incomplete, Looked: "nothing", Incomplete: []string{why}})
	}
	return out
}

// outsideRan reports whether a scan is the name of another tool whose results
// were given, such as "codeql".
func (r *run) outsideRan(want string) bool {
	return slices.ContainsFunc(r.in.Outside, func(l *outside.Log) bool { return slices.Contains(l.Tools(), strings.ToLower(want)) })
}

// Verdict is the verdict of all checks together.
func Verdict(checks []core.CheckResult) core.Verdict {
	v := core.Passed
	for _, c := range checks {
		switch {
		case c.Verdict == core.Blocks:
			return core.Blocks
		case c.Verdict != core.Passed:
			v = core.Incomplete
		}
	}
	return v
}

func unique(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}
