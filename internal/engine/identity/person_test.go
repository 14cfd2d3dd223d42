package identity_test

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

func TestAddPerson(t *testing.T) {
	tw := newTown(t)
	p, err := tw.AddPerson(t.Context(), core.System("test"), "  Bob.Smith@Example.ORG ", "", []core.Role{core.RolePlatform, core.RoleMaker, core.RolePlatform})
	tw.Must(err)
	if p.Email != "bob.smith@example.org" || p.Name != "bob.smith" || len(p.Roles) != 2 {
		t.Errorf("added %+v", p)
	}
	kept, err := tw.PersonByEmail(t.Context(), p.Email)
	if err != nil || kept.ID != p.ID || !kept.Has(core.RolePlatform) {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if _, err := tw.AddPerson(t.Context(), core.System("test"), "BOB.smith@example.org", "Bob", nil); core.CodeOf(err) != core.Conflict {
		t.Errorf("the same e-mail twice: %v", err)
	}
	_, err = tw.AddPerson(t.Context(), core.System("test"), "not an address", strings.Repeat("n", 81), []core.Role{"platfrom"})
	e := core.AsError(err)
	if e.Code != core.Invalid || len(e.Problems) != 2 || !strings.Contains(err.Error(), `Did you mean "platform"?`) {
		t.Errorf("several faults: %v", err)
	}
}

func TestLastPlatformPersonStays(t *testing.T) {
	tw := newTown(t)
	bob := tw.Somebody("bob@example.org", core.RolePlatform)
	if err := tw.SwitchOff(t.Context(), core.System("test"), bob.ID); core.CodeOf(err) != core.Conflict {
		t.Errorf("the last one was switched off: %v", err)
	}
	tw.Somebody("eve@example.org", core.RolePlatform)
	if err := tw.SwitchOff(t.Context(), core.System("test"), bob.ID); err != nil {
		t.Errorf("one of two: %v", err)
	}
}

func TestEmail(t *testing.T) {
	for in, want := range map[string]string{
		"ana@example.org":                        "ana@example.org",
		" Ana+Tag@Example.ORG\n":                 "ana+tag@example.org",
		"a@b.c":                                  "a@b.c",
		"o'neil@sub-domain.example.org":          "o'neil@sub-domain.example.org",
		"":                                       "",
		"ana":                                    "",
		"ana@":                                   "",
		"@example.org":                           "",
		"ana@example":                            "",
		"ana@@example.org":                       "",
		"ana@example..org":                       "",
		"ana@-example.org":                       "",
		".ana@example.org":                       "",
		"a..b@example.org":                       "",
		"Ana <ana@example.org>":                  "",
		"ana@example.org, bob@example.org":       "",
		"ana@example.org\r\nBcc: x@y.zz":         "",
		"an\u00e4@example.org":                   "",
		"\u212aate@example.org":                  "", // the Kelvin sign lower-cases to a plain k
		"ana@\u0435xample.org":                   "",
		strings.Repeat("a", 65) + "@example.org": "",
		"ana@" + strings.Repeat("a", 64) + ".org":   "",
		"ana@" + strings.Repeat("abc.", 70) + "org": "",
	} {
		got, err := identity.Email(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Email(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func FuzzEmail(f *testing.F) {
	for _, seed := range []string{"ana@example.org", "A@B.C", "", "@", "a@b@c.d", "\u212aate@example.org", "a b@c.d", "ana@example.org\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := identity.Email(in)
		if err != nil {
			return
		}
		if again, err := identity.Email(got); err != nil || again != got {
			t.Errorf("Email(%q) = %q, which becomes %q, %v", in, got, again, err)
		}
		if strings.ContainsAny(got, " \t\r\n<>,;\"()\x00") || strings.Count(got, "@") != 1 || got != strings.ToLower(got) || len(got) > 254 {
			t.Errorf("Email(%q) = %q", in, got)
		}
	})
}
