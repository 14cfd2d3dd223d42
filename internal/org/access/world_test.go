package access_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/org/access"
)

// memory is a store that keeps everything in maps: what a transaction has
// written is undone when it fails. It serves one caller at a time.
type memory struct {
	grants  map[core.ID]core.Grant
	uses    []core.GrantUse
	events  []core.Event
	answers map[core.ID]core.ApprovalState // by request
	digests map[string]core.ID             // request, by digest
	people  map[core.ID]core.Person
	apps    map[core.ID]core.App
	inside  bool
	fault   func() error // of each write; nil for none
}

func (m *memory) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if m.inside {
		return fn(ctx)
	}
	m.inside = true
	grants, answers, digests := maps.Clone(m.grants), maps.Clone(m.answers), maps.Clone(m.digests)
	uses, events := len(m.uses), len(m.events)
	err := fn(ctx)
	if err != nil {
		m.grants, m.answers, m.digests, m.uses, m.events = grants, answers, digests, m.uses[:uses], m.events[:events]
	}
	m.inside = false
	return err
}

func (m *memory) Quietly(ctx context.Context, fn func(ctx context.Context) error) error {
	return m.InTx(ctx, fn)
}

func (m *memory) write() error {
	if !m.inside {
		return errors.New("a write outside a transaction")
	}
	return m.fault()
}

func (m *memory) AddGrant(_ context.Context, g core.Grant) error {
	m.grants[g.ID] = g
	return m.write()
}

func (m *memory) MoveGrant(_ context.Context, g core.Grant, was core.GrantStage) error {
	old := m.grants[g.ID]
	if old.Stage != was {
		return core.Errorf(core.Conflict, "moved")
	}
	g.Told, g.Uses = old.Told, old.Uses
	m.grants[g.ID] = g
	return m.write()
}

func (m *memory) TellGrant(_ context.Context, id core.ID, told string) error {
	g := m.grants[id]
	g.Told = told
	m.grants[id] = g
	return m.write()
}

func (m *memory) Grant(_ context.Context, id core.ID) (core.Grant, error) {
	g, ok := m.grants[id]
	if !ok {
		return g, core.Errorf(core.NotFound, "no grant %q", id)
	}
	return g, nil
}

func (m *memory) GrantOfRequest(_ context.Context, request core.ID) (core.Grant, bool, error) {
	for _, g := range m.grants {
		if g.RequestID == request {
			return g, true, nil
		}
	}
	return core.Grant{}, false, nil
}

func (m *memory) HeldGrants(_ context.Context, person, app core.ID) (out []core.Grant, err error) {
	for _, g := range m.grants {
		if g.Person == person && g.AppID == app && g.Stage == core.StageGranted {
			out = append(out, g)
		}
	}
	return out, nil
}

func (m *memory) UntoldGrants(_ context.Context, by int64) (out []core.Grant, err error) {
	for _, g := range m.grants {
		if g.Told != "end" && (g.Stage == core.StageAsked && g.Lapses <= by || g.Stage == core.StageGranted && g.Expires <= by) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b core.Grant) int { return int(a.Created - b.Created) })
	return out, nil
}

func (m *memory) UseGrant(_ context.Context, u core.GrantUse, _ bool) error {
	if m.grants[u.Grant].Stage != core.StageGranted {
		return core.Errorf(core.Conflict, "ended")
	}
	m.uses = append(m.uses, u)
	return m.write()
}

func (m *memory) App(_ context.Context, id core.ID) (core.App, error)       { return m.apps[id], nil }
func (m *memory) Person(_ context.Context, id core.ID) (core.Person, error) { return m.people[id], nil }

// Append implements access.Audit.
func (m *memory) Append(_ context.Context, e core.Event) error {
	m.events = append(m.events, e)
	return m.write()
}

// Tell implements access.Teller.
func (m *memory) Tell(context.Context, core.Notice) error { return m.fault() }

// Close implements access.Approvals.
func (m *memory) Close(_ context.Context, _ core.Actor, request core.ID) error {
	m.answers[request] = core.ApprovalVoided
	return m.write()
}

// rules is a gate whose policy reads the reason: who writes "no" is denied, who
// writes "ask" waits for a yes, and "ask, then no" is denied once it is there.
type rules struct {
	*memory
	ids core.IDs
}

func (r rules) Pass(ctx context.Context, q gate.Question, act func(ctx context.Context, d core.Decision) error) (core.Decision, error) {
	d := core.Decision{ID: r.ids.New(time.Time{}), Gate: q.Gate, Result: core.Allow, Actor: q.Actor}
	err := r.InTx(ctx, func(ctx context.Context) error {
		d.RequestID = ""
		req, asked := r.digests[q.Digest]
		switch {
		case q.Input.Access.Reason == "no" || asked && q.Input.Access.Reason == "ask, then no":
			d.Result = core.Deny
		case q.Input.Access.Reason != "yes":
			if !asked {
				req = r.ids.New(time.Time{})
				r.digests[q.Digest], r.answers[req] = req, core.ApprovalPending
			}
			if d.RequestID = req; r.answers[req] != core.ApprovalGranted {
				d.Result = core.Waiting
			}
		}
		if err := r.Append(ctx, core.Event{Action: "gate.decide"}); err != nil {
			return err
		}
		if d.Result == core.Allow {
			return act(ctx, d)
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	return d, gate.Refusal(d)
}

func (r rules) Preview(context.Context, gate.Question) (core.Decision, error) {
	return core.Decision{}, nil
}

// cheap is randomness for ids and schedules: one generator for both.
type cheap struct{ *rand.Rand }

func (c cheap) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.Uint32())
	}
	return len(p), nil
}

// replica is one server's service on a store that all share. It keeps nothing
// itself, so a restart is a new one.
func replica(m *memory, rnd *rand.Rand, now func() time.Time) *access.Service {
	ids := core.IDs{Rand: cheap{rnd}}
	return &access.Service{Store: m, Gates: rules{m, ids}, Approvals: m, Audit: m, Tell: m, IDs: ids,
		Time:  func(context.Context) (time.Time, error) { return now(), nil },
		Facts: func(context.Context, core.Person, core.App) (policy.Input, error) { return policy.Input{}, nil },
		Settings: func() access.Settings {
			return access.Settings{Pending: 2 * time.Hour, Zone: time.UTC}
		}}
}
