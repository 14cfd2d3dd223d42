package app

import (
	"context"
	"encoding/json"
	"os"
	"syscall"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/deploy"
	"github.com/paddock-dev/paddock/internal/life/provision"
	"github.com/paddock-dev/paddock/internal/life/retire/archive"
	"github.com/paddock-dev/paddock/internal/org/inventory"
)

// The tasks that come round again and again.
const (
	sweepTask  = "sweep"      // the end of apps' lives
	renewTask  = "renew"      // leases of live apps
	meterTask  = "meter"      // use and budgets
	remindTask = "remind"     // approvals that are overdue
	reviewTask = "review"     // access reviews
	keyTask    = "issuer_key" // the issuer's next key
	grantTask  = "grants"     // ends of grants are told
)

// work makes the queue and the sagas, and the services whose tasks they run.
// The services are filled in afterwards; nothing runs before start.
func (h *house) work(ctx context.Context) error {
	h.provision = &provision.Service{Clock: h.clock, IDs: h.ids, Reserved: []string{GovernanceRepo}}
	h.changes = &change.Service{Clock: h.clock, IDs: h.ids}
	h.deploys = &deploy.Service{Clock: h.clock, IDs: h.ids}
	h.archives = &archive.Service{Clock: h.clock}
	h.desk = &desk.Desk{}
	h.sagas = &job.Sagas{Store: h.store, Audit: h.audit, Clock: h.clock, IDs: h.ids, Log: h.log, Under: underGrant, As: authz.Late}
	if h.config.LabCrash != "" {
		h.sagas.Point = h.crashAt(h.config.LabCrash)
	}
	var err error
	h.queue, err = job.NewQueue(ctx, job.Options{Pool: h.jobPool, Postgres: h.store.Engine() == store.Postgres, Listen: h.listener, Replica: h.ids.New(h.clock.Now()).String(), Transactions: h.store, Log: h.log, Work: map[string]job.Work{
		job.SagaTask:     h.sagas.Work,
		change.CheckTask: func(ctx context.Context, b json.RawMessage) error { return h.changes.Work(ctx, b) },
		desk.GrantedTask: h.granted,
		sweepTask:        func(ctx context.Context, _ json.RawMessage) error { return h.sweep(ctx) },
		renewTask:        func(ctx context.Context, _ json.RawMessage) error { return h.deploys.Renew(ctx) },
		remindTask:       func(ctx context.Context, _ json.RawMessage) error { return h.approvals.Remind(ctx) },
		reviewTask:       func(ctx context.Context, _ json.RawMessage) error { return h.reviews.Run(ctx) },
		keyTask:          func(ctx context.Context, _ json.RawMessage) error { return h.issuer.Keep(ctx) },
		meterTask:        func(ctx context.Context, _ json.RawMessage) error { return h.runtime.Flush(ctx) },
		grantTask:        func(ctx context.Context, _ json.RawMessage) error { return h.access.Sweep(ctx) },
	}, Periodic: []job.Periodic{
		{Task: sweepTask, Every: time.Hour},
		{Task: renewTask, Every: 10 * time.Minute},
		{Task: meterTask, Every: time.Minute},
		{Task: remindTask, Every: 5 * time.Minute},
		{Task: keyTask, Every: 12 * time.Hour},
		{Task: grantTask, Every: time.Minute},
		{Task: reviewTask, Every: 6 * time.Hour},
	}})
	if err != nil {
		return err
	}
	h.sagas.Queue = h.queue
	for _, k := range []job.Kind{h.provision.Kind(), h.changes.Kind(), h.deploys.Kind(), h.archives.Kind(), h.archives.RestoreKind()} {
		h.sagas.Register(k)
	}
	return nil
}

func (h *house) granted(ctx context.Context, payload json.RawMessage) error {
	var id core.ID
	if err := json.Unmarshal(payload, &id); err != nil {
		return core.Hidden("Going on after an approval", err)
	}
	return h.desk.Granted(ctx, id)
}

// foldAbove is how many lines the tally of apps may have before they are put
// together.
const foldAbove = 2000

// sweep moves apps through the end of their life, keeps the tally of apps short,
// and lists the parts of artifacts that nobody has listed.
func (h *house) sweep(ctx context.Context) error {
	err := h.store.Quietly(ctx, func(ctx context.Context) error { return h.store.FoldTally(ctx, foldAbove) })
	if err != nil {
		h.log.WarnContext(ctx, "the tally of apps was not put together; the next sweep tries again", "error", err)
	}
	if err := h.identity.WarnTokens(ctx, h.notifier); err != nil {
		h.log.WarnContext(ctx, "people were not told of tokens that end; the next sweep tries again", "error", err)
	}
	if done, err := h.indexer().Run(ctx, false); err != nil {
		h.log.WarnContext(ctx, "the parts of some artifacts were not listed; the next sweep goes on", "error", err)
	} else if done != (inventory.Indexed{}) {
		h.log.InfoContext(ctx, "the parts of artifacts were listed", "done", done.String())
	}
	if err := h.govern.Expired(ctx); err != nil {
		h.log.WarnContext(ctx, "ended exemptions were not told; the next sweep tries again", "error", err)
	}
	_, err = h.retirer().Sweep(ctx)
	return err
}

// renew extends the leases of live apps. An app whose credential is gone does not
// keep the server from its work.
func (h *house) renew(ctx context.Context) {
	if err := h.deploys.Renew(ctx); err != nil {
		h.log.WarnContext(ctx, "some leases were not renewed", "error", err)
	}
}

// crashAt kills this very process at a named point, as kill -9 would: it is for
// laboratories only.
func (h *house) crashAt(point string) func(name string) {
	return func(name string) {
		if name == point {
			h.log.Warn("the laboratory kills this server", "point", name)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal is on its way
		}
	}
}

// MoveClock implements desk.Lab: the clock goes forward, and what is due by then
// is done.
func (h *house) MoveClock(ctx context.Context, by time.Duration) (time.Time, error) {
	if err := h.runtime.Flush(ctx); err != nil {
		return time.Time{}, err
	}
	if err := h.lab.move(ctx, h.store, by); err != nil {
		return time.Time{}, err
	}
	h.renew(ctx)
	if err := h.approvals.Remind(ctx); err != nil {
		return time.Time{}, err
	}
	return h.clock.Now(), h.sweep(ctx)
}

// SetSource implements desk.Lab.
func (h *house) SetSource(_ context.Context, name string, readable bool) error {
	if name != activitySource {
		return core.Errorf(core.NotFound, "There is no source named %q.", name).Hinted("The source is %q.", activitySource)
	}
	h.activity.broken.Store(!readable)
	return nil
}

// governanceChanged gives running apps what a new revision allows them, and
// tells those who wait for new rules.
func (h *house) governanceChanged(ctx context.Context) {
	h.ruled.ring()
	if err := h.deploys.Refresh(ctx); err != nil {
		h.log.WarnContext(ctx, "running apps keep their old vendors", "error", err)
	}
}
