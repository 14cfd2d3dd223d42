// Package identity knows who is calling: by a one-time sign-in link, a session,
// an access token, or a visit to an app's own address.
//
// Each is a random value of 256 bits that only its holder has; Paddock keeps the
// SHA-256 of it, never the value. Expiry is data, read at every use (promise 6),
// and so is whether the person is switched off: both count at the next request.
// Looking up a value does the same work whether or not it is known.
package identity

import (
	"context"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// How long each kind lasts.
const (
	LinkLife    = 30 * time.Minute // single use
	SessionLife = 12 * time.Hour   // from sign-in, however busy; see Limits
	SessionIdle = 2 * time.Hour    // without a request; see Limits
	// MostSessions is how many sessions a person has at once; one more ends the oldest.
	MostSessions = 20
	TokenLife    = 90 * 24 * time.Hour  // default
	TokenMost    = 365 * 24 * time.Hour // longest that can be asked for
	TicketLife   = 30 * time.Second     // single use
	VisitLife    = 8 * time.Hour
)

// useEvery is how often the last use of a value is written down at most.
const useEvery = time.Minute

// Credentials keeps the hashes of values.
type Credentials interface {
	AddCredential(ctx context.Context, c core.Credential) error
	// Credential returns the credential of a hash and kind. Errors: NotFound.
	Credential(ctx context.Context, kind core.CredentialKind, hash string) (core.Credential, error)
	// TakeCredential uses a one-time value up; ok is false when it is not in force.
	TakeCredential(ctx context.Context, kind core.CredentialKind, hash string, now int64) (ok bool, err error)
	UseCredential(ctx context.Context, hash string, now int64, at core.Use) error
}

// Revoker ends credentials.
type Revoker interface {
	// RevokeCredential ends one. Errors: NotFound.
	RevokeCredential(ctx context.Context, id core.ID, now int64) error
	RevokeKind(ctx context.Context, person core.ID, kind core.CredentialKind, now int64) error
	// Tokens lists a person's access tokens that are not revoked, newest first.
	Tokens(ctx context.Context, person core.ID) ([]core.Credential, error)
	// TokenByID returns an access token. Errors: NotFound.
	TokenByID(ctx context.Context, id core.ID) (core.Credential, error)
	AllTokens(ctx context.Context, now int64) ([]core.Credential, error)
	// EndingTokens lists those that end in (now, until] and were made to last longer
	// than a number of microseconds.
	EndingTokens(ctx context.Context, now, until, longer int64) ([]core.Credential, error)
}

// Accounts are people at sign-in providers, and their sessions.
type Accounts interface {
	// AddAccount links a person. Errors: Conflict when it is somebody's already.
	AddAccount(ctx context.Context, a core.Account) error
	// Account returns an account. Errors: NotFound.
	Account(ctx context.Context, provider, subject string) (core.Account, error)
	Accounts(ctx context.Context, person core.ID) ([]core.Account, error)
	UseAccount(ctx context.Context, provider, subject, email string, now int64) error
	// PutGroups keeps a person's groups at a provider in place of those that were kept.
	PutGroups(ctx context.Context, person core.ID, provider string, groups []string, now int64) (differs bool, err error)
	// Sessions lists a person's sessions that are not revoked, newest first.
	Sessions(ctx context.Context, person core.ID) ([]core.Credential, error)
	ProviderSessions(ctx context.Context, provider, session string) ([]core.Credential, error)
	// BroughtExternal lists the people whom a provider calls by a name of its own at
	// SCIM, those who are gone last.
	BroughtExternal(ctx context.Context, provider, externalID string) ([]core.Brought, error)
	// BroughtAs returns a person as a provider brought them by SCIM. Errors: NotFound.
	BroughtAs(ctx context.Context, provider string, person core.ID) (core.Brought, error)
}

// Roll is the list of people.
type Roll interface {
	AddPerson(ctx context.Context, p core.Person) error
	UpdatePerson(ctx context.Context, p core.Person) error
	// Person returns a person. Errors: NotFound.
	Person(ctx context.Context, id core.ID) (core.Person, error)
	// PersonByEmail returns a person. Errors: NotFound.
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
	People(ctx context.Context) ([]core.Person, error)
}

// Store is what identity keeps its records in.
type Store interface {
	Credentials
	Revoker
	Accounts
	Roll
	SealedStore
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// Quietly is InTx for book-keeping without an event.
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Service gives out values and recognises them. It is safe for concurrent use
// if its parts are.
type Service struct {
	store Store
	audit Audit
	clock core.Clock
	ids   core.IDs
	rand  io.Reader
	door  string

	limits     Limits
	byProvider bool // people sign in at providers; see ByProvider
	whenOff    func(ctx context.Context, by core.Actor, p core.Person) error
}

// New returns a service. rand must be a cryptographic source. Its events name
// the door "web"; see At.
func New(store Store, audit Audit, clock core.Clock, ids core.IDs, rand io.Reader) *Service {
	return &Service{store: store, audit: audit, clock: clock, ids: ids, rand: rand, door: "web", limits: Limits{SessionLife, SessionIdle}}
}

// At returns the same service for another door, which its events will name.
func (s *Service) At(door string) *Service {
	c := *s
	c.door = door
	return &c
}

// ActorOf names a person as the audit log does.
func ActorOf(p core.Person, door string) core.Actor {
	return p.As(door)
}

func (s *Service) now() int64 { return core.Stamp(s.clock.Now()) }
