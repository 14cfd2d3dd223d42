package access_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/org/access"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// starter is what the rules say in these tests: a viewer is let in, all else
// needs security, and nobody gets more than two hours.
const starter = `package paddock.access.elevate

deny contains {"code": "grant_too_long", "message": "Too long.", "fix": "Ask for less."} if input.access.minutes > 120

approve contains {"role": "security", "reason": "Rights are raised."} if input.access.role != "viewer"
`

// server is one of the servers on a ground: with its own clock, and nothing
// shared but the store.
type server struct {
	*access.Service
	ground *testkit.Ground
	asks   *approval.Approvals
	clock  core.Clock
	book   *policy.Set
}

// bound binds events as the house's auditor does.
type bound struct {
	*server
	log *audit.Log
}

func (b bound) Append(ctx context.Context, e core.Event) error {
	if grant, late := authz.Under(ctx); grant != "" {
		var err error
		if e, err = b.Bind(ctx, grant, late, b.log.Named(e)); err != nil {
			return err
		}
	}
	return b.log.Append(ctx, e)
}

// Rules implements gate.Policy.
func (s *server) Rules() gate.Rules { return s.book }

func serve(t *testing.T, g *testkit.Ground, clock core.Clock) *server {
	set, err := policy.Compile(t.Context(), map[string][]byte{"access.rego": []byte(starter)}, nil, nil)
	g.Must(err)
	s := &server{ground: g, clock: clock, book: set}
	log := bound{server: s, log: g.Audit}
	tell := notify.New(g, g, log, clock, g.IDs)
	s.asks = approval.New(g, log, tell, clock, g.IDs, 0)
	s.Service = &access.Service{Store: g.DB, Approvals: s.asks, Audit: log, Tell: tell, IDs: g.IDs,
		Gates: &gate.Gates{Policy: s, Store: g.DB, Approvals: s.asks, Audit: log, Clock: clock, IDs: g.IDs},
		Time:  func(ctx context.Context) (time.Time, error) { return g.SharedTime(ctx, g.Clock, 0) },
		Facts: func(_ context.Context, who core.Person, a core.App) (policy.Input, error) {
			return policy.Input{Actor: policy.Actor{Email: who.Email, Roles: who.Roles}, App: policy.AppFacts(a.Descriptor, nil)}, nil
		},
		Settings: func() access.Settings { return access.Settings{Pending: 24 * time.Hour, Zone: time.UTC} }}
	return s
}

// answer says yes or no as door/desk does: with what follows, in one transaction.
func (s *server) answer(who core.Person, g core.Grant, yes bool) error {
	return s.ground.InTx(context.Background(), func(ctx context.Context) error {
		req, err := s.asks.Answer(ctx, person(who), g.RequestID, access.Digest(g), yes, "because")
		if err != nil || req.State == core.ApprovalPending {
			return err
		}
		return s.Settle(ctx, person(who), req)
	})
}

// act is what a use case does under a right: finds it, then acts with an event.
func (s *server) act(who core.Person, perm authz.Permission, a core.App, environment string) error {
	ctx := authz.Carry(context.Background())
	if err := s.May(ctx, who, person(who), perm, a, environment); err != nil {
		return err
	}
	return s.actUnder(ctx, who, a)
}

// actUnder acts in a context that may name a grant.
func (s *server) actUnder(ctx context.Context, who core.Person, a core.App) error {
	return s.ground.InTx(ctx, func(ctx context.Context) error {
		if err := s.ground.SetBuddy(ctx, a.ID, who.ID); err != nil { // some change
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "app.deploy", Actor: person(who), AppID: a.ID, Target: "eu", Code: "ok"})
	})
}

type town struct {
	*server
	ada, sec, owner core.Person
	app             core.App
}

func newTown(t *testing.T, g *testkit.Ground) *town {
	tw := &town{server: serve(t, g, g.Clock), ada: g.Somebody("ada@example.org", core.RoleMaker), sec: g.Somebody("sec@example.org", core.RoleSecurity),
		owner: g.Somebody("owner@example.org", core.RoleMaker)}
	tw.app = g.NewApp("payroll", tw.owner)
	return tw
}

func (tw *town) wish(role core.GrantRole, length time.Duration) access.Ask {
	return access.Ask{App: tw.app, Role: role, Reason: "A user waits for a fix.", Ticket: "OPS-1", Length: length}
}

func (tw *town) ask(t *testing.T, role core.GrantRole, length time.Duration) core.Grant {
	t.Helper()
	g, err := tw.Request(t.Context(), tw.ada, person(tw.ada), tw.wish(role, length))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// The road of one grant, on both engines: nothing before the approval, all of it
// from then on, its acts on its list, and nothing after the drop.
func TestOneGrant(t *testing.T) {
	testkit.Each(t, func(t *testing.T, ground *testkit.Ground) {
		tw := newTown(t, ground)
		g := tw.ask(t, core.GrantDeployer, time.Hour)
		if g.Stage != core.StageAsked || g.RequestID == "" {
			t.Fatalf("asked: %+v", g)
		}
		if err := tw.act(tw.ada, authz.AppDeploy, tw.app, ""); core.CodeOf(err) != core.Forbidden {
			t.Fatalf("an act before the approval: %v", err)
		}
		if err := tw.answer(tw.ada, g, true); core.CodeOf(err) != core.Forbidden {
			t.Fatalf("who asked has answered: %v", err)
		}
		if err := tw.answer(tw.sec, g, true); err != nil {
			t.Fatal(err)
		}
		kept, err := tw.ground.Grant(t.Context(), g.ID)
		if err != nil || kept.Stage != core.StageGranted || kept.Expires-kept.Starts != time.Hour.Microseconds() || kept.Starts < kept.Asked {
			t.Fatalf("approved: %+v %v", kept, err)
		}
		for range 3 {
			if err := tw.act(tw.ada, authz.AppDeploy, tw.app, "eu"); err != nil {
				t.Fatal(err)
			}
		}
		if err := tw.act(tw.ada, authz.AppEdit, tw.app, ""); core.CodeOf(err) != core.Forbidden {
			t.Errorf("a deployer has changed code: %v", err)
		}
		for range 2 { // looks of one kind are one event
			if err := tw.May(authz.Carry(t.Context()), tw.ada, person(tw.ada), authz.AppRead, tw.app, ""); err != nil {
				t.Error(err)
			}
		}
		if err := tw.May(t.Context(), tw.ada, person(tw.ada), authz.AppRead, tw.app, ""); core.CodeOf(err) != core.Forbidden {
			t.Errorf("a grant was used where it cannot be noted: %v", err)
		}
		if _, err := tw.Drop(t.Context(), tw.ada, person(tw.ada), g.ID); err != nil {
			t.Fatal(err)
		}
		if err := tw.act(tw.ada, authz.AppDeploy, tw.app, ""); core.CodeOf(err) != core.Forbidden {
			t.Errorf("an act after the drop: %v", err)
		}
		uses, err := tw.ground.GrantUses(t.Context(), g.ID, "", 100)
		if err != nil || len(uses) != 4 {
			t.Fatalf("uses: %+v %v", uses, err)
		}
		for _, u := range uses {
			if e, err := tw.ground.EventByID(t.Context(), u.Event); err != nil || e.Data["grant"] != string(g.ID) || e.Data["grant_at"] == "" {
				t.Errorf("event of a use: %+v %v", e, err)
			}
		}
		want := []string{"access.draft", "access.request", "approval.ask", "gate.decide", "approval.answer", "gate.decide", "access.grant", "app.deploy", "app.deploy", "app.deploy", "access.use", "access.revoke"}
		if got := tw.ground.Events(0); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
	})
}

// An act that has begun under a grant and would commit after its end is undone.
func TestActThatOutlivesItsGrant(t *testing.T) {
	testkit.Each(t, func(t *testing.T, ground *testkit.Ground) {
		tw := newTown(t, ground)
		g := tw.ask(t, core.GrantViewer, time.Hour)
		ctx := authz.Carry(t.Context())
		tw.ground.Must(tw.May(ctx, tw.ada, person(tw.ada), authz.AppRead, tw.app, ""))
		if _, err := tw.Revoke(t.Context(), tw.sec, person(tw.sec), g.ID, "Not needed."); err != nil {
			t.Fatal(err)
		}
		err := tw.ground.InTx(ctx, func(ctx context.Context) error {
			if err := tw.ground.SetBuddy(ctx, tw.app.ID, tw.ada.ID); err != nil {
				return err
			}
			return tw.Audit.Append(ctx, core.Event{Action: "app.deploy", Actor: person(tw.ada), AppID: tw.app.ID, Code: "ok"})
		})
		if core.CodeOf(err) != core.Forbidden || !strings.Contains(err.Error(), "revoked") {
			t.Errorf("the act: %v", err)
		}
		if a := tw.ground.Reload(tw.app); a.BuddyID == tw.ada.ID {
			t.Error("the act was kept")
		}
	})
}

// WFL-3: the rules, and what no rule can lift.
func TestWhatIsRefused(t *testing.T) {
	tw := newTown(t, testkit.New(t))
	g, err := tw.Request(t.Context(), tw.ada, person(tw.ada), tw.wish(core.GrantViewer, 3*time.Hour))
	if core.CodeOf(err) != core.Denied || core.AsError(err).Problems[0].Msg != "Too long." {
		t.Fatalf("three hours: %v", err)
	}
	if kept, _ := tw.ground.Grant(t.Context(), g.ID); kept.State(core.Stamp(tw.ground.Clock.Now())) != core.GrantDenied || kept.DecisionID == "" {
		t.Errorf("a denied request is kept as %+v", kept)
	}
	now := tw.ground.Clock.Now()
	for name, change := range map[string]func(*access.Ask){
		"for ever":                        func(a *access.Ask) { a.Length = 15 * 24 * time.Hour },
		"no time at all":                  func(a *access.Ask) { a.Length = 0 },
		"less than none":                  func(a *access.Ask) { a.Length = -time.Hour },
		"no reason":                       func(a *access.Ask) { a.Reason = " " },
		"a role that there is not":        func(a *access.Ask) { a.Role = "emperor" },
		"a role of the organisation":      func(a *access.Ask) { a.Role = "platform" },
		"data of one environment":         func(a *access.Ask) { a.Role, a.Environment = core.GrantDataReader, "eu" },
		"a start long past":               func(a *access.Ask) { a.Start = now.Add(-2 * time.Hour) },
		"a start far ahead":               func(a *access.Ask) { a.Start = now.Add(31 * 24 * time.Hour) },
		"a ticket of two lines":           func(a *access.Ask) { a.Ticket = "OPS-1\nOPS-2" },
		"an extension of somebody else's": func(a *access.Ask) { a.Extends, a.Role = g.ID, core.GrantEditor },
		"an app that is gone":             func(a *access.Ask) { a.App.State = core.AppArchived },
	} {
		ask := tw.wish(core.GrantViewer, time.Hour)
		change(&ask)
		_, err := tw.Request(t.Context(), tw.ada, person(tw.ada), ask)
		if code := core.CodeOf(err); code != core.Invalid && code != core.Conflict {
			t.Errorf("%s: %v", name, err)
		}
		if e := core.AsError(err); e == nil || e.Hint == "" || e.Field == "" && name != "an app that is gone" {
			t.Errorf("%s: no hint or place: %+v", name, e)
		}
	}
}

// The clock starts at the approval; who was not answered in time gets nothing;
// the requester, and nobody else without the right, may end a grant.
func TestTimesAndEnds(t *testing.T) {
	tw := newTown(t, testkit.On(t, store.SQLite))
	g := tw.ask(t, core.GrantDeployer, time.Hour)
	tw.ground.Clock.Move(23 * time.Hour)
	tw.ground.Must(tw.answer(tw.sec, g, true))
	if err := tw.act(tw.ada, authz.AppDeploy, tw.app, ""); err != nil {
		t.Errorf("right after the approval: %v", err)
	}
	if _, err := tw.Drop(t.Context(), tw.owner, person(tw.owner), g.ID); core.CodeOf(err) != core.Forbidden {
		t.Errorf("somebody else has dropped it: %v", err)
	}
	if _, err := tw.Revoke(t.Context(), tw.owner, person(tw.owner), g.ID, "I want to."); core.CodeOf(err) != core.Forbidden {
		t.Errorf("somebody without the right has revoked it: %v", err)
	}
	if _, err := tw.Revoke(t.Context(), tw.ada, person(tw.ada), g.ID, "Done."); err != nil {
		t.Errorf("who asked may end it: %v", err)
	}
	late := tw.ask(t, core.GrantDeployer, time.Hour)
	tw.ground.Clock.Move(24 * time.Hour)
	if err := tw.answer(tw.sec, late, true); core.CodeOf(err) != core.Conflict {
		t.Errorf("an answer after the lapse: %v", err)
	}
	if r, err := tw.asks.Request(t.Context(), late.RequestID); err != nil || len(r.Approvals) != 0 {
		t.Errorf("the late answer was kept: %+v %v", r, err)
	}
	gone := tw.ask(t, core.GrantDeployer, time.Hour)
	tw.ground.SetDisabled(tw.ada, true)
	tw.ground.Must(tw.answer(tw.sec, gone, true))
	if kept, _ := tw.ground.Grant(t.Context(), gone.ID); kept.Cause != "person" {
		t.Errorf("a leaver got access: %+v", kept)
	}
}

// Nobody is told twice, and the worker only tells.
func TestTold(t *testing.T) {
	tw := newTown(t, testkit.On(t, store.SQLite))
	g := tw.ask(t, core.GrantViewer, time.Hour)
	for _, leap := range []time.Duration{0, 46 * time.Minute, time.Minute, 20 * time.Minute, 48 * time.Hour} {
		tw.ground.Clock.Move(leap)
		tw.ground.Must(tw.Sweep(t.Context()))
	}
	list, err := tw.ground.Notices(t.Context(), tw.ada.ID)
	tw.ground.Must(err)
	var titles []string
	for _, n := range list {
		titles = append(titles, n.Title)
	}
	slices.Reverse(titles)
	want := []string{"You have access: viewer of payroll", "Your access ends soon: viewer of payroll", "Your access has ended: viewer of payroll"}
	if !slices.Equal(titles, want) {
		t.Errorf("told %q", titles)
	}
	if own, _ := tw.ground.Notices(t.Context(), tw.owner.ID); len(own) != 1 || !strings.HasPrefix(own[0].Title, "ada@example.org has access") {
		t.Errorf("the owner was told %+v", own)
	}
	if st := func() core.GrantState {
		k, _ := tw.ground.Grant(t.Context(), g.ID)
		return k.State(core.Stamp(tw.ground.Clock.Now()))
	}(); st != core.GrantExpired {
		t.Errorf("the grant is %s", st)
	}
}

func TestParseLength(t *testing.T) {
	for text, want := range map[string]time.Duration{"30m": 30 * time.Minute, "2h": 2 * time.Hour, "1d": 24 * time.Hour, "1h30m": 90 * time.Minute, " 90 min ": 90 * time.Minute, "1d2h": 26 * time.Hour} {
		if got, err := access.ParseLength(text); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2", "h", "1w", "-1h", "1.5h", "2h tomorrow", "99999999h", "1h1d"} {
		if got, err := access.ParseLength(text); core.CodeOf(err) != core.Invalid {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}
