// Package address is the door at an app's own address: it lets in a signed-in
// colleague, by a hand-over from Paddock's pages, and nobody else; then the app
// is served (RUN-1, SEC-5).
package address

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// visitCookie is the name of the cookie that holds a visit to one app.
const visitCookie = "paddock_visit"

// Store finds apps.
type Store interface {
	AppByName(ctx context.Context, name string) (core.App, error)
}

// Identity makes and takes the hand-over from Paddock's pages.
type Identity interface {
	NewTicket(ctx context.Context, who core.Person, app core.ID) (core.Secret, error)
	TakeTicket(ctx context.Context, ticket core.Secret, app core.ID) (core.Person, core.Secret, error)
	Visit(ctx context.Context, visit core.Secret, app core.ID) (core.Person, error)
}

// Runtime serves an app's requests.
type Runtime interface {
	Serve(w http.ResponseWriter, r *http.Request, app core.ID, caller core.Person)
}

// Door serves apps at their own addresses. All fields are required.
type Door struct {
	Store    Store
	Identity Identity
	Runtime  Runtime
	May      func(ctx context.Context, who core.Person, app core.App) error // may this person open this app
	ReadOnly func(who core.Person) bool                                     // may this person only look
	AppOf    func(host string) string
	AppURL   func(name string) string
	BaseURL  string
	Refuse   func(w http.ResponseWriter, r *http.Request, err *core.Error) // a plain page
}

// Routes lists what the door serves: one page on Paddock's own host, two
// patterns at each app's address.
func (d *Door) Routes() []edge.Route {
	return []edge.Route{
		{Door: edge.Web, Method: "GET", Pattern: "/apps/{app}/open", Permission: "app.open", Audit: "none: hands a signed-in person over to the app", Example: "/apps/payroll/open", Handler: http.HandlerFunc(d.open)},
		{Door: edge.Address, Method: "GET", Pattern: "/.paddock/enter", Permission: "app.open", Audit: "none: takes the hand-over", Example: "/.paddock/enter", Handler: http.HandlerFunc(d.enter)},
		{Door: edge.Address, Pattern: "/", Permission: "app.open", Audit: "none: the app's own traffic, metered", Example: "/", Limit: -1, Streams: true, Handler: http.HandlerFunc(d.serve)},
	}
}

// open hands the caller over to the app's address with a one-time ticket.
func (d *Door) open(w http.ResponseWriter, r *http.Request) {
	who, _ := edge.Caller(r.Context())
	a, err := d.Store.AppByName(r.Context(), r.PathValue("app"))
	if err == nil {
		err = d.May(r.Context(), who, a)
	}
	var ticket core.Secret
	if err == nil {
		ticket, err = d.Identity.NewTicket(r.Context(), who, a.ID)
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	q := url.Values{"ticket": {string(ticket.Open())}, "to": {local(r.URL.Query().Get("to"))}}
	http.Redirect(w, r, d.AppURL(a.Name)+"/.paddock/enter?"+q.Encode(), http.StatusSeeOther)
}

// enter trades the ticket for a cookie at the app's address.
func (d *Door) enter(w http.ResponseWriter, r *http.Request) {
	a, err := d.app(r)
	var visit core.Secret
	if err == nil {
		_, visit, err = d.Identity.TakeTicket(r.Context(), core.NewSecret([]byte(r.URL.Query().Get("ticket"))), a.ID)
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: visitCookie, Value: string(visit.Open()), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(d.BaseURL, "https:")})
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, local(r.URL.Query().Get("to")), http.StatusSeeOther)
}

// serve lets a visitor through to the app. A browser that only opens a page is
// sent to sign in; anything else is refused.
func (d *Door) serve(w http.ResponseWriter, r *http.Request) {
	a, err := d.app(r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	who, err := d.visitor(r, a)
	if err == nil {
		err = d.May(r.Context(), who, a)
	}
	switch {
	case core.CodeOf(err) == core.Unauthorized && a.Descriptor.Audience == "public":
		who = core.Person{}
	case core.CodeOf(err) == core.Unauthorized && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html"):
		http.Redirect(w, r, d.BaseURL+"/apps/"+a.Name+"/open?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	case err != nil:
		d.refuse(w, r, err)
		return
	}
	if d.ReadOnly(who) && r.Method != http.MethodGet && r.Method != http.MethodHead {
		d.refuse(w, r, core.Errorf(core.Forbidden, "You hold the role auditor, which only reads.").Hinted("Ask somebody else to do this."))
		return
	}
	hideCookie(r)
	d.Runtime.Serve(w, r, a.ID, who)
}

// app finds the app of the request's host. Errors: NotFound, also for an app
// that is not in service.
func (d *Door) app(r *http.Request) (core.App, error) {
	host, _, _ := strings.Cut(r.Host, ":")
	a, err := d.Store.AppByName(r.Context(), d.AppOf(host))
	if err != nil && core.CodeOf(err) != core.NotFound {
		return a, err // a failed read is not absence
	}
	if err != nil || (a.State != core.AppActive && a.State != core.AppIdle) {
		return a, core.Errorf(core.NotFound, "There is no app in service at this address.").Hinted("Ask the person who gave you the address.")
	}
	return a, nil
}

func (d *Door) visitor(r *http.Request, a core.App) (core.Person, error) {
	c, err := r.Cookie(visitCookie)
	if err != nil {
		return core.Person{}, core.Errorf(core.Unauthorized, "You are not signed in to this app.").Hinted("Open it from your page in Paddock.")
	}
	return d.Identity.Visit(r.Context(), core.NewSecret([]byte(c.Value)), a.ID)
}

func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	edge.Note(r.Context(), err)
	d.Refuse(w, r, core.AsError(err))
}

// hideCookie takes Paddock's own cookies out of what the app sees.
func hideCookie(r *http.Request) {
	kept := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range kept {
		if c.Name != visitCookie && c.Name != edge.SessionCookie && c.Name != edge.CookieName(edge.SessionCookie, true) {
			r.AddCookie(c)
		}
	}
}

// local keeps a redirect on this host. Browsers drop tabs and line breaks from an
// address and read a backslash as a slash, so no such character may be in it.
func local(to string) string {
	odd := func(c rune) bool { return c <= ' ' || c == 0x7f || c == '\\' }
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, odd) {
		return "/"
	}
	return to
}
