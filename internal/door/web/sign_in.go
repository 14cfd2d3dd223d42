package web

import "net/http"

// signIn is where a one-time link lands. Opening the link does not use it up:
// mail scanners open links too. The button does.
func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) error {
	f := p.frame(r, "Sign in", "")
	next := localPath(r.Form.Get("next"))
	token := r.URL.Query().Get("token")
	if f.signedIn && token == "" {
		http.Redirect(w, r, orHome(next), http.StatusSeeOther)
		return nil
	}
	return p.show(w, r, http.StatusOK, signInPage(f, token, next))
}

func orHome(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
