package recipe

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// Every recipe binds the app by its subject and by an audience, as a whole value
// and never by a pattern, and its documents are JSON.
func TestRecipesBindOneApp(t *testing.T) {
	a := App{Name: "payroll", Issuer: "https://paddock.example.org", Subject: "app:0190f2c4-0000-7000-8000-000000000001:env:production"}
	for _, service := range Services() {
		for _, audience := range []string{"", "my-audience"} {
			a.Audience = audience
			steps, err := For(service, a)
			if err != nil {
				t.Fatal(err)
			}
			all := ""
			for _, s := range steps {
				if s.Why == "" || s.Run == "" || (s.File == "") != (s.Text == "") || s.File != "" && !strings.Contains(s.Run, s.File) {
					t.Errorf("%s: a step is incomplete: %+v", service, s)
				}
				if s.Text != "" && !json.Valid([]byte(s.Text)) {
					t.Errorf("%s: %s is no JSON", service, s.File)
				}
				all += s.Run + s.Text
			}
			for _, want := range []string{"paddock.example.org", a.Subject, audience} {
				if !strings.Contains(all, want) {
					t.Errorf("%s: %q is not in the recipe", service, want)
				}
			}
			if strings.ContainsAny(all, "*") || strings.Contains(all, "StringLike") || strings.Contains(all, "bound_claims_type") {
				t.Errorf("%s: binds by a pattern", service)
			}
		}
	}
	if _, err := For("vult", a); core.CodeOf(err) != core.NotFound || !strings.Contains(core.AsError(err).Hint, "vault") {
		t.Errorf("an unknown service: %v", err)
	}
}
