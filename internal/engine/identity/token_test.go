package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/notify"
)

func TestTokenShowsItsLastUse(t *testing.T) {
	tw := newTown(t)
	app := tw.NewApp("payroll", tw.ana)
	token, made, err := tw.MakeToken(t.Context(), tw.ana, identity.Wish{Name: "ci", Scopes: []string{"git", "checks", "git"}, Apps: []core.ID{app.ID}})
	tw.Must(err)
	if made.Scope != "checks,git" {
		t.Errorf("scope %q", made.Scope)
	}
	who, _, err := tw.Token(t.Context(), token, core.Use{Door: "git", From: "203.0.113.77:51234"})
	tw.Must(err)
	if len(who.Only) != 1 || who.Only[0] != app.ID {
		t.Errorf("the token is bound to %v", who.Only)
	}
	list, err := tw.Tokens(t.Context(), tw.ana.ID)
	tw.Must(err)
	if got := list[0].At; got != (core.Use{Door: "git", From: "203.0.113.0/24"}) || list[0].Used == 0 || len(list[0].Apps) != 1 {
		t.Errorf("last use %+v of %+v", got, list[0])
	}
	for address, want := range map[string]string{"127.0.0.1:80": "127.0.0.0/24", "[2001:db8:1:2::3]:443": "2001:db8:1::/48", "::ffff:192.0.2.9": "192.0.2.0/24", "fe80::1%eth0": "fe80::/48",
		"": "", "@": "", "unix": ""} {
		if got := identity.Network(address); got != want {
			t.Errorf("network of %q: %q, want %q", address, got, want)
		}
	}
}

func TestScopesThatCannotBe(t *testing.T) {
	tw := newTown(t)
	for name, c := range map[string]struct {
		w     identity.Wish
		field string
	}{
		"none":              {identity.Wish{}, "scope"},
		"one unknown":       {identity.Wish{Scopes: []string{"read", "gti"}}, "scope"},
		"scim and more":     {identity.Wish{Scopes: []string{"read", "scim"}, Provider: "entra"}, "scope"},
		"scim for nobody":   {identity.Wish{Scopes: []string{"scim"}}, "provider"},
		"scim for apps":     {identity.Wish{Scopes: []string{"scim"}, Provider: "entra", Apps: []core.ID{"a"}}, "apps"},
		"opa for apps":      {identity.Wish{Scopes: []string{"opa"}, Apps: []core.ID{"a"}}, "apps"},
		"provider for read": {identity.Wish{Scopes: []string{"read"}, Provider: "entra"}, "provider"},
	} {
		c.w.Name = "x"
		_, _, err := tw.MakeToken(t.Context(), tw.ana, c.w)
		if e := core.AsError(err); core.CodeOf(err) != core.Invalid || e.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A token that is made with a token never reaches further than it.
func TestTokenMadeWithAToken(t *testing.T) {
	tw := newTown(t)
	_, by, err := tw.MakeToken(t.Context(), tw.ana, identity.Wish{Name: "by", Scopes: []string{"git", "read"}, Apps: []core.ID{"a", "b"}, Life: 10 * 24 * time.Hour})
	tw.Must(err)
	for name, c := range map[string]struct {
		w    identity.Wish
		want core.Code
	}{
		"the same":         {identity.Wish{Scopes: []string{"git", "read"}, Apps: []core.ID{"a", "b"}, Life: 10 * 24 * time.Hour}, ""},
		"less":             {identity.Wish{Scopes: []string{"git"}, Apps: []core.ID{"b"}, Life: time.Hour}, ""},
		"another scope":    {identity.Wish{Scopes: []string{"write"}, Apps: []core.ID{"a"}, Life: time.Hour}, core.Forbidden},
		"another app":      {identity.Wish{Scopes: []string{"git"}, Apps: []core.ID{"a", "c"}, Life: time.Hour}, core.Forbidden},
		"all apps":         {identity.Wish{Scopes: []string{"git"}, Life: time.Hour}, core.Forbidden},
		"longer":           {identity.Wish{Scopes: []string{"git"}, Apps: []core.ID{"a"}, Life: 11 * 24 * time.Hour}, core.Forbidden},
		"the default life": {identity.Wish{Scopes: []string{"git"}, Apps: []core.ID{"a"}}, core.Forbidden},
	} {
		c.w.Name, c.w.By = name, &by
		if _, _, err := tw.MakeToken(t.Context(), tw.ana, c.w); core.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	_, all, err := tw.NewToken(t.Context(), tw.ana, "all", "write", 0)
	tw.Must(err)
	if _, _, err := tw.MakeToken(t.Context(), tw.ana, identity.Wish{Name: "x", Scopes: []string{"scim"}, Provider: "entra", Life: time.Hour, By: &all}); core.CodeOf(err) != core.Forbidden {
		t.Errorf("a token for people made with one for all else: %v", err)
	}
}

func TestPlatformEndsATokenAndTells(t *testing.T) {
	tw := newTown(t)
	tell := notify.New(tw, tw, tw.Audit, tw.Clock, tw.IDs)
	plat := tw.Somebody("plat@example.org", core.RolePlatform)
	token, c, err := tw.NewToken(t.Context(), tw.ana, "laptop", "git", 0)
	tw.Must(err)
	everybody, err := tw.AllTokens(t.Context())
	tw.Must(err)
	if len(everybody) != 1 || everybody[0].ID != c.ID {
		t.Errorf("all tokens: %+v", everybody)
	}
	tw.Must(tw.EndToken(t.Context(), identity.ActorOf(plat, "web"), c.ID, tell))
	_, _, err = tw.Token(t.Context(), token, core.Use{})
	refused(t, "an ended token", err)
	notes, err := tw.Notices(t.Context(), tw.ana.ID)
	tw.Must(err)
	if len(notes) != 1 || !strings.Contains(notes[0].Body, "plat@example.org ended it") {
		t.Errorf("told %+v", notes)
	}
	if err := tw.EndToken(t.Context(), identity.ActorOf(plat, "web"), c.ID, tell); core.CodeOf(err) != core.NotFound {
		t.Errorf("ended twice: %v", err)
	}
	if got := strings.Join(tw.Events(0), " "); got != "token.create token.revoke" {
		t.Errorf("events: %s", got)
	}
}

// Makers are told a week before, once; not of tokens that last less than two.
func TestTokenThatEndsSoon(t *testing.T) {
	tw := newTown(t)
	tell := notify.New(tw, tw, tw.Audit, tw.Clock, tw.IDs)
	_, _, err := tw.NewToken(t.Context(), tw.ana, "laptop", "git", 30*24*time.Hour)
	tw.Must(err)
	_, _, err = tw.NewToken(t.Context(), tw.ana, "short", "git", 10*24*time.Hour)
	tw.Must(err)
	for _, c := range []struct{ days, told int }{{4, 0}, {18, 0}, {2, 1}, {1, 1}, {5, 1}, {3, 1}} {
		tw.Clock.Move(time.Duration(c.days) * 24 * time.Hour)
		tw.Must(tw.WarnTokens(t.Context(), tell))
		if got, _ := tw.Unread(t.Context(), tw.ana.ID); got != c.told {
			t.Errorf("on %s told %d times, want %d", tw.Clock.Now().Format(time.DateOnly), got, c.told)
		}
	}
}
