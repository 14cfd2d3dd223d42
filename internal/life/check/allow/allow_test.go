package allow

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

const good = `// paddock:allow code_eval reason="the parser of formulas" until=2026-12-31 approval=EX-7`

var known = []Approved{{ID: "EX-7", Code: "code_eval", App: "tracker", Until: "2026-12-31", By: "sec@example.com"}}

func apply(text string) (core.Finding, []core.Finding) {
	claims, _ := Read(&tree.Tree{Files: []tree.File{{Path: "a.ts", Text: []byte(text)}}})
	list := []core.Finding{{Code: "code_eval", Path: "a.ts", Line: 2, Blocking: true}}
	bad := Apply(claims, known, "tracker", "2026-06-01", list)
	return list[0], bad
}

func TestAGoodClaim(t *testing.T) {
	for name, text := range map[string]string{"above": good + "\neval(x)\n", "same line": "\neval(x) " + good + "\n", "html": "<!-- " + good + " -->\neval(x)"} {
		f, bad := apply(text)
		if f.Blocking || f.Waived == nil || f.Waived.By != "sec@example.com" || f.Waived.Approval != "EX-7" || f.Waived.Until != "2026-12-31" || len(bad) != 0 {
			t.Errorf("%s: %+v %+v", name, f, bad)
		}
	}
}

// TestClaimsThatDoNotCount breaks a good claim in one way each.
func TestClaimsThatDoNotCount(t *testing.T) {
	for name, c := range map[string]struct{ from, to, why string }{
		"no reason":        {`reason="the parser of formulas" `, "", "no reason"},
		"short reason":     {"the parser of formulas", "ok", "no reason"},
		"no day":           {"until=2026-12-31 ", "", "last day"},
		"no such day":      {"2026-12-31", "2026-13-31", "last day"},
		"past":             {"2026-12-31", "2026-05-31", "is past"},
		"too long":         {"2026-12-31", "2027-01-01", "longer than the approval"},
		"no approval":      {" approval=EX-7", "", "names no approval"},
		"unknown approval": {"EX-7", "EX-8", "nobody knows"},
		"other code":       {"code_eval", "code_open_cors", "something else"},
	} {
		f, bad := apply(strings.Replace(good, c.from, c.to, 1) + "\neval(x)\n")
		if !f.Blocking || f.Waived != nil || len(bad) != 1 || !strings.Contains(bad[0].What, c.why) || bad[0].Line != 1 {
			t.Errorf("%s: %+v %+v", name, f, bad)
		}
	}
}

func TestElsewhereIsElsewhere(t *testing.T) {
	if f, _ := apply("\n\n" + good); f.Waived != nil {
		t.Error("a claim below its finding counts")
	}
	if claims, _ := Read(&tree.Tree{Files: []tree.File{{Path: "README.md", Text: []byte("Write `paddock:allow CODE`, or paddock:allow it.")}}}); len(claims) != 0 {
		t.Errorf("%+v", claims)
	}
	many := strings.Repeat(good+"\n", MaxClaims+1)
	if _, all := Read(&tree.Tree{Files: []tree.File{{Path: "a", Text: []byte(many)}}}); all {
		t.Error("too many are not noticed")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good[len("// "+mark):])
	f.Add(`a_b reason="`)
	f.Fuzz(func(t *testing.T, s string) {
		c, ok := parse([]byte(s))
		if ok && (c.Code == "" || !strings.HasPrefix(s, c.Code)) {
			t.Errorf("%q: %+v", s, c)
		}
	})
}
