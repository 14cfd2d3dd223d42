package web_test

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func change(number int, title string, state core.ChangeState, verdict core.Verdict) view.Change {
	return view.Change{ChangeRow: view.ChangeRow{Number: number, Title: title, State: state, Verdict: verdict, Author: "anna@example.org", Created: ago(time.Duration(8-number) * 5 * time.Hour)},
		App: "candidate-tracker", Branch: "add-skill-match", Head: commit, CheckedAt: ago(12 * time.Minute), Policy: "7c1f0d92a4b8e6135f20", CanMerge: true,
		Files: []view.ChangedFile{{Path: "microapp.yaml", Status: "modified", Added: 2, Removed: 1}, {Path: "src/match.ts", Status: "added", Added: 88}, {Path: "src/legacy/import-from-spreadsheet.ts", Status: "deleted", Removed: 140}}}
}

func passedChecks() []core.CheckResult {
	var all []core.CheckResult
	for _, c := range []struct{ name, looked string }{
		{"secrets", "14 files, 32,014 bytes, 222 rules"}, {"dependencies", "41 packages, advisories of 2026-11-20"}, {"sbom", "41 parts"},
		{"code", "9 files, 61 rules"}, {"licences", "41 packages"}, {"regions", "1 region, 3 host names"}, {"policy", "12 rules"}, {"vendors", "2 vendors, 3 hosts"}} {
		all = append(all, core.CheckResult{Name: c.name, Verdict: core.Passed, Looked: c.looked})
	}
	return all
}

func blockedChange() view.Change {
	c := change(4, "Match candidates by skill", core.ChangeOpen, core.Blocks)
	c.Checks = passedChecks()
	c.Checks[1].Verdict, c.Checks[1].Findings = core.Blocks, 2
	c.Checks[5].Verdict, c.Checks[5].Findings = core.Blocks, 1
	c.Checks[4].Verdict, c.Checks[4].Findings = core.Incomplete, 1
	c.Checks[4].Incomplete = []string{"the licence of left-pad-plus: its package names none"}
	c.Why = []core.Reason{{Code: "findings", Message: "Two checks found problems.", Fix: "Fix them below, then push again."}, {Code: "approval", Message: "A data owner has not answered yet."}}
	c.Findings = []core.Finding{
		{Code: "licence_unknown", Check: "licences", Severity: core.Caution, What: "We do not know the licence of left-pad-plus", Why: "Without a licence nobody may use it.", Fix: []string{"Choose a package that names its licence."}, Path: "package.json", Line: 14, Quote: `    "left-pad-plus": "1.0.2",`, Fingerprint: "f3"},
		{Code: "region_not_allowed", Check: "regions", Severity: core.Blocker, Blocking: true, What: "us-west-2 is not a permitted region", Why: "Data of applicants must stay in the EU. In another region the law no longer protects them.",
			Fix: []string{"Open microapp.yaml.", "Write region: eu-sovereign.", "Push again."}, Path: "microapp.yaml", Line: 7, Quote: "region: us-west-2", Fingerprint: "f1", Docs: "/docs/regions", Details: "data.paddock.change.merge denied: region_not_allowed"},
		{Code: "vulnerable_dependency", Check: "dependencies", Severity: core.Blocker, Blocking: true, What: "tiny-json 1.2.0 has a known weakness", Why: "A stranger could crash your app with one request.",
			Fix: []string{"Run: npm install tiny-json@1.2.4", "Commit package-lock.json.", "Push again."}, Path: "package-lock.json", Line: 212, Quote: `      "version": "1.2.0",`, Fingerprint: "f2", Details: "GHSA-xxxx-yyyy-zzzz, CVSS 7.5"},
		{Code: "vulnerable_dependency", Check: "dependencies", Severity: core.Blocker, Blocking: true, What: "tiny-json 1.2.0 has a known weakness", Path: "tools/package-lock.json", Line: 40, Quote: `      "version": "1.2.0",`, Fingerprint: "f4"},
	}
	a := approvals()[1]
	a.ID = "r4"
	c.Approval = &a
	return c
}

func readyChange() view.Change {
	c := change(2, "Show the newest candidates first", core.ChangeOpen, core.Passed)
	c.Checks, c.Ready = passedChecks(), true
	return c
}

func waitingChange() view.Change {
	c := change(3, "Keep interview notes", core.ChangeOpen, core.Passed)
	c.Checks = passedChecks()
	c.Why = []core.Reason{{Code: "approval_needed", Message: "A data owner has to approve this change.", Fix: "They were told. Nothing is left for you to do."}}
	a := approvals()[0]
	c.Approval = &a
	return c
}

func runningChange() view.Change {
	return change(5, "Send a mail after each interview, and a reminder two days before the next one", core.ChangeOpen, "")
}

func mergedChange() view.Change {
	c := change(1, "First version", core.ChangeMerged, core.Passed)
	c.Checks, c.Merge = passedChecks(), commit
	return c
}

func approvals() []view.Approval {
	return []view.Approval{
		{ID: "r1", Gate: core.GateChangeMerge, App: "candidate-tracker", Subject: "Change 3 of candidate-tracker", Link: "/apps/candidate-tracker/changes/3", Digest: digest,
			Requester: "carla@example.org", State: core.ApprovalPending, Created: ago(3 * time.Hour), Expires: now().Add(6 * day), CanAnswer: true,
			Needs: []view.NeedState{{Role: core.RoleDataOwner, Reason: "Interview notes are restricted data."},
				{Role: core.RoleSecurity, Reason: "A new table is made.", By: "dora@example.org", Yes: true, Note: "Looks fine. The table is encrypted.", At: ago(time.Hour)}}},
		{ID: "r2", Gate: core.GateAppCreate, App: "payroll-export", Subject: "New app payroll-export", Link: "/apps/payroll-export", Digest: "sha256:77aa88bb99cc00dd",
			Requester: "anna@example.org", State: core.ApprovalPending, Created: ago(20 * time.Minute), Expires: now().Add(7 * day), WhyNot: "You asked for this, so somebody else has to answer.",
			Needs: []view.NeedState{{Role: core.RoleDataOwner, Reason: "The app holds restricted data."}}},
	}
}
