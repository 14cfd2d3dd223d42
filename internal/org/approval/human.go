package approval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// shortestSubject is how long a provider's name for somebody must be to say
// anything at another provider: small numbers are given by all of them.
const shortestSubject = 8

// links returns what was said of accounts, with a proposal for each two that have
// an address, or a name at a provider, in common and of which nothing was said. A
// proposal counts until somebody says that they are different.
func links(people []core.Person, addresses []core.Address, said []core.SameHuman) []core.SameHuman {
	out := slices.Clone(said)
	known := map[[2]core.ID]bool{}
	for _, s := range said {
		known[[2]core.ID{s.A, s.B}] = true
	}
	held := map[string][]core.ID{}
	why := func(key string, who core.ID) {
		if !slices.Contains(held[key], who) {
			held[key] = append(held[key], who)
		}
	}
	there := map[core.ID]bool{}
	for _, p := range people {
		there[p.ID] = true
		if strings.Contains(p.Email, "@") {
			why("the address "+core.PlainAddress(p.Email), p.ID)
		}
	}
	for _, x := range addresses {
		if !there[x.Person] {
			continue
		}
		if x.Email != "" {
			why("the address "+core.PlainAddress(x.Email), x.Person)
		}
		if _, subject, ok := strings.Cut(x.Source, " "); ok && len(subject) >= shortestSubject {
			why("the name "+subject+" at a sign-in provider", x.Person)
		}
	}
	for key, ids := range held {
		slices.Sort(ids)
		for i, a := range ids {
			for _, b := range ids[i+1:] {
				if known[[2]core.ID{a, b}] {
					continue
				}
				known[[2]core.ID{a, b}] = true
				out = append(out, core.SameHuman{A: a, B: b, State: core.SameProposed, Reason: "Both have " + key + "."})
			}
		}
	}
	slices.SortFunc(out, func(x, y core.SameHuman) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return out
}

// Links lists what is known of accounts that are one human's, proposals included.
func (a *Approvals) Links(ctx context.Context) ([]core.SameHuman, error) {
	l, err := a.Look(ctx)
	if err != nil {
		return nil, err
	}
	return l.links, nil
}

// SameHuman keeps that two accounts are one human's, or that they are not. Nobody
// says of their own accounts that they are different. Errors: Invalid, NotFound for
// an account, Forbidden.
func (a *Approvals) SameHuman(ctx context.Context, by core.Actor, one, other core.ID, same bool, reason string) error {
	reason = strings.TrimSpace(reason)
	switch {
	case one == other:
		return core.Errorf(core.Invalid, "These are the same account.").At("other").Hinted("Choose two accounts.")
	case reason == "" || len(reason) > mostNote:
		return core.Errorf(core.Invalid, "The reason is missing or too long.").At("reason").Hinted("Write in at most %d letters how you know.", mostNote)
	}
	return a.store.InTx(ctx, func(ctx context.Context) error {
		l, err := a.Look(ctx)
		if err != nil {
			return err
		}
		for _, id := range []core.ID{one, other} {
			if _, ok := l.byID[id]; !ok {
				return core.Errorf(core.NotFound, "There is no person with the id %q.", id)
			}
			if !same && l.humans.Same(by.ID, id) {
				return core.Errorf(core.Forbidden, "One of these accounts is yours, so somebody else has to say that they are different.").Hinted("Ask somebody of the platform or security team.")
			}
		}
		state, action := core.SameLinked, "person.link"
		if !same {
			state, action = core.SameNot, "person.unlink"
		}
		x, y := core.Pair(one, other)
		if err := a.store.PutSameHuman(ctx, core.SameHuman{A: x, B: y, State: state, Reason: reason, By: by.ID, At: a.now()}); err != nil {
			return err
		}
		return a.audit.Append(ctx, core.Event{Action: action, Actor: by, Target: string(x), Code: "ok", Data: map[string]string{"other": string(y), "reason": reason}})
	})
}

// AddAddress keeps an address that somebody commits under. Errors: Invalid,
// NotFound, Conflict when it is somebody's already.
func (a *Approvals) AddAddress(ctx context.Context, by core.Actor, person core.ID, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !strings.Contains(email, "@") || strings.ContainsAny(email, " <>\t\n") || len(email) > 254 {
		return core.Errorf(core.Invalid, "%.80q is no e-mail address.", email).At("email").Hinted("Write it as git does, for example ana@example.org.")
	}
	return a.store.InTx(ctx, func(ctx context.Context) error {
		if _, err := a.store.Person(ctx, person); err != nil {
			return err
		}
		if err := a.store.AddAddress(ctx, core.Address{Email: email, Person: person}, by.ID, a.now()); err != nil {
			return err
		}
		return a.audit.Append(ctx, core.Event{Action: "person.address", Actor: by, Target: string(person), Code: "ok", Data: map[string]string{"did": "add"}})
	})
}

// RemoveAddress takes an address away that was added. Nobody takes away their own.
// Errors: NotFound, Forbidden.
func (a *Approvals) RemoveAddress(ctx context.Context, by core.Actor, person core.ID, email string) error {
	return a.store.InTx(ctx, func(ctx context.Context) error {
		l, err := a.Look(ctx)
		if err != nil {
			return err
		}
		if l.humans.Same(by.ID, person) {
			return core.Errorf(core.Forbidden, "This address is yours, so somebody else has to take it away.").Hinted("Ask somebody of the platform or security team.")
		}
		if err := a.store.RemoveAddress(ctx, person, email); err != nil {
			return err
		}
		return a.audit.Append(ctx, core.Event{Action: "person.address", Actor: by, Target: string(person), Code: "ok", Data: map[string]string{"did": "remove"}})
	})
}

// named is how somebody is named in a sentence.
func (l *Look) named(id core.ID) string {
	if p, ok := l.byID[id]; ok {
		return p.Email
	}
	return fmt.Sprintf("somebody who is gone (%s)", id)
}
