package catalog

import (
	"strings"
	"testing"
)

func TestLicencesOfSettings(t *testing.T) {
	s, _, err := ParseSettings([]byte("organisation: X\nregions: [eu]\nlicences:\n  deny: [AGPL-3.0-only, restricted]\n  unknown: deny\n  audiences:\n    public: {ask: [weak]}\n"), nil)
	if err != nil || len(s.Licences.Deny) != 2 || s.Licences.Audiences["public"].Ask[0] != "weak" {
		t.Fatalf("%+v %v", s.Licences, err)
	}
	_, _, err = ParseSettings([]byte("organisation: X\nregions: [eu]\nlicences:\n  deny: [AGPL-3.0-onyl]\n  unknown: never\n  audiences:\n    pubic: {ask: [weak]}\n"), nil)
	if err == nil {
		t.Fatal("want faults")
	}
	for _, want := range []string{`"AGPL-3.0-onyl" is not known`, `Did you mean "AGPL-3.0-only"?`, `"never"`, `Did you mean "public"?`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing in %v", want, err)
		}
	}
}
