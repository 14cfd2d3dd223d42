package access

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of what people write, in letters.
const (
	mostReason = 1000
	mostTicket = 100
)

// Ask is what somebody asks for.
type Ask struct {
	App         core.App
	Role        core.GrantRole
	Environment string // name of a target; empty for all
	Reason      string
	Ticket      string
	Length      time.Duration
	Start       time.Time // zero for as soon as it is approved
	Extends     core.ID   // the grant that this one carries on
}

// Draft keeps a request that nobody is asked about yet. Errors: Invalid, with
// the field; Conflict for an app that is not in service.
func (s *Service) Draft(ctx context.Context, who core.Person, by core.Actor, ask Ask) (core.Grant, error) {
	var g core.Grant
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		g, err = s.draft(ctx, who, by, ask)
		return err
	})
	return g, err
}

// Request drafts and submits in one transaction. Errors: those of Draft and
// Submit.
func (s *Service) Request(ctx context.Context, who core.Person, by core.Actor, ask Ask) (core.Grant, error) {
	var g core.Grant
	var refused error
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if g, err = s.draft(ctx, who, by, ask); err == nil {
			g, refused, err = s.submit(ctx, who, by, g)
		}
		return err
	})
	if err == nil {
		err = refused
	}
	return g, err
}

// Submit asks the gate about a draft, and people where the rules want that. The
// grant is then active, scheduled or pending. Errors: Denied with each reason
// when the rules say no, which is kept too; Conflict when it is no draft, or not
// the caller's.
func (s *Service) Submit(ctx context.Context, who core.Person, by core.Actor, id core.ID) (core.Grant, error) {
	var g core.Grant
	var refused error
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if g, err = s.own(ctx, who, id, core.StageDraft); err == nil {
			g, refused, err = s.submit(ctx, who, by, g)
		}
		return err
	})
	if err == nil {
		err = refused
	}
	return g, err
}

// own returns one of the caller's own grants at a stage.
func (s *Service) own(ctx context.Context, who core.Person, id core.ID, stage core.GrantStage) (core.Grant, error) {
	g, err := s.Store.Grant(ctx, id)
	switch {
	case err != nil:
		return g, err
	case g.Person != who.ID:
		return g, core.Errorf(core.Forbidden, "This request is somebody else's.").Hinted("Ask for access yourself.")
	case g.Stage != stage:
		return g, core.Errorf(core.Conflict, "This request is %s already.", g.Stage).Hinted("Load the page again.")
	}
	return g, nil
}

func (s *Service) draft(ctx context.Context, who core.Person, by core.Actor, ask Ask) (core.Grant, error) {
	now, err := s.now(ctx)
	if err != nil {
		return core.Grant{}, err
	}
	ask.Reason, ask.Ticket = strings.TrimSpace(ask.Reason), strings.TrimSpace(ask.Ticket)
	if err := ask.check(now); err != nil {
		return core.Grant{}, err
	}
	g := core.Grant{ID: s.IDs.New(core.Moment(now)), Person: who.ID, AppID: ask.App.ID, Role: ask.Role, Environment: ask.Environment, Reason: ask.Reason, Ticket: ask.Ticket,
		Length: ask.Length.Microseconds(), Extends: ask.Extends, Stage: core.StageDraft, Created: now}
	if !ask.Start.IsZero() {
		g.Wanted = core.Stamp(ask.Start)
	}
	if err := s.extends(ctx, g, now); err != nil {
		return g, err
	}
	if err := s.Store.AddGrant(ctx, g); err != nil {
		return g, err
	}
	return g, s.record(ctx, "access.draft", by, g, map[string]string{"minutes": minutes(g), "ticket": g.Ticket, "extends": string(g.Extends)})
}

// extends holds an extension against the grant that it carries on.
func (s *Service) extends(ctx context.Context, g core.Grant, now int64) error {
	if g.Extends == "" {
		return nil
	}
	old, err := s.Store.Grant(ctx, g.Extends)
	if err != nil {
		return err
	}
	if !old.Same(g) {
		return core.Errorf(core.Invalid, "An extension is of one's own grant, for the same app and role.").At("extends").Hinted("Ask for new access instead.")
	}
	if st := old.State(now); st != core.GrantActive && st != core.GrantScheduled {
		return core.Errorf(core.Conflict, "The grant to extend is %s.", st).At("extends").Hinted("Ask for new access instead.")
	}
	return nil
}

// check refuses what no rule could allow.
func (a Ask) check(now int64) error {
	start := core.Stamp(a.Start)
	switch {
	case a.App.State != core.AppActive && a.App.State != core.AppIdle:
		return core.Errorf(core.Conflict, "The app %q is not in service: it is %s.", a.App.Name, a.App.State).At("app").Hinted("Restore it first.")
	case !a.Role.Valid():
		return core.Errorf(core.Invalid, "There is no role %q to ask for.", a.Role).At("role").Hinted("%s", oneOf(string(a.Role)))
	case a.Environment != "" && !a.Role.PerEnvironment():
		return core.Errorf(core.Invalid, "The role %s is not limited to an environment: an app has one of what it is about.", a.Role).At("environment").Hinted("Leave the environment out, or ask for the role deployer.")
	case a.Reason == "":
		return core.Errorf(core.Invalid, "There is no reason.").At("reason").Hinted("Write what you will do, and why.")
	case utf8.RuneCountInString(a.Reason) > mostReason || !utf8.ValidString(a.Reason):
		return core.Errorf(core.Invalid, "The reason has %d letters.", utf8.RuneCountInString(a.Reason)).At("reason").Hinted("Use at most %d.", mostReason)
	case utf8.RuneCountInString(a.Ticket) > mostTicket || !utf8.ValidString(a.Ticket) || strings.ContainsAny(a.Ticket, "\r\n"):
		return core.Errorf(core.Invalid, "The ticket is not one line of at most %d letters.", mostTicket).At("ticket").Hinted("Write its number.")
	case a.Length < core.LeastGrant || a.Length > core.MostGrant:
		return core.Errorf(core.Invalid, "Access lasts from a minute to 14 days, not %s.", a.Length).At("for").Hinted("Write for example 30m, 2h or 1d.")
	case a.Start.IsZero():
		return nil
	case start < now-time.Hour.Microseconds():
		return core.Errorf(core.Invalid, "The start, %s, is in the past.", a.Start.UTC().Format(time.RFC3339)).At("start").Hinted("Leave it out to start at once.")
	case start > now+core.MostAhead.Microseconds():
		return core.Errorf(core.Invalid, "The start, %s, is more than 30 days ahead.", a.Start.UTC().Format(time.RFC3339)).At("start").Hinted("Ask nearer to it.")
	}
	return nil
}

func oneOf(role string) string {
	names := make([]string, len(core.GrantRoles))
	for i, r := range core.GrantRoles {
		names[i] = string(r)
	}
	if hint := core.DidYouMean(role, names); hint != "" {
		return hint
	}
	return "There is: " + strings.Join(names, ", ") + "."
}

// minutes is how long a grant lasts, rounded up.
func minutes(g core.Grant) string { return strconv.Itoa(wholeMinutes(g)) }

func wholeMinutes(g core.Grant) int {
	return int((g.Duration() + time.Minute - 1) / time.Minute)
}
