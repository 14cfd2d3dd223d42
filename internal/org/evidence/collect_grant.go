package evidence

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// asked reports whether an event is one of those that a pack is about. For one
// grant those are its own events, what was asked and decided about it, and all
// that was done under it. Exporter and verifier ask the same, of the leaf alone.
func (s ManifestScope) asked(t times, leaf *verify.Leaf) bool {
	if !t.holds(leaf.At) || s.App != "" && leaf.App == "" {
		return false
	}
	return s.Grant == "" || fact(leaf, "grant") == s.Grant || strings.HasPrefix(leaf.Action, "access.") && leaf.Target.Clear == s.Grant ||
		leaf.Gate == string(core.GateAccessElevate) && s.GrantDigest != "" && (fact(leaf, "digest") == s.GrantDigest || leaf.Action == "gate.decide" && leaf.Target.Clear == s.GrantDigest)
}

// oneGrant collects what is known of the one grant that the pack is about: the
// request, who said yes and why, each act under it, and the end.
func (b *builder) oneGrant(ctx context.Context, app core.ID) error {
	n := newNeeds()
	under, err := b.decidedUnder(ctx, app)
	if err != nil {
		return err
	}
	decisions, err := b.Source.Judged.Decisions(ctx, app)
	if err != nil {
		return err
	}
	decisions = slices.DeleteFunc(decisions, func(d core.Decision) bool { return !under[d.ID] })
	for _, d := range decisions {
		n.requests[d.RequestID] = true
	}
	delete(n.requests, "")
	requests, err := b.Source.Judged.RequestsOf(ctx, app)
	if err != nil {
		return err
	}
	requests = slices.DeleteFunc(requests, func(q core.ApprovalRequest) bool {
		own := q.Gate == core.GateAccessElevate && q.Digest == b.about.GrantDigest
		if own {
			delete(n.requests, q.ID)
		}
		return !own && !n.requests[q.ID]
	})
	told, err := b.events(ctx, app, n)
	if err != nil {
		return err
	}
	if err := b.judged(decisions, requests, n, told); err != nil {
		return err
	}
	if err := b.elevations(ctx, map[core.ID]bool{b.scope.Grant: true}, told); err != nil {
		return err
	}
	return b.appItself(ctx, app, false)
}

// decidedUnder lists what was decided about the grant and under it.
func (b *builder) decidedUnder(ctx context.Context, app core.ID) (map[core.ID]bool, error) {
	out := map[core.ID]bool{}
	for after := core.ID(""); ; {
		page, err := b.Source.Log.EventsOf(ctx, app, after, pageSize)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			after = e.ID
			if e.Action != "gate.decide" || e.Index >= b.head.Size {
				continue
			}
			leaf, err := verify.ParseLeaf(e.Leaf)
			if err != nil {
				return nil, err
			}
			if b.about.asked(b.time, &leaf) {
				out[core.ID(fact(&leaf, "decision"))] = true
			}
		}
		if len(page) < pageSize {
			return out, nil
		}
	}
}

// inForce notes the grants for an app that were in force at some moment of the
// time: their events are in the pack, whenever they were.
func (b *builder) inForce(ctx context.Context, app core.ID, n *needs) error {
	if app == "" {
		return nil
	}
	all, err := b.Source.Access.Elevations(ctx, app)
	for _, g := range all {
		if g.Granted != 0 && b.time.overlaps(g.Granted, or64(g.Ended, g.Expires)) {
			n.grants[g.ID] = true
		}
	}
	return err
}

func or64(a, b int64) int64 {
	if a != 0 {
		return a
	}
	return b
}

// elevations writes grants that people got for a while, as their events tell
// them.
func (b *builder) elevations(ctx context.Context, which map[core.ID]bool, told *told) error {
	for _, id := range slices.Sorted(maps.Keys(which)) {
		e := told.access[string(id)]
		if e == nil || e.To == "" {
			continue // began after the checkpoint
		}
		r := e.record(core.Stamp(b.now))
		b.name(core.ID(r.To), core.ID(r.Access.EndedBy))
		if id == b.scope.Grant {
			b.tables["grants"].one = &r
		}
		if err := b.add("grants", r, false, core.ID(r.App), e.row(r, func(id core.ID) string { return b.who(ctx, id) })); err != nil {
			return err
		}
	}
	return nil
}
