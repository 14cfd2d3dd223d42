package identity_test

import (
	"context"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// A person whom a provider brought by SCIM is linked at the first sign-in by the
// provider's own name for them, whatever their e-mail; an e-mail that changed
// hands opens nothing.
func TestArriveOfWhoWasBrought(t *testing.T) {
	for what, c := range map[string]struct {
		external string // at SCIM
		gone     bool
		change   func(a *identity.Arrival)
		want     core.Code
	}{
		"by the name, without an e-mail":   {"oid-1", false, func(a *identity.Arrival) { a.Email, a.Vouched = "", false }, ""},
		"by the name, with another e-mail": {"oid-1", false, func(a *identity.Arrival) { a.Email = "somebody@example.com" }, ""},
		"by the e-mail, without a name":    {"", false, func(*identity.Arrival) {}, ""},
		"another name with her e-mail":     {"oid-2", false, func(*identity.Arrival) {}, core.Conflict},
		"no name with her e-mail":          {"oid-1", false, func(a *identity.Arrival) { a.ExternalID = "" }, core.Conflict},
		"her name, taken away":             {"oid-1", true, func(a *identity.Arrival) { a.Email, a.Vouched = "", false }, core.Forbidden},
		"her name and e-mail, taken away":  {"oid-1", true, func(*identity.Arrival) {}, core.Conflict},
		"another provider's name":          {"oid-1", false, func(a *identity.Arrival) { a.Provider, a.Email, a.Vouched = "entra", "", false }, core.Forbidden},
		"a provider that brings nobody":    {"oid-1", false, func(a *identity.Arrival) { a.Brings, a.Email, a.Vouched = false, "", false }, core.Forbidden},
	} {
		tw := newTown(t)
		b := core.Brought{ID: "u1", Provider: "okta", Person: tw.ana.ID, UserName: "ana", ExternalID: c.external, Active: true}
		if c.gone {
			b.Gone = 1
		}
		tw.Must(tw.Quietly(t.Context(), func(ctx context.Context) error { return tw.AddBrought(ctx, b) }))
		a := arrival("1")
		a.Brings, a.ExternalID = true, "oid-1"
		c.change(&a)
		who, _, err := tw.Arrive(t.Context(), a)
		if c.want != "" && (core.CodeOf(err) != c.want || core.AsError(err).Hint == "") || c.want == "" && (err != nil || who.ID != tw.ana.ID) {
			t.Errorf("%s: %s, %v", what, who.Email, err)
		}
	}
}

// What is to be known when somebody is switched off is in the same transaction.
func TestWhenOff(t *testing.T) {
	tw := newTown(t)
	var fails error = core.Errorf(core.Unavailable, "later")
	told := []string{}
	s := tw.Service.WhenOff(func(_ context.Context, by core.Actor, p core.Person) error {
		told = append(told, by.Name+" "+p.Email)
		return fails
	})
	if err := s.SwitchOff(t.Context(), core.Actor{Kind: core.ActorPerson, Name: "chief"}, tw.ana.ID); core.CodeOf(err) != core.Unavailable {
		t.Errorf("%v", err)
	}
	if p, _ := tw.Person(t.Context(), tw.ana.ID); p.Disabled || len(tw.Events(0)) > 0 {
		t.Error("half of it was kept")
	}
	fails = nil
	for range 2 {
		tw.Must(s.SwitchOff(t.Context(), core.Actor{Kind: core.ActorPerson, Name: "chief"}, tw.ana.ID))
	}
	if got := strings.Join(told, ", "); got != "chief ana@example.org, chief ana@example.org" {
		t.Errorf("told %s", got)
	}
}
