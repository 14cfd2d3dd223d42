package torture

import (
	"context"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// count runs a query for one number.
func (w *world) count(ctx context.Context, query string, args ...any) (n int, err error) {
	if err := w.pool.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", query, err)
	}
	return n, nil
}

// events counts the good events of an action about an app ("" for any), of an
// actor's name ("" for any) and with a target ("" for any).
func (w *world) events(ctx context.Context, action string, app core.ID, actor, target string) (int, error) {
	return w.count(ctx, `SELECT count(*) FROM audit_event WHERE code = 'ok' AND action = $1 AND ($2 = '' OR app_id = $2) AND ($3 = '' OR actor_name = $3) AND ($4 = '' OR target = $4)`,
		action, string(app), actor, target)
}

// once demands each action exactly n times about an app.
func (w *world) once(ctx context.Context, n int, app core.ID, actions ...string) error {
	for _, action := range actions {
		if have, err := w.events(ctx, action, app, "", ""); err != nil || have != n {
			return fmt.Errorf("%s is recorded %d times, not %d (%w)", action, have, n, errOr(err))
		}
	}
	return nil
}

// missing turns NotFound into nothing there.
func missing(err error) (int, error) {
	if core.CodeOf(err) == core.NotFound {
		return 0, nil
	}
	return 0, err
}

func tallyPerson(ctx context.Context, w *world, a act) (int, error) {
	p, err := w.db.PersonByEmail(ctx, a.Arg+"@example.org")
	if err != nil {
		return missing(err)
	}
	n, err := w.events(ctx, "person.add", "", "", string(p.ID))
	return 1, demand(err, n == 1, "the person %s has %d events", a.Arg, n)
}

func tallyOff(ctx context.Context, w *world, a act) (int, error) {
	p, err := w.db.PersonByEmail(ctx, a.Arg+"@example.org")
	if err != nil {
		return missing(err)
	}
	n, err := w.events(ctx, "person.switch_off", "", "", string(p.ID))
	return n, demand(err, p.Disabled == (n > 0), "switched off is %v, with %d events", p.Disabled, n)
}

func tallyToken(ctx context.Context, w *world, a act) (int, error) {
	p, _, err := w.by(ctx, a)
	if err != nil {
		return 0, err
	}
	all, err := w.db.Tokens(ctx, p.ID)
	if err != nil {
		return 0, err
	}
	tokens := 0
	for _, c := range all {
		if c.Name == a.Arg {
			tokens++
			if n, err := w.events(ctx, "token.create", "", "", string(c.ID)); err != nil || n != 1 {
				return 0, fmt.Errorf("a token has %d events (%w)", n, errOr(err))
			}
		}
	}
	return tokens, nil
}

func tallySecret(ctx context.Context, w *world, a act) (int, error) {
	rows, err := w.count(ctx, `SELECT count(*) FROM secret WHERE name = $1`, a.Arg)
	if err != nil {
		return 0, err
	}
	n, err := w.events(ctx, "secret.put", "", "", a.Arg)
	return rows, demand(err, n == rows, "%d versions, %d events", rows, n)
}

// steps are the events of making an app.
var steps = []string{"app.repository", "app.protect", "app.identity", "ticket.open", "app.buddy", "app.ready"}

func tallyApp(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		there, ferr := w.forge.Exists(ctx, a.Arg)
		n, merr := missing(err)
		return n, demand(errOr2(ferr, merr), !there, "a repository is left over")
	}
	return 1, w.made(ctx, app)
}

// made demands an app that was made once, with all that belongs to it.
func (w *world) made(ctx context.Context, app core.App) error {
	if !slices.Contains([]core.AppState{core.AppActive, core.AppIdle, core.AppArchived}, app.State) {
		return fmt.Errorf("the app is %s", app.State)
	}
	if err := w.once(ctx, 1, app.ID, append([]string{"app.create"}, steps...)...); err != nil {
		return err
	}
	tickets, err := w.db.Tickets(ctx, app.ID)
	if err != nil {
		return err
	}
	ok := app.BuddyID != "" && len(tickets) == 1
	for _, what := range []string{"there", "protected", "commit-" + w.commit(app)} {
		there, err := w.forge.has(app.Name, what)
		ok = ok && there && err == nil
	}
	return demand(nil, ok, "the app is made in part: buddy %q, %d tickets", app.BuddyID, len(tickets))
}

func (w *world) commit(app core.App) string {
	commit, _ := forge{w.dir + "/elsewhere"}.Seed(context.Background(), app.Name, nil, "", "Start "+app.Name+" from "+app.Descriptor.Template, core.Moment(0))
	return commit
}

// tallyAsk finds the app and its request; what came of it is for tallyAnswer.
func tallyAsk(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return missing(err)
	}
	if err := w.once(ctx, 1, app.ID, "app.create", "approval.ask"); err != nil {
		return 1, err
	}
	reqs, err := w.db.RequestsOf(ctx, app.ID)
	return 1, demand(err, len(reqs) == 1, "%d requests", len(reqs))
}

// tallyAnswer demands that what follows from an answer has followed.
func tallyAnswer(want core.AppState) func(context.Context, *world, act) (int, error) {
	return func(ctx context.Context, w *world, a act) (int, error) {
		app, err := w.db.AppByName(ctx, a.Arg)
		if err != nil {
			return missing(err)
		}
		reqs, err := w.db.RequestsOf(ctx, app.ID)
		if err != nil {
			return 0, err
		}
		answers := 0
		for _, r := range reqs {
			answers += len(r.Approvals)
		}
		n, err := w.events(ctx, "approval.answer", app.ID, "", "")
		if err := demand(err, n == answers, "%d answers, %d events", answers, n); err != nil || n == 0 {
			return n, err
		}
		if want == core.AppActive {
			return n, w.made(ctx, app)
		}
		return n, demand(nil, app.State == want, "the app is %s after the answer", app.State)
	}
}

func tallyBuild(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return missing(err)
	}
	arts, err := w.db.Artifacts(ctx, app.ID)
	if err != nil {
		return 0, err
	}
	n, err := w.events(ctx, "artifact.build", app.ID, "", "")
	return n, demand(err, (n > 0) == (len(arts) > 0), "%d artifacts, %d events", len(arts), n)
}

// tallyDeploy counts what was deployed by somebody; nothing may be half deployed.
func tallyDeploy(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return missing(err)
	}
	all, err := w.db.Deployments(ctx, app.ID)
	if err != nil {
		return 0, err
	}
	p, _, err := w.by(ctx, a)
	rows := 0
	for _, d := range all {
		if d.State == core.DeployStarting {
			return 0, fmt.Errorf("a deployment is starting for ever")
		}
		if d.By == p.ID && d.State != core.DeployFailed {
			rows++
		}
		if n, err := w.count(ctx, `SELECT count(*) FROM saga WHERE kind = 'deploy' AND key = $1 AND state <> 'running'`, string(d.ID)); err != nil || n != 1 {
			return 0, fmt.Errorf("a deployment has %d finished sagas (%w)", n, errOr(err))
		}
	}
	n, eerr := w.events(ctx, "app.deploy", app.ID, p.Email, "")
	return n, demand(errOr2(err, eerr), n == rows, "%d deployments, %d events", rows, n)
}

func tallyArchive(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return missing(err)
	}
	return w.events(ctx, "app.archive", app.ID, a.By+"@example.org", "")
}

func tallyRestore(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return missing(err)
	}
	return w.events(ctx, "app.restore", app.ID, "", "")
}

func tallyLease(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return missing(err)
	}
	all, err := w.db.Leases(ctx, app.ID)
	if err != nil {
		return 0, err
	}
	every, err := w.events(ctx, "secret.lease", app.ID, "", "")
	if err := demand(err, every == len(all), "%d leases, %d events", len(all), every); err != nil {
		return 0, err
	}
	lent, err := w.events(ctx, "secret.lease", app.ID, "", leaseSecret)
	renewed, rerr := w.events(ctx, "secret.renew", app.ID, "", leaseSecret)
	return lent + renewed, errOr2(err, rerr)
}

func tallyCourse(ctx context.Context, w *world, a act) (int, error) {
	p, _, err := w.by(ctx, a)
	if err != nil {
		return 0, err
	}
	certs, err := w.db.Certificates(ctx, p.ID)
	if err != nil {
		return 0, err
	}
	n, err := w.events(ctx, "course.take", "", p.Email, a.Arg)
	_, have := certs[a.Arg]
	return n, demand(err, have == (n > 0), "certificate %v, %d events", have, n)
}

func tallyUse(ctx context.Context, w *world, a act) (int, error) {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return missing(err)
	}
	hours, err := w.db.Usage(ctx, app.ID, 0, 1<<60)
	n := 0
	for _, h := range hours {
		n += int(h.Requests)
	}
	return n, err
}

// demand makes an error of a fact that does not hold.
func demand(err error, holds bool, format string, args ...any) error {
	if err != nil || holds {
		return err
	}
	return fmt.Errorf(format, args...)
}

// errOr is an error that can be wrapped even if there is none.
func errOr(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

var errNone = fmt.Errorf("no error")

func errOr2(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
