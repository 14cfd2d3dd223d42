package web

import (
	"net/http"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// Fail answers with an error page in plain words. Only the code, message and
// hint of a *core.Error are shown; causes go to the log, with the request id.
func (p *Pages) Fail(w http.ResponseWriter, r *http.Request, err error) {
	e := core.AsError(err)
	p.record(r, e)
	f := p.frame(r, heading(e.Code), "")
	if showErr := p.show(w, r, statusOf(e), errorPage(f, e)); showErr != nil {
		p.log.ErrorContext(r.Context(), "page of an error cannot be shown", "error", showErr, "cause", e.Err)
		http.Error(w, "Something went wrong here. Request id: "+edge.RequestID(r.Context()), http.StatusInternalServerError)
	}
}

// record logs an error's hidden cause, or a fault of our own.
func (p *Pages) record(r *http.Request, e *core.Error) {
	if e.Err != nil || e.Code == core.Internal {
		p.log.ErrorContext(r.Context(), "page failed", "code", string(e.Code), "message", e.Msg,
			"cause", e.Err, "path", r.URL.Path, "request_id", edge.RequestID(r.Context()))
	}
}

// heading is the title of an error page.
func heading(c core.Code) string {
	switch c {
	case core.NotFound:
		return "We cannot find that"
	case core.Forbidden:
		return "You may not do that"
	case core.Denied:
		return "The rules do not allow that"
	case core.Unauthorized:
		return "Please sign in"
	case core.Invalid, core.Unreadable:
		return "Something in the form is not right"
	case core.Conflict, core.Blocked:
		return "That is not possible right now"
	case core.Pending:
		return "This waits for a person"
	case core.TooLarge:
		return "That is too large"
	case core.RateLimited:
		return "That was too fast"
	case core.Unavailable:
		return "Something we need is away"
	}
	return "Something went wrong here"
}

// statusText is the small print over an error's title.
func statusText(e *core.Error) string { return "Error " + strconv.Itoa(statusOf(e)) }
