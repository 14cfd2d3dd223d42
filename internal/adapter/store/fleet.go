package store

import (
	"context"

	"github.com/go-json-experiment/json"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// Fleet lists up to most apps that are active or idle, by id from after on.
func (d *DB) Fleet(ctx context.Context, after core.ID, most int) ([]core.FleetApp, error) {
	rows, err := d.r(ctx).ListFleet(ctx, gen.ListFleetParams{After: string(after), Most: int32(most)})
	apps, err := each(rows, err, fleetApp, "Listing apps")
	if err != nil || len(apps) == 0 {
		return apps, err
	}
	owners := make([]core.Person, len(apps))
	for i, a := range apps {
		owners[i] = a.Owner
	}
	owners, err = d.withRoles(ctx, owners...)
	for i := range apps {
		apps[i].Owner = owners[i]
	}
	return apps, err
}

// descriptor reads what read does, in a third of the time: a preview reads those of
// the whole fleet.
func descriptor(s string) (d core.Descriptor) {
	if json.Unmarshal([]byte(s), &d) != nil {
		return core.Descriptor{}
	}
	return d
}

func fleetApp(r gen.ListFleetRow) core.FleetApp {
	return core.FleetApp{
		App: core.App{ID: core.ID(r.ID), Name: r.Name, OwnerID: core.ID(r.OwnerID), OwnerEmail: r.OwnerEmail, State: core.AppState(r.State),
			Descriptor: descriptor(r.Descriptor)},
		Owner: core.Person{ID: core.ID(r.OwnerID), Email: r.OwnerEmail, Given: splitRoles(r.OwnerRoles)},
		Live:  core.Artifact{Digest: r.Digest, AppID: core.ID(r.ID), Commit: r.CommitID, SBOM: r.Sbom, Provenance: r.Provenance},
	}
}

// DecisionsSince lists up to most decisions of all apps since a moment, by id
// from after on.
func (d *DB) DecisionsSince(ctx context.Context, since int64, after core.ID, most int) ([]core.PastDecision, error) {
	rows, err := d.r(ctx).ListDecisionsSince(ctx, gen.ListDecisionsSinceParams{Since: since, After: string(after), Most: int32(most)})
	return each(rows, err, func(r gen.ListDecisionsSinceRow) core.PastDecision {
		return core.PastDecision{App: r.AppName, Decision: decision(gen.Decision{ID: r.ID, Gate: r.Gate, AppID: r.AppID, Subject: r.Subject, Actor: r.Actor,
			Result: r.Result, Verdicts: r.Verdicts, Policy: r.Policy, InputDigest: r.InputDigest, Input: r.Input, RequestID: r.RequestID, At: r.At, Fired: r.Fired, Took: r.Took})}
	}, "Listing decisions")
}

// AllCertificates returns the courses that each person has passed, and when each ends.
func (d *DB) AllCertificates(ctx context.Context) (map[core.ID]map[string]int64, error) {
	rows, err := d.r(ctx).ListAllCertificates(ctx)
	out := map[core.ID]map[string]int64{}
	for _, r := range rows {
		id := core.ID(r.PersonID)
		if out[id] == nil {
			out[id] = map[string]int64{}
		}
		out[id][r.Course] = r.Expires
	}
	return out, broken("Listing certificates", err)
}
