package tour

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// soon bounds how long a server may take to do as another one has done; the figures that
// are logged are usually below a second.
const soon = 10 * time.Second

// replica is another server on the data folder and the database of r.
func (r *road) replica(t *testing.T, database string) *visit.Server {
	t.Helper()
	s, err := visit.NewServer(t.Context(), r.dir, "")
	if err != nil {
		t.Fatal(err)
	}
	s.Program, s.More, s.Log = program, []string{"--database", database}, filepath.Join(t.TempDir(), "server.log")
	hold(t, s.Start(t.Context(), ""))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
		defer cancel()
		_ = s.Stop(ctx)
		tellLog(t, s.Log)
	})
	return s
}

// at is a person at another server, with the same access token.
func at(s *visit.Server, p *visit.Person) *visit.Person {
	there := visit.NewPerson(s.Base, p.Email)
	there.Token = p.Token
	return there
}

// Two servers on one database and one data folder are one Paddock: what is done at
// one is so at the other within a second, and when one is killed the other goes on.
func TestReplicas(t *testing.T) {
	needEngine(t)
	ctx := t.Context()
	database := postgres.Shared(t).Empty(t).URL(postgres.Owner)
	r := settleOn(t, t.TempDir(), "", "--database", database)
	other := r.replica(t, database)

	hold(t, r.people(ctx), r.admin.Call(ctx, "PUT", "/secrets/talent-directory-token", map[string]string{"value": canary}, nil))
	r.rulesFollow(ctx, t, other)

	hold(t, at(other, r.maker).Call(ctx, "POST", "/apps", r.form(r.app, "internal"), nil))
	_, err := r.waitFor(ctx, r.app, core.AppActive)
	hold(t, err)
	r.tree, err = r.cloneOf(ctx, r.maker, r.app, "tracker")
	hold(t, err)
	_, err = r.tree.Run(ctx, "checkout", "-q", "-b", "improve")
	hold(t, err, r.tree.Write("docs/notes.md", "# Notes\n\nWhat we learned.\n"), r.tree.Commit(ctx, "Write down what we learned"))
	_, err = r.tree.Run(ctx, "push", "-q", "origin", "improve")
	hold(t, err)
	c, err := r.checked(ctx, r.app, 1)
	hold(t, err, visit.Must(c.Ready, "the change is not ready: %v", c.Why), r.merge(ctx, r.app, c))
	var a view.App
	hold(t, visit.Until(ctx, patience, "the artifact", func() (bool, error) { // the other server may be building it
		a, err = r.shown(ctx, r.app)
		return len(a.Artifacts) == 1, err
	}))

	colleague := visit.NewPerson(other.Base, r.colleague.Email)
	hold(t, r.signIn(ctx, colleague))
	hold(t, r.deploy(ctx, r.app, a.Artifacts[0].Digest, "eu-sovereign"))
	r.eventually(ctx, t, colleague, other, http.StatusOK)
	hold(t, archiveApp(ctx, r))
	r.eventually(ctx, t, colleague, other, http.StatusNotFound)
	_, err = r.waitFor(ctx, r.app, core.AppArchived)
	hold(t, err)

	hold(t, syscall.Kill(r.server.Pid(), syscall.SIGKILL))
	_, err = r.server.Ended(ctx)
	hold(t, err, at(other, r.maker).Call(ctx, "POST", "/apps/"+r.app+"/restore", nil, nil))
	r.eventually(ctx, t, colleague, other, http.StatusOK)
	hold(t, r.server.Start(ctx, ""), r.deployed(ctx, r.app), r.answers(ctx))
	hold(t, visit.First(r.server.Stop(ctx), other.Stop(ctx)))
	left, err := filepath.Glob(filepath.Join(r.dir, "run", "*"))
	hold(t, err, visit.Must(len(left) == 0, "folders of ended servers are left: %v", left))
}

// rulesFollow pushes a revision to the governance repository at the first server
// and waits for it to be in force at the other.
func (r *road) rulesFollow(ctx context.Context, t *testing.T, other *visit.Server) {
	t.Helper()
	rules, err := r.cloneOf(ctx, r.admin, "governance", "rules")
	hold(t, err, rules.Edit("templates/simple-dashboard/template.yaml", "owner: analytics", "owner: number-crunchers"),
		rules.Commit(ctx, "Give a template to another team"))
	_, err = rules.Run(ctx, "push", "-q", "origin", "HEAD:main")
	hold(t, err)
	begun := time.Now()
	hold(t, visit.Until(ctx, soon, "the other server to have the new rules", func() (bool, error) {
		var list json.RawMessage
		err := at(other, r.admin).Call(ctx, "GET", "/templates", nil, &list)
		return contains(string(list), "number-crunchers"), err
	}))
	t.Logf("rules were in force at the other server after %s", time.Since(begun).Round(time.Millisecond))
}

// eventually waits until the app's address at a server answers with a status.
func (r *road) eventually(ctx context.Context, t *testing.T, who *visit.Person, s *visit.Server, want int) {
	t.Helper()
	begun := time.Now()
	hold(t, visit.Until(ctx, soon, "the app at the other server", func() (bool, error) {
		var a view.App
		if err := at(s, r.maker).Call(ctx, "GET", "/apps/"+r.app, nil, &a); err != nil {
			return false, err
		}
		status, _, err := who.Page(ctx, a.Address+"/")
		return status == want, err
	}))
	t.Logf("the other server answers %d after %s", want, time.Since(begun).Round(time.Millisecond))
}
