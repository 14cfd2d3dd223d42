package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Directories are the sign-in providers that bring people.
type Directories interface {
	// List says where each of them stands.
	List(ctx context.Context) ([]view.Directory, error)
	// Lift lets one that is held go on. Errors: NotFound, Conflict.
	Lift(ctx context.Context, by core.Actor, provider string) error
}

// Directories lists the sign-in providers that bring people by SCIM.
func (d *Desk) Directories(ctx context.Context, who core.Person) ([]view.Directory, error) {
	if err := authz.Can(who, authz.PeopleManage, nil); err != nil {
		return nil, err
	}
	return d.Brought.List(ctx)
}

// LiftDirectory lets a provider go on that wanted to switch off too many people.
func (d *Desk) LiftDirectory(ctx context.Context, who core.Person, provider string) error {
	if err := authz.Can(who, authz.PeopleManage, nil); err != nil {
		return err
	}
	return d.Brought.Lift(ctx, actor(ctx, who), provider)
}
