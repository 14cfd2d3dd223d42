package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

const (
	theGrant  = core.ID("01980000-0000-7000-8000-0000000000e1")
	elseGrant = core.ID("01980000-0000-7000-8000-0000000000e2")
)

// access lists grants of people.
type access struct{ db *store.DB }

func (a access) Elevation(ctx context.Context, id core.ID) (core.Grant, string, error) {
	g, err := a.db.Grant(ctx, id)
	return g, "sha256:" + string(id), err
}

func (a access) Elevations(ctx context.Context, app core.ID) ([]core.Grant, error) {
	return a.db.GrantsFor(ctx, app)
}

func when(minutes int) string {
	return core.Moment(at(minutes)).Format(time.RFC3339Nano)
}

// elevated is a world in which ada had access for a while: asked, approved, used
// for a decision, a look and a late step, and dropped. Somebody else had it too.
func elevated(t testing.TB) *world {
	w := newWorld(t).live()
	who := core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}
	sec := core.Actor{Kind: core.ActorPerson, ID: boss, Name: "bob@example.org", Door: "web"}
	for _, id := range []core.ID{theGrant, elseGrant} {
		g := core.Grant{ID: id, Person: owner, AppID: theApp, Role: core.GrantDeployer, Reason: "A user waits, ask eve@example.org.", Ticket: "OPS-1", Length: time.Hour.Microseconds(), Stage: core.StageRevoked,
			Created: at(10), Asked: at(10), Lapses: at(100), Granted: at(11), Starts: at(11), Expires: at(71), Ended: at(20), EndedBy: owner, Cause: "dropped", RequestID: "r-" + id, DecisionID: "d-" + id}
		digest := "sha256:" + string(id)
		w.clock.now = now.Add(10 * time.Minute)
		event := func(action string, by core.Actor, data map[string]string, records ...func(ctx context.Context) error) {
			more := map[string]string{"person": string(owner), "role": "deployer"}
			for k, v := range data {
				more[k] = v
			}
			w.act(core.Event{Action: action, Actor: by, Gate: core.GateAccessElevate, Target: string(id), Code: "ok", Data: more}, records...)
		}
		event("access.draft", who, map[string]string{"minutes": "60", "ticket": "OPS-1"}, func(ctx context.Context) error { return w.db.AddGrant(ctx, g) })
		event("access.request", who, map[string]string{"minutes": "60", "ticket": "OPS-1", "reason": g.Reason, "lapses": when(100), "digest": digest})
		ask := core.ApprovalRequest{ID: g.RequestID, Gate: core.GateAccessElevate, AppID: theApp, Subject: "deployer of tracker", Digest: digest, Needs: []core.Need{{Role: core.RoleSecurity}},
			Requester: owner, Excluded: []core.ID{owner}, Created: at(10), Expires: at(600)}
		asked := core.Event{Action: "approval.ask", Actor: who, Gate: ask.Gate, Target: string(ask.ID), Code: "ok", Data: map[string]string{"digest": digest}}
		w.act(asked, func(ctx context.Context) error { return w.db.AddRequest(ctx, ask) })
		asked.Action, asked.Actor, asked.Data = "approval.answer", sec, map[string]string{"digest": digest, "answer": "yes", "role": "security"}
		w.act(asked, func(ctx context.Context) error {
			err := w.db.AddApproval(ctx, core.Approval{ID: "a-" + id, Request: ask.ID, Role: core.RoleSecurity, Approver: boss, Yes: true, Note: "The fix cannot wait.", Digest: digest, At: at(10)})
			if err != nil {
				return err
			}
			return w.db.MoveRequest(ctx, ask.ID, core.ApprovalPending, core.ApprovalGranted)
		})
		w.decide(core.Decision{ID: g.DecisionID, Gate: core.GateAccessElevate, Subject: digest, RequestID: ask.ID}, true)
		event("access.grant", sec, map[string]string{"starts": when(11), "expires": when(71), "digest": digest, "decision": string(g.DecisionID), "policy": w.rules.Revision(), "request": string(ask.ID)})
		event("access.use", who, map[string]string{"permission": "app.read", "grant": string(id), "grant_at": when(12)})
		w.decideUnder(id, "d-act-"+id, when(13))
		w.act(core.Event{Action: "app.deploy", Actor: who, Target: "sha256:x", Code: "ok", Data: map[string]string{"grant": string(id), "grant_at": when(13)}})
		event("access.revoke", who, map[string]string{"cause": "dropped", "ended": when(20)})
		w.act(core.Event{Action: "deploy.settle", Actor: who, Target: "sha256:x", Code: "ok", Data: map[string]string{"grant": string(id), "grant_at": when(21), "grant_late": "true"}})
	}
	w.clock.now = now.Add(30 * time.Minute)
	return w
}

// decideUnder keeps a decision that was made under a grant.
func (w *world) decideUnder(grant, id core.ID, at string) {
	w.t.Helper()
	d := core.Decision{ID: id, AppID: theApp, Gate: core.GateAppDeploy, Subject: "sha256:x@here", PolicyRevision: w.rules.Revision(), At: core.Stamp(w.clock.Now()), Result: core.Allow,
		Actor: core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}}
	var err error
	d.Input, d.InputDigest, err = (policy.Input{Gate: d.Gate, Now: w.clock.Now().Format(time.RFC3339)}).Canonical()
	ok(w.t, err)
	w.act(core.Event{Action: "gate.decide", Actor: d.Actor, Gate: d.Gate, Target: d.Subject, Code: "ok", Data: map[string]string{"decision": string(d.ID), "policy": d.PolicyRevision,
		"input": d.InputDigest, "request": "", "denied": "0", "rules": "", "grant": string(grant), "grant_at": at}}, func(ctx context.Context) error { return w.db.AddDecision(ctx, d) })
}

// grantPack is the evidence of one grant.
func (w *world) grantPack(id core.ID) []byte {
	w.t.Helper()
	var b bytes.Buffer
	_, err := w.exp.Export(w.t.Context(), evidence.ForGrant("tracker", id), &b)
	ok(w.t, err)
	return b.Bytes()
}

// The evidence of one grant holds that grant alone: what was asked, who said yes
// and why, all that was done under it, and the end; and it verifies.
func TestOneGrant(t *testing.T) {
	w := elevated(t)
	pack := w.grantPack(theGrant)
	r := w.verified(pack)
	if !r.OK || r.Grant != string(theGrant) || r.App != "tracker" {
		t.Fatalf("%+v", r)
	}
	for kind, n := range map[string]int{"events": 11, "decisions": 2, "approvals": 1, "grants": 1, "deployments": 0, "incidents": 0, "apps": 1} {
		if r.Counts[kind].Asked != n {
			t.Errorf("%s: %d, want %d", kind, r.Counts[kind].Asked, n)
		}
	}
	for what, n := range map[string]int{"grants of people": 1, "acts under them": 4, "replayed": 2} {
		if proven(r, what) != n {
			t.Errorf("%s: %d, want %d of %+v", what, proven(r, what), n, r.Proven)
		}
	}
	page := fileIn(t, pack, "index.html")
	for _, want := range []string{"Access of ada@example.org to tracker", "A user waits", "OPS-1", "The fix cannot wait.", "revoked", "deploy.settle"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if all := strings.Join([]string{page, fileIn(t, pack, "audit/events.jsonl"), fileIn(t, pack, "grants.jsonl")}, ""); strings.Contains(all, string(elseGrant)) || strings.Contains(all, "evil.example") {
		t.Error("the pack tells of something else")
	}
}

// Packs of an app and of a period have the grants too.
func TestGrantsInOtherPacks(t *testing.T) {
	w := elevated(t)
	for name, pack := range map[string][]byte{"app": w.export(), "period": w.period("2026-03")} {
		r := w.verified(pack)
		if !r.OK || proven(r, "grants of people") != 2 || proven(r, "acts under them") != 8 {
			t.Errorf("%s: %+v %+v", name, r.Problems, r.Proven)
		}
	}
}

// Whoever holds the key cannot tell another story than the log.
func TestLiesAboutGrants(t *testing.T) {
	w := elevated(t)
	pack := w.grantPack(theGrant)
	for name, c := range map[string]struct {
		change func(string, []byte) []byte
		what   string
	}{
		"reason":        {edit("grants.jsonl", "A user waits", "A user wants"), "does not say what its events say"},
		"ticket":        {edit("grants.jsonl", "OPS-1", "OPS-2"), "does not say what its events say"},
		"holder":        {edit("grants.jsonl", string(owner), string(boss)), "does not say what its events say"},
		"longer":        {edit("grants.jsonl", when(71), when(99)), "does not say what its events say"},
		"end":           {edit("grants.jsonl", `"revoked"`, `"expired"`), "does not say what its events say"},
		"no end":        {edit("grants.jsonl", `"revoked"`, `"in force"`), "no known end"},
		"a use less":    {edit("grants.jsonl", `"action":"app.deploy"`, `"action":"app.read"`), "does not say what its events say"},
		"another grant": {edit("grants.jsonl", string(theGrant), string(elseGrant)), "no such grant"},
		"scope":         {edit("manifest.json", `"grant": "`+string(theGrant), `"grant": "`+string(elseGrant)), "counted as one of the time"},
		"digest":        {edit("manifest.json", `"grant_digest": "sha256:`, `"grant_digest": "sha512:`), "counted as one of the time"},
	} {
		bad, err := evidence.Rewrite(pack, w.keys.NoteSigner(), c.change)
		ok(t, err)
		if r := w.verified(bad); r.OK || !told(r, c.what) {
			t.Errorf("%s: %+v", name, r.Problems)
		}
	}
}

// What the log itself says is held together: an act after the end, or by a
// decision about something else, does not verify.
func TestGrantsThatDoNotHold(t *testing.T) {
	for name, c := range map[string]struct {
		data map[string]string
		what string
	}{
		"after the end":    {map[string]string{"grant": string(theGrant), "grant_at": when(22)}, "after its end"},
		"before the start": {map[string]string{"grant": string(theGrant), "grant_at": when(5), "grant_late": "true"}, "before it began"},
		"without a time":   {map[string]string{"grant": string(theGrant)}, "never granted"},
	} {
		w := elevated(t)
		w.act(core.Event{Action: "app.deploy", Actor: core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}, Target: "sha256:y", Code: "ok", Data: c.data})
		if r := w.verified(w.grantPack(theGrant)); r.OK || !told(r, c.what) {
			t.Errorf("%s: %+v", name, r.Problems)
		}
	}
}

// One changed byte anywhere is found.
func TestEveryPartOfAGrantsPack(t *testing.T) {
	w := elevated(t)
	pack := w.grantPack(theGrant)
	for i := 0; i < len(pack); i += 997 {
		bad := bytes.Clone(pack)
		bad[i] ^= 1 << (i % 8)
		if r := w.verified(bad); r.OK {
			t.Fatalf("byte %d of %d", i, len(pack))
		}
	}
}

func fileIn(t *testing.T, pack []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	ok(t, err)
	f, err := z.Open(name)
	ok(t, err)
	data, err := io.ReadAll(f)
	ok(t, err)
	return string(data)
}
