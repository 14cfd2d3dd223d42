package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// soon is how long before the end people are told of it.
const soon = 15 * time.Minute

// What has been told of the end of a grant.
const (
	toldSoon = "soon"
	toldEnd  = "end"
)

// tellGranted tells who asked, and the app's owner.
func (s *Service) tellGranted(ctx context.Context, g core.Grant, app core.App) error {
	who, err := s.Store.Person(ctx, g.Person)
	if err != nil {
		return err
	}
	err = s.Tell.Tell(ctx, core.Notice{Person: g.Person, AppID: g.AppID, Key: "access:" + string(g.ID) + ":granted", Title: "You have access: " + subject(app, g),
		Body: span(g) + " You can end it earlier.", Link: Link(g)})
	if err != nil || app.OwnerID == g.Person || app.OwnerID == "" {
		return err
	}
	return s.Tell.Tell(ctx, core.Notice{Person: app.OwnerID, AppID: g.AppID, Key: "access:" + string(g.ID) + ":owner", Title: who.Email + " has access: " + subject(app, g),
		Body: span(g) + " The reason: " + g.Reason, Link: Link(g)})
}

// tellRevoked tells who lost access, unless they ended it themselves.
func (s *Service) tellRevoked(ctx context.Context, g core.Grant, by core.Person, why string) error {
	if by.ID == g.Person {
		return nil
	}
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return err
	}
	return s.Tell.Tell(ctx, core.Notice{Person: g.Person, AppID: g.AppID, Key: "access:" + string(g.ID) + ":end", Title: "Your access was ended: " + subject(app, g),
		Body: "The reason: " + why, Link: Link(g)})
}

// Sweep tells of ends by time, near and past, each once. It only tells: nothing
// ends because of it. One grant that cannot be told does not keep it from the
// others; the first such error is returned.
func (s *Service) Sweep(ctx context.Context) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	list, err := s.Store.UntoldGrants(ctx, now+soon.Microseconds())
	if err != nil {
		return err
	}
	for _, g := range list {
		if e := s.tellEnd(ctx, g.ID); e != nil && err == nil {
			err = e
		}
	}
	return err
}

// tellEnd tells of one grant's end.
func (s *Service) tellEnd(ctx context.Context, id core.ID) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		g, now, err := s.at(ctx, id)
		if err != nil {
			return err
		}
		app, err := s.Store.App(ctx, g.AppID)
		if err != nil {
			return err
		}
		n := core.Notice{Person: g.Person, AppID: g.AppID, Key: "access:" + string(g.ID) + ":end", Link: Link(g)}
		action, told := "access.expire", toldEnd
		switch st := g.State(now); {
		case g.Told == toldEnd:
			return nil
		case st == core.GrantLapsed:
			action = "access.lapse"
			n.Title, n.Body = "Nobody answered: "+subject(app, g), "Your request for access is over. You can ask again."
		case st == core.GrantExpired:
			n.Title, n.Body = "Your access has ended: "+subject(app, g), "Its time is over. If you need it longer, ask again."
		case st == core.GrantActive && g.Told == "" && g.Duration() > 2*soon:
			action = "access.remind"
			told, n.Key = toldSoon, "access:"+string(g.ID)+":soon"
			n.Title, n.Body = "Your access ends soon: "+subject(app, g), "It ends at "+clock(g.Expires)+". Extend it if you need it longer."
		default:
			return nil
		}
		if err := s.Tell.Tell(ctx, n); err != nil {
			return err
		}
		if err := s.Store.TellGrant(ctx, g.ID, told); err != nil {
			return err
		}
		return s.record(ctx, action, core.System("access"), g, map[string]string{"expires": stamp(g.Expires), "lapses": stamp(g.Lapses)})
	})
}

// subject says what a grant is: "deployer of payroll in eu-sovereign".
func subject(app core.App, g core.Grant) string {
	out := string(g.Role) + " of " + app.Name
	if g.Environment != "" {
		out += " in " + g.Environment
	}
	return out
}

// span says from when to when, for people.
func span(g core.Grant) string {
	if g.Starts > g.Granted {
		return "From " + clock(g.Starts) + " to " + clock(g.Expires) + "."
	}
	return "Until " + clock(g.Expires) + "."
}

func clock(us int64) string { return core.Moment(us).Format("2 January 2006, 15:04 MST") }

// words says a duration: "2 h 30 min".
func words(d time.Duration) string {
	days, hours, mins := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	var out []string
	for _, p := range []struct {
		n    int
		unit string
	}{{days, "d"}, {hours, "h"}, {mins, "min"}} {
		if p.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", p.n, p.unit))
		}
	}
	return strings.Join(out, " ")
}

// reasons says what the rules have against something.
func reasons(err error) string {
	var out []string
	for _, p := range core.AsError(err).Problems {
		out = append(out, p.Msg)
	}
	return strings.Join(out, " ")
}
