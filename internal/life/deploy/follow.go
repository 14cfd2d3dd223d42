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

// FollowAll is Follow for every app, for a server that may have missed something.
// One app that cannot follow does not stop the others; each failure is passed to
// note.
func (s *Service) FollowAll(ctx context.Context, note func(app core.ID, err error)) error {
	here := s.Runtime.Apps()
	all, err := s.Store.AllLive(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		delete(here, d.AppID)
		if err := s.followTo(ctx, d); err != nil {
			note(d.AppID, err)
		}
	}
	for app := range here { // the list may be older than what runs: ask again
		if err := s.Follow(ctx, app); err != nil {
			note(app, err)
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
