package secret

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// SEC-5: only the app with a lease in force gets the secret, up to its very end.
func TestLeaseEndsAtItsBoundary(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	if c := w.use(t, "a1"); c != core.Forbidden {
		t.Errorf("without a lease: %q", c)
	}
	start := w.clock.now
	l := w.lease(t, "a1", "mailer-key")
	if l.Expires != core.Stamp(start.Add(DefaultTTL)) {
		t.Errorf("ends at %v", core.Moment(l.Expires))
	}
	for _, c := range []struct {
		after time.Duration
		app   core.ID
		want  core.Code
	}{
		{0, "a1", ""}, {0, "a2", core.Forbidden},
		{DefaultTTL - time.Microsecond, "a1", ""},
		{DefaultTTL, "a1", core.Forbidden},
		{DefaultTTL + time.Microsecond, "a1", core.Forbidden},
	} {
		w.clock.now = start.Add(c.after)
		if got := w.use(t, c.app); got != c.want {
			t.Errorf("%s after %v: %q, want %q", c.app, c.after, got, c.want)
		}
		held, err := w.Held(t.Context(), "a1")
		if err != nil || (len(held) == 1) != (c.after < DefaultTTL) {
			t.Errorf("held after %v: %v, %v", c.after, held, err)
		}
	}
}

type real = Leases

// stale is a store that finds leases which have ended.
type stale struct {
	real
	lease core.Lease
}

func (s stale) LeaseInForce(context.Context, core.ID, string, int64) (core.Lease, bool, error) {
	return s.lease, true, nil
}

// Promise 6: the end of a lease is read at every use, whatever the store says.
func TestEndedLeasesFromTheStoreDoNotCount(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	now := core.Stamp(w.clock.now)
	good := core.Lease{AppID: "a1", Secret: "mailer-key", Expires: now + 1}
	for note, change := range map[string]func(*core.Lease){
		"ended": func(l *core.Lease) { l.Expires = now }, "revoked": func(l *core.Lease) { l.Revoked = 1 },
		"of another app": func(l *core.Lease) { l.AppID = "a2" }, "on another secret": func(l *core.Lease) { l.Secret = "x" },
	} {
		l := good
		change(&l)
		w.o.Leases = stale{w.db, l}
		if c := w.use(t, "a1"); c != core.Forbidden {
			t.Errorf("%s: %q", note, c)
		}
	}
	w.o.Leases = stale{w.db, good}
	if c := w.use(t, "a1"); c != "" {
		t.Errorf("the good one: %q", c)
	}
}

func TestLeaseAgainAndRefusals(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	first := w.lease(t, "a1", "mailer-key")
	if again := w.lease(t, "a1", "mailer-key"); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
	w.clock.now = w.clock.now.Add(10 * time.Minute)
	if later := w.lease(t, "a1", "mailer-key"); later.ID != first.ID || later.Expires <= first.Expires {
		t.Errorf("%+v, then %+v", first, later)
	}
	for _, ttl := range []time.Duration{-1, MaxTTL + 1} {
		if _, err := w.Lease(t.Context(), "a1", "mailer-key", ttl); core.CodeOf(err) != core.Invalid {
			t.Errorf("ttl %v: %v", ttl, err)
		}
	}
	if _, err := w.Lease(t.Context(), "a1", "none", 0); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such secret: %v", err)
	}
	if got := w.actions(t); !slices.Equal(got, []string{"secret.lease", "secret.put", "secret.renew"}) {
		t.Errorf("events %v", got)
	}
}

func TestRenewWhileLive(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.lease(t, "a1", "mailer-key")
	renew := func(after time.Duration, want int) {
		t.Helper()
		w.clock.now = w.clock.now.Add(after)
		if n, err := w.Renew(t.Context(), "a1"); n != want || err != nil {
			t.Errorf("renewed %d, %v; want %d", n, err, want)
		}
	}
	renew(40*time.Minute, 0) // no deployment is live
	w.do(t, func(ctx context.Context) error {
		if err := w.db.PutArtifact(ctx, core.Artifact{Digest: "sha256:x", AppID: "a1", Commit: "c"}); err != nil {
			return err
		}
		if err := w.db.AddDecision(ctx, core.Decision{ID: "g1", Gate: core.GateAppDeploy, AppID: "a1", Result: core.Allow}); err != nil {
			return err
		}
		d := core.Deployment{ID: "d1", Decision: "g1", AppID: "a1", Artifact: "sha256:x", Target: "t", Region: "r", State: core.DeployStarting, By: "p1", Created: 1}
		if err := w.db.AddDeployment(ctx, d); err != nil {
			return err
		}
		if err := w.db.MoveDeployment(ctx, d, core.DeployLive, 0); err != nil {
			return err
		}
		return w.log.Append(ctx, core.Event{Action: "test.setup", Actor: core.System("test"), Code: "ok"})
	})
	renew(0, 1)
	renew(29*time.Minute, 0) // less than half over
	renew(time.Minute, 1)
	w.allowed = []string{"vault"}
	w.clock.now = w.clock.now.Add(40 * time.Minute)
	if _, err := w.Renew(t.Context(), "a1"); core.CodeOf(err) != core.Denied {
		t.Errorf("policy forbids the store: %v", err)
	}
	w.allowed = []string{Platform}
	renew(30*time.Minute, 0) // ended meanwhile: it stays ended
	if c := w.use(t, "a1"); c != core.Forbidden {
		t.Errorf("use: %q", c)
	}
}

func TestRevoke(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.lease(t, "a1", "mailer-key")
	w.lease(t, "a2", "mailer-key")
	for _, want := range []int{1, 0} { // the second time there is nothing to do
		if n, err := w.Revoke(t.Context(), "a1", "archived"); n != want || err != nil {
			t.Errorf("revoked %d, %v; want %d", n, err, want)
		}
	}
	if a, b := w.use(t, "a1"), w.use(t, "a2"); a != core.Forbidden || b != "" {
		t.Errorf("a1 %q, a2 %q", a, b)
	}
	if w.lease(t, "a1", "mailer-key"); w.use(t, "a1") != "" {
		t.Error("a new lease after a revocation gives nothing")
	}
}
