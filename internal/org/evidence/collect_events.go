package evidence

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// told is what the events of one app say, for the records to point at.
type told struct {
	asked     int               // events in the time
	decided   map[core.ID]int64 // index of the event, by decision
	requested map[core.ID]int64 // by request
	answered  map[string]int64  // by request and approver
	voided    map[core.ID]int64 // moment, by request
	access    elevations        // grants of people
	began     map[core.ID]bool  // those that were granted in the time
}

func answerKey(request, approver string) string { return request + " " + approver }

// events writes the events of one app, in the order of their ids: those in the
// time, those that close a gap, and those of the records in n.
func (b *builder) events(ctx context.Context, id core.ID, n needs) (*told, error) {
	extra, err := b.strayEvents(ctx, id)
	if err != nil {
		return nil, err
	}
	if id == "" {
		more, err := b.aroundEvents(ctx)
		if err != nil {
			return nil, err
		}
		extra = append(extra, more...)
		if b.scope.ByApp() {
			return b.merge(ctx, id, sortedEvents(extra), "", nil, n)
		}
	}
	after := b.time.span().First
	if len(n.decisions)+len(n.requests)+len(n.grants) > 0 || b.time.from == 0 {
		after = "" // what they rest on may be older
	}
	next := func(after core.ID) ([]Event, error) { return b.Source.Log.EventsOf(ctx, id, after, pageSize) }
	return b.merge(ctx, id, sortedEvents(extra), after, next, n)
}

func sortedEvents(all []Event) []Event {
	slices.SortFunc(all, func(x, y Event) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return slices.CompactFunc(all, func(x, y Event) bool { return x.ID == y.ID })
}

// merge writes the extra events and those that next lists, by id and each once.
func (b *builder) merge(ctx context.Context, id core.ID, extra []Event, after core.ID, next func(core.ID) ([]Event, error), n needs) (*told, error) {
	t := &told{decided: map[core.ID]int64{}, requested: map[core.ID]int64{}, answered: map[string]int64{}, voided: map[core.ID]int64{}, access: elevations{}, began: map[core.ID]bool{}}
	past := b.time.span().Past
	for next != nil {
		page, err := next(after)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			for len(extra) > 0 && extra[0].ID <= e.ID {
				if extra[0].ID < e.ID {
					if err := b.event(ctx, extra[0], t, n, true); err != nil {
						return nil, err
					}
				} else if err := b.event(ctx, e, t, n, true); err != nil {
					return nil, err
				}
				e.Leaf = keepIf(extra[0].ID != e.ID, e.Leaf)
				extra = extra[1:]
			}
			if e.Leaf != "" {
				if err := b.event(ctx, e, t, n, false); err != nil {
					return nil, err
				}
			}
			after = e.ID
		}
		if len(page) < pageSize || after >= past {
			break
		}
	}
	for _, e := range extra {
		if err := b.event(ctx, e, t, n, true); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func keepIf(keep bool, s string) string {
	if keep {
		return s
	}
	return ""
}

// event writes one event, if it is wanted, and notes what it says.
func (b *builder) event(ctx context.Context, e Event, t *told, n needs, wanted bool) error {
	if e.Index >= b.head.Size {
		return nil // came after the checkpoint
	}
	leaf, err := verify.ParseLeaf(e.Leaf)
	if err != nil {
		return err
	}
	in := b.about.asked(b.time, &leaf)
	request, decided := requestOf(&leaf), core.ID(fact(&leaf, "decision"))
	if !in && !wanted && !n.decisions[decided] && !n.requests[request] && !n.grants[grantOf(&leaf)] {
		return nil
	}
	t.access.take(&leaf, e.Opening, e.Index)
	switch {
	case leaf.Action == "gate.decide":
		t.decided[decided] = e.Index
	case leaf.Action == "approval.ask":
		t.requested[request] = e.Index
	case leaf.Action == "approval.answer":
		t.answered[answerKey(string(request), leaf.ActorID)] = e.Index
	case leaf.Action == "approval.void":
		t.voided[request] = e.At
	case leaf.Action == "access.grant" && in:
		t.began[grantOf(&leaf)] = true
	}
	if in {
		t.asked++
		b.actions[leaf.Action]++
		if leaf.ActorKind == string(core.ActorPerson) {
			b.name(core.ID(leaf.ActorID))
		}
	}
	proof, err := b.prover.Prove(ctx, e.Index)
	if err != nil {
		return err
	}
	act := actOf(&leaf, e.Opening, e.Index)
	r := row{ID: leaf.ID, At: act.At, App: b.appName(ctx, core.ID(leaf.App)), What: act.Action, Who: act.Actor.Name, Outcome: act.Code, Event: e.Index, Detail: act.details()}
	act.Support = !in
	if kind := actKind(leaf.Action); kind != "" {
		if err := b.tables[kind].add(act, !in, r); err != nil {
			return err
		}
	}
	line := eventLine{Index: e.Index, ID: leaf.ID, App: leaf.App, Leaf: e.Leaf, Opening: e.Opening, Proof: strings.TrimSuffix(proof.String(), b.signed), Support: !in}
	return b.tables["events"].add(line, !in, r)
}

func (b *builder) appName(ctx context.Context, id core.ID) string {
	if name, ok := b.names[id]; ok || id == "" {
		return name
	}
	a, err := b.Source.Apps.App(ctx, id)
	if err != nil {
		a.Name = string(id)
	}
	b.names[id] = a.Name
	return a.Name
}

// requestOf returns the approval request that an event is about, "" if none.
func requestOf(leaf *verify.Leaf) core.ID {
	if strings.HasPrefix(leaf.Action, "approval.") {
		return core.ID(leaf.Target.Clear)
	}
	return ""
}

// grantOf returns the grant that an event tells of, "" if none.
func grantOf(leaf *verify.Leaf) core.ID {
	if strings.HasPrefix(leaf.Action, "access.") {
		return core.ID(leaf.Target.Clear)
	}
	return ""
}

// strayEvents reads the events of an app that close gaps.
func (b *builder) strayEvents(ctx context.Context, id core.ID) ([]Event, error) {
	var out []Event
	for _, e := range b.stray[id] {
		// The id without its last digit comes before it, and nothing between.
		found, err := b.Source.Log.EventsOf(ctx, id, e[:len(e)-1], 16)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(found, func(f Event) bool { return f.ID == e }); i >= 0 {
			out = append(out, found[i])
		}
	}
	return out, nil
}

// actOf makes the record of an act from its event.
func actOf(leaf *verify.Leaf, opening string, index int64) actRecord {
	opened, err := verify.ParseOpening(opening)
	if err != nil {
		opened = nil
	}
	r := actRecord{Event: index, At: moment(leaf.At), App: leaf.App, Action: leaf.Action, Target: shown(leaf.Target, opened), Code: leaf.Code, Data: map[string]string{},
		Actor: actorRecord{leaf.ActorKind, leaf.ActorID, shown(leaf.ActorName, opened), leaf.ActorDoor}}
	for _, f := range leaf.Data {
		r.Data[strings.TrimPrefix(f.Path, "data.")] = shown(f, opened)
	}
	return r
}

func shown(f verify.Field, opened []verify.Opened) string {
	if f.Commit == "" {
		return f.Clear
	}
	for _, o := range opened {
		if o.Path == f.Path {
			return o.Value
		}
	}
	return "(erased)"
}

// details are the further facts of an act, for the page.
func (r actRecord) details() []string {
	out := []string{}
	if r.Target != "" && r.Target != r.App {
		out = append(out, short(r.Target))
	}
	for _, key := range []string{"why", "answer", "role", "roles", "rules", "score", "course", "commit"} {
		if v := r.Data[key]; v != "" {
			out = append(out, key+": "+v)
		}
	}
	return out
}

// fact returns one further fact of an event in clear, "" if it is not there.
func fact(leaf *verify.Leaf, key string) string {
	for _, f := range leaf.Data {
		if f.Path == "data."+key {
			return f.Clear
		}
	}
	return ""
}
