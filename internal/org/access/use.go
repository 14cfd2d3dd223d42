package access

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Find returns the grant that is in force now and under which who may do perm
// for the app; ok is false if there is none. environment is the target that the
// act is about, "" for none. It reads the grants and the shared clock each time;
// a nil Service knows of none.
func (s *Service) Find(ctx context.Context, who core.Person, perm authz.Permission, app core.ID, environment string) (g core.Grant, ok bool, err error) {
	if s == nil || who.ID == "" || who.Disabled || who.Service != nil {
		return g, false, nil
	}
	list, err := s.Store.HeldGrants(ctx, who.ID, app)
	if err != nil || len(list) == 0 {
		return g, false, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return g, false, err
	}
	g, ok = authz.ByGrant(who, perm, app, environment, list, now)
	return g, ok, nil
}

// Still says why a grant is not in force now; nil if it is. Errors: Forbidden.
func (s *Service) Still(ctx context.Context, id core.ID) error {
	g, now, err := s.at(ctx, id)
	if err != nil {
		return err
	}
	if !g.InForce(now) {
		return ended(g.State(now))
	}
	return nil
}

// Bind makes an event one that was done under a grant, in the transaction of
// the act: the event names the grant, and the grant lists the event. The event
// must have its id. Errors: Forbidden when the grant is not in force at this
// moment, unless late says that this does not matter: the act must then be undone.
func (s *Service) Bind(ctx context.Context, id core.ID, late bool, e core.Event) (core.Event, error) {
	g, now, err := s.at(ctx, id)
	if err != nil {
		return e, err
	}
	if !late && !g.InForce(now) {
		return e, ended(g.State(now))
	}
	err = s.Store.UseGrant(ctx, core.GrantUse{Grant: id, Event: e.ID, At: now}, late)
	if core.CodeOf(err) == core.Conflict {
		return e, ended(core.GrantRevoked)
	}
	if err != nil {
		return e, err
	}
	data := maps.Clone(e.Data)
	if data == nil {
		data = map[string]string{}
	}
	data["grant"], data["grant_at"] = string(id), stamp(now)
	if late {
		data["grant_late"] = "true"
	}
	e.Data = data
	return e, nil
}

// May returns nil if who may do perm for the app, by a right of their own or by
// a grant. Looks under a grant leave an event, so that the grant lists them; acts
// leave their own. The context must have a place for the grant: authz.Carry.
// Errors: those of authz.Can, and of the store.
func (s *Service) May(ctx context.Context, who core.Person, by core.Actor, perm authz.Permission, app core.App, environment string) error {
	err := authz.Can(who, perm, &app)
	if err == nil {
		return nil
	}
	g, ok, problem := s.Find(ctx, who, perm, app.ID, environment)
	if problem != nil {
		return problem
	}
	if !ok || !authz.Note(ctx, g.ID) {
		return err
	}
	if !looks(perm) {
		return nil
	}
	return s.looked(ctx, by, g, perm)
}

// looks reports whether a permission is to look at something: that leaves no
// event by itself.
func looks(perm authz.Permission) bool {
	return slices.Contains([]authz.Permission{authz.AppRead, authz.AppOpen, authz.AuditRead, authz.ApprovalRead}, perm)
}

// lookedFor is how long one event stands for all looks of one kind.
const lookedFor = 15 * time.Minute

// mostLooks bounds what is remembered of looks.
const mostLooks = 10_000

// looked records a look under a grant.
func (s *Service) looked(ctx context.Context, by core.Actor, g core.Grant, perm authz.Permission) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	key := string(g.ID) + " " + string(perm) + " " + by.Door
	s.mu.Lock()
	last, known := s.looks[key]
	s.mu.Unlock()
	if known && now >= last && now-last < lookedFor.Microseconds() {
		return nil
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		return s.record(ctx, "access.use", by, g, map[string]string{"permission": string(perm)})
	})
	if err == nil {
		s.mu.Lock()
		if s.looks == nil || len(s.looks) >= mostLooks {
			s.looks = map[string]int64{}
		}
		s.looks[key] = now
		s.mu.Unlock()
	}
	return err
}

func ended(st core.GrantState) error {
	return core.Errorf(core.Forbidden, "The access that you used is %s.", st).Hinted("Ask for it again on the page Access.")
}
