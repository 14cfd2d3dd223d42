package web

import (
	"net/http"
	"net/url"

	"github.com/paddock-dev/paddock/internal/door/view"
)

// wayIn is what the sign-in page offers.
type wayIn struct {
	token     string // of a one-time link
	next      string
	again     bool // the caller is signed in, but must prove anew who they are
	providers []view.SignInProvider
	out       view.SignInProvider // where the caller may still be signed in
}

// wayIn returns what the page offers to the caller of r.
func (p *Pages) wayIn(r *http.Request, token, next string) wayIn {
	in := wayIn{token: token, next: next, again: r.Form.Get("again") != "", providers: p.providers}
	for _, o := range p.providers {
		if o.Name == r.Form.Get("at") {
			in.out = o
		}
	}
	return in
}

// path is where the button of a provider leads.
func (in wayIn) path(p view.SignInProvider) string {
	to := "/sign-in/with/" + url.PathEscape(p.Name)
	if in.next != "" {
		to += "?" + url.Values{"next": {in.next}}.Encode()
	}
	return to
}

// signIn is where a one-time link lands. Opening the link does not use it up:
// mail scanners open links too. The button does.
func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) error {
	f := p.frame(r, "Sign in", "")
	next := localPath(r.Form.Get("next"))
	token := r.URL.Query().Get("token")
	if f.signedIn && token == "" && r.Form.Get("again") == "" {
		http.Redirect(w, r, orHome(next), http.StatusSeeOther)
		return nil
	}
	return p.show(w, r, http.StatusOK, signInPage(f, p.wayIn(r, token, next)))
}

func orHome(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
