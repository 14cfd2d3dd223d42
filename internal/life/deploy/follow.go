package deploy

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// ended is what visitors read of an app that another server has taken out of service.
const ended = "It was taken out of service."

// Follow brings this server's runtime to what is recorded of an app, after
// another server has deployed it or taken it out of service.
func (s *Service) Follow(ctx context.Context, app core.ID) error {
	d, err := s.Store.Live(ctx, app)
	if core.CodeOf(err) == core.NotFound {
		return s.Runtime.Stop(ctx, app, ended)
	}
	if err != nil {
		return err
	}
	return s.followTo(ctx, d)
}

// FollowAll is Follow for every app that this server's runtime knows, for a server
// that may have missed something. The others it asks for when people come to them.
// One app that cannot follow does not stop the others; each failure is passed to
// note.
func (s *Service) FollowAll(ctx context.Context, note func(app core.ID, err error)) error {
	for _, app := range s.Runtime.Known() {
		if err := s.Follow(ctx, app); err != nil {
			note(app, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) followTo(ctx context.Context, d core.Deployment) error {
	if s.Runtime.Runs(d.AppID) == d.ID {
		return nil
	}
	a, err := s.Store.App(ctx, d.AppID)
	if err != nil {
		return err
	}
	spec, err := s.spec(ctx, a, d)
	if err != nil {
		return err
	}
	if err := s.Runtime.Follow(ctx, spec); err != nil {
		return fmt.Errorf("following deployment %s: %w", d.ID, err)
	}
	return nil
}
