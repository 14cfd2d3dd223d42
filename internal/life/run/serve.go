package run

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxRequestBody is the largest body an app is sent, in bytes.
const maxRequestBody = 10 << 20

// Serve answers one request to an app on behalf of caller, who is signed in
// and allowed to use it; the zero Person stands for nobody. The door has
// checked that, and has taken its own prefix off the path. Static files are
// answered here; everything else goes to the app's process, which is started
// if need be. The app never sees cookies, Authorization or X-Paddock-*
// headers of the visitor; X-Paddock-User carries the caller's e-mail.
func (m *Manager) Serve(w http.ResponseWriter, r *http.Request, appID core.ID, caller core.Person) {
	a, err := m.fetch(r.Context(), appID)
	if err != nil {
		m.o.Log.ErrorContext(r.Context(), "an app could not be taken up", "app", appID, "error", err, "cause", core.AsError(err).Err)
		say(w, r, pageNotStarted)
		return
	}
	if a == nil {
		say(w, r, pageUnknown)
		return
	}
	a.mu.Lock()
	spec, off, slots := a.spec, a.off, a.slots
	now := m.o.Clock.Now()
	if off == "" {
		a.lastUsed = now
	}
	a.mu.Unlock()
	if off != "" {
		say(w, r, pageOff(off))
		return
	}
	c := &counted{ResponseWriter: w}
	a.ledger.used(now)
	defer func() { a.account(c, now, spec) }()
	if serveStatic(c, r, spec.Public) {
		return
	}
	if len(spec.Worker) == 0 {
		say(c, r, pageNoFile)
		return
	}
	a.serveProcess(c, r, slots, caller)
}

// account counts one answered request.
func (a *app) account(c *counted, begin time.Time, spec Spec) {
	now := a.m.o.Clock.Now()
	// A clock that jumps must not bill the app for the jump.
	longest := time.Duration(spec.Guardrails.TimeoutMS)*time.Millisecond + startTimeout + queueWait
	u := core.Usage{Requests: 1, WallMS: min(max(now.Sub(begin), 0), longest).Milliseconds(), BytesOut: c.bytes.Load()}
	if c.status >= 500 {
		u.Errors = 1
	}
	a.ledger.add(now, u)
}

// serveProcess passes the request to the app's process within its limits.
func (a *app) serveProcess(w *counted, r *http.Request, slots *slots, caller core.Person) {
	if r.Header.Get("Upgrade") != "" {
		say(w, r, pageUpgrade)
		return
	}
	if r.ContentLength > maxRequestBody {
		say(w, r, pageTooLarge)
		return
	}
	done, err := slots.take(r.Context())
	if err != nil {
		say(w, r, pageBusy)
		return
	}
	defer done()
	i, err := a.warm(r.Context())
	if err != nil {
		a.sayNotStarted(w, r, err)
		return
	}
	defer a.release(i)
	i.proxy.serve(w, r, caller)
}

func (a *app) sayNotStarted(w http.ResponseWriter, r *http.Request, err error) {
	var later errLater
	switch {
	case errors.As(err, &later):
		say(w, r, pageLater(later.wait))
	case core.CodeOf(err) == core.NotFound:
		say(w, r, pageOff(core.AsError(err).Msg))
	case errors.Is(err, context.Canceled):
		say(w, r, pageBusy) // the visitor has gone
	default:
		a.m.o.Log.Error("an app did not start", "app", a.id, "err", err, "cause", errors.Unwrap(err))
		say(w, r, pageNotStarted)
	}
}
