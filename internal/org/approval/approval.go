// Package approval asks people for a yes and takes their answers (WFL-1).
//
// A request is bound to exactly one digest, asks each need's number of people for
// a yes, and ends by itself. Four eyes are the engine's, not a policy author's
// (promise 5): who asked, who wrote what is asked about, their second accounts,
// their delegates and those they are delegates of never answer, one human answers
// once, and a need that nobody can meet stays open and is escalated to the platform
// team. All of that is read at each use: an answer given by an account that turns
// out to be the requester's counts no more.
//
// A look (look.go) is what one moment shows of the people, a Matter (matter.go) is
// one request in that light.
//
//	            all needs met
//	pending ------------------> granted --+
//	   |  \                               |  a new digest
//	   |   +---- a no ----> refused       +------------------> voided
//	   +--- time ---> expired <-- time ---+
//
// Expiry is data (promise 6): it is read at every use and needs no job. The
// record of an answer, with its event in the audit log, is its signature.
package approval

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Valid is how long a request can be answered, and a grant be relied on, unless
// the organisation says otherwise.
const Valid = 7 * 24 * time.Hour

// Requests keeps requests. Those it returns carry their answers.
type Requests interface {
	AddRequest(ctx context.Context, r core.ApprovalRequest) error
	// Request returns a request. Errors: NotFound.
	Request(ctx context.Context, id core.ID) (core.ApprovalRequest, error)
	// RequestFor returns the newest request for a gate, app and digest.
	RequestFor(ctx context.Context, gate core.Gate, app core.ID, digest string) (r core.ApprovalRequest, ok bool, err error)
	// OpenRequests lists the pending and granted requests of an app at a gate.
	OpenRequests(ctx context.Context, app core.ID, gate core.Gate) ([]core.ApprovalRequest, error)
}

// Answers keeps answers and what comes of them.
type Answers interface {
	// AddApproval keeps one answer. Errors: Conflict when the person has answered.
	AddApproval(ctx context.Context, a core.Approval) error
	// MoveRequest changes a request's state. Errors: Conflict when it has moved.
	MoveRequest(ctx context.Context, id core.ID, from, to core.ApprovalState) error
}

// People is the list of people.
type People interface {
	// Person returns a person. Errors: NotFound.
	Person(ctx context.Context, id core.ID) (core.Person, error)
	People(ctx context.Context) ([]core.Person, error)
	// Certificates returns when each certificate of a person ends, by course; 0 for never.
	Certificates(ctx context.Context, person core.ID) (map[string]int64, error)
	// Addresses lists the addresses that people are known by besides their own.
	Addresses(ctx context.Context) ([]core.Address, error)
}

// Humans keeps which accounts are one human's, and by which addresses people are
// known.
type Humans interface {
	SameHumans(ctx context.Context) ([]core.SameHuman, error)
	PutSameHuman(ctx context.Context, s core.SameHuman) error
	// AddAddress keeps a further address. Errors: Conflict when it is somebody's.
	AddAddress(ctx context.Context, a core.Address, by core.ID, at int64) error
	// RemoveAddress takes one away. Errors: NotFound.
	RemoveAddress(ctx context.Context, person core.ID, email string) error
}

// Absences keeps who is away, and who answers for them.
type Absences interface {
	// Delegations lists those that last, or lasted, until a moment or longer.
	Delegations(ctx context.Context, since int64) ([]core.Delegation, error)
	AddDelegation(ctx context.Context, d core.Delegation) error
	// Delegation returns one. Errors: NotFound.
	Delegation(ctx context.Context, id core.ID) (core.Delegation, error)
	// EndDelegation ends one now. Errors: Conflict when it has ended.
	EndDelegation(ctx context.Context, id core.ID, at int64) error
}

// Apps knows who owns an app.
type Apps interface {
	App(ctx context.Context, id core.ID) (core.App, error)
}

// Tickets opens tickets, once for each key.
type Tickets interface {
	AddTicket(ctx context.Context, t core.Ticket) (first bool, err error)
	// Tickets lists those about an app.
	Tickets(ctx context.Context, app core.ID) ([]core.Ticket, error)
}

// Store is what approvals keep their records in.
type Store interface {
	Requests
	Answers
	People
	Tickets
	Humans
	Absences
	Apps
	// PendingRequests lists all pending requests, oldest first.
	PendingRequests(ctx context.Context) ([]core.ApprovalRequest, error)
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Approvals asks and takes answers. It is safe for concurrent use if its parts are,
// once its fields are set.
type Approvals struct {
	store Store
	audit Audit
	tell  Teller
	clock core.Clock
	ids   core.IDs
	valid time.Duration

	// Members lists the people of a group at a sign-in provider. Without it needs
	// that name a group are met by nobody.
	Members func(ctx context.Context, provider, group string) ([]core.ID, error)
	// SignedIn says when the caller of ctx last proved who they are, and whether they
	// came with a session, not with a token. Without it nobody meets a step-up.
	SignedIn func(ctx context.Context) (at int64, ok bool)
}

// New returns the approvals of one organisation. valid is how long requests and
// grants last; 0 means Valid.
func New(store Store, audit Audit, tell Teller, clock core.Clock, ids core.IDs, valid time.Duration) *Approvals {
	if valid <= 0 {
		valid = Valid
	}
	return &Approvals{store: store, audit: audit, tell: tell, clock: clock, ids: ids, valid: valid}
}

// Now is the moment at which approvals are looked at.
func (a *Approvals) Now() int64 { return a.now() }

func (a *Approvals) now() int64 { return core.Stamp(a.clock.Now()) }
