package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// officeHours keeps contractors to the hours of work, and data owners to the apps
// of their department: what the table of rights cannot say.
const officeHours = `package paddock.authz

contractor if "corp/contractors" in input.actor.groups

at_work if {
	input.hour >= input.limits.from_hour
	input.hour < input.limits.to_hour
	not input.weekday in {"saturday", "sunday"}
}

deny contains {"code": "contractor_after_hours", "message": "Contractors deploy from 8 to 18 o'clock.", "fix": "Wait, or ask an employee."} if {
	input.permission == "app.deploy"
	contractor
	not at_work
}

departments contains d if {
	some group in input.actor.groups
	startswith(group, "corp/dept-")
	d := trim_prefix(group, "corp/dept-")
}

deny contains {"code": "other_department", "message": sprintf("%s is of another department.", [input.app.name]), "fix": "Ask its owner."} if {
	input.app.classification == "restricted"
	"data-owner" in input.actor.roles
	not input.actor.owns
	[department, _] := split(input.app.name, "-")
	not department in departments
}
`

func bars(t testing.TB, text string) *policy.Set {
	t.Helper()
	s, err := policy.Compile(t.Context(), map[string][]byte{"policies/authz.rego": []byte(text)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// act is a contractor's deployment, in the middle of a working day.
func act() policy.Authority {
	in := policy.Authority{Permission: "app.deploy", Door: "api", App: policy.App{Name: "hr-payroll", Classification: core.InternalUse}, Limits: policy.AccessLimits{FromHour: 8, ToHour: 18},
		Actor: policy.Officer{Email: "ada@example.org", Kind: "person", Roles: []core.Role{core.RoleMaker}, Groups: []string{"corp/contractors"}}}
	in.At(time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), time.FixedZone("CET", 3600))
	return in
}

func TestRulesRefuse(t *testing.T) {
	s := bars(t, officeHours)
	for name, c := range map[string]struct {
		change func(*policy.Authority)
		want   string
	}{
		"at work":                    {func(*policy.Authority) {}, ""},
		"in the evening":             {func(in *policy.Authority) { in.Hour = 18 }, "contractor_after_hours"},
		"on Saturday":                {func(in *policy.Authority) { in.Weekday = "saturday" }, "contractor_after_hours"},
		"an employee in the evening": {func(in *policy.Authority) { in.Hour, in.Actor.Groups = 22, nil }, ""},
		"another act in the evening": {func(in *policy.Authority) { in.Hour, in.Permission = 22, "app.keep" }, ""},
		"a data owner elsewhere": {func(in *policy.Authority) {
			in.App.Classification, in.Actor.Roles, in.Actor.Groups = core.Restricted, []core.Role{core.RoleDataOwner}, []string{"corp/dept-sales"}
		}, "other_department"},
		"a data owner at home": {func(in *policy.Authority) {
			in.App.Classification, in.Actor.Roles, in.Actor.Groups = core.Restricted, []core.Role{core.RoleDataOwner}, []string{"corp/dept-hr"}
		}, ""},
	} {
		in := act()
		c.change(&in)
		for range 2 { // what is remembered is the same
			why, err := s.Refuses(t.Context(), in)
			if err != nil || len(why) != len(strings.Fields(c.want)) || len(why) > 0 && (why[0].Code != c.want || why[0].Fix == "") {
				t.Errorf("%s: %+v %v", name, why, err)
			}
		}
	}
}

// Without such a package nothing is asked; a rule that fails or never ends refuses.
func TestRulesThatFail(t *testing.T) {
	s := bars(t, "package paddock.app.deploy\n\ndeny contains {\"code\": \"no\", \"message\": \"No.\"} if input.app.name == \"x\"\n")
	if why, err := s.Refuses(t.Context(), act()); s.Bars() || len(why) != 0 || err != nil {
		t.Errorf("without rules: %v %v", why, err)
	}
	for name, text := range map[string]string{
		"a conflict":            "x := 1 if input.hour >= 0\n\nx := 2 if input.hour >= 0\n\ndeny contains {\"code\": \"no\", \"message\": \"No.\"} if x == 3",
		"no end":                "deny contains {\"code\": \"no\", \"message\": \"No.\"} if {\n\tnumbers.range(0, 20000)[a] == -1\n\tnumbers.range(0, 20000)[b] == a\n\tinput.hour == b\n}\n\ndeny contains {\"code\": \"slow\", \"message\": \"No.\"} if {\n\tsome a in numbers.range(0, 9000)\n\tsome b in numbers.range(0, 9000)\n\ta + b == -1 - input.hour\n}",
		"an answer of no shape": "deny contains input.hour",
	} {
		s := bars(t, "package paddock.authz\n\n"+text+"\n")
		why, err := s.Refuses(t.Context(), act())
		if err != nil || len(why) == 0 || why[0].Code != "policy_error" {
			t.Errorf("%s: %+v %v", name, why, err)
		}
	}
}

// The package can only refuse, and what it reads is checked when it is written.
func TestRulesThatCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		"allow if input.hour > 3": "can only refuse",
		"approve contains {\"role\": \"security\", \"reason\": \"x\"} if input.hour > 3": "can only refuse",
		"warn contains {\"code\": \"x\", \"message\": \"x\"} if input.hour > 3":          "can only refuse",
		"deny if input.hour > 3": "no set",
		"deny contains {\"code\": \"x\", \"message\": \"x\"} if input.actor.group == \"x\"":    "group",
		"deny contains {\"code\": \"x\", \"message\": \"x\"} if input.report.verdict == \"x\"": "report",
	} {
		_, err := policy.Compile(t.Context(), map[string][]byte{"policies/authz.rego": []byte("package paddock.authz\n\n" + text + "\n")}, nil, nil)
		if err == nil || !strings.Contains(fmt.Sprint(err, core.AsError(err).Problems), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func BenchmarkRules(b *testing.B) {
	none, some, in := bars(b, "package paddock.lib.x\n\ny := 1\n"), bars(b, officeHours), act()
	for name, s := range map[string]*policy.Set{"none": none, "remembered": some} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if why, err := s.Refuses(b.Context(), in); err != nil || len(why) != 0 {
					b.Fatal(why, err)
				}
			}
		})
	}
	b.Run("new", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			in.Actor.Groups = []string{fmt.Sprint("corp/dept-", n)}
			if _, err := some.Refuses(b.Context(), in); err != nil {
				b.Fatal(err)
			}
		}
	})
}
