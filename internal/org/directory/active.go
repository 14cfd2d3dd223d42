package directory

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// window is how long a removal counts towards the most that a provider may do.
const window = time.Hour

// leastMost is how many people any provider may switch off within the window.
const leastMost = 10

// Why a provider's word is not followed: then the act is undone, and people are
// told.
var (
	errTooMany = errors.New("directory: too many removals")
	errLast    = errors.New("directory: the last of the platform team")
)

// settled reports whether the person is as the provider says, so that saying it
// again is nothing to do. Somebody who was switched on by hand since is not.
func (s *Service) settled(ctx context.Context, b core.Brought) bool {
	if b.Active {
		return b.Off == 0
	}
	p, err := s.Store.Person(ctx, b.Person)
	return err == nil && p.Disabled
}

// settle switches the person behind a user off or on, as the provider says. isNew
// is true of a person who was just added, whom nobody misses.
func (s *Service) settle(ctx context.Context, by core.Actor, p Provider, b core.Brought, isNew bool) (core.Brought, error) {
	if b.Active {
		return s.on(ctx, by, b)
	}
	who, err := s.Store.Person(ctx, b.Person)
	if err != nil {
		return b, err
	}
	if who.Disabled {
		return s.offToo(ctx, b)
	}
	if !isNew {
		if err := s.mayRemove(ctx, p); err != nil {
			return b, err
		}
	}
	err = s.People.SwitchOff(ctx, by, b.Person)
	if core.CodeOf(err) == core.Conflict {
		return b, errLast
	}
	b.Off = s.now()
	return b, err
}

// offToo keeps that another provider had switched the person off before: then
// both must say that they are back.
func (s *Service) offToo(ctx context.Context, b core.Brought) (core.Brought, error) {
	all, err := s.Store.BroughtOf(ctx, b.Person)
	for _, o := range all {
		if o.ID != b.ID && o.Off != 0 && b.Off == 0 {
			b.Off = s.now()
		}
	}
	return b, err
}

// on switches a person on whom a provider switched off, once no provider says
// that they left. Whom somebody switched off by hand stays off.
func (s *Service) on(ctx context.Context, by core.Actor, b core.Brought) (core.Brought, error) {
	if b.Off == 0 {
		return b, nil
	}
	b.Off = 0
	all, err := s.Store.BroughtOf(ctx, b.Person)
	if err != nil {
		return b, err
	}
	for _, o := range all {
		if o.ID != b.ID && !o.Active {
			return b, nil
		}
	}
	return b, s.People.SwitchOn(ctx, by, b.Person)
}

// mayRemove refuses one more removal when there were too many.
func (s *Service) mayRemove(ctx context.Context, p Provider) error {
	h, err := s.Hold(ctx, p)
	if err != nil || s.now() < h.Free {
		return err
	}
	if h.Since != 0 || h.Removed >= h.Most {
		return errTooMany
	}
	return nil
}

// Hold is how many people a provider has switched off, and whether it is held.
type Hold struct {
	Since   int64 // when it was held; 0 if it is not
	Free    int64 // until when it may switch off anybody, because somebody lifted the hold
	Removed int   // within the last hour
	Most    int   // that it may
}

func heldSetting(p Provider) string { return "directory.held:" + p.Name }
func freeSetting(p Provider) string { return "directory.free:" + p.Name }

// Hold says where a provider stands.
func (s *Service) Hold(ctx context.Context, p Provider) (Hold, error) {
	var h Hold
	for name, at := range map[string]*int64{heldSetting(p): &h.Since, freeSetting(p): &h.Free} {
		text, err := s.Store.Setting(ctx, name)
		if err != nil {
			return h, err
		}
		*at, _ = strconv.ParseInt(text, 10, 64)
	}
	off, active, err := s.Store.CountOff(ctx, p.Name, max(s.now()-window.Microseconds(), h.Free))
	h.Removed = off
	if h.Most = p.Removals; h.Most == 0 {
		h.Most = max(leastMost, (active+off)/10)
	}
	return h, err
}

// Lift lets a provider that is held go on: for an hour it may switch off anybody.
// The caller has checked that by may manage people. Errors: Conflict when it is
// not held.
func (s *Service) Lift(ctx context.Context, by core.Actor, p Provider) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		h, err := s.Hold(ctx, p)
		if err != nil {
			return err
		}
		if h.Since == 0 {
			return core.Errorf(core.Conflict, "%s is not held.", p.Title).Hinted("There is nothing to do.")
		}
		if err := s.Store.PutSetting(ctx, heldSetting(p), ""); err != nil {
			return err
		}
		if err := s.Store.PutSetting(ctx, freeSetting(p), number(s.now()+window.Microseconds())); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "directory.lift", Actor: by, Target: p.Name, Code: "ok"})
	})
}

// act runs one act in one transaction. When the provider's word is not followed,
// nothing of the act is kept, and people are told.
func (s *Service) act(ctx context.Context, by core.Actor, p Provider, fn func(ctx context.Context) error) error {
	err := s.Store.InTx(ctx, fn)
	switch {
	case errors.Is(err, errTooMany):
		if err := s.held(ctx, by, p); err != nil {
			return err
		}
		return core.Errorf(core.RateLimited, "%s wants to switch off too many people within an hour, so no more are switched off.", p.Title).
			Hinted("Check what the provider is set to bring. Then somebody of the platform team runs: paddock scim lift %s", p.Name)
	case errors.Is(err, errLast):
		if err := s.refusedLast(ctx, by, p); err != nil {
			return err
		}
		return core.Errorf(core.Forbidden, "This would leave nobody in the platform team, so it was not done.").
			Hinted("Give somebody else the role platform; then send it again.")
	}
	return err
}

// held keeps that a provider is held, and tells of it once.
func (s *Service) held(ctx context.Context, by core.Actor, p Provider) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		h, err := s.Hold(ctx, p)
		if err != nil || h.Since != 0 {
			return err
		}
		now := s.now()
		s.Log.ErrorContext(ctx, "directory: a sign-in provider wants to switch off too many people; it is held until somebody lifts that", "provider", p.Name, "within_an_hour", h.Removed, "most", h.Most)
		if err := s.Store.PutSetting(ctx, heldSetting(p), number(now)); err != nil {
			return err
		}
		err = s.tellKeepers(ctx, core.Notice{Key: "directory.held:" + p.Name + ":" + number(now), Title: p.Title + " wants to switch off too many people", Link: "/",
			Body: fmt.Sprintf("It has switched off %d people within an hour. The next ones were refused, until somebody has looked. Check what %s is set to bring. If it is right, run: paddock scim lift %s", h.Removed, p.Title, p.Name)})
		if err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "directory.hold", Actor: by, Target: p.Name, Code: string(core.Blocked), Data: map[string]string{"removed": strconv.Itoa(h.Removed), "most": strconv.Itoa(h.Most)}})
	})
}

// refusedLast tells, once a day, that the last of the platform team would have gone.
func (s *Service) refusedLast(ctx context.Context, by core.Actor, p Provider) error {
	s.Log.ErrorContext(ctx, "directory: a sign-in provider would leave nobody in the platform team; that was refused", "provider", p.Name)
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		day := s.Clock.Now().UTC().Format(time.DateOnly)
		err := s.tellKeepers(ctx, core.Notice{Key: "directory.last:" + p.Name + ":" + day, Title: p.Title + " would leave nobody in the platform team", Link: "/",
			Body: "It was refused, so that somebody can still run Paddock. Give somebody else the role platform; the provider then tries again by itself."})
		if err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "directory.refuse", Actor: by, Target: p.Name, Code: string(core.Blocked), Data: map[string]string{"why": "last of the platform team"}})
	})
}

// tellKeepers tells the platform team and security.
func (s *Service) tellKeepers(ctx context.Context, n core.Notice) error {
	all, err := s.Store.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Disabled || !p.Has(core.RolePlatform, core.RoleSecurity) {
			continue
		}
		n.Person = p.ID
		if err := s.Tell.Tell(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
