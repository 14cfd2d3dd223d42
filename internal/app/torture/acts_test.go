package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/life/provision"
)

// act is one thing that somebody does in a day.
type act struct {
	N     int           `json:"n"`
	Kind  string        `json:"kind"`
	Arg   string        `json:"arg"`   // what it is done to: an app, a person, a secret
	By    string        `json:"by"`    // who does it
	Later time.Duration `json:"later"` // how far the clock has moved since the act before; may be negative
}

func (a act) String() string { return fmt.Sprintf("act %d (%s %s)", a.N, a.Kind, a.Arg) }

// kind is a sort of act.
type kind struct {
	do func(ctx context.Context, w *world, a act) error
	// tally says how often the act is there, with all that belongs to it, once
	// nothing is under way any more. It fails if one is there in part. Acts
	// without a tally are book-keeping.
	tally func(ctx context.Context, w *world, a act) (int, error)
}

// kinds are all sorts of acts. The people and the secrets are there when
// a day begins.
func kinds() map[string]kind {
	return map[string]kind{
		"person":   {addPerson, tallyPerson},
		"off":      {switchOff, tallyOff},
		"token":    {newToken, tallyToken},
		"secret":   {putSecret, tallySecret},
		"app":      {createApp(core.InternalUse, ""), tallyApp},
		"ask":      {createApp(core.Restricted, core.Pending), tallyAsk},
		"yes":      {answer(true), tallyAnswer(core.AppActive)},
		"no":       {answer(false), tallyAnswer(core.AppFailed)},
		"build":    {buildApp, tallyBuild},
		"deploy":   {deployApp, tallyDeploy},
		"archive":  {archiveApp, tallyArchive},
		"restore":  {restoreApp, tallyRestore},
		"lease":    {leaseApp, tallyLease},
		"revoke":   {revokeApp, nil},
		"course":   {takeCourse, tallyCourse},
		"use":      {useApp, tallyUse},
		"sweep":    {sweep, nil},
		"lost":     {func(_ context.Context, w *world, _ act) error { w.unreadable.Store(true); return nil }, nil},
		"back":     {func(_ context.Context, w *world, _ act) error { w.unreadable.Store(false); return nil }, nil},
		"sequence": {sequence, nil},
		"wait":     {func(context.Context, *world, act) error { return nil }, nil},
	}
}

// by is the person who does an act, and as whom it is recorded.
func (w *world) by(ctx context.Context, a act) (core.Person, core.Actor, error) {
	p, err := w.db.PersonByEmail(ctx, a.By+"@example.org")
	return p, identity.ActorOf(p, "web"), err
}

func addPerson(ctx context.Context, w *world, a act) error {
	_, who, err := w.by(ctx, a)
	if err == nil {
		_, err = w.identity.AddPerson(ctx, who, a.Arg+"@example.org", "", []core.Role{core.RoleMaker})
	}
	return err
}

func switchOff(ctx context.Context, w *world, a act) error {
	_, who, err := w.by(ctx, a)
	if err != nil {
		return err
	}
	p, err := w.db.PersonByEmail(ctx, a.Arg+"@example.org")
	if err != nil {
		return err
	}
	return w.identity.SwitchOff(ctx, who, p.ID)
}

func newToken(ctx context.Context, w *world, a act) error {
	p, _, err := w.by(ctx, a)
	if err == nil {
		_, _, err = w.identity.NewToken(ctx, p, a.Arg, identity.ScopeWrite, 0)
	}
	return err
}

func putSecret(ctx context.Context, w *world, a act) error {
	_, who, err := w.by(ctx, a)
	if err == nil {
		_, err = w.secrets.Put(ctx, a.Arg, core.NewSecret([]byte("value of "+a.Arg)), who)
	}
	return err
}

// createApp asks for an app of a class; what the gate is expected to answer
// counts as done.
func createApp(class core.Classification, want core.Code) func(context.Context, *world, act) error {
	return func(ctx context.Context, w *world, a act) error {
		p, who, err := w.by(ctx, a)
		if err != nil {
			return err
		}
		app, err := w.provision.Create(ctx, p, who, provision.Form{Template: "internal-dashboard", Name: a.Arg, Classification: class, Region: "eu-sovereign", Parameters: map[string]string{"team": "People team"}})
		if want != "" && core.CodeOf(err) == want {
			return nil
		}
		if err != nil {
			return err
		}
		return w.runSagas(ctx, app.ID)
	}
}

// answer gives the one answer that a request waits for, as the desk does.
func answer(yes bool) func(context.Context, *world, act) error {
	return func(ctx context.Context, w *world, a act) error {
		_, who, err := w.by(ctx, a)
		if err != nil {
			return err
		}
		app, err := w.db.AppByName(ctx, a.Arg)
		if err != nil {
			return err
		}
		open, err := w.db.OpenRequests(ctx, app.ID, core.GateAppCreate)
		if err != nil {
			return err
		}
		if len(open) != 1 {
			return core.Errorf(core.Conflict, "%d requests are open.", len(open))
		}
		var req core.ApprovalRequest
		err = w.db.InTx(ctx, func(ctx context.Context) error {
			req, err = w.approvals.Answer(ctx, who, open[0].ID, open[0].Digest, yes, "because")
			if err != nil || req.State == core.ApprovalPending {
				return err
			}
			return w.queue.Add(ctx, desk.GrantedTask, req.ID)
		})
		if err != nil {
			return err
		}
		payload, err := json.Marshal(req.ID)
		if err != nil {
			return err
		}
		return errOr2(w.granted(ctx, payload), w.runSagas(ctx, app.ID)) // as the queue would, and will again
	}
}

// buildApp keeps an artifact with its evidence.
func buildApp(ctx context.Context, w *world, a act) error {
	_, who, err := w.by(ctx, a)
	if err != nil {
		return err
	}
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return err
	}
	art := core.Artifact{AppID: app.ID, Commit: commitOf(a), Size: 1, Created: core.Stamp(w.clock.Now())}
	for text, to := range map[string]*string{"artifact of " + a.Arg: &art.Digest, sbomText: &art.SBOM, provenanceText: &art.Provenance} {
		if *to, err = w.warehouse.keep(text); err != nil {
			return err
		}
	}
	return w.db.InTx(ctx, func(ctx context.Context) error {
		if err := w.db.PutArtifact(ctx, art); err != nil {
			return err
		}
		return w.audit.Append(ctx, core.Event{Action: "artifact.build", Actor: who, AppID: app.ID, Target: art.Digest, Code: "ok"})
	})
}

func deployApp(ctx context.Context, w *world, a act) error {
	p, who, err := w.by(ctx, a)
	if err != nil {
		return err
	}
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return err
	}
	arts, err := w.db.Artifacts(ctx, app.ID)
	if err != nil {
		return err
	}
	if len(arts) == 0 {
		return core.Errorf(core.NotFound, "%s has no artifact.", a.Arg)
	}
	_, err = w.deploys.Deploy(ctx, p, who, app, arts[0].Digest, "eu-sovereign")
	return err
}

func archiveApp(ctx context.Context, w *world, a act) error {
	_, who, err := w.by(ctx, a)
	if err != nil {
		return err
	}
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return err
	}
	return w.archives.Archive(ctx, app, who, "by "+a.By)
}

func restoreApp(ctx context.Context, w *world, a act) error {
	p, who, err := w.by(ctx, a)
	if err != nil {
		return err
	}
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return err
	}
	return w.archives.Restore(ctx, p, who, app)
}

// leaseApp lends to an app that is deployed, as nothing else may borrow.
func leaseApp(ctx context.Context, w *world, a act) error {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err == nil {
		_, err = w.db.Live(ctx, app.ID)
	}
	if err == nil {
		_, err = w.secrets.Lease(ctx, app.ID, leaseSecret, 0)
	}
	return err
}

func revokeApp(ctx context.Context, w *world, a act) error {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err == nil {
		_, err = w.secrets.Revoke(ctx, app.ID, "by "+a.By)
	}
	return err
}

func takeCourse(ctx context.Context, w *world, a act) error {
	_, who, err := w.by(ctx, a)
	if err != nil {
		return err
	}
	_, err = w.school.Take(ctx, who, core.Course{Name: a.Arg, PassMark: 50, ValidDays: 365, Questions: []core.Question{{Text: "Yes?", Choices: []string{"yes", "no"}}}}, []int{0})
	return err
}

// useApp is one request to an app, as the meter flushes it.
func useApp(ctx context.Context, w *world, a act) error {
	app, err := w.db.AppByName(ctx, a.Arg)
	if err != nil {
		return err
	}
	now := w.clock.Now()
	return w.db.Quietly(ctx, func(ctx context.Context) error {
		if err := w.db.AddUsage(ctx, core.Usage{AppID: app.ID, Hour: core.Stamp(now.Truncate(time.Hour)), Requests: 1}); err != nil {
			return err
		}
		return w.db.TouchApp(ctx, app.ID, core.Stamp(now))
	})
}

func sweep(ctx context.Context, w *world, _ act) error {
	_, err := w.retirer.Sweep(ctx)
	return err
}

func sequence(ctx context.Context, w *world, _ act) error {
	_, err := w.sequencer.IntegrateNow(ctx)
	return err
}

func commitOf(a act) string { return fmt.Sprintf("%040d", a.N) }

// runSagas runs what is under way for an app, as the queue would.
func (w *world) runSagas(ctx context.Context, app core.ID) error {
	all, err := w.db.SagasOf(ctx, app)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.State == core.SagaRunning {
			if _, err := w.sagas.Run(ctx, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
