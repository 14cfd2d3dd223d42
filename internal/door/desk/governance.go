package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Carrier brings revisions of the governance repository to other sites and back.
type Carrier interface {
	// Bundle writes a revision as a signed file; "" is the one in force.
	Bundle(ctx context.Context, by core.Actor, revision string) (name string, file []byte, err error)
	// Import publishes the revision in a bundle; only to look, it says what that would be.
	Import(ctx context.Context, who core.Person, by core.Actor, file []byte, look bool) (view.Carried, error)
}

// GovernanceBundle returns a revision of the governance repository as one signed file.
func (d *Desk) GovernanceBundle(ctx context.Context, who core.Person, revision string) (string, []byte, error) {
	if err := authz.Can(who, authz.GovernancePublish, nil); err != nil {
		return "", nil, err
	}
	return d.Carrier.Bundle(ctx, actor(ctx, who), revision)
}

// ImportGovernance publishes the revision in a bundle, or looks at it only.
func (d *Desk) ImportGovernance(ctx context.Context, who core.Person, file []byte, look bool) (view.Carried, error) {
	if err := authz.Can(who, authz.GovernancePublish, nil); err != nil {
		return view.Carried{}, err
	}
	return d.Carrier.Import(ctx, who, actor(ctx, who), file, look)
}
