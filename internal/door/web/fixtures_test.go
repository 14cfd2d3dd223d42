package web_test

import (
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// fixed is the clock of these tests.
type fixed struct{ at time.Time }

func (c fixed) Now() time.Time { return c.at }

func now() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

func ago(d time.Duration) time.Time { return now().Add(-d) }

const (
	day        = 24 * time.Hour
	digest     = "sha256:4be1c6a7d5f0e3b2918a7c6d5e4f30211f0e9d8c7b6a5948372615f4e3d2c1b0"
	tokenValue = "pdk_5fGh2LqWm0ZxR7cTn9KdVb3JsYe8UaQp"
	commit     = "9f3c2b1a7e5d4c6b8a9f0e1d2c3b4a5968778695"
)

func anna() core.Person {
	return core.Person{ID: "p1", Email: "anna@example.org", Name: "Anna Weber", Roles: []core.Role{core.RoleMaker}}
}

// richDesk is a desk with something of everything.
func richDesk() *fakeDesk {
	d := &fakeDesk{refuse: map[string]error{}}
	d.course, d.state = basicsCourse()
	d.me = view.Me{ID: "p1", Email: "anna@example.org", Name: "Anna Weber", Unread: 2,
		Roles: []core.Role{core.RoleMaker, core.RoleDataOwner}, Courses: []view.Course{d.state}}
	d.templates = catalog()
	d.preview = pendingPreview()
	d.apps = []view.App{tracker(), newcomer(), sleeper(), attic(), broken()}
	d.changes = []view.Change{blockedChange(), readyChange(), waitingChange(), runningChange(), mergedChange()}
	d.approvals = approvals()
	d.events = auditLog()
	d.tokens = []view.Token{
		{ID: "k3", Name: "laptop", Scope: "write", Created: ago(3 * day), Expires: now().Add(87 * day), LastUsed: ago(2 * time.Hour), LastDoor: "git", LastFrom: "203.0.113.0/24"},
		{ID: "k2", Name: "nightly report", Scope: "checks,git", Apps: []string{"candidate-tracker", "payroll-export"}, Created: ago(200 * day), Expires: now().Add(165 * day)},
		{ID: "k1", Name: "the old computer in the meeting room on the second floor", Scope: "write", Created: ago(86 * day), Expires: now().Add(4 * day), LastUsed: ago(40 * day)},
	}
	d.notices = []view.Notice{
		{ID: "n1", Title: "payroll-export waits for an approval", Body: "A data owner has to say yes before it is made.", Link: "/approvals", At: ago(20 * time.Minute)},
		{ID: "n2", Title: "candidate-tracker used up its budget", Body: "It cost €20.84 of €20.00 this month. It goes on running.", Link: "/apps/candidate-tracker", At: ago(5 * time.Hour)},
		{ID: "n3", Title: "Welcome to Paddock", Body: "Start with a template. Your buddy Ben helps you for 30 days.", Link: "/new", At: ago(9 * day), Read: true},
	}
	return d
}

func catalog() []view.Template {
	return []view.Template{
		{Name: "internal-dashboard", Version: "3", Title: "Internal dashboard", Summary: "A page with a form and a list. It keeps its data in its own small database.",
			Owner: "platform-team", Classification: "internal", Regions: []string{"eu-sovereign", "us-east-1"}, Runtime: "serverless", CostProfile: "micro",
			Scans: []string{"secrets", "dependencies", "sbom", "code", "licences", "regions", "policy", "vendors"}, Vendors: []string{"mailroom"},
			Budget: core.Budget{Monthly: 20, Currency: "EUR"},
			Parameters: []view.Parameter{
				{Name: "title", Title: "Title on the page", Help: "What people see at the top.", Type: "string", Default: "Candidate tracker", Required: true},
				{Name: "language", Title: "Language", Type: "choice", Choices: []string{"English", "Deutsch", "Français"}, Default: "English", Required: true},
			}},
		{Name: "simple-dashboard", Version: "1", Title: "Simple dashboard", Summary: "Charts over a table that you upload.", Owner: "platform-team",
			Classification: "internal", Regions: []string{"eu-sovereign"}, Runtime: "container", CostProfile: "moderate", Scans: []string{"secrets", "dependencies", "code"}},
		{Name: "intake-form", Version: "2", Title: "Intake form", Summary: "Collects answers from people and sends each one to a mailbox you choose.", Owner: "hr-digital",
			Classification: "restricted", Regions: []string{"eu-sovereign"}, Runtime: "serverless", CostProfile: "micro", Scans: []string{"secrets", "dependencies", "regions", "vendors"}},
	}
}

func pendingPreview() view.Preview {
	return view.Preview{Result: core.Waiting,
		Warn: []core.Reason{{Code: "budget_small", Message: "Similar apps cost about €24 a month.", Fix: "Raise the budget, or expect a notice.", Path: "microapp.yaml:14"}},
		Approvals: []view.Stage{
			{Gate: core.GateAppCreate, Role: core.RoleDataOwner, Reason: "The app holds restricted data."},
			{Gate: core.GateChangeMerge, Role: core.RoleSecurity, Reason: "Changes to restricted apps need a second pair of eyes."}},
		Checks: []string{"secrets", "dependencies", "sbom", "code", "licences", "regions", "policy", "vendors"},
		Target: "embedded, in eu-sovereign", Budget: core.Budget{Monthly: 20, Currency: "EUR"}, Policy: "7c1f0d92a4b8e6135f20"}
}

func row(name string, state core.AppState, waiting string) view.AppRow {
	return view.AppRow{ID: core.ID("id-" + name), Name: name, State: state, Owner: "anna@example.org", Classification: "internal", Region: "eu-sovereign",
		Template: "internal-dashboard@3", Created: ago(64 * day), LastActive: ago(3 * time.Hour), Cost30d: 18.42, Currency: "EUR", Waiting: waiting}
}

func tracker() view.App {
	a := view.App{AppRow: row("candidate-tracker", core.AppActive, "Change 4 is blocked: fix 3 problems, then push again."),
		Address: "http://candidate-tracker.apps.localhost:8080/", CloneURL: "http://localhost:8080/git/candidate-tracker.git", Buddy: "ben@example.org",
		CoOwners: []string{"carla@example.org"}, Audience: "organisation", CanEdit: true, CanArchive: true, ETag: "7",
		Guardrails: core.Guardrails{CPUMillis: 500, MemoryMiB: 128, Concurrency: 10, TimeoutMS: 10000, EgressKBps: 512, StorageMiB: 256},
		Vendors:    []view.Vendor{{Name: "mailroom", State: "approved", Hosts: []string{"api.mailroom.example"}}, {Name: "skillmatch", State: "pending", Hosts: []string{"skillmatch.example", "cdn.skillmatch.example"}}},
		Targets:    []view.Target{{Name: "embedded-eu", Region: "eu-sovereign"}, {Name: "embedded-us", Region: "us-east-1"}},
		Pipelines: []view.Pipeline{
			{ID: "p1", Forge: "github", Issuer: "https://token.actions.githubusercontent.com", Repository: "octo-org/octo-app", RepositoryID: "74", OwnerID: "65", Ref: "refs/heads/main", Environment: "prod:eu",
				Events: []string{"push"}, Workflow: ".github/workflows/ship.yml@refs/heads/main", State: "asks", Namesake: true, Asked: ago(time.Hour), MoreEvents: []string{"workflow_dispatch", "pull_request"}, CanConfirm: true, CanRemove: true},
			{ID: "p2", Forge: "gitlab", Issuer: "https://gitlab.example.org", Repository: "kitchen/menu", RepositoryID: "20", OwnerID: "72", Ref: "refs/tags/v1", Events: []string{"push", "web"}, Workflow: "kitchen/ci//ship.yml@refs/heads/main",
				WorkflowSHA: commit, SelfHosted: true, State: "active", Owner: "ana@example.org", Security: "sam@example.org", Used: ago(day), Run: "574/302", MoreEvents: []string{}, CanRemove: true},
		},
		Tickets:   []view.Ticket{{ID: "t1", Title: "Welcome candidate-tracker", Body: "Clone the repository.\nRead the README.\nPush your first change.", Open: true}, {ID: "t2", Title: "Meet your buddy", Body: "Ben writes to you.", Open: false}},
		Incidents: []view.Incident{{Kind: "secret_in_push", What: "An AWS access key was stopped at the push. It is in no repository.", Place: "src/config.ts:12", At: ago(2 * day)}, {Kind: "egress_refused", What: "A call to paste.example was refused.", Place: "paste.example:443", At: ago(5 * time.Hour)}},
	}
	for i, c := range []view.Change{runningChange(), blockedChange(), waitingChange(), readyChange(), mergedChange()} {
		_ = i
		a.Changes = append(a.Changes, c.ChangeRow)
	}
	a.Deployments = []view.Deployment{
		{ID: "d2", Artifact: digest, Target: "embedded-eu", Region: "eu-sovereign", State: core.DeployLive, By: "anna@example.org", Created: ago(2 * day)},
		{ID: "d1", Artifact: "sha256:aa00bb11cc22dd33", Target: "embedded-eu", Region: "eu-sovereign", State: core.DeployReplaced, By: "carla@example.org", Created: ago(30 * day)},
	}
	a.Artifacts = []view.Artifact{
		{Digest: digest, Commit: commit, SBOM: "sha256:11aa", Provenance: "sha256:22bb", Size: 482133, Created: ago(2 * day)},
		{Digest: "sha256:aa00bb11cc22dd33ee44ff55", Commit: "1a2b3c4d5e6f7a8b", SBOM: "sha256:33cc", Size: 471002, Created: ago(30 * day)},
	}
	a.Usage = view.Usage{Requests: 12841, Errors: 37, CPUMS: 91234, EgressB: 4821133, Cost: 20.84, Cost30d: 18.42,
		Budget: core.Budget{Monthly: 20, Currency: "EUR"}, OverShare: 1.042, Daily: daily()}
	a.ArchivesAt = now().Add(120 * day)
	return a
}

func daily() []view.Day {
	var days []view.Day
	for i := 29; i >= 0; i-- {
		at := ago(time.Duration(i) * day)
		n := int64((i*37)%29*18 + 120)
		if wd := at.Weekday(); wd == time.Saturday || wd == time.Sunday {
			n = 0
		}
		days = append(days, view.Day{Date: at.Format(time.DateOnly), Requests: n, Cost: float64(n) * 0.0021, Known: i != 12 && i != 13 && i != 14})
	}
	return days
}

func newcomer() view.App {
	a := view.App{AppRow: row("room-planner", core.AppProvisioning, "Wait a moment: it is being made."), CanEdit: true, CanArchive: true}
	a.LastActive, a.Cost30d, a.Created = time.Time{}, 0, ago(4*time.Second)
	for i, s := range []string{"reserve_name", "create_repository", "push_skeleton", "protect_main", "issue_identity", "open_ticket", "assign_buddy"} {
		a.Steps = append(a.Steps, view.Step{Name: s, Done: i < 4})
	}
	return a
}

func sleeper() view.App {
	a := view.App{AppRow: row("survey-2025", core.AppIdle, "Nobody used it for 96 days. Keep it, or let it go."), CanEdit: true, CanArchive: true,
		Address: "http://survey-2025.apps.localhost:8080/", CloneURL: "http://localhost:8080/git/survey-2025.git",
		IdleSince: ago(6 * day), ArchivesAt: now().Add(24 * day)}
	a.LastActive, a.Cost30d = ago(96*day), 0.0031
	return a
}

func attic() view.App {
	a := view.App{AppRow: row("desk-booking", core.AppArchived, ""), CanEdit: true, CanArchive: true, Address: "http://desk-booking.apps.localhost:8080/",
		CloneURL: "http://localhost:8080/git/desk-booking.git", ArchivedAt: ago(12 * day)}
	a.LastActive, a.Cost30d = ago(140*day), 0
	return a
}

func broken() view.App {
	a := view.App{AppRow: row("payroll-export", core.AppFailed, "Ask the platform team to look at it."),
		Problem: "Making the repository failed three times. The platform team was told."}
	a.Classification, a.LastActive = "restricted", time.Time{}
	return a
}

func basicsCourse() (core.Course, view.Course) {
	c := core.Course{Name: "basics", Title: "Handle data with care", PassMark: 80, ValidDays: 365,
		Lessons: []core.Lesson{
			{Title: "Know your data", Body: "Ask what a leak would do to the people in it.\n\nInternal data stays inside. Restricted data harms somebody if it leaks."},
			{Title: "Keep secrets out of code", Body: "A key in code is a key for everybody.\n\nPaddock stops such a push, and keeps keys for you."}},
		Questions: []core.Question{
			{Text: "Where does an API key belong?", Choices: []string{"In the code", "In the platform's store", "In a chat message"}, Answer: 1, Why: "The store gives it to the app only when it runs."},
			{Text: "A list of sick days is what kind of data?", Choices: []string{"Public", "Internal", "Health data"}, Answer: 2, Why: "It says something about a person's health."}}}
	return c, view.Course{Name: "basics", Title: c.Title}
}

func auditLog() view.EventPage {
	var p view.EventPage
	acts := []struct{ action, actor, door, code, target string }{
		{"change.merge", "anna@example.org", "web", "blocked", "change 4"}, {"change.open", "anna@example.org", "git", "ok", "change 4"},
		{"egress.call", "candidate-tracker", "app", "denied", "paste.example:443"}, {"app.deploy", "carla@example.org", "api", "ok", digest},
		{"approval.answer", "dora@example.org", "web", "ok", "Change 3 of candidate-tracker"}, {"app.create", "anna@example.org", "web", "pending", "payroll-export"}}
	for i, a := range acts {
		e := view.Event{Index: int64(1042 - i), ID: core.ID(fmt.Sprint("e", i)), At: ago(time.Duration(i*i) * time.Minute), Action: a.action, Actor: a.actor,
			Door: a.door, App: "candidate-tracker", Target: a.target, Code: a.code}
		if i == 0 {
			e.Index, e.Gate = -1, "change.merge"
			e.Data = map[string]string{"head": commit, "policy_revision": "7c1f0d92a4b8e6135f20", "findings": "3"}
		}
		p.Events = append(p.Events, e)
	}
	p.Next, p.Size, p.Root = "e5", 1042, "n0ZKVfwD2rM5tqkA0W3n3rO4wI1q8oVxXo8cU0yqk1s="
	p.Checkpoint = "paddock.example/audit\n1042\nn0ZKVfwD2rM5tqkA0W3n3rO4wI1q8oVxXo8cU0yqk1s=\n\n— paddock.example/audit Az3grnZk6l1u3wSxk0vS1wq8d0hZQb8V0yXo\n"
	p.Watch = view.Watch{Key: "paddock.example/witness+0a0b0c0d+BAECAwQ=", Witnessed: 1040, Quorum: 1,
		Witnesses: []view.Witness{{Name: "witness.example/w1", URL: "https://witness.example", State: "ok", Size: 1040, Answered: ago(time.Minute)},
			{Name: "other.example/w2", URL: "https://other.example", State: "silent", Problem: "It cannot be reached: no connection"}},
		Logs: []view.WatchedLog{{Origin: "paddock.local/other", Size: 77}}, Copies: []view.Copy{{Place: "s3 checkpoints", Size: 1040, At: ago(time.Minute)}}}
	return p
}
