package identity_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func TestSealedCode(t *testing.T) { testkit.Each(t, testSealedCode) }

func testSealedCode(t *testing.T, g *testkit.Ground) {
	s := identity.New(g, g.Audit, g.Clock, g.IDs, rand.Reader)
	tell := notify.New(g, g, g.Audit, g.Clock, g.IDs)
	pia, ana := g.Somebody("pia@example.org", core.RolePlatform), g.Somebody("ana@example.org", core.RoleMaker)
	by := core.System("test")
	if _, err := s.Seal(t.Context(), by, ana.ID, 1); core.CodeOf(err) != core.Conflict {
		t.Errorf("sealed for a maker: %v", err)
	}
	for _, n := range []int{0, 11} {
		if _, err := s.Seal(t.Context(), by, pia.ID, n); core.CodeOf(err) != core.Invalid {
			t.Errorf("%d codes: %v", n, err)
		}
	}
	old, err := s.Seal(t.Context(), by, pia.ID, 1)
	g.Must(err)
	codes, err := s.Seal(t.Context(), by, pia.ID, 3)
	g.Must(err)
	if text := string(codes[0].Open()); len(text) != 41 || !strings.HasPrefix(text, "PDKBG-") || text == string(codes[1].Open()) {
		t.Errorf("the code is like %d letters", len(text))
	}
	open := func(code core.Secret, reason string) (core.Secret, error) {
		return s.BreakGlass(t.Context(), identity.Glass{Code: code, Reason: reason, Skipped: "sign-in with Entra", From: "203.0.113.9:1"}, tell)
	}
	_, err = open(old[0], "Entra is down.")
	refused(t, "a replaced code", err)
	_, err = open(core.NewSecret([]byte("PDKBG-00000")), "Entra is down.")
	refused(t, "a code that never was", err)
	tries, err := g.SearchEvents(t.Context(), store.EventFilter{Action: "emergency.refuse", Most: 9})
	g.Must(err)
	if len(tries) != 2 || tries[0].Target != "an unknown code" || tries[1].Target == tries[0].Target || tries[1].Data["from"] != "203.0.113.0/24" {
		t.Errorf("what is logged of refused codes: %+v", tries)
	}
	if _, err := open(codes[0], "   down   "); core.CodeOf(err) != core.Invalid {
		t.Errorf("a reason that says nothing: %v", err)
	}
	session, err := open(codes[0], "Entra is down.")
	g.Must(err)
	_, err = open(codes[0], "Entra is down.")
	refused(t, "a used code", err)
	in, err := s.SignedIn(t.Context(), session)
	g.Must(err)
	if in.AuthTime != 0 || in.Person != pia.ID {
		t.Errorf("it counts as a fresh sign-in: %+v", in)
	}
	for range 59 { // busy, and yet
		g.Clock.Move(time.Minute)
		if _, err := s.Session(t.Context(), session); err != nil {
			t.Fatal(err)
		}
	}
	if now, err := s.GlassOpen(t.Context()); len(now) != 1 || now[0].From != "203.0.113.0/24" || err != nil {
		t.Errorf("open: %+v, %v", now, err)
	}
	g.Clock.Move(time.Minute)
	_, err = s.Session(t.Context(), session)
	refused(t, "after an hour", err)
	if now, _ := s.GlassOpen(t.Context()); len(now) != 0 {
		t.Errorf("open after an hour: %+v", now)
	}
	g.Must(g.Quietly(t.Context(), func(ctx context.Context) error { pia.Disabled = true; return g.UpdatePerson(ctx, pia) }))
	_, err = open(codes[1], "Entra is down.")
	refused(t, "a code of somebody who is off", err)
	if got := strings.Join(g.Events(0), " "); !strings.Contains(got, "emergency.seal emergency.seal emergency.refuse emergency.refuse session.start emergency.open emergency.refuse") {
		t.Errorf("events: %s", got)
	}
}
