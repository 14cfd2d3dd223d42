// Package owner knows who answers for apps: it tells the same minute when an
// owner has left, and gives an app to somebody else.
package owner

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Store is what apps and people are read from.
type Store interface {
	BriefsOfOwner(ctx context.Context, owner core.ID) ([]core.Brief, error)
	AppsNamed(ctx context.Context, names []string) ([]core.App, error)
	People(ctx context.Context) ([]core.Person, error)
	// PersonByEmail returns a person. Errors: NotFound.
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
	// SetOwner keeps who owns an app. Errors: NotFound.
	SetOwner(ctx context.Context, app, owner core.ID) error
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Service tells of owners who left, and gives apps away. It is safe for concurrent
// use if its parts are.
type Service struct {
	Store Store
	Tell  Teller
	Audit Audit
	Clock core.Clock
}

// Left tells what lost its owner when p was switched off, in the caller's
// transaction: an event for each app, and one notice for each of its co-owners and
// of the platform team, with all the apps that they should know of.
func (s *Service) Left(ctx context.Context, by core.Actor, p core.Person) error {
	apps, err := s.lost(ctx, p)
	if err != nil || len(apps) == 0 {
		return err
	}
	for _, a := range apps {
		err := s.Audit.Append(ctx, core.Event{Action: "app.owner_left", Actor: by, AppID: a.ID, Target: a.Name, Code: "ok", Data: map[string]string{"owner": string(p.ID)}})
		if err != nil {
			return err
		}
	}
	all, err := s.Store.People(ctx)
	if err != nil {
		return err
	}
	now := core.Stamp(s.Clock.Now())
	for _, to := range all {
		if to.Disabled || to.ID == p.ID {
			continue
		}
		theirs := apps
		if !to.Has(core.RolePlatform) {
			theirs = slices.DeleteFunc(slices.Clone(apps), func(a core.App) bool { return !authz.Owns(to, a) })
		}
		if len(theirs) == 0 {
			continue
		}
		if err := s.Tell.Tell(ctx, notice(to, p, theirs, now)); err != nil {
			return err
		}
	}
	return nil
}

// lost lists the apps in service that p owns, by name.
func (s *Service) lost(ctx context.Context, p core.Person) ([]core.App, error) {
	briefs, err := s.Store.BriefsOfOwner(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, b := range briefs {
		if !slices.Contains([]core.AppState{core.AppArchived, core.AppDeleted, core.AppFailed}, b.State) {
			names = append(names, b.Name)
		}
	}
	slices.Sort(names)
	return s.Store.AppsNamed(ctx, names)
}

// mostNamed is how many apps a notice names.
const mostNamed = 20

func notice(to, left core.Person, apps []core.App, now int64) core.Notice {
	n := core.Notice{Person: to.ID, Key: "owner.left:" + string(left.ID) + ":" + strconv.FormatInt(now, 10)}
	what := "it"
	if len(apps) == 1 {
		n.AppID, n.Title, n.Link = apps[0].ID, apps[0].Name+" has lost its owner", page(apps[0])
	} else {
		n.Title, n.Link, what = fmt.Sprintf("%d apps have lost their owner", len(apps)), "/", "each of them"
	}
	var names []string
	for _, a := range apps[:min(len(apps), mostNamed)] {
		names = append(names, a.Name)
	}
	list := strings.Join(names, ", ")
	if more := len(apps) - mostNamed; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	next := "Ask the platform team to give " + what + " to somebody else."
	if to.Has(core.RolePlatform) {
		next = "Give " + what + " to somebody else, on the app's page."
	}
	n.Body = fmt.Sprintf("%s has left. %s Apps: %s.", left.Email, next, list)
	return n
}

func page(a core.App) string { return "/apps/" + url.PathEscape(a.Name) }

// Give makes somebody else the owner of an app. The caller has checked that who
// may; who cannot be the one who gets it, unless they own it. Errors: Invalid for
// somebody who cannot own it, Conflict for an app that is not in service.
func (s *Service) Give(ctx context.Context, who core.Person, by core.Actor, a core.App, email string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		to, err := s.Store.PersonByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
		if core.CodeOf(err) == core.NotFound {
			return cannot("Nobody here has the e-mail %.100q.", email).Hinted("Add the person first.")
		}
		if err != nil {
			return err
		}
		switch {
		case to.Disabled:
			return cannot("%s is switched off.", to.Email).Hinted("Choose somebody who is here.")
		case authz.ReadOnly(to):
			return cannot("%s holds the role auditor, which only reads.", to.Email).Hinted("Choose somebody else.")
		case to.ID == a.OwnerID:
			return cannot("%s owns the app already.", to.Email).Hinted("Choose somebody else.")
		case to.ID == who.ID:
			return cannot("Nobody gives an app to themselves.").Hinted("Ask somebody else of the platform team.")
		case slices.Contains([]core.AppState{core.AppDeleted, core.AppFailed}, a.State):
			return core.Errorf(core.Conflict, "The app %q is %s.", a.Name, a.State).Hinted("There is nothing to own.")
		}
		if err := s.Store.SetOwner(ctx, a.ID, to.ID); err != nil {
			return err
		}
		now := core.Stamp(s.Clock.Now())
		err = s.Tell.Tell(ctx, core.Notice{Person: to.ID, AppID: a.ID, Key: "owner.given:" + string(a.ID) + ":" + strconv.FormatInt(now, 10), Title: a.Name + " is yours now", Link: page(a),
			Body: fmt.Sprintf("%s made you the owner of %s. Look at its page, and who else works on it.", who.Email, a.Name)})
		if err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "app.give", Actor: by, AppID: a.ID, Target: a.Name, Code: "ok", Data: map[string]string{"from": string(a.OwnerID), "to": string(to.ID)}})
	})
}

func cannot(format string, args ...any) *core.Error {
	return core.Errorf(core.Invalid, format, args...).At("email")
}
