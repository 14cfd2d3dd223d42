package pipeline_test

import (
	"crypto/rand"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/citokens"
)

// works is an organisation with an app and two forges.
type works struct {
	*testkit.Ground
	*pipeline.Service
	t             *testing.T
	hub, lab      *citokens.Issuer
	hana, cora    core.Person // owner and co-owner
	sam, pia, eve core.Person // security, platform, a stranger
	app           core.App
}

func newWorks(t *testing.T) *works {
	t.Helper()
	w := &works{Ground: testkit.New(t), t: t, hub: citokens.New(t, core.ForgeGitHub)}
	w.lab = citokens.With(t, core.ForgeGitLab, w.hub.Key)
	w.hana, w.cora = w.Somebody("hana@example.org", core.RoleMaker), w.Somebody("cora@example.org", core.RoleMaker)
	w.sam, w.pia, w.eve = w.Somebody("sam@example.org", core.RoleSecurity), w.Somebody("pia@example.org", core.RolePlatform), w.Somebody("eve@example.org", core.RoleMaker)
	w.app = w.NewApp("payroll", w.hana, w.cora.Email)
	v, err := ci.New([]ci.Issuer{{Kind: core.ForgeGitHub, URL: w.hub.URL, Audience: citokens.Audience}, {Kind: core.ForgeGitLab, URL: w.lab.URL, Audience: citokens.Audience}}, w.Ground.Clock, ci.NewClient(nil))
	w.Must(err)
	w.Service = &pipeline.Service{Store: w.DB, Verify: v, Audit: w.Ground.Audit, Tell: notify.New(w.DB, w.DB, w.Ground.Audit, w.Ground.Clock, w.Ground.IDs),
		Clock: w.Ground.Clock, IDs: w.Ground.IDs, Rand: rand.Reader}
	return w
}

// token is a fresh token of a forge with changed claims.
func (w *works) token(from *citokens.Issuer, changed map[string]any) string {
	return from.Token(w.Ground.Clock.Now(), changed)
}

// connect shows a token and has the owner confirm it.
func (w *works) connect(from *citokens.Issuer, changed map[string]any, events ...string) core.Pipeline {
	w.t.Helper()
	_, p, err := w.Connect(w.Ctx(), w.app.Name, w.token(from, changed))
	w.Must(err)
	p, err = w.Confirm(w.Ctx(), w.hana, w.hana.As("web"), w.app, p.ID, events)
	w.Must(err)
	return p
}

// exchange wants a token to be worth an access token, or refused for a reason.
func (w *works) exchange(note, token, reason string) pipeline.Given {
	w.t.Helper()
	g, err := w.Exchange(w.Ctx(), token, "", nil)
	switch {
	case reason == "" && err != nil:
		w.t.Errorf("%s: refused: %v", note, err)
	case reason != "" && (err == nil || core.AsError(err).Field != reason):
		w.t.Errorf("%s: %v, want the reason %s", note, err, reason)
	case reason != "" && !g.Value.Empty():
		w.t.Errorf("%s: refused, and given a token", note)
	}
	return g
}
