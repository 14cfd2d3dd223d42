package web

import (
	"time"

	"github.com/paddock-dev/paddock/internal/door/view"
)

// scopeChoice is one thing that an access token may be good for.
type scopeChoice struct{ scope, title, help string }

func scopeChoices() []scopeChoice {
	return []scopeChoice{
		{"write", "Read and change", "Clone, and push your changes."},
		{"read", "Read only", "Clone and fetch, but never push."},
	}
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
