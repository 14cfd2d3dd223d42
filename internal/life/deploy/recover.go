package deploy

import (
	"context"
	"errors"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// Recover gives every live deployment back to the runtime, after a start of
// the server. One that cannot be given back does not stop the others; each
// failure is passed to note.
func (s *Service) Recover(ctx context.Context, note func(d core.Deployment, err error)) error {
	all, err := s.Store.AllLive(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		a, err := s.Store.App(ctx, d.AppID)
		if err == nil {
			err = s.adopt(ctx, a, d)
		}
		if err != nil {
			note(d, err)
		}
	}
	return nil
}

func (s *Service) adopt(ctx context.Context, a core.App, d core.Deployment) error {
	spec, err := s.spec(ctx, a, d)
	if err != nil {
		return err
	}
	return s.Runtime.Adopt(spec)
}

// Refresh gives every live app the vendors that the revision in force allows.
// One that cannot be given them does not stop the others.
func (s *Service) Refresh(ctx context.Context) error {
	rev := s.Catalog.Current()
	return errors.Join(s.eachLive(ctx, func(a core.App) error { return s.Runtime.Allow(a.ID, vendorsOf(rev, a)) }), s.Renew(ctx))
}

// Renew extends the leases of every live deployment, so that a credential ends
// soon after its app does. One that cannot be extended does not stop the others.
func (s *Service) Renew(ctx context.Context) error {
	rev := s.Catalog.Current()
	return s.eachLive(ctx, func(a core.App) error {
		var failed []error
		for _, name := range secretsOf(rev, a) {
			if _, err := s.Leases.Lease(ctx, a.ID, name, LeaseTime); err != nil {
				failed = append(failed, err)
			}
		}
		return errors.Join(failed...)
	})
}

// eachLive does something for every app that has a live deployment, and returns
// the failures of all.
func (s *Service) eachLive(ctx context.Context, do func(a core.App) error) error {
	all, err := s.Store.AllLive(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, d := range all {
		a, err := s.Store.App(ctx, d.AppID)
		if err == nil {
			err = do(a)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("app %s: %w", d.AppID, err))
		}
	}
	return errors.Join(failed...)
}
