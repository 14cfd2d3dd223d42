// Package govern is the life of a governance revision (POL-3): a pushed branch is
// validated and previewed as a change, publishing it is an act behind the gate
// policy.publish, and it is in force, halted or rolled back from one moment on.
//
//	push of a branch --> change: open --> published --> in force --> rolled back
//	                        |  ^ new push    ^
//	                        v                | gate policy.publish
//	                      closed         push to main
//
// What decides is the newest core.Activation: a commit, and the rules of it that
// were halted. It is written in one transaction with its decision and its events,
// and only then taken into memory, so a server that dies decides by the revision
// before or by the one after.
package govern

import (
	"context"
	"io/fs"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Repo is the name of the governance repository in the embedded forge.
const Repo = "governance"

// Setting is the setting that keeps the commit in force. Servers hear when it
// changes; which rules are halted stands in the newest activation.
const Setting = "governance.commit"

// Forge is where the repository lies.
type Forge interface {
	Head(ctx context.Context, name, branch string) (string, error)
	Tree(ctx context.Context, name, commit string) (fs.FS, error)
	UpToDate(ctx context.Context, name, base, head string) (bool, error)
	Commits(ctx context.Context, name, base, head string) ([]core.Commit, error)
	Advance(ctx context.Context, name, branch, commit string) (bool, error)
}

// Store keeps changes and activations.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error

	AddGovernanceChange(ctx context.Context, c core.GovernanceChange) (core.GovernanceChange, error)
	MoveGovernanceChange(ctx context.Context, c core.GovernanceChange) error
	EndGovernanceChange(ctx context.Context, c core.GovernanceChange, state core.ChangeState, at int64) error
	GovernanceChange(ctx context.Context, number int) (core.GovernanceChange, error)
	OpenGovernanceChange(ctx context.Context, branch string) (core.GovernanceChange, error)
	GovernanceChangeAt(ctx context.Context, head string) (core.GovernanceChange, error)
	GovernanceChanges(ctx context.Context) ([]core.GovernanceChange, error)

	AddActivation(ctx context.Context, a core.Activation) error
	Activation(ctx context.Context) (core.Activation, error)
	Activations(ctx context.Context) ([]core.Activation, error)

	AppByName(ctx context.Context, name string) (core.App, error)
	Person(ctx context.Context, id core.ID) (core.Person, error)
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
}

// Shelf holds the revision in force in memory.
type Shelf interface {
	Current() *catalog.Revision
	// Take puts in force what is recorded already.
	Take(ctx context.Context, rev *catalog.Revision, a core.Activation)
}

// Preview says what a candidate would change for the apps there are.
type Preview interface {
	Preview(ctx context.Context, candidate *catalog.Revision) (*whatif.Report, error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Service publishes revisions. All fields but Preview and Point are required. It
// is safe for concurrent use.
type Service struct {
	Forge   Forge
	Store   Store
	Shelf   Shelf
	Gates   *gate.Gates
	Preview Preview // nil: nobody can say what a revision would change
	Audit   Audit
	Clock   core.Clock
	IDs     core.IDs
	Link    string            // the page that shows changes
	Point   func(name string) // told of each step of an activation; for tests that end the process there

	mu   sync.Mutex
	last looked // a push is looked at before and after it is kept
}

func (s *Service) point(name string) {
	if s.Point != nil {
		s.Point(name)
	}
}
