package check

import (
	"cmp"

	"github.com/paddock-dev/paddock/internal/core"
)

// Expected returns the names of the checks that a report of an input tells of.
func Expected(in Input) []string {
	var out []string
	for _, name := range checkNames {
		if name != "outside" || len(in.Outside) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// Stopped is the report of checks that came to no end: each is incomplete, for
// the same reason. It names no revision of the rules, so it counts for none and
// the checks run again when somebody asks.
func Stopped(version string, in Input, why string) core.Report {
	out := core.Report{Tool: tool(version), App: in.App, Commit: in.Commit, Scope: in.Scope, Verdict: core.Incomplete, VEXDigest: in.VEX.Digest(),
		Checks: []core.CheckResult{}, Findings: []core.Finding{}}
	out.Scope.Subject = subject(in)
	for _, name := range Expected(in) {
		out.Checks = append(out.Checks, core.CheckResult{Name: name, Verdict: core.Incomplete, Looked: "nothing", Incomplete: []string{why}})
	}
	return out
}

// subject is what the files of an input are.
func subject(in Input) core.Subject {
	if in.Commit == "" {
		return cmp.Or(in.Scope.Subject, core.SubjectFolder)
	}
	return cmp.Or(in.Scope.Subject, core.SubjectCommit)
}

func tool(version string) string { return "paddock " + cmp.Or(version, "dev") }
