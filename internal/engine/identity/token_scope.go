package identity

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// The scopes of an access token: the areas it is good for. What each of them
// opens stands in engine/authz.
const (
	ScopeRead   = "read"   // see by the API, and fetch by git
	ScopeWrite  = "write"  // all that its person may do, but bring people
	ScopeGit    = "git"    // clone, fetch and push, and nothing else
	ScopeChecks = "checks" // bring reports of other tools, and see apps
	ScopeDeploy = "deploy" // deploy, and see apps
	ScopeOPA    = "opa"    // only what an OPA server elsewhere needs: fetch the rules, report decisions
	ScopeSCIM   = "scim"   // only bring the people and groups of one sign-in provider
)

// Scopes lists all scopes.
func Scopes() []string {
	return []string{ScopeRead, ScopeWrite, ScopeGit, ScopeChecks, ScopeDeploy, ScopeOPA, ScopeSCIM}
}

func (w Wish) badScopes() (bad []*core.Error) {
	add := func(field, hint, format string, args ...any) {
		bad = append(bad, core.Errorf(core.Invalid, format, args...).At(field).Hinted("%s", hint))
	}
	known := Scopes()
	if len(w.Scopes) == 0 {
		add("scope", "Choose from "+strings.Join(known, ", ")+".", "The token is good for nothing.")
	}
	for _, s := range w.Scopes {
		if !slices.Contains(known, s) {
			add("scope", strings.TrimSpace("Choose from "+strings.Join(known, ", ")+". "+core.DidYouMean(s, known)), "The scope %q is not known.", s)
		}
	}
	people := slices.Contains(w.Scopes, ScopeSCIM)
	switch {
	case people && len(w.Scopes) > 1:
		add("scope", "Make a second token for the rest.", "A token with the scope scim has no other scope.")
	case people && w.Provider == "":
		add("provider", "Name the sign-in provider whose people it brings.", "The token with the scope scim is for no provider.")
	case people && len(w.Apps) > 0:
		add("apps", "Leave the apps out.", "A token with the scope scim is for people, not for apps.")
	case !people && w.Provider != "":
		add("provider", "Leave the provider out, or choose the scope scim.", "Only a token with the scope scim is for a provider.")
	case slices.Contains(w.Scopes, ScopeOPA) && len(w.Apps) > 0:
		add("apps", "Leave the apps out.", "A token with the scope opa is for the rules of all apps.")
	}
	return bad
}

// within refuses a token that reaches further than the one it is made with.
func within(c core.Credential, by *core.Credential) error {
	if by == nil {
		return nil
	}
	more := func(what, hint string) error {
		return core.Errorf(core.Forbidden, "The new access token would %s than the one you came with.", what).Hinted("%s", hint)
	}
	has := by.Scopes()
	for _, s := range c.Scopes() {
		if !slices.Contains(has, s) && (s == ScopeSCIM || !slices.Contains(has, ScopeWrite)) {
			return more("reach further", "Make it on the page Access tokens.")
		}
	}
	for _, app := range c.Apps {
		if len(by.Apps) > 0 && !slices.Contains(by.Apps, app) {
			return more("reach more apps", "Choose among the apps that your token is bound to.")
		}
	}
	if len(by.Apps) > 0 && len(c.Apps) == 0 {
		return more("reach more apps", "Choose among the apps that your token is bound to.")
	}
	if c.Expires > by.Expires {
		return more("last longer", "Choose a shorter life, or make it on the page Access tokens.")
	}
	return nil
}
