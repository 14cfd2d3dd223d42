package web

import (
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/door/view"
)

// scopeChoice is one thing that an access token may be good for.
type scopeChoice struct{ scope, title, help string }

// scopeChoices are offered to everybody; provision is for who may bring people.
func scopeChoices(provision bool) []scopeChoice {
	all := []scopeChoice{
		{"write", "Read and change", "All that you may do. Clone, and push your changes."},
		{"read", "Read only", "See what you may see. Clone and fetch, but never push."},
		{"git", "Git only", "Clone, fetch and push. Nothing else."},
		{"checks", "Reports of other tools", "Bring what a scanner found. See your apps."},
		{"deploy", "Deploy", "Deploy and see your apps. Nothing else."},
	}
	if provision {
		all = append(all, scopeChoice{"scim", "People of a sign-in provider", "The provider brings its people and groups (SCIM). Nothing else."})
	}
	return all
}

// usedWhere says where a token was last used.
func usedWhere(t view.Token) string {
	doors := map[string]string{"api": "by the API", "git": "by git", "web": "by a page", "scim": "by SCIM"}
	where := doors[t.LastDoor]
	if t.LastFrom != "" {
		where = strings.TrimSpace(where + " from " + t.LastFrom)
	}
	return where
}

// boundTo says which apps a token is for.
func boundTo(t view.Token) string {
	switch {
	case t.Provider != "":
		return "People of " + t.Provider
	case len(t.Apps) == 0 && t.Owner != "":
		return "All their apps"
	case len(t.Apps) == 0:
		return "All your apps"
	}
	return strings.Join(t.Apps, ", ")
}

// endsSoon reports whether a token's maker should think of a new one.
func endsSoon(now time.Time, t view.Token) bool { return t.Expires.Sub(now) < 7*24*time.Hour }

// keeper is git's own way to remember a token on one kind of computer, never
// in a plain file.
type keeper struct{ id, system, does, helper string }

func keepers() []keeper {
	return []keeper{
		{"keep-macos", "macOS", "git keeps the token in your keychain.", "osxkeychain"},
		{"keep-windows", "Windows", "git keeps the token in the Windows credential store.", "manager"},
		{"keep-linux", "Linux", "git keeps the token in memory for 8 hours.", `"cache --timeout=28800"`},
	}
}

// keepCommand sets git's credential helper for this server alone.
func keepCommand(base string, k keeper) string {
	return "git config --global credential." + base + ".helper " + k.helper
}
