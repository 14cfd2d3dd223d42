package secret

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Platform is the built-in store: sealed values in Paddock's own database.
const Platform = "platform"

// stores are the kinds of stores that a policy and a descriptor may name (SEC-2).
var stores = []string{"vault", "aws_secrets_manager", "azure_key_vault", Platform}

// CheckStore says whether secrets may be kept in a store. Errors: Invalid for an
// unknown name, Denied when the secret policy does not allow it, Unavailable
// when it is allowed but not connected.
func (s *Service) CheckStore(name string) error {
	allowed := s.o.Allowed()
	switch {
	case !slices.Contains(stores, name):
		hint := core.DidYouMean(name, stores)
		if hint == "" {
			hint = "Use one of " + strings.Join(stores, ", ") + "."
		}
		return core.Errorf(core.Invalid, "There is no secret store %.80q.", name).Hinted("%s", hint).At("store")
	case !slices.Contains(allowed, name):
		return core.Errorf(core.Denied, "The secret policy does not allow the store %s.", name).
			Hinted("Allowed: %s. Ask the security team to allow it, or use another.", strings.Join(allowed, ", ")).At("store")
	case name != Platform:
		return core.Errorf(core.Unavailable, "The secret store %s is allowed, but not connected.", name).
			Hinted("Ask the platform team to connect it, or use the store %s.", Platform).At("store")
	}
	return nil
}
