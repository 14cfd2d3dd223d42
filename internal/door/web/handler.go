package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// maxForm bounds the body of a posted form, in bytes.
const maxForm = 64 << 10

type (
	openPage   func(w http.ResponseWriter, r *http.Request) error
	signedPage func(w http.ResponseWriter, r *http.Request, who core.Person) error
)

// open makes a handler of a page for anybody; an error becomes an error page.
func (p *Pages) open(page openPage) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := readForm(w, r)
		if err == nil {
			err = page(w, r)
		}
		if err != nil {
			p.Fail(w, r, err)
		}
	})
}

// signed makes a handler of a page for signed-in people; others are sent to
// the sign-in page and come back afterwards.
func (p *Pages) signed(page signedPage) http.Handler {
	return p.open(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := edge.Caller(r.Context())
		if !ok {
			to := "/sign-in"
			if r.Method == http.MethodGet {
				to += "?next=" + url.QueryEscape(r.URL.RequestURI())
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return nil
		}
		return page(w, r, who)
	})
}

// readForm parses the query and a bounded body.
func readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		return core.Errorf(core.TooLarge, "The form holds more than 64 KiB.").Hinted("Shorten the longest text, then send it again.")
	default:
		e := core.Errorf(core.Unreadable, "The form could not be read.").Hinted("Go back, reload the page and send it again.")
		e.Err = err
		return e
	}
}

// show renders the whole page before the first byte leaves, so that a fault
// in the middle never shows half a page.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	return p.answerWith(w, r, status, page, "private, no-cache")
}

// showOnce is show for a page with a secret on it: nothing may keep a copy.
func (p *Pages) showOnce(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	return p.answerWith(w, r, status, page, "no-store")
}

func (p *Pages) answerWith(w http.ResponseWriter, r *http.Request, status int, page templ.Component, caching string) error {
	var buf bytes.Buffer
	if err := page.Render(r.Context(), &buf); err != nil {
		return core.Hidden("Showing this page", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", caching)
	w.WriteHeader(status)
	_, _ = buf.WriteTo(w)
	return nil
}

// done answers a successful act: it sends the browser to a page that says so.
func done(w http.ResponseWriter, r *http.Request, path string, said flash) error {
	if u, err := url.Parse(path); err == nil && said != "" {
		q := u.Query()
		q.Set("did", string(said))
		u.RawQuery = q.Encode()
		path = u.String()
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// statusOf is the HTTP status of an error.
func statusOf(err *core.Error) int { return core.OutcomeOf(err.Code).HTTP }

// isFragment reports whether htmx asks, and so wants a part of a page only.
func isFragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }
