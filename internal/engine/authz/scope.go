package authz

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Covers returns nil if an access token with these scopes may be used for perm;
// change says that the request is more than a look. It only ever takes away: the
// token's person must have the right as well. Errors: Forbidden.
func Covers(scopes []string, perm Permission, change bool) error {
	if slices.ContainsFunc(scopes, func(s string) bool { return covers(s, perm, change) }) {
		return nil
	}
	err := core.Errorf(core.Forbidden, "This access token has the scope %s; that does not reach this.", strings.Join(scopes, ", "))
	switch {
	case perm == PeopleProvision:
		return err.Hinted("Make a token with the scope \"scim\".")
	case slices.Equal(scopes, []string{"read"}):
		return core.Errorf(core.Forbidden, "This access token may only read.").Hinted("Make a token with the scope \"write\".")
	case slices.Equal(scopes, []string{"opa"}):
		return core.Errorf(core.Forbidden, "This access token is for an OPA server: it may only fetch the rules and report decisions.").
			Hinted("Make a token with the scope \"read\" or \"write\".")
	}
	return err.Hinted("Make a token with the scope \"read\" or \"write\".")
}

// covers is the table of scopes. Git has a door of its own and asks Git.
func covers(scope string, perm Permission, change bool) bool {
	look := perm == AppRead && !change
	switch scope {
	case "write":
		return perm != PeopleProvision
	case "read":
		return perm != PeopleProvision && !change
	case "checks":
		return perm == ReportAdd || perm == RulesRead || perm == CheckRun || look
	case "deploy":
		return perm == AppDeploy || look
	case "opa":
		return perm == PolicyBundle || perm == PolicyReport
	case "scim":
		return perm == PeopleProvision
	}
	return false
}

// Git says what git takes an access token with these scopes for.
func Git(scopes []string) (fetch, push bool) {
	for _, s := range scopes {
		switch s {
		case "write", "git":
			fetch, push = true, true
		case "read":
			fetch = true
		}
	}
	return fetch, push
}
