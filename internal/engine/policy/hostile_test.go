package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

const good = `package paddock.app.create

deny contains {"code": "region", "message": "Not here."} if input.app.region == "us"
`

// deny is a policy for the gate app.create with this body.
func deny(body string) string {
	return "package paddock.app.create\n\ndeny contains {\"code\": \"x\", \"message\": \"x\"} if {\n\t" + body + "\n}\n"
}

// doubled is a text that doubles with each line.
func doubled(times int) string {
	b := strings.Builder{}
	b.WriteString("x0 := \"0123456789abcdef\"\n")
	for i := range times {
		fmt.Fprintf(&b, "\tx%d := concat(\"\", [x%d, x%d])\n", i+1, i, i)
	}
	fmt.Fprintf(&b, "\tcount(x%d) > 0\n", times)
	return b.String()
}

// Policies that must never get in force: each refusal names the place and says
// what to do, and the set that is in force goes on deciding.
func TestHostilePoliciesAreRefused(t *testing.T) {
	inForce := compiled(t, good)
	us := filled(t, core.GateAppCreate, `{"app": {"region": "us"}}`)
	for name, c := range map[string]struct{ rego, place, says string }{
		"no Rego":                     {"this is no policy", "a.rego:1:", "package"},
		"an open brace":               {"package paddock.app.create\n\ndeny contains {", "a.rego:3:", ""},
		"nothing":                     {"", "a.rego", "Start it with a package line"},
		"bytes":                       {"\x00\x01\xff", "a.rego:1:", ""},
		"broken UTF-8":                {"package paddock.app.create\n\nx := \"\xff\xfe\"\n", "", ""},
		"recursion":                   {"package paddock.app.create\n\na if b\n\nb if a\n\ndeny contains \"x\" if a\n", "a.rego:", "Break the circle"},
		"recursion of a function":     {"package paddock.app.create\n\nf(x) := f(x)\n\ndeny contains \"x\" if f(1)\n", "a.rego:3:", "Break the circle"},
		"recursion over data":         {"package paddock.app.create\n\ndeny contains \"x\" if data.paddock[_].create.deny\n", "a.rego:3:", "Break the circle"},
		"http.send":                   {deny(`http.send({"method": "get", "url": "http://127.0.0.1/"}).status_code == 200`), "a.rego:4:", "must not reach the network"},
		"a look-up of names":          {deny(`count(net.lookup_ip_addr("localhost")) > 0`), "a.rego:4:", "must not reach the network"},
		"the environment":             {deny(`opa.runtime().env.HOME != ""`), "a.rego:4:", "server's environment"},
		"the clock":                   {deny(`time.now_ns() > 0`), "a.rego:4:", "Use input.now"},
		"chance":                      {deny(`rand.intn("x", 2) == 1`), "a.rego:4:", "Remove the chance"},
		"another kind of chance":      {deny(`uuid.rfc4122("x") != ""`), "a.rego:4:", "Remove the chance"},
		"a schema from the network":   {"package paddock.app.create\n\n# METADATA\n# schemas:\n# - input: {\"$ref\": \"http://127.0.0.1:1/x\"}\ndeny contains \"x\" if input.app.name == \"x\"\n", "a.rego:", ""},
		"a key that is not there":     {deny(`input.app.regoin == "us"`), "a.rego:4:", `Did you mean "region"?`},
		"a part of another gate":      {deny(`input.artifact.signed`), "a.rego:4:", "There is:"},
		"a wrong type":                {deny(`startswith(4, input.app.name)`), "a.rego:4:", ""},
		"a function there is not":     {deny(`startwith(input.app.name, "a")`), "a.rego:4:", ""},
		"a package of no gate":        {"package paddock.app.craete\n\ndeny contains \"x\" if true\n", "a.rego:1:", `Did you mean "paddock.app.create"?`},
		"an answer that nobody reads": {"package paddock.app.create\n\ndney contains \"x\" if true\n", "a.rego:3:", `Did you mean "deny"?`},
		"an unsafe variable":          {deny(`not x`), "a.rego:4:", ""},
		"a file too long":             {good + "# " + strings.Repeat("x", policy.MaxFile), "a.rego", "Split it"},
		"brackets a million deep":     {"package paddock.app.create\n\nx := " + strings.Repeat("[", 900_000), "a.rego", ""},
		"nots and parentheses":        {"package paddock.app.create\n\nx if " + strings.Repeat("not (", 100_000), "a.rego", ""},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := policy.Compile(t.Context(), map[string][]byte{"a.rego": []byte(c.rego)}, nil, nil)
			e := core.AsError(err)
			if err == nil || e.Code != core.Invalid && e.Code != core.TooLarge {
				t.Fatalf("it is %s: %v", e.Code, err)
			}
			if !strings.Contains(err.Error(), c.place) || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 3000 {
				t.Errorf("it says %.600v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("refusing it took %s", took)
			}
			if a, err := inForce.Answer(t.Context(), core.GateAppCreate, us); err != nil || len(a.Verdicts.Deny) != 1 || a.Verdicts.Deny[0].Code != "region" {
				t.Errorf("the good rules answer %+v %v", a, err)
			}
		})
	}
}

// Policies that compile and then misbehave: the answer is no, says which rule
// and why, and comes in time.
func TestHostileRulesDeny(t *testing.T) {
	for name, c := range map[string]struct{ rego, says string }{
		"an infinite comprehension":     {deny(`count([x | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); x := i * j]) == 0`), "too"},
		"a product of sets":             {deny("xs := numbers.range(1, 3000)\n\tsome a in xs\n\tsome b in xs\n\tsome c in xs\n\ta + b + c == -1"), "too long"},
		"a huge range":                  {deny(`count(numbers.range(1, 2000000000)) == 0`), "too"},
		"all addresses":                 {deny(`count(net.cidr_expand("0.0.0.0/0")) == 0`), "too"},
		"a text that doubles":           {deny(doubled(30)), "too"},
		"a huge regular expression":     {deny(`regex.match("((a{1000}){1000}){1000}", input.app.name)`), "a.rego:4:"},
		"a nested regular expression":   {deny(`regex.match(concat("", [concat("", ["(" | some i in numbers.range(1, 2000)]), "a"]), input.app.name)`), "a.rego:4:"},
		"a division by zero":            {deny(`1 / count(input.app.data) > 0`), "a.rego:4:"},
		"a time that is none":           {deny(`time.parse_rfc3339_ns(input.app.name) > 0`), "a.rego:4:"},
		"a conflict":                    {"package paddock.app.create\n\nx := 1\n\nx := 2 if input.gate\n\ndeny contains \"x\" if x == 1\n", "conflict"},
		"deny that is no set":           {"package paddock.app.create\n\ndeny := {\"x\": 1}\n", "not a set"},
		"deny that is true":             {"package paddock.app.create\n\ndeny if true\n", "not a set"},
		"an entry that is a number":     {"package paddock.app.create\n\ndeny contains 4 if true\n", "not an object"},
		"an entry without a code":       {"package paddock.app.create\n\ndeny contains {\"message\": \"x\"} if true\n", "has the code"},
		"an entry without a message":    {"package paddock.app.create\n\ndeny contains {\"code\": \"x\"} if true\n", "no message"},
		"an entry with a strange key":   {"package paddock.app.create\n\ndeny contains {\"code\": \"x\", \"mesage\": \"x\"} if true\n", `Did you mean "message"?`},
		"a role that there is not":      {"package paddock.app.create\n\napprove contains {\"role\": \"secruity\", \"reason\": \"x\"} if true\n", `Did you mean "security"?`},
		"a thousand entries":            {"package paddock.app.create\n\ndeny contains {\"code\": \"x\", \"message\": sprintf(\"%d\", [i])} if some i in numbers.range(1, 1000)\n", "entries"},
		"an entry of a thousand levels": {"package paddock.app.create\n\ndeny contains {\"code\": \"x\", \"message\": " + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "} if true\n", "not text"},
	} {
		t.Run(name, func(t *testing.T) {
			s := compiled(t, c.rego)
			began := time.Now()
			a, err := s.Answer(t.Context(), core.GateAppCreate, filled(t, core.GateAppCreate, "{}"))
			took := time.Since(began)
			if err != nil || len(a.Verdicts.Deny) != 1 || a.Verdicts.Deny[0].Code != "policy_error" || !strings.Contains(a.Verdicts.Deny[0].Message, c.says) || a.Verdicts.Deny[0].Fix == "" {
				t.Errorf("%+v %v", a.Verdicts, err)
			}
			if took > 10*time.Second { // the budget is half a second; the machine may be busy
				t.Errorf("it took %s", took)
			}
		})
	}
}

// Inputs that no gate can judge.
func TestHostileInputsAreRefused(t *testing.T) {
	s := compiled(t, good)
	for name, c := range map[string]struct {
		doc  string
		code core.Code
	}{
		"nothing":                {"", core.Unreadable},
		"no JSON":                {"{", core.Unreadable},
		"no object":              {`["x"]`, core.Unreadable},
		"null":                   {"null", core.Unreadable},
		"two documents":          {"{}{}", core.Unreadable},
		"a key twice":            {`{"app": {"region": "eu"}, "app": {"region": "us"}}`, core.Unreadable},
		"broken UTF-8":           {"{\"app\": \"\xff\"}", core.Unreadable},
		"100 MB":                 {`{"app": "` + strings.Repeat("x", 100<<20) + `"}`, core.TooLarge},
		"too deep":               {strings.Repeat(`{"app":`, 65) + "{}" + strings.Repeat("}", 65), core.TooLarge},
		"a million deep":         {strings.Repeat("[", 1<<20), core.TooLarge},
		"a number without end":   {`{"app": 1` + strings.Repeat("0", 1<<20) + `}`, ""},
		"an exponent of billion": {`{"app": {"region": 1e1000000000}}`, core.Unreadable},
		"one that no rule reads": {`{"app": {"budget": {"monthly": 1e1000000000}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := s.Answer(t.Context(), core.GateAppCreate, []byte(c.doc))
			if core.CodeOf(err) != c.code || c.code == "" && len(a.Verdicts.Deny) != 0 {
				t.Errorf("%+v %v", a, err)
			}
		})
	}
}

// Whatever comes as an input, a gate answers or says what is wrong with it.
func FuzzAnswer(f *testing.F) {
	s, err := policy.Compile(f.Context(), map[string][]byte{"a.rego": []byte(good + `
deny contains {"code": "vendor", "message": "No."} if some v in input.app.vendors; v.state == "blocked"
`)}, nil, nil)
	if err != nil {
		s, err = policy.Compile(f.Context(), map[string][]byte{"a.rego": []byte(good)}, nil, nil)
	}
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"{}", "[]", `{"app": {"region": "us"}}`, `{"app": {"vendors": [{"state": "blocked"}]}}`, `{"a":1,"a":2}`, "{\"\\u0061pp\": 1e999}", strings.Repeat("[", 70), "\xff", `{"app": "\ud800"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		a, err := s.Answer(t.Context(), core.GateAppCreate, doc)
		if code := core.CodeOf(err); err != nil && code != core.Unreadable && code != core.TooLarge && code != core.Invalid {
			t.Fatalf("%q: %s %v", doc, code, err)
		}
		again, err2 := s.Answer(t.Context(), core.GateAppCreate, doc)
		if fmt.Sprint(a.Verdicts, a.Fired) != fmt.Sprint(again.Verdicts, again.Fired) || (err == nil) != (err2 == nil) {
			t.Fatalf("%q: %+v, then %+v", doc, a, again)
		}
		if whole, err := policy.Fill(core.GateAppCreate, doc); err == nil {
			if _, err := s.Answer(t.Context(), core.GateAppCreate, whole); err != nil {
				t.Fatalf("%q is filled to %q: %v", doc, whole, err)
			}
		}
	})
}
