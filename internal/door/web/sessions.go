package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// Sessions keeps people signed in. The edge implements it.
type Sessions interface {
	// Start signs who in on this browser: it writes the cookie to w.
	Start(w http.ResponseWriter, r *http.Request, who core.Person) error
	// Keep puts a session that was just started into the browser.
	Keep(w http.ResponseWriter, r *http.Request, value core.Secret) error
	// End signs the caller out on this browser. It is no error if nobody was in.
	End(w http.ResponseWriter, r *http.Request) error
}
