package lockfile

import "testing"

// TestDeno reads each version of the form: packages of npm with what they ask for;
// what no data tells of is a gap.
func TestDeno(t *testing.T) {
	four := `{
  "version": "4",
  "specifiers": {
    "npm:@s/ui@^1.0.0": "1.0.0_react@18.2.0",
    "npm:chalk@5": "5.3.0"
  },
  "npm": {
    "@s/ui@1.0.0_react@18.2.0": {"integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "dependencies": ["react", "js_dom@2.0.0"]},
    "chalk@5.3.0": {"integrity": ""},
    "js_dom@1.0.0": {},
    "js_dom@2.0.0": {},
    "react@18.2.0": {}
  }
}`
	three := `{
  "version": "3",
  "packages": {
    "specifiers": {"npm:@s/ui@^1.0.0": "npm:@s/ui@1.0.0", "jsr:@std/x@1": "jsr:@std/x@1.0.0"},
    "jsr": {"@std/x@1.0.0": {"integrity": "x"}},
    "npm": {
      "@s/ui@1.0.0": {"integrity": "", "dependencies": {"react": "react@18.2.0"}},
      "react@18.2.0": {"integrity": "", "dependencies": {}}
    }
  },
  "remote": {"https://deno.land/x/a.ts": "00"}
}`
	s := read(t, "deno.lock", four)
	same(t, list(one(t, s)), "+@s/ui@1.0.0:8 +chalk@5.3.0:9 js_dom@1.0.0:10 js_dom@2.0.0:11<@s/ui react@18.2.0:12<@s/ui")
	if len(s.Gaps) != 0 {
		t.Errorf("%+v", s.Gaps)
	}
	s = read(t, "deno.lock", three)
	same(t, list(one(t, s)), "+@s/ui@1.0.0:7 react@18.2.0:8<@s/ui")
	if len(s.Gaps) != 1 || s.Gaps[0].Path != "deno.lock" {
		t.Errorf("%+v", s.Gaps)
	}
	for _, text := range []string{`{"version":"9","npm":{}}`, `{"version":"4","npm":{"a":{}}}`, `{"version":"4","npm":[]}`, `{"version":"4"`} {
		if s := read(t, "deno.lock", text); len(s.Faults) == 0 {
			t.Errorf("%s is taken: %+v", text, s)
		}
	}
}
