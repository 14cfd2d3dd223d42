package app

import (
	"context"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/git"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/run/appdata"
	"github.com/paddock-dev/paddock/internal/org/access"
)

// elevation makes the service that gives rights for a while.
func (h *house) elevation() *access.Service {
	valid := schooling{clock: h.clock, certs: h.store}
	return &access.Service{Store: h.store, Gates: h.gates, Approvals: h.approvals, Audit: h.audit, Tell: h.notifier, IDs: h.ids, Time: h.sharedTime,
		Facts: func(ctx context.Context, who core.Person, a core.App) (policy.Input, error) {
			courses, err := valid.Valid(ctx, who.ID)
			return h.shelf.Current().Input(who, courses, a.Descriptor), err
		},
		Settings: func() access.Settings {
			s := h.shelf.Current().Settings.Access
			return access.Settings{Pending: s.Pending(), Zone: s.Zone(), Limits: s.Limits()}
		}, Rules: h.rules}
}

// rules asks the package paddock.authz of the rules in force about an act.
func (h *house) rules(ctx context.Context, a access.Act) ([]core.Reason, error) {
	rev := h.shelf.Current()
	if !rev.Policy.Bars() {
		return nil, nil
	}
	in := policy.Authority{Permission: string(a.Permission), Door: a.Door, Environment: a.Environment, Grant: a.Grant, App: policy.AppFacts(a.App.Descriptor, rev.Vendors), Limits: rev.Settings.Access.Limits(),
		Actor: policy.Officer{Email: a.Who.Email, Kind: string(a.Who.As("").Kind), Roles: a.Who.Roles, Owns: authz.Owns(a.Who, a.App)}}
	in.At(h.clock.Now(), rev.Settings.Access.Zone())
	in.App.Name, in.App.Owner = a.App.Name, a.App.OwnerEmail // as they are now, whatever the descriptor said once
	groups, err := h.store.Memberships(ctx, a.Who.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range groups {
		in.Actor.Groups = append(in.Actor.Groups, m.Group.Provider+"/"+m.Group.Name)
	}
	return rev.Policy.Refuses(ctx, in)
}

// sharedTime is the clock by which grants begin and end: the database's, where
// several servers share one.
func (h *house) sharedTime(ctx context.Context) (time.Time, error) {
	ahead := time.Duration(0)
	if h.lab != nil {
		ahead = time.Duration(h.lab.offset.Load())
	}
	return h.store.SharedTime(ctx, h.clock, ahead)
}

// underGrant is authz.Under for work that goes on after the request.
func underGrant(ctx context.Context) core.ID {
	grant, _ := authz.Under(ctx)
	return grant
}

// grantKeeper lets a push that is made under a grant through while that lasts,
// and tells what comes of it as done under the grant.
type grantKeeper struct {
	git.Keeper
	apps   git.Apps
	access *access.Service

	mu     sync.Mutex
	pushes map[string]core.ID // the grant of each push under way
}

// PrePush implements git.Gatekeeper. The right is looked at once more: a large
// push takes its time.
func (k *grantKeeper) PrePush(ctx context.Context, p git.Push) (git.Answer, error) {
	ctx = authz.Carry(ctx)
	if p.Repo != k.GovernanceRepo {
		a, err := k.apps.AppByName(ctx, p.Repo)
		if err == nil {
			err = k.access.May(ctx, p.Caller.Person, p.Caller.Actor(), authz.AppEdit, a, "")
		}
		if err != nil {
			return git.Answer{}, err
		}
	}
	out, err := k.Keeper.PrePush(ctx, p)
	if grant, _ := authz.Under(ctx); grant != "" && err == nil && !out.Refuse {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.pushes == nil {
			k.pushes = map[string]core.ID{}
		}
		k.pushes[pushKey(p)] = grant
	}
	return out, err
}

// PostPush implements git.Gatekeeper.
func (k *grantKeeper) PostPush(ctx context.Context, p git.Push) (git.Answer, error) {
	k.mu.Lock()
	grant := k.pushes[pushKey(p)]
	delete(k.pushes, pushKey(p))
	k.mu.Unlock()
	if grant != "" {
		ctx = authz.Late(ctx, grant)
	}
	return k.Keeper.PostPush(ctx, p)
}

func pushKey(p git.Push) string {
	key := string(p.Caller.Person.ID) + " " + p.Repo
	for _, u := range p.Updates {
		key += " " + u.Ref + " " + u.New
	}
	return key
}

// appData are the apps' databases, for people who may read them.
type appData struct{ house *house }

// Query implements desk.Data.
func (d appData) Query(ctx context.Context, a core.App, sql string, write bool) ([]string, [][]any, int64, error) {
	quota := a.Descriptor.Guardrails.StorageMiB
	if quota == 0 {
		quota = d.house.shelf.Current().Settings.Guardrails.StorageMiB
	}
	t, err := d.house.runtime.Query(ctx, a.ID, quota, sql, write)
	return t.Columns, t.Rows, t.Changed, err
}

// Shape implements desk.Data.
func (appData) Shape(sql string) string { return appdata.Shape(sql) }
