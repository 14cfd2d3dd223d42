package rulebook

import (
	"strings"
	"testing"
	"testing/fstest"
)

const good = `rules:
  - code: own_call
    severity: warning
    title: T
    what: W
    why: Y
    fix: [F]
    match:
      - in: [js]
        call: [f]
`

func load(text string) (*Book, error) {
	return Load(fstest.MapFS{"rules/a.yaml": {Data: []byte(text)}}, "rules")
}

func TestBuiltinRulesAreWhole(t *testing.T) {
	b := Builtin()
	if len(b.Rules) < 60 || len(b.Sources) == 0 || !strings.HasPrefix(b.Digest, "sha256:") {
		t.Fatalf("%d rules, %d sources, %s", len(b.Rules), len(b.Sources), b.Digest)
	}
	for _, r := range b.Rules {
		if r.CWE == 0 || len(r.Bad) == 0 || len(r.Good) == 0 {
			t.Errorf("%s lacks its weakness, or examples", r.Code)
		}
	}
}

// TestFaultsOfRuleFiles gives the reader files that are wrong, each in one way.
func TestFaultsOfRuleFiles(t *testing.T) {
	if _, err := load(good); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"pattern":  {"call: [f]", `text: "(("`, "the pattern"},
		"unknown":  {"call: [f]", "cal: [f]", "cal not found"},
		"two":      {"call: [f]", "call: [f]\n        assign: [g]", "exactly one of"},
		"language": {"[js]", "[perl]", `"perl" is no language`},
		"severity": {"warning", "fatal", `"fatal"`},
		"code":     {"own_call", "Own", "small letters"},
		"state":    {"call: [f]", "call: [f]\n        args: [{is: [bad]}]", `"bad" is nothing`},
		"query":    {"call: [f]", "query: '(a'", "it is not closed"},
		"nothing":  {"fix: [F]", "fix: []", "must all be there"},
		"twice":    {good, good + strings.TrimPrefix(good, "rules:\n"), "is there twice"},
		"aliases":  {good, "a: &a [1,1,1]\nb: &b [*a,*a,*a]\nrules: *b\n", "cannot be read"},
		"long":     {"call: [f]", "text: '" + strings.Repeat("a", 3_000) + "'", "longer than"},
	} {
		if _, err := load(strings.Replace(good, c.old, c.new, 1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if _, err := load(strings.Repeat("#", maxFile+1)); err == nil {
		t.Error("a file that is too large must be refused")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(good)
	f.Add("sources:\n  - in: [js]\n    path: x\n")
	f.Fuzz(func(t *testing.T, text string) { _, _ = load(text) })
}

// TestOwnBounds holds that the bounds of an organisation's rules refuse none of
// Paddock's own for its patterns.
func TestOwnBounds(t *testing.T) {
	total := 0
	for _, r := range Builtin().Rules {
		r.Code = OwnPrefix + r.Code
		if why := r.ownFault(&total); why != "" {
			t.Errorf("%s: %s", r.Code, why)
		}
	}
	t.Logf("%d in all", total)
}
