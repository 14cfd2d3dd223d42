package git

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

var repoRE = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.git$`)

// repoName reads the path value "payroll.git"; anything else is no name.
func repoName(value string) (string, bool) {
	if !repoRE.MatchString(value) {
		return "", false
	}
	return strings.TrimSuffix(value, ".git"), true
}

// admit finds out who asks and whether they may. It has answered when it
// returns false.
func (d *Door) admit(w http.ResponseWriter, r *http.Request, service string) (string, Caller, bool) {
	caller, err := d.caller(r)
	if err == nil {
		repo, ok := repoName(r.PathValue("repo"))
		if !ok {
			err = hidden()
		} else if err = d.allowed(r, caller, repo, service == receivePack); err == nil {
			return repo, caller, true
		}
	}
	d.fail(w, r, err)
	return "", Caller{}, false
}

func (d *Door) caller(r *http.Request) (Caller, error) {
	user, password, ok := r.BasicAuth()
	if !ok || password == "" || len(user)+len(password) > 4096 {
		return Caller{}, core.Errorf(core.Unauthorized, "Sign in to use git.").
			Hinted("Use your e-mail as user and an access token as password. The page /tokens makes one.")
	}
	caller, err := d.o.Auth.Authenticate(r.Context(), user, core.NewSecret([]byte(password)))
	if core.CodeOf(err) == core.Unauthorized {
		return Caller{}, core.Errorf(core.Unauthorized, "This access token is not valid.").
			Hinted("Make a new access token on the page /tokens and use it as password.")
	}
	return caller, err
}

// allowed makes "there is none" and "you may not see it" look alike.
func (d *Door) allowed(r *http.Request, caller Caller, repo string, write bool) error {
	err := d.o.Access.CanRead(r.Context(), caller, repo)
	if code := core.CodeOf(err); code == core.NotFound || code == core.Forbidden {
		return hidden()
	}
	if err != nil || !write {
		return err
	}
	if caller.ReadOnly {
		return core.Errorf(core.Forbidden, "This access token may only read.").Hinted("Make one that may change things, on the page /tokens, and use it as password.")
	}
	err = d.o.Access.CanWrite(r.Context(), caller, repo)
	if code := core.CodeOf(err); code == core.NotFound || code == core.Forbidden {
		return core.Errorf(core.Forbidden, "You may read this app but not change it.").Hinted("Ask its owner to make you a co-owner.")
	}
	return err
}

func hidden() error {
	return core.Errorf(core.NotFound, "There is no such app, or you may not see it.").Hinted("Check the address, or ask the app's owner.")
}

// fail answers in plain words, which git shows to the maker.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := core.AsError(err)
	status := core.OutcomeOf(e.Code).HTTP
	if status >= 500 {
		d.o.Log.ErrorContext(r.Context(), "git request failed", "error", err, "cause", e.Err)
	}
	h := w.Header()
	plainHeaders(w, "text/plain; charset=utf-8")
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Paddock", charset="UTF-8"`)
	}
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "30")
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(strings.TrimSpace(clean(e.Msg)+" "+clean(e.Hint)) + "\n"))
}
