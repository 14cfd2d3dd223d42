package web

import (
	"log/slog"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	assets "github.com/paddock-dev/paddock/web"
)

// Options is what the pages are made of. Desk, Sessions, Log, Clock and BaseURL
// are needed.
type Options struct {
	Desk     Desk
	Sessions Sessions
	Log      *slog.Logger
	Clock    core.Clock
	BaseURL  string // how people reach this server, without a slash at the end
	// May reports whether a person holds a permission of the routes table, so
	// that pages offer no link that would be refused. Nil offers all.
	May func(who core.Person, permission string) bool
	// Providers are where people sign in; none means by link.
	Providers []view.SignInProvider
	// ProviderOf names the provider at which the caller of a request signed in, or
	// is "". Nil is for no providers.
	ProviderOf func(r *http.Request) string
}

// Pages serves the web pages. It is safe for concurrent use.
type Pages struct {
	desk     Desk
	sessions Sessions
	log      *slog.Logger
	clock    core.Clock
	baseURL  string
	may      func(core.Person, string) bool
	assets   *assets.Bundle

	providers  []view.SignInProvider
	providerOf func(r *http.Request) string
}

// New makes the pages. It fails only if the embedded assets cannot be read.
func New(o Options) (*Pages, error) {
	bundle, err := assets.Load()
	if err != nil {
		return nil, core.Hidden("Reading the embedded styles", err)
	}
	may := o.May
	if may == nil {
		may = func(core.Person, string) bool { return true }
	}
	return &Pages{desk: o.Desk, sessions: o.Sessions, log: o.Log, clock: o.Clock,
		baseURL: o.BaseURL, may: may, assets: bundle, providers: o.Providers, providerOf: o.ProviderOf}, nil
}

// NotFound answers whatever no route matches.
func (p *Pages) NotFound() http.Handler {
	return p.open(func(http.ResponseWriter, *http.Request) error {
		return core.Errorf(core.NotFound, "There is no page at this address.").
			Hinted("Check the address, or go back to your apps.")
	})
}
