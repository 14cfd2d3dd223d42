package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
)

// Given is an access token and what it is good for.
type Given struct {
	Value    core.Secret
	Scopes   []string
	Life     time.Duration
	Pipeline core.Pipeline
}

// Exchange gives an access token for a token of a forge. app is the app's name, or
// "" when the pipeline is connected to one only; scopes are what the token is to be
// for, all that may be if empty. What is refused of a pipeline that is known is an
// event too, and uses the token up. Errors: those of ci.Verifier, Forbidden with
// the reason in the error's field.
func (s *Service) Exchange(ctx context.Context, token, app string, scopes []string) (Given, error) {
	c, err := s.claims(ctx, token)
	if err != nil {
		return Given{}, err
	}
	if scopes, err = allowed(c, scopes); err != nil {
		return Given{}, err
	}
	var g Given
	var refused *core.Error // the event of a refusal is kept, so the transaction is no failure
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		g, refused = Given{}, nil
		if err := s.once(ctx, c); err != nil {
			return err
		}
		p, a, why, err := s.choose(ctx, c, app)
		if err != nil {
			return err
		}
		if why != nil {
			refused = why
			if p.ID == "" {
				return why // nobody's: nothing is kept
			}
			e := s.event("token.refuse", robot(c), p, map[string]string{"reason": why.Field, "run": c.Run, "sha": c.Commit, "login": c.Login, "their_repository": c.Repository, "their_repository_id": c.RepositoryID})
			e.Code = string(core.Forbidden)
			return s.Audit.Append(ctx, e)
		}
		g, err = s.give(ctx, c, p, a, scopes)
		return err
	})
	if err == nil && refused != nil {
		err = refused
	}
	return g, err
}

// allowed returns the scopes of a token. Code that nobody has merged may be looked
// at and reported on, never deployed.
func allowed(c ci.Claims, asked []string) ([]string, error) {
	may := Scopes()
	if unmerged(c.Event) {
		may = []string{string(authz.AppRead), string(authz.ReportAdd)}
	}
	if len(asked) == 0 {
		return may, nil
	}
	for _, sc := range asked {
		if !slices.Contains(may, sc) {
			return nil, refuse(BadScope, "The scope %.60q cannot be given.", sc).Hinted("Ask for some of: %s.", strings.Join(may, " "))
		}
	}
	slices.Sort(asked)
	return slices.Compact(asked), nil
}

// choose finds the connection that allows a run, and its app; why says why there
// is none, and p is then the connection it speaks of, if any.
func (s *Service) choose(ctx context.Context, c ci.Claims, app string) (p core.Pipeline, a core.App, why *core.Error, err error) {
	near, err := s.Store.PipelinesOf(ctx, c.Issuer, c.RepositoryID, c.Repository)
	if err != nil {
		return p, a, nil, err
	}
	best := -1
	var good []core.Pipeline
	for _, one := range near {
		if !s.standing(one) {
			continue
		}
		is, err := s.Store.App(ctx, one.AppID)
		if err != nil {
			return p, a, nil, err
		}
		if app != "" && is.Name != app {
			continue
		}
		e, far, err := s.judge(ctx, one, is, c)
		if err != nil {
			return p, a, nil, err
		}
		if e == nil {
			good = append(good, one)
		}
		if far > best {
			best, p, a, why = far, one, is, e
		}
	}
	switch {
	case best < 0 && app != "":
		return p, a, refuse(WrongApp, "%s is not connected to an app %q.", c.Repository, app).Hinted("%s", again), nil
	case best < 0:
		return p, a, refuse(NotConnected, "%s (id %s) is not connected to any app.", c.Repository, c.RepositoryID).Hinted("Run paddock ci connect in the pipeline; the app's owner then confirms it."), nil
	case slices.ContainsFunc(good, func(o core.Pipeline) bool { return o.AppID != good[0].AppID }):
		return core.Pipeline{}, a, refuse(WrongApp, "%s is connected to several apps.", c.Repository).Hinted("Name the app: paddock ci login --app NAME."), nil
	}
	return p, a, why, nil
}

// judge says why one connection does not allow a run, or nil, and how far the run
// came.
func (s *Service) judge(ctx context.Context, p core.Pipeline, a core.App, c ci.Claims) (*core.Error, int, error) {
	switch {
	case p.RepositoryID != c.RepositoryID:
		return refuse(Recreated, "%s is another repository now: it has the id %s, but %s was connected. It was deleted and made again.", c.Repository, c.RepositoryID, p.RepositoryID).Hinted("%s", again), 0, nil
	case p.OwnerID != c.OwnerID:
		return refuse(Transferred, "%s has another owner now: the owner's id is %s, but %s was connected. It was transferred.", c.Repository, c.OwnerID, p.OwnerID).Hinted("%s", again), 1, nil
	}
	why, far := match(p, c)
	switch ready := p.Ready(a.Descriptor.Classification); {
	case !ready && why == nil:
		far = 9
		fallthrough
	case !ready:
		return refuse(Waits, "%s is not confirmed yet for this app.", c.Repository).Hinted("The app's owner confirms it on the app's page; for restricted data the security team does too."), 2 + far, nil
	case why != nil:
		return why, 3 + far, nil
	}
	if a.State != core.AppActive && a.State != core.AppIdle {
		return refuse(AppGone, "The app is %s.", a.State), 20, nil
	}
	_, err := s.answers(ctx, p, a)
	if core.CodeOf(err) == core.Forbidden {
		return core.AsError(err), 21, nil
	}
	return nil, 22, err
}

func (s *Service) give(ctx context.Context, c ci.Claims, p core.Pipeline, a core.App, scopes []string) (Given, error) {
	now := s.Clock.Now()
	by := core.Actor{Kind: core.ActorService, ID: p.ID, Name: c.Repository, Door: "api"}
	if p.Repository != c.Repository {
		was := p.Repository
		p.Repository = c.Repository
		if err := s.Store.UpdatePipeline(ctx, p); err != nil {
			return Given{}, err
		}
		if err := s.Audit.Append(ctx, s.event("pipeline.rename", by, p, map[string]string{"was": was})); err != nil {
			return Given{}, err
		}
	}
	raw := make([]byte, 32)
	if _, err := io.ReadFull(s.Rand, raw); err != nil {
		return Given{}, core.Hidden("Making an access token", err)
	}
	g := Given{Value: core.NewSecret([]byte(Prefix + base64.RawURLEncoding.EncodeToString(raw))), Scopes: scopes, Life: min(TokenLife, c.Longest), Pipeline: p}
	t := core.PipelineToken{Hash: hashOf(g.Value), Pipeline: p.ID, AppID: p.AppID, Commit: c.Commit, Run: c.Run, Scopes: scopes, Created: core.Stamp(now), Expires: core.Stamp(now.Add(g.Life))}
	if err := s.Store.AddPipelineToken(ctx, t); err != nil {
		return Given{}, err
	}
	if err := s.Store.UsePipeline(ctx, p.ID, c.Run, t.Created); err != nil {
		return Given{}, err
	}
	return g, s.Audit.Append(ctx, s.event("token.exchange", by, p, map[string]string{"run": c.Run, "sha": c.Commit, "login": c.Login, "scope": strings.Join(scopes, " "),
		"event": c.Event, "expires": core.Moment(t.Expires).Format(time.RFC3339)}))
}

func hashOf(v core.Secret) string {
	b := v.Open()
	if len(b) > 128 {
		b = nil
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Token returns who acts with an access token: the pipeline, for the person who
// answers for it. Everything that makes it good is read now. Errors: Unauthorized.
func (s *Service) Token(ctx context.Context, value core.Secret) (core.Person, error) {
	bad := core.Errorf(core.Unauthorized, "This access token is not valid.").Hinted("Exchange a new token of the pipeline: paddock ci login.")
	t, err := s.Store.PipelineToken(ctx, hashOf(value))
	if core.CodeOf(err) == core.NotFound || err == nil && core.Stamp(s.Clock.Now()) >= t.Expires {
		return core.Person{}, bad
	}
	if err != nil {
		return core.Person{}, err
	}
	p, err := s.Store.Pipeline(ctx, t.Pipeline)
	if err != nil {
		return core.Person{}, err
	}
	a, err := s.Store.App(ctx, t.AppID)
	if err != nil {
		return core.Person{}, err
	}
	if !p.Ready(a.Descriptor.Classification) {
		return core.Person{}, bad
	}
	who, err := s.answers(ctx, p, a)
	if core.CodeOf(err) == core.Forbidden {
		return core.Person{}, bad
	}
	who.Roles = []core.Role{core.RoleService}
	who.Service = &core.Service{Pipeline: p.ID, App: a.ID, Name: p.Repository, Commit: t.Commit, Scopes: t.Scopes}
	return who, err
}

// Ours reports whether a value looks like an access token of a pipeline.
func Ours(value core.Secret) bool { return strings.HasPrefix(string(value.Open()), Prefix) }
