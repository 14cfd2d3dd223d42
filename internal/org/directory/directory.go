// Package directory takes in the people and groups that sign-in providers bring
// by SCIM, so that who leaves is out at the next request.
//
// A user of a provider stands for one person here. Who that is, is decided once:
// by the provider's own name for them (externalId) if it had brought them before,
// else by their e-mail, if the provider is trusted for its domain. What the
// provider says afterwards never moves a user to another person.
//
// A provider may switch many people off by mistake. So more than a few within an
// hour are refused until somebody of the platform team has looked (Lift); who was
// switched off before stays so. The last person of the platform team is not
// switched off at all.
package directory

import (
	"context"
	"errors"
	"log/slog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
)

// Users keeps the people that providers bring.
type Users interface {
	AddBrought(ctx context.Context, b core.Brought) error
	UpdateBrought(ctx context.Context, b core.Brought) error
	// Brought returns a user who is not gone. Errors: NotFound.
	Brought(ctx context.Context, provider string, id core.ID) (core.Brought, error)
	// BroughtAs returns a person's user, also one who is gone. Errors: NotFound.
	BroughtAs(ctx context.Context, provider string, person core.ID) (core.Brought, error)
	BroughtExternal(ctx context.Context, provider, externalID string) ([]core.Brought, error)
	BroughtOf(ctx context.Context, person core.ID) ([]core.Brought, error)
	CountOff(ctx context.Context, provider string, since int64) (off, active int, err error)
	SearchBrought(ctx context.Context, provider string, f core.BroughtFilter, skip, most int) ([]core.Brought, int, error)
	PeopleBrought(ctx context.Context, provider string, ids []string) (map[string]core.ID, error)
}

// Groups keeps the groups that providers bring, and who is in them.
type Groups interface {
	AddBroughtGroup(ctx context.Context, g core.BroughtGroup) error
	UpdateBroughtGroup(ctx context.Context, g core.BroughtGroup) error
	RemoveBroughtGroup(ctx context.Context, g core.BroughtGroup) error
	// BroughtGroup returns a group. Errors: NotFound.
	BroughtGroup(ctx context.Context, provider string, id core.ID) (core.BroughtGroup, error)
	SearchBroughtGroups(ctx context.Context, provider string, f core.BroughtGroupFilter, skip, most int) ([]core.BroughtGroup, int, error)
	BroughtMembers(ctx context.Context, provider, group string, most int) ([]core.BroughtMember, error)
	Members(ctx context.Context, g core.Group) ([]core.ID, error)
	// AmongMembers lists those of some people who are in a group.
	AmongMembers(ctx context.Context, g core.Group, people []core.ID) ([]core.ID, error)
	JoinGroup(ctx context.Context, provider, group string, people []core.ID, now int64) error
	LeaveGroup(ctx context.Context, provider, group string, people []core.ID) error
	RenameGroup(ctx context.Context, provider, from, to string) error
	EmptyGroup(ctx context.Context, provider, group string) error
	// DropStrayGroups takes people out of groups that the provider has not brought.
	DropStrayGroups(ctx context.Context, provider string) (int64, error)
	PutGroups(ctx context.Context, person core.ID, provider string, groups []string, now int64) (differs bool, err error)
}

// Store is what a directory keeps its records in.
type Store interface {
	Users
	Groups
	// Person returns a person. Errors: NotFound.
	Person(ctx context.Context, id core.ID) (core.Person, error)
	// PersonByEmail returns a person. Errors: NotFound.
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
	People(ctx context.Context) ([]core.Person, error)
	// Setting returns a setting, "" when it was never set.
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// People adds people, and switches them off and on.
type People interface {
	AddPerson(ctx context.Context, by core.Actor, email, name string, roles []core.Role) (core.Person, error)
	// SwitchOff ends a person's access at once. Errors: Conflict for the last person
	// of the platform team.
	SwitchOff(ctx context.Context, by core.Actor, id core.ID) error
	SwitchOn(ctx context.Context, by core.Actor, id core.ID) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Provider is a sign-in provider that brings people.
type Provider struct {
	Name     string
	Title    string
	Domains  []string // whose e-mails it vouches for
	Groups   bool     // it brings groups too
	Removals int      // how many people it may switch off within an hour; 0 for the default
}

// Parts are what a Service works with; all are needed.
type Parts struct {
	Store     Store
	People    People
	Tell      Teller
	Audit     Audit
	Clock     core.Clock
	IDs       core.IDs
	Log       *slog.Logger
	Email     func(text string) (string, error) // an address as it is kept
	Roles     func() core.GroupRoles            // in force
	Providers []Provider
}

// Service takes in what providers say. It is safe for concurrent use if its parts are.
type Service struct{ Parts }

// Provider returns the provider of a name. Errors: NotFound for one that brings
// nobody.
func (s *Service) Provider(name string) (Provider, error) {
	for _, p := range s.Providers {
		if p.Name == name {
			return p, nil
		}
	}
	return Provider{}, core.Errorf(core.NotFound, "The sign-in provider %q brings nobody by SCIM.", name).
		Hinted("Set scim: true for it in the identity file of the server.")
}

// Start forgets groups that people were in by their sign-ins, at providers that
// bring groups by SCIM now: nobody would ever take them out.
func (s *Service) Start(ctx context.Context) error {
	for _, p := range s.Providers {
		if !p.Groups {
			continue
		}
		err := s.Store.InTx(ctx, func(ctx context.Context) error {
			n, err := s.Store.DropStrayGroups(ctx, p.Name)
			if err == nil && n == 0 {
				err = errNothing
			}
			if err != nil {
				return err
			}
			return s.Audit.Append(ctx, core.Event{Action: "directory.take_over", Actor: core.System("start"), Target: p.Name, Code: "ok", Data: map[string]string{"memberships": number(n)}})
		})
		if err != nil && !errors.Is(err, errNothing) {
			return err
		}
	}
	return nil
}

// errNothing ends a transaction that found nothing to do.
var errNothing = errors.New("directory: nothing to do")

func (s *Service) now() int64 { return core.Stamp(s.Clock.Now()) }

// conflict says that a name is taken, in SCIM's word.
func conflict(format string, args ...any) *core.Error {
	return core.Errorf(core.Conflict, format, args...).At(scim.Uniqueness)
}

// wrong refuses a value, in SCIM's word.
func wrong(format string, args ...any) *core.Error {
	return core.Errorf(core.Invalid, format, args...).At(scim.InvalidValue)
}

// missing is the answer for what is not there.
func missing(what string, id core.ID) error {
	return core.Errorf(core.NotFound, "There is no %s with the id %.60q.", what, id)
}

// asked gathers what the terms of a filter ask of one record.
type asked struct{ clash bool } // two terms want different things

func (a *asked) text(field **string, v string) {
	a.clash = a.clash || *field != nil && **field != v
	*field = &v
}
