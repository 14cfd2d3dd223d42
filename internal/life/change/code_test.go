package change

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// TestRulesAboutCodeThatChange holds that a report stands only as long as the code
// would be checked by the same rules.
func TestRulesAboutCodeThatChange(t *testing.T) {
	builtin := rulebook.Builtin().Digest
	for _, c := range []struct {
		check, digest string
		own           *rulebook.Book
		want          bool
	}{
		{"code", builtin, nil, true},
		{"code", builtin, &rulebook.Book{Digest: "sha256:a"}, false},
		{"code", builtin + " sha256:a", &rulebook.Book{Digest: "sha256:a"}, true},
		{"code", builtin + " sha256:a", &rulebook.Book{Digest: "sha256:b"}, false},
		{"code", builtin + " sha256:a", nil, false},
		{"lint", builtin, nil, false}, // the check of code came to no end
	} {
		r := core.Report{Checks: []core.CheckResult{{Name: c.check, Seen: core.Coverage{RulesDigest: c.digest}}}}
		if got := sameCode(r, &catalog.Revision{Code: c.own}); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}
