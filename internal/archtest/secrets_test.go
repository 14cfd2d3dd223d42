package archtest

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"testing"
)

// openers are the packages that may open a core.Secret (promise 7), and why.
var openers = map[string]string{
	"internal/engine/seal":                "seals the value, and makes fingerprints of it",
	"internal/engine/identity":            "keeps hashes of links, sessions and tokens",
	"internal/org/pipeline":               "keeps hashes of pipelines' access tokens",
	"internal/engine/identity/oidc":       "shows a sign-in provider the secret that it gave this server",
	"internal/engine/identity/issuer":     "opens the keys that identity tokens are signed with",
	"internal/org/secret":                 "bounds and checks the value before it is sealed",
	"internal/life/run/egress":            "puts the credential into the app's outgoing call, and hides it in answers",
	"internal/adapter/copies/gittag":      "signs in where copies of checkpoints are kept",
	"internal/adapter/copies/objectstore": "signs in where copies of checkpoints are kept",
	"internal/door/edge":                  "sets the session cookie",
	"internal/door/signin":                "reads what it sealed into the browser",
	"internal/door/desk":                  "shows a new link or token this once",
	"internal/door/address":               "sets the visit cookie of an app's address",
}

// secrets reports calls of core.Secret.Open outside of the given packages, and
// packages in the list that open nothing.
func secrets(h *house, allowed map[string]string) []string {
	var faults []string
	used := map[string]bool{}
	for _, u := range h.units {
		if u.path == "internal/core" || under(u.path, "internal/testkit") {
			continue
		}
		for _, f := range u.files {
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok || !opensSecret(u.info.Selections[sel]) {
					return true
				}
				used[u.path] = true
				if _, ok := allowed[u.path]; !ok {
					faults = append(faults, fmt.Sprintf("%s: opens a secret; only the packages listed in secrets_test.go may", h.at(u, sel)))
				}
				return true
			})
		}
	}
	for path := range allowed {
		if !used[path] {
			faults = append(faults, fmt.Sprintf("%s may open secrets, but does not: remove it from the list", path))
		}
	}
	slices.Sort(faults)
	return faults
}

// opensSecret reports whether a selection is core.Secret.Open, called or taken
// as a value, or a method of some interface that a Secret would fit.
func opensSecret(s *types.Selection) bool {
	if s == nil {
		return false
	}
	m, ok := s.Obj().(*types.Func)
	if !ok || m.Name() != "Open" {
		return false
	}
	if m.FullName() == "("+module+"/internal/core.Secret).Open" {
		return true
	}
	sig := m.Signature()
	return types.IsInterface(s.Recv()) && sig.Params().Len() == 0 && sig.Results().Len() == 1 && sig.Results().At(0).Type().String() == "[]byte"
}

// TestSecrets holds who may open a secret.
func TestSecrets(t *testing.T) {
	for _, fault := range secrets(ours(t), openers) {
		t.Error(fault)
	}
}
