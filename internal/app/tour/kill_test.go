package tour

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
)

// canary is the one secret of the walk (promise 7).
const canary = "canary-7b1e-must-not-sing"

// stage is a data folder at rest, with what its people hold.
type stage struct {
	dir    string
	people map[string]string // e-mail -> access token
	head   string            // of the change that is ready to merge
	digest string            // of the artifact that is ready to deploy
}

// again starts a server on a copy of the stage, which kills itself at a point.
func (s stage) again(t *testing.T, crash string) *road {
	t.Helper()
	dir := copied(t, s.dir)
	r := settle(t, dir, crash)
	for email, at := range map[string]**visit.Person{visit.AdminEmail: &r.admin, "hana@example.org": &r.maker, "colin@example.org": &r.colleague} {
		*at = visit.NewPerson(r.server.Base, email)
		(*at).Token = s.people[email]
	}
	r.artifact = s.digest
	return r
}

// kept stops the server and keeps a copy of its data folder.
func kept(t *testing.T, r *road, s stage) stage {
	t.Helper()
	hold(t, r.server.Stop(t.Context()))
	s.dir = copied(t, r.dir)
	s.people = map[string]string{}
	for _, p := range []*visit.Person{r.admin, r.maker, r.colleague} {
		s.people[p.Email] = p.Token
	}
	hold(t, r.server.Start(t.Context(), ""))
	return s
}

// copied copies a data folder, with the modes of its files.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if out, err := exec.Command("cp", "-a", dir+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("copying %s: %v %s", dir, err, out)
	}
	return to
}

// stages walks the road once and keeps the data folder at each place from which
// the kills begin: people are there, a change is ready, an artifact is ready, the
// app runs.
func stages(t *testing.T, r *road) (people, change, artifact, running stage) {
	t.Helper()
	ctx := t.Context()
	hold(t, r.people(ctx), r.admin.Call(ctx, "PUT", "/secrets/talent-directory-token", map[string]string{"value": canary}, nil))
	people = kept(t, r, stage{})
	hold(t, r.maker.Call(ctx, "POST", "/apps", r.form(r.app, "internal"), nil))
	_, err := r.waitFor(ctx, r.app, core.AppActive)
	hold(t, err)
	r.tree, err = r.cloneOf(ctx, r.maker, r.app, "tracker")
	hold(t, err)
	_, err = r.tree.Run(ctx, "checkout", "-q", "-b", "improve")
	hold(t, err, r.tree.Write("docs/notes.md", "# Notes\n\nWhat we learned.\n"), r.tree.Commit(ctx, "Write down what we learned"))
	_, err = r.tree.Run(ctx, "push", "-q", "origin", "improve")
	hold(t, err)
	c, err := r.checked(ctx, r.app, 1)
	hold(t, err, visit.Must(c.Ready, "the change is not ready: %v", c.Why))
	change = kept(t, r, stage{head: c.Head})
	hold(t, r.merge(ctx, r.app, c))
	a, err := r.shown(ctx, r.app)
	hold(t, err, visit.Must(len(a.Artifacts) == 1, "there are %d artifacts", len(a.Artifacts)))
	artifact = kept(t, r, stage{digest: a.Artifacts[0].Digest})
	hold(t, r.deploy(ctx, r.app, a.Artifacts[0].Digest, "eu-sovereign"))
	running = kept(t, r, stage{digest: a.Artifacts[0].Digest})
	hold(t, r.server.Stop(ctx))
	return people, change, artifact, running
}

// kill is one row of the matrix: an act of some steps, from where it begins, and
// what must be true once the server has come back.
type kill struct {
	saga  string
	steps int
	from  stage
	act   func(ctx context.Context, r *road) error
	whole func(ctx context.Context, r *road) error
}

// TestKilled kills the real server with SIGKILL before and after each step of
// each multi-step act. After a restart the act is complete, each of its
// events is there exactly once, and fsck finds nothing (promise 8, WFL-2).
func TestKilled(t *testing.T) {
	needEngine(t)
	people, change, artifact, running := stages(t, settle(t, t.TempDir(), ""))
	t.Run("while an app runs", func(t *testing.T) {
		t.Parallel()
		running.fromOutside(t)
	})
	for _, k := range []kill{
		{"provision", 6, people, createApp, appIsWhole},
		{"merge", 2, change, mergeChange, mergeIsWhole},
		{"deploy", 3, artifact, deployApp, deployIsWhole},
		{"archive", 4, running, archiveApp, archiveIsWhole},
	} {
		for step := 1; step <= k.steps; step++ {
			for _, when := range []string{"before", "after"} {
				point := fmt.Sprintf("%s:%d:%s", k.saga, step, when)
				t.Run(point, func(t *testing.T) {
					t.Parallel()
					k.at(t, point)
				})
			}
		}
	}
}

func (k kill) at(t *testing.T, point string) {
	ctx := t.Context()
	r := k.from.again(t, point)
	// The answer may or may not arrive before the server dies: both are fine.
	var pr *visit.Problem
	if err := k.act(ctx, r); errors.As(err, &pr) {
		t.Fatal(pr)
	}
	killed, err := r.server.Ended(ctx)
	hold(t, err, visit.Must(killed, "the server was not killed at %s", point), r.server.Start(ctx, ""), k.whole(ctx, r))
	r.sound(t)
}

func createApp(ctx context.Context, r *road) error {
	return r.maker.Call(ctx, "POST", "/apps", r.form(r.app, "internal"), nil)
}

func appIsWhole(ctx context.Context, r *road) error {
	a, err := r.waitFor(ctx, r.app, core.AppActive)
	if err != nil {
		return err
	}
	_, err = r.once(ctx, r.app, "app.create", "app.repository", "app.protect", "app.identity", "ticket.open", "app.buddy", "app.ready")
	if err != nil {
		return err
	}
	tree, err := r.cloneOf(ctx, r.maker, r.app, "tracker")
	if err != nil {
		return err
	}
	commits, err := tree.Run(ctx, "rev-list", "--count", "HEAD")
	if err != nil {
		return err
	}
	_, pushed := tree.Git(ctx, "push", "-q", "origin", "HEAD:refs/heads/main")
	told, err := r.told(ctx, r.maker, r.app, "ready")
	repos, _ := filepath.Glob(filepath.Join(r.dir, "git", "repos", "*.git"))
	return visit.First(err, visit.Must(len(a.Tickets) == 1, "there are %d tickets", len(a.Tickets)), visit.Must(a.Buddy == visit.AdminEmail, "the buddy is %q", a.Buddy),
		visit.Must(commits == "1\n", "the repository begins with %s commits", commits), visit.Must(pushed == nil, "a push of what is there already fails: %v", pushed),
		visit.Must(told == 1, "the maker was told %d times", told), visit.Must(len(repos) == 2, "there are %d repositories, not the app's and the rules'", len(repos)))
}

func mergeChange(ctx context.Context, r *road) error {
	c, err := r.checked(ctx, r.app, 1)
	if err != nil {
		return err
	}
	return r.merge(ctx, r.app, c)
}

func mergeIsWhole(ctx context.Context, r *road) error {
	var digest string
	err := visit.Until(ctx, patience, "the artifact", func() (bool, error) {
		a, err := r.shown(ctx, r.app)
		if len(a.Artifacts) > 0 {
			digest = a.Artifacts[0].Digest
		}
		return len(a.Artifacts) == 1, err
	})
	if err != nil {
		return err
	}
	if _, err := r.once(ctx, r.app, "change.merge", "artifact.build"); err != nil {
		return err
	}
	c, err := r.checked(ctx, r.app, 1)
	if err := visit.First(err, visit.Must(c.State == core.ChangeMerged, "the change is %s", c.State)); err != nil {
		return err
	}
	tree, err := r.cloneOf(ctx, r.maker, r.app, "merged")
	if err != nil {
		return err
	}
	merges, err := tree.Run(ctx, "rev-list", "--merges", "--count", "HEAD")
	return visit.First(err, visit.Must(merges == "1\n", "main has %s merges", merges), r.deploy(ctx, r.app, digest, "eu-sovereign"))
}

func deployApp(ctx context.Context, r *road) error {
	return r.deploy(ctx, r.app, r.artifact, "eu-sovereign")
}

func deployIsWhole(ctx context.Context, r *road) error {
	if err := r.deployed(ctx, r.app); err != nil {
		return err
	}
	_, err := r.once(ctx, r.app, "deploy.credentials", "app.deploy", "secret.lease")
	a, serr := r.shown(ctx, r.app)
	return visit.First(err, serr, visit.Must(len(a.Deployments) == 1, "there are %d deployments", len(a.Deployments)), r.answers(ctx))
}

// answers demands that the app answers a colleague at its own address.
func (r *road) answers(ctx context.Context) error {
	address, err := r.address(ctx, r.app)
	if err := visit.First(err, r.signIn(ctx, r.colleague)); err != nil {
		return err
	}
	status, text, err := r.colleague.Page(ctx, address+"/")
	return visit.First(err, visit.Must(status == http.StatusOK && contains(text, "<form"), "a colleague is answered %d: %.200s", status, text))
}

func archiveApp(ctx context.Context, r *road) error {
	return r.maker.Call(ctx, "POST", "/apps/"+r.app+"/archive", nil, nil)
}

func archiveIsWhole(ctx context.Context, r *road) error {
	if _, err := r.waitFor(ctx, r.app, core.AppArchived); err != nil {
		return err
	}
	_, err := r.once(ctx, r.app, "app.stop", "lease.revoke", "app.freeze", "app.archive")
	if err := visit.First(err, r.signIn(ctx, r.colleague)); err != nil {
		return err
	}
	a, err := r.shown(ctx, r.app)
	if err != nil {
		return err
	}
	status, _, err := r.colleague.Page(ctx, a.Address+"/")
	return visit.First(err, visit.Must(status == http.StatusNotFound, "the archived app answers %d", status),
		r.maker.Call(ctx, "POST", "/apps/"+r.app+"/restore", nil, nil), r.deployed(ctx, r.app), r.answers(ctx))
}

// fromOutside kills the server while an app runs: after a restart the app answers
// again with its data, and the server stops cleanly when it is asked. What the
// organisation's secret is was never written down in all that time.
func (s stage) fromOutside(t *testing.T) {
	ctx := t.Context()
	r := s.again(t, "")
	hold(t, r.answers(ctx))
	hold(t, r.addCandidate(ctx, address(t, r), "Ada Lovelace", "ada@example.org"))
	hold(t, syscall.Kill(r.server.Pid(), syscall.SIGKILL))
	killed, err := r.server.Ended(ctx)
	hold(t, err, visit.Must(killed, "the server was not killed"))
	begun := time.Now()
	hold(t, r.server.Start(ctx, ""), r.listed(ctx, address(t, r), "Ada Lovelace"))
	t.Logf("from kill -9 to the app's first answer: %s", time.Since(begun).Round(time.Millisecond))
	silent(t, r)
	r.sound(t)
	hold(t, nowhereAtAll(ctx, r, canary), visit.Must(nowhereAtAll(ctx, r, "hana@example.org") != nil, "the search finds nothing at all"))
}

func address(t *testing.T, r *road) string {
	t.Helper()
	a, err := r.address(t.Context(), r.app)
	hold(t, err)
	return a
}
