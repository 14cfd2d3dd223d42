package change_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/org/vex"
	"github.com/paddock-dev/paddock/internal/testkit/town"
)

// shop takes changes of one app, with the real checks; only building is a sham.
type shop struct {
	*town.Town
	*change.Service
	sagas  *job.Sagas
	app    core.App
	checks change.Checks
	runs   atomic.Int32 // of the checks
	slow   chan struct{}
	built  []string
	book   *vex.Book
	broken error // what building answers
}

// Run implements change.Checks: it counts.
func (s *shop) Run(ctx context.Context, in check.Input) (core.Report, error) {
	s.runs.Add(1)
	if s.slow != nil {
		<-s.slow
	}
	return s.checks.Run(ctx, in)
}

// Build implements change.Builder.
func (s *shop) Build(_ context.Context, r build.Request) (core.Artifact, error) {
	s.built = append(s.built, r.Commit)
	if len(r.SBOM) == 0 {
		return core.Artifact{}, core.Errorf(core.Invalid, "There is no SBOM.")
	}
	return core.Artifact{Digest: "sha256:" + r.Commit, AppID: r.AppID, Commit: r.Commit, SBOM: "sha256:s", Provenance: "sha256:p", Created: 1}, s.broken
}

func newShop(t *testing.T) *shop {
	s := &shop{Town: town.New(t)}
	s.app = s.NewApp("payroll", s.Hana)
	tmpl, err := s.Rev.TemplateOf(s.app.Descriptor)
	s.Must(err)
	d := s.app.Descriptor
	d.Audience, d.Guardrails, d.Vendors, d.Data, d.Budget = "organisation", tmpl.Guardrails, tmpl.Vendors, tmpl.Data, tmpl.Budget
	files, err := catalog.Scaffold(tmpl, d, map[string]string{"team": "People"}, s.Rev.Files)
	s.Must(err)
	s.Must(s.Quietly(s.Ctx(), func(ctx context.Context) error { return s.SetDescriptor(ctx, s.app.ID, d) }))
	s.app = s.Reload(s.app)
	text := map[string]string{}
	for path, b := range files {
		text[path] = string(b)
	}
	s.Seed(s.app, text)
	engine, err := check.New(check.Options{Clock: s.Ground.Clock, Log: s.Ground.Log, Version: "test"})
	s.Must(err)
	s.checks = engine
	s.restart()
	s.Scanner = engine.Secrets()
	return s
}

// restart is what a new process begins with.
func (s *shop) restart() {
	scanner := change.Scanner(nil)
	if s.Service != nil {
		scanner = s.Scanner
	}
	s.book = &vex.Book{Store: s.DB, Audit: s.Ground.Audit, Clock: s.Ground.Clock, IDs: s.Ground.IDs, Governance: func() (string, []openvex.Source) { return s.Rev.ID, s.Rev.VEX }}
	s.Service = &change.Service{VEX: s.book, Store: s.DB, Forge: s.Town.Forge, Checks: s, Scanner: scanner, Builder: s, People: s.DB, Approvals: s.Town.Approvals, Queue: s.Town, Catalog: s.Town,
		Gates: s.Town.Gates, Training: s.Town, Tell: s.Town.Tell, Audit: s.Ground.Audit, Clock: s.Ground.Clock, IDs: s.Ground.IDs}
	s.sagas = s.Town.Sagas(s.Kind())
	s.Service.Sagas = s.sagas
}

// push keeps a push of hana's and returns the head.
func (s *shop) push(branch string, files map[string]string) string {
	head := s.Commit(s.app, s.Hana, branch, files)
	_, err := s.Pushed(s.Ctx(), s.app, s.Hana, s.Actor(s.Hana), branch, head)
	s.Must(err)
	return head
}

func (s *shop) merge(number int, head string) error {
	return s.Merge(s.Ctx(), s.Hana, s.Actor(s.Hana), s.app, number, head)
}

func (s *shop) change(number int) core.Change {
	c, err := s.Change(s.Ctx(), s.app.ID, number)
	s.Must(err)
	return c
}

// Change tells the store's method from the service's parts.
func (s *shop) Change(ctx context.Context, app core.ID, number int) (core.Change, error) {
	return s.DB.Change(ctx, app, number)
}

var notes = map[string]string{"docs/notes.md": "# Notes\n"}

// descriptor is the app's microapp.yaml after a change of it.
func (s *shop) descriptor(edit func(*core.Descriptor)) map[string]string {
	d := s.Reload(s.app).Descriptor
	edit(&d)
	return map[string]string{"microapp.yaml": string(catalog.FormatDescriptor(d))}
}

// CHK-1: each branch has one open change, which follows its pushes.
func TestPushOpensAndUpdatesOneChange(t *testing.T) {
	s := newShop(t)
	first := s.push("improve", notes)
	if c := s.change(1); c.Head != first || c.State != core.ChangeOpen || c.Author != s.Hana.ID || c.Title != "Work on improve" {
		t.Errorf("opened as %+v", c)
	}
	second := s.push("improve", map[string]string{"docs/more.md": "# More\n"})
	other := s.push("other", notes)
	if one, two := s.change(1), s.change(2); one.Head != second || two.Head != other || two.Branch != "other" {
		t.Errorf("changes: %+v and %+v", one, two)
	}
	if s.Count("change.open") != 2 || s.Count("change.update") != 1 || s.Count("change.check") != 3 {
		t.Errorf("events: %v", s.Events(0))
	}
	for _, task := range s.Tasks { // the tasks find that the checks are done
		if task.Name != change.CheckTask {
			t.Errorf("a task named %s", task.Name)
		}
		s.Must(s.Work(s.Ctx(), task.Payload))
	}
	if s.Count("change.check") != 3 || s.runs.Load() != 3 {
		t.Errorf("the checks ran %d times and were recorded %d times", s.runs.Load(), s.Count("change.check"))
	}
}

// The terminal and the task ask for the same checks at once: they run once.
func TestChecksRunOnceForAHead(t *testing.T) {
	s := newShop(t)
	s.slow = make(chan struct{})
	head := s.Commit(s.app, s.Hana, "improve", notes)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.Pushed(s.Ctx(), s.app, s.Hana, s.Actor(s.Hana), "improve", head); err != nil {
			t.Error(err)
		}
	})
	s.slow <- struct{}{} // the checks have begun
	payload, _ := json.Marshal(map[string]any{"app": s.app.ID, "number": 1, "head": head})
	wg.Go(func() {
		if err := s.Work(s.Ctx(), payload); err != nil {
			t.Error(err)
		}
	})
	close(s.slow)
	wg.Wait()
	if s.runs.Load() != 1 || s.Count("change.check") != 1 {
		t.Errorf("the checks ran %d times and were recorded %d times", s.runs.Load(), s.Count("change.check"))
	}
}

// SEC-1: a push with a key is refused before it is kept, and counted.
func TestScreenRefusesKeys(t *testing.T) {
	s := newShop(t)
	key := "AK" + "IA" + "QYLPMN5HHHFPZAM2"
	show := func(_ context.Context, fn func(path, commit string, size int64, content []byte) error) error {
		return fn("src/a.ts", "c1", 40, []byte("const a = \""+key+"\"\n"))
	}
	lines, err := s.Screen(s.Ctx(), s.app, s.Actor(s.Hana), show)
	s.Must(err)
	said := strings.Join(lines, "\n")
	if !strings.Contains(said, "src/a.ts:1") || !strings.Contains(said, "Fix:") || strings.Contains(said, key) {
		t.Errorf("the refusal: %s", said)
	}
	found, err := s.Incidents(s.Ctx(), s.app.ID)
	s.Must(err)
	if len(found) != 1 || found[0].Kind != "secret_in_push" || strings.Contains(fmt.Sprint(found), key) {
		t.Errorf("incidents: %+v", found)
	}
	s.Once("push.refuse")
	clean := func(_ context.Context, fn func(path, commit string, size int64, content []byte) error) error {
		return fn("src/a.ts", "c1", 10, []byte("const a = 1\n"))
	}
	if lines, err := s.Screen(s.Ctx(), s.app, s.Actor(s.Hana), clean); err != nil || lines != nil {
		t.Errorf("a clean push: %v %v", lines, err)
	}
	huge := func(_ context.Context, fn func(path, commit string, size int64, content []byte) error) error {
		return fn("big.bin", "c1", 1<<40, nil)
	}
	if lines, _ := s.Screen(s.Ctx(), s.app, s.Actor(s.Hana), huge); len(lines) == 0 {
		t.Error("a file that cannot be read is kept")
	}
}

func TestMergeAndBuild(t *testing.T) {
	s := newShop(t)
	head := s.push("improve", notes)
	s.Must(s.merge(1, head))
	c := s.change(1)
	if c.State != core.ChangeMerged || c.MergeCommit == "" || len(s.built) != 1 || s.built[0] != c.MergeCommit {
		t.Errorf("%+v, built %v", c, s.built)
	}
	if main, _ := s.Town.Forge.Head(s.Ctx(), "payroll", "main"); main != c.MergeCommit {
		t.Errorf("main is at %s", main)
	}
	s.Once("change.merge", "artifact.build")
	if err := s.merge(1, head); err != nil { // the answer was lost
		t.Errorf("the same wish again: %v", err)
	}
	if err := s.Merge(s.Ctx(), s.Pia, s.Actor(s.Pia), s.Reload(s.app), 1, head); core.CodeOf(err) != core.Conflict {
		t.Errorf("somebody else merges it again: %v", err)
	}
	s.Once("change.merge", "artifact.build")
}

func TestMergeRefusals(t *testing.T) {
	s := newShop(t)
	old := s.push("improve", notes)
	s.push("improve", map[string]string{"docs/more.md": "# More\n"})
	if e := core.AsError(s.merge(1, old)); e == nil || e.Code != core.Conflict || !strings.Contains(e.Msg, "moved on") || e.Hint == "" {
		t.Errorf("a stale head: %v", e)
	}
	blocked := s.push("bad", s.descriptor(func(d *core.Descriptor) { d.Region = "us-west-2" }))
	if err := s.merge(2, blocked); core.CodeOf(err) != core.Denied || len(core.AsError(err).Problems) == 0 {
		t.Errorf("a blocked change: %v", err)
	}
	other := s.push("other", map[string]string{"docs/other.md": "# Other\n"})
	s.Must(s.merge(3, other))
	if e := core.AsError(s.merge(1, s.change(1).Head)); e == nil || e.Code != core.Conflict || !strings.Contains(e.Hint, "git pull --rebase") {
		t.Errorf("main has moved on: %v", e)
	}
	if err := s.merge(9, "x"); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such change: %v", err)
	}
	s.Once("change.merge")
	archived := s.app
	archived.State = core.AppArchived
	if err := s.Merge(s.Ctx(), s.Hana, s.Actor(s.Hana), archived, 1, ""); core.CodeOf(err) != core.Conflict {
		t.Errorf("an archived app: %v", err)
	}
}

// WFL-1, promise 5: what a change makes of the app is what is judged, also when
// the report is read again; the maker's own yes does not count; a push voids.
func TestChangedDescriptorNeedsItsApprovals(t *testing.T) {
	s := newShop(t)
	head := s.push("improve", s.descriptor(func(d *core.Descriptor) { d.Classification = core.Restricted }))
	open, err := s.PendingRequests(s.Ctx())
	s.Must(err)
	if len(open) != 1 || open[0].Digest != head || len(open[0].Needs) != 2 {
		t.Fatalf("asked early: %+v", open)
	}
	if err := s.merge(1, head); core.CodeOf(err) != core.Pending {
		t.Fatalf("a restricted change merges without its approvals: %v", err)
	}
	s.Say(s.Sam, true)
	if err := s.merge(1, head); core.CodeOf(err) != core.Pending {
		t.Fatalf("with one yes of two: %v", err)
	}
	s.Say(s.Dora, true)
	next := s.push("improve", notes)
	if err := s.merge(1, next); core.CodeOf(err) != core.Pending {
		t.Fatalf("after a push the old yes counts: %v", err)
	}
	if s.Count("approval.void") != 1 {
		t.Errorf("events: %v", s.Events(0))
	}
	s.Say(s.Sam, true)
	s.Say(s.Dora, true)
	s.Must(s.merge(1, next))
	if got := s.Reload(s.app).Descriptor.Classification; got != core.Restricted {
		t.Errorf("the app is %s", got)
	}
}

// Promise 8: a crash at any point of the merge, and it is whole in the end.
func TestMergeCrashAtEveryStep(t *testing.T) {
	for step := 1; step <= 2; step++ {
		for _, when := range []string{"before", "after"} {
			t.Run(fmt.Sprintf("%d %s", step, when), func(t *testing.T) {
				t.Parallel()
				s := newShop(t)
				head := s.push("improve", notes)
				s.Crash(s.sagas, fmt.Sprintf("merge:%d:%s", step, when), func() { _ = s.merge(1, head) })
				s.restart()
				if when == "after" { // pressed again
					s.Must(s.merge(1, head))
				}
				s.RunAll(s.sagas)
				s.Once("change.merge", "artifact.build")
				c := s.change(1)
				main, err := s.Town.Forge.Head(s.Ctx(), "payroll", "main")
				s.Must(err)
				arts, err := s.Artifacts(s.Ctx(), s.app.ID)
				s.Must(err)
				if c.State != core.ChangeMerged || c.MergeCommit != main || len(arts) != 1 || arts[0].Commit != main {
					t.Errorf("%+v, main at %s, artifacts %+v", c, main, arts)
				}
			})
		}
	}
}

// A change that cannot be built stays merged; who pressed the button is told.
func TestFailedBuildIsTold(t *testing.T) {
	s := newShop(t)
	s.broken = core.Errorf(core.Blocked, "src/worker.ts:1 does not compile.")
	head := s.push("improve", notes)
	if err := s.merge(1, head); core.CodeOf(err) != core.Conflict || !strings.Contains(err.Error(), "does not compile") {
		t.Errorf("%v", err)
	}
	told, err := s.Notices(s.Ctx(), s.Hana.ID)
	s.Must(err)
	arts, _ := s.Artifacts(s.Ctx(), s.app.ID)
	if s.change(1).State != core.ChangeMerged || len(told) != 1 || !strings.Contains(told[0].Title, "could not be built") || len(arts) != 0 {
		t.Errorf("%+v, told %+v, artifacts %d", s.change(1), told, len(arts))
	}
	s.Once("change.merge", "change.fail")
}
