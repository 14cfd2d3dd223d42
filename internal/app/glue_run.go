package app

import (
	"context"
	"log/slog"
	"os"
	"os/exec"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/target/workerd"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
	"github.com/paddock-dev/paddock/internal/org/budget"
)

// engine starts apps with workerd.
func engine(w *workerd.Engine) run.Engine {
	return run.EngineFunc(func(ctx context.Context, l run.Launch) (run.Process, error) {
		p, err := w.Start(ctx, workerd.Launch(l))
		if err != nil {
			return nil, err
		}
		return p, nil
	})
}

// meter keeps what apps use, and looks at their budgets.
type meter struct {
	store   *store.DB
	budgets func() *budget.Budgets
	log     *slog.Logger
}

// Record implements run.Meter.
func (m meter) Record(ctx context.Context, u core.Usage, lastUse int64) error {
	b := m.budgets()
	err := m.store.Quietly(ctx, func(ctx context.Context) error {
		if err := b.Add(ctx, u); err != nil || lastUse == 0 {
			return err
		}
		return m.store.TouchApp(ctx, u.AppID, lastUse)
	})
	if err != nil {
		return err
	}
	// The use is kept: what follows must not make the runtime offer it again.
	a, err := m.store.App(ctx, u.AppID)
	if err == nil {
		err = b.Watch(ctx, a)
	}
	if err != nil {
		m.log.WarnContext(ctx, "a budget could not be watched; the next reading tries again", "app", u.AppID, "error", err)
	}
	return nil
}

// incidents keeps what security should know of, with its event.
type incidents struct {
	store *store.DB
	audit auditor
}

// Record implements run.Incidents.
func (i incidents) Record(ctx context.Context, x core.Incident) error {
	return i.store.InTx(ctx, func(ctx context.Context) error {
		if err := i.store.AddIncident(ctx, x); err != nil {
			return err
		}
		return i.audit.Append(ctx, core.Event{Action: "incident." + x.Kind, Actor: x.Actor, AppID: x.AppID, Target: x.Place, Code: "ok", Data: map[string]string{"what": x.What}})
	})
}

// selfCommand runs a hidden command of this very program.
func selfCommand(args ...string) func(ctx context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd {
		self, err := os.Executable()
		if err != nil {
			self = "/proc/self/exe"
		}
		return exec.CommandContext(ctx, self, args...)
	}
}
