package secret

import (
	"context"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// How long a lease lasts.
const (
	DefaultTTL = time.Hour
	MaxTTL     = 24 * time.Hour
)

// Leases keeps leases. Writes happen inside Tx.InTx.
type Leases interface {
	// AddLease keeps a new lease.
	AddLease(ctx context.Context, l core.Lease) error
	// LeaseInForce returns the lease of an app on a secret that ends last after
	// now and is not revoked; ok is false when there is none.
	LeaseInForce(ctx context.Context, app core.ID, secret string, now int64) (l core.Lease, ok bool, err error)
	// ExtendLease moves the end of a lease. Errors: Conflict if it was revoked.
	ExtendLease(ctx context.Context, id core.ID, expires int64) error
	// RevokeLeases ends all leases of an app that are in force at now, and
	// returns how many.
	RevokeLeases(ctx context.Context, app core.ID, now int64, why string) (int, error)
	// Leases lists an app's leases, ended ones too.
	Leases(ctx context.Context, app core.ID) ([]core.Lease, error)
}

// Live knows whether an app runs.
type Live interface {
	// Live returns the app's live deployment. Errors: NotFound when there is none.
	Live(ctx context.Context, app core.ID) (core.Deployment, error)
}

// Lease lends an app the use of a secret for ttl; zero means DefaultTTL. If the
// app holds a lease already, its end is moved to the later of both ends.
// Errors: NotFound when there is no such secret, Invalid for a ttl beyond
// MaxTTL, Denied when policy does not allow the built-in store.
func (s *Service) Lease(ctx context.Context, app core.ID, name string, ttl time.Duration) (core.Lease, error) {
	if ttl == 0 {
		ttl = DefaultTTL
	}
	if ttl < 0 || ttl > MaxTTL {
		return core.Lease{}, core.Errorf(core.Invalid, "A lease cannot last %v.", ttl).Hinted("Choose at most %v.", MaxTTL)
	}
	if err := s.CheckStore(Platform); err != nil {
		return core.Lease{}, err
	}
	var l core.Lease
	err := s.o.Tx.InTx(ctx, func(ctx context.Context) error {
		if _, _, err := s.o.Store.Sealed(ctx, name); err != nil {
			return err
		}
		now := s.o.Clock.Now()
		have, ok, err := s.inForce(ctx, app, name, now)
		end := core.Stamp(now.Add(ttl))
		switch {
		case err != nil:
			return err
		case ok && have.Expires >= end:
			l = have
			return nil
		case ok:
			l, err = s.extend(ctx, have, end)
			return err
		}
		l = core.Lease{ID: s.o.IDs.New(now), AppID: app, Secret: name, Created: core.Stamp(now), Expires: end}
		if err := s.o.Leases.AddLease(ctx, l); err != nil {
			return err
		}
		return s.o.Audit.Append(ctx, s.leaseEvent("secret.lease", app, name, l))
	})
	return l, err
}

// Renew moves the end of an app's leases that are more than half over, by
// DefaultTTL from now, if the app has a live deployment and policy still allows
// the store. Run it a few times within DefaultTTL. It returns how many it
// renewed. A lease that has ended stays ended.
func (s *Service) Renew(ctx context.Context, app core.ID) (renewed int, err error) {
	_, err = s.o.Live.Live(ctx, app)
	if core.CodeOf(err) == core.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if err := s.CheckStore(Platform); err != nil {
		return 0, err
	}
	err = s.o.Tx.InTx(ctx, func(ctx context.Context) error {
		renewed = 0
		list, err := s.o.Leases.Leases(ctx, app)
		if err != nil {
			return err
		}
		now := s.o.Clock.Now()
		for _, l := range list {
			if !valid(l, now) || core.Moment(l.Expires).Sub(now) > DefaultTTL/2 {
				continue
			}
			if _, err := s.extend(ctx, l, core.Stamp(now.Add(DefaultTTL))); err != nil {
				return err
			}
			renewed++
		}
		return nil
	})
	return renewed, err
}

// Revoke ends all of an app's leases at once and returns how many were in
// force; none is no error and writes nothing.
func (s *Service) Revoke(ctx context.Context, app core.ID, why string) (ended int, err error) {
	err = s.o.Tx.InTx(ctx, func(ctx context.Context) error {
		now := s.o.Clock.Now()
		list, err := s.o.Leases.Leases(ctx, app)
		if err != nil || !anyValid(list, now) {
			return err
		}
		if ended, err = s.o.Leases.RevokeLeases(ctx, app, core.Stamp(now), why); err != nil {
			return err
		}
		data := number("leases", ended)
		data["why"] = why
		e := s.event("secret.revoke", core.System("secrets"), string(app), data)
		e.AppID = app
		return s.o.Audit.Append(ctx, e)
	})
	return ended, err
}

// Held lists the leases of an app that are in force now.
func (s *Service) Held(ctx context.Context, app core.ID) ([]core.Lease, error) {
	list, err := s.o.Leases.Leases(ctx, app)
	if err != nil {
		return nil, err
	}
	now := s.o.Clock.Now()
	var held []core.Lease
	for _, l := range list {
		if valid(l, now) {
			held = append(held, l)
		}
	}
	return held, nil
}

// inForce finds the app's lease and checks its end once more against the clock.
func (s *Service) inForce(ctx context.Context, app core.ID, name string, now time.Time) (core.Lease, bool, error) {
	l, ok, err := s.o.Leases.LeaseInForce(ctx, app, name, core.Stamp(now))
	ok = ok && err == nil && l.AppID == app && l.Secret == name && valid(l, now)
	return l, ok, err
}

// valid reports whether a lease is in force: a lease ends at the very
// microsecond of Expires.
func valid(l core.Lease, now time.Time) bool { return l.Revoked == 0 && core.Stamp(now) < l.Expires }

func anyValid(list []core.Lease, now time.Time) bool {
	for _, l := range list {
		if valid(l, now) {
			return true
		}
	}
	return false
}

func (s *Service) extend(ctx context.Context, l core.Lease, end int64) (core.Lease, error) {
	if err := s.o.Leases.ExtendLease(ctx, l.ID, end); err != nil {
		return l, err
	}
	l.Expires = end
	return l, s.o.Audit.Append(ctx, s.leaseEvent("secret.renew", l.AppID, l.Secret, l))
}

func (s *Service) leaseEvent(action string, app core.ID, name string, l core.Lease) core.Event {
	e := s.event(action, core.System("secrets"), name, map[string]string{
		"lease": string(l.ID), "expires": core.Moment(l.Expires).Format(time.RFC3339)})
	e.AppID, e.Gate = app, core.GateSecretIssue
	return e
}

func number(key string, n int) map[string]string { return map[string]string{key: strconv.Itoa(n)} }
