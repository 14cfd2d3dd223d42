// Package issuer is the door for services that know apps by their identity
// tokens: they read here who signs them, and by which keys.
package issuer

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/identity/issuer"
)

// Issuer describes itself.
type Issuer interface {
	Discover() issuer.Discovery
	Published(ctx context.Context) (issuer.KeySet, error)
}

// Door serves the two documents.
type Door struct {
	Issuer Issuer
	Refuse func(w http.ResponseWriter, r *http.Request, e *core.Error)
}

// Routes lists what the door answers. Anybody may read: clouds do not sign in.
func (d Door) Routes() []edge.Route {
	route := func(path string, f http.HandlerFunc) edge.Route {
		return edge.Route{Door: edge.API, Method: "GET", Pattern: path, Permission: edge.Anyone, Audit: "none: public keys", Example: path, Handler: f}
	}
	return []edge.Route{
		route(issuer.DiscoveryPath, func(w http.ResponseWriter, r *http.Request) { d.show(w, r, d.Issuer.Discover()) }),
		route(issuer.KeysPath, d.keys),
	}
}

func (d Door) keys(w http.ResponseWriter, r *http.Request) {
	set, err := d.Issuer.Published(r.Context())
	if err != nil {
		edge.Note(r.Context(), err)
		d.Refuse(w, r, core.AsError(err))
		return
	}
	d.show(w, r, set)
}

// show writes a document that may be kept for an hour: keys are announced
// longer than that before they sign, and stay as long after they signed last.
func (d Door) show(w http.ResponseWriter, r *http.Request, document any) {
	text, err := json.Marshal(document)
	if err != nil {
		d.Refuse(w, r, core.Hidden("Describing the issuer", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(append(text, '\n'))
}
