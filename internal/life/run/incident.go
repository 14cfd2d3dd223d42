package run

import (
	"context"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// reportEnd records why a process ended that we did not end.
func (i *instance) reportEnd() {
	why := i.proc.Why()
	i.a.m.o.Log.Warn("an app's process ended by itself", "app", i.a.id, "why", why)
	if why == "memory" {
		i.a.limitHit("memory", fmt.Sprintf("The app used more than %d MB of memory and was stopped. It starts again with the next request.",
			i.spec.Guardrails.MemoryMiB))
		return
	}
	i.a.lines.add(LogLine{At: core.Stamp(i.a.m.o.Clock.Now()), Level: "error", Deployment: i.spec.Deployment,
		Text: "The app's process ended by itself. It starts again with the next request."})
}

// limitHit records that the app ran into one of its limits.
func (a *app) limitHit(limit, what string) {
	now := a.m.o.Clock.Now()
	a.lines.add(LogLine{At: core.Stamp(now), Level: "error", Text: what})
	if a.m.o.Incidents == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := a.m.o.Incidents.Record(ctx, core.Incident{
		ID: a.m.o.IDs.New(now), Kind: "limit_hit", AppID: a.id, Actor: core.Actor{Kind: core.ActorApp, ID: a.id, Name: a.name, Door: "app"},
		What: what, Place: limit, Fingerprint: limit + ":" + string(a.id), At: core.Stamp(now),
	})
	if err != nil {
		a.m.o.Log.Error("a limit that was hit was not recorded", "app", a.id, "limit", limit, "err", err)
	}
}
