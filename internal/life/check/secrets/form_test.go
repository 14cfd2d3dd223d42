package secrets

import (
	"reflect"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

// What is cut off a rule's words is what is cut off its pattern.
func TestRestOf(t *testing.T) {
	read := func(src string) *syntax.Regexp {
		re, err := syntax.Parse(src, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		return re
	}
	cut, formed := 0, 0
	for _, r := range scanner(t).rules {
		if r.pattern == nil {
			continue
		}
		s := r.shape()
		if len(s.forms) > 0 {
			formed++
		}
		re, err := r.pattern()
		if err != nil {
			t.Fatal(err)
		}
		src := restOf(re.String())
		if src == "" || len(s.forms) != 1 {
			continue
		}
		cut++
		whole, f := read(re.String()), s.forms[0]
		if whole.Op != syntax.OpConcat || f.lead == 0 && !f.boundary {
			t.Errorf("%s: %s begins otherwise", r.id, re)
			continue
		}
		whole.Sub = whole.Sub[1:]
		if a, b := read(read(whole.String()).String()).String(), read(read(src).String()).String(); a != b {
			t.Errorf("%s: %s is not %s", r.id, b, a)
		}
	}
	if formed < 200 || cut < 150 {
		t.Errorf("of 221 patterns %d have a form, %d are cut", formed, cut)
	}
}

// Where a pattern could begin everywhere it is not tried everywhere, and what it finds
// is the same.
func TestStartsEverywhere(t *testing.T) {
	near, whole := scanner(t), scanner(t)
	whole.whole = true
	for unit, end := range map[string]string{
		"curl ":               "-H 'Authorization: Bearer q8Zr5LmN0pX7vB3nM9kJ2hG6'\n",
		"key=":                "q8Zr5LmN0pX7vB3nM9kJ2hG6\n",
		"-----BEGIN ":         "PRIVATE KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA4f5wg5l2hKsTeNem\n", 8) + "-----END PRIVATE " + "KEY-----\n",
		"kind: Secret data: ": "\n",
	} {
		text := strings.Repeat(unit, 40_000/len(unit)) + end
		if a, b := near.Scan("a.yaml", []byte(text)), whole.Scan("a.yaml", []byte(text)); !reflect.DeepEqual(a, b) {
			t.Errorf("%q: %+v, want %+v", unit, a, b)
		}
	}
	i := slices.IndexFunc(near.rules, func(r *rule) bool { return r.id == "curl-auth-header" })
	text := strings.Repeat("curl ", 1000)
	var windows []window
	for at := 0; at < len(text); at += 5 {
		windows = near.rules[i].windows(windows, text, "curl", at)
	}
	if ok, err := near.rules[i].starts(text, windows, nil); ok || err != nil || len(windows) != 1000 {
		t.Errorf("a pattern was tried %d times on the same text", len(windows))
	}
}
