package catalog

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

const ownRule = `rules:
  - code: own_no_ftp
    severity: error
    title: FTP sends passwords in the clear
    what: "This opens {call}. Everything is sent as it is."
    why: Anybody on the way can read it.
    fix: ["Use HTTPS."]
    example: {call: ftp.connect}
    match:
      - in: [js]
        call: [ftp.connect]
    bad:
      js: ["ftp.connect('x')"]
    good:
      js: ["https.get('x')"]
`

// withRules is a small tree with a rule file.
func withRules(t *testing.T, files map[string]string) (*Revision, error) {
	t.Helper()
	fsys := starter(t)
	for name := range fsys { // the policies' tests take long
		if strings.HasSuffix(name, "_test.rego") || strings.HasSuffix(name, "_cases.yaml") {
			delete(fsys, name)
		}
	}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	v, err := Validate(t.Context(), fsys, "r", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	return v.Revision, err
}

// TestOwnRules holds that rules about code come into force only if they do what
// their examples say and stay within their bounds, and that makers get them.
func TestOwnRules(t *testing.T) {
	rev, err := withRules(t, map[string]string{"rules/ftp.yaml": ownRule, "rules/README.md": "x"})
	if err != nil || rev.Code == nil || len(rev.Code.Rules) != 1 {
		t.Fatal(err)
	}
	files, err := Public(rev, "")
	if err != nil || string(files["rules/ftp.yaml"]) != ownRule || files["rules/README.md"] != nil {
		t.Errorf("public: %v, %v", files, err)
	}
	lent := fstest.MapFS{}
	for name, text := range files {
		lent[name] = &fstest.MapFile{Data: text}
	}
	again, err := Load(t.Context(), lent, "r")
	if err != nil || again.Code.Digest != rev.Code.Digest {
		t.Errorf("as it is lent: %v", err)
	}
	if _, err := withRules(t, map[string]string{"rules/ftp.yaml": strings.Replace(ownRule, "https.get", "ftp.connect", 1)}); !strings.Contains(FormatErrors(err), "finds what stands in its good") {
		t.Errorf("a revision with a wrong example: %v", err)
	}
}

// tried reads and tries rule files alone.
func tried(t *testing.T, files map[string]string) (*Revision, error) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	l := &loader{fsys: fsys, rev: &Revision{}}
	l.code()
	return l.rev, core.Join(core.Invalid, "Faults:", append(l.faults, l.rev.codeFaults(t.Context())...))
}

func TestOwnRulesThatAreRefused(t *testing.T) {
	edit := func(from, to string) string {
		if !strings.Contains(ownRule, from) {
			t.Fatal(from)
		}
		return strings.Replace(ownRule, from, to, 1)
	}
	for note, c := range map[string]struct{ text, says string }{
		"not found":                {edit("\"ftp.connect('x')\"", "\"sftp.link('x')\""), "does not find what stands in its bad"},
		"found":                    {edit("\"https.get('x')\"", "\"ftp.connect('y')\""), "finds what stands in its good"},
		"no good example":          {edit("    good:\n      js: [\"https.get('x')\"]\n", ""), "one in good"},
		"a code of Paddock's":      {edit("own_no_ftp", "code_eval"), "begins with own_"},
		"a large pattern":          {edit("        call: [ftp.connect]\n", "        text: '((abcd|efgh|ijkl){30}){30}'\n"), "too large"},
		"a pattern in a condition": {edit("        call: [ftp.connect]\n", "        call: [ftp.connect]\n        args: [{any: true, not: {text: '(abcdefgh){900}'}}]\n"), "too large"},
		"not RE2":                  {edit("        call: [ftp.connect]\n", "        text: '(?=a)'\n"), "cannot be read"},
		"a key nobody knows":       {edit("    why:", "    because: x\n    why:"), "because"},
	} {
		_, err := tried(t, map[string]string{"rules/ftp.yaml": c.text})
		if core.CodeOf(err) != core.Invalid || !strings.Contains(FormatErrors(err), c.says) || !strings.Contains(FormatErrors(err), "rules/ftp.yaml") {
			t.Errorf("%s: %v", note, err)
		}
	}
	if _, err := tried(t, map[string]string{"rules/a.yaml": ownRule, "rules/b.yaml": ownRule}); !strings.Contains(FormatErrors(err), "twice") {
		t.Errorf("twice: %v", err)
	}
	if _, err := tried(t, map[string]string{"rules/a.yml": ownRule}); !strings.Contains(FormatErrors(err), "rules/a.yml") {
		t.Errorf("yml: %v", err)
	}
	var many strings.Builder
	many.WriteString("rules:\n")
	for i := range 201 {
		many.WriteString(strings.ReplaceAll(strings.TrimPrefix(ownRule, "rules:\n"), "own_no_ftp", "own_no_ftp_"+strings.Repeat("x", i%15)+"a"+strings.Repeat("y", i/15)))
	}
	if _, err := tried(t, map[string]string{"rules/a.yaml": many.String()}); !strings.Contains(FormatErrors(err), "one too many") {
		t.Errorf("many: %v", err)
	}
}
