package inventory

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"lodash":                                             "lodash",
		"lodash < 4.17.21":                                   "lodash < 4.17.21",
		"  lodash<4.17.21 ":                                  "lodash < 4.17.21",
		"npm:lodash >=4.0.0, <4.17.21":                       "npm:lodash >= 4.0.0, < 4.17.21",
		"npm:lodash >= 4 != 4.17.21":                         "npm:lodash >= 4, != 4.17.21",
		"lodash@4.17.20":                                     "lodash = 4.17.20",
		"@angular/core = 12.0.0":                             "@angular/core = 12.0.0",
		"@angular/core@12.0.0":                               "@angular/core = 12.0.0",
		"pkg:npm/%40angular/core@12.0.0":                     "npm:@angular/core = 12.0.0",
		"pkg:npm/lodash <4.17.21":                            "npm:lodash < 4.17.21",
		"pkg:golang/github.com/a/b@v1.2.3?x=y#sub":           "golang:github.com/a/b = v1.2.3",
		"go:github.com/a/b == 1.2.3":                         "golang:github.com/a/b = 1.2.3",
		"pypi:Flask_Login < 0.6.0rc1":                        "pypi:flask-login < 0.6.0rc1",
		"maven:org.apache.logging.log4j:log4j-core < 2.17.1": "maven:org.apache.logging.log4j/log4j-core < 2.17.1",
		"org.apache.logging.log4j:log4j-core < 2.17.1":       "org.apache.logging.log4j/log4j-core < 2.17.1",
	} {
		q, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := q.String(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again, err := Parse(q.String()); err != nil || again.String() != q.String() {
			t.Errorf("%q is not read back: %v, %v", q.String(), again, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "q:1: The query is empty",
		"   ":                          "q:1: The query is empty",
		"< 4.17.21":                    `q:1: The query starts with "<"`,
		"lodash 4.17.21":               `q:8: There is no comparison before "4.17.21"`,
		"lodash <":                     `q:9: There is no version after "<"`,
		"lodash < , 3":                 `q:10: There is no version after "<"`,
		"lodash < 4,":                  "q:12: The query ends with a comma",
		"lodash@":                      `q:8: There is no version after the "@"`,
		"nmp:lodash < 4":               `There is no ecosystem "nmp". The ecosystems are cargo, composer, gem, golang, maven, npm, nuget, pypi. Did you mean "npm"?`,
		"npm:lodash < banana":          `q:14: "banana" is not a version of npm. Write it as npm does.`,
		"pkg:npm":                      `"pkg:npm" is not a package URL`,
		"lodash\x00 < 4":               "control character",
		"a" + strings.Repeat("x", 400): "401 characters; 300 are read",
		"x" + strings.Repeat(" <1", 9): "more than 8 comparisons",
		"é < \xff":                     "not text",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if c := core.CodeOf(err); c != core.Invalid && c != core.TooLarge {
			t.Errorf("%q: code %s", text, c)
		}
	}
}

func TestVersionsInTheirEcosystem(t *testing.T) {
	for _, c := range []struct {
		query, ecosystem, version string
		fits, ok                  bool
	}{
		{"x < 4.17.21", "npm", "4.17.20", true, true},
		{"x < 4.17.21", "npm", "4.17.9", true, true},
		{"x < 4.17.21", "npm", "4.17.21", false, true},
		{"x < 4.17.21", "npm", "4.17.21-beta.2", true, true}, // a version before the fix
		{"x <= 4.17.21", "npm", "4.17.21", true, true},
		{"x != 4.17.21", "npm", "4.17.21", false, true},
		{"x >= 1.0, < 2.0", "npm", "1.9.9", true, true},
		{"x >= 1.0, < 2.0", "npm", "2.0.0", false, true},
		{"x < 1.0", "pypi", "1.0.dev4", true, true},
		{"x < 1.0", "pypi", "1.0.post1", false, true},
		{"x = 1.0", "pypi", "1.0.0", true, true},
		{"x < 2.17.1", "maven", "2.17.1-beta1", true, true},
		{"x < 1.2.3", "golang", "v1.2.3-0.20200101000000-abcdefabcdef", true, true},
		{"x < 1.2.3", "golang", "v1.10.0", false, true},
		{"x < 1.0.0", "cargo", "0.9.11", true, true},
		{"x < 1.0", "gem", "1.0.rc1", true, true},
		{"x < 1.0", "npm", "git+ssh://x", false, false},
		{"x = git+ssh://x", "npm", "git+ssh://x", true, true},
		{"x", "npm", "git+ssh://x", true, true},
		{"x < banana", "npm", "1.0.0", false, false},
	} {
		q, err := Parse(c.query)
		if err != nil {
			t.Fatal(err)
		}
		fits, ok := q.Matches(core.Component{Ecosystem: c.ecosystem, Name: "x", Version: c.version})
		if fits != c.fits || ok != c.ok {
			t.Errorf("%s, %s %s: %v %v, want %v %v", c.query, c.ecosystem, c.version, fits, ok, c.fits, c.ok)
		}
	}
}

func TestPURL(t *testing.T) {
	for _, text := range []string{"pkg:npm/lodash@4.17.20", "pkg:npm/%40angular/core@12.0.0", "pkg:golang/github.com/a/b@v1.2.3", "pkg:pypi/x@1%2B2"} {
		c, err := ParsePURL(text)
		if err != nil || PURL(c) != text {
			t.Errorf("%s: %+v, %s, %v", text, c, PURL(c), err)
		}
	}
	for _, text := range []string{"", "pkg:", "pkg:npm", "pkg:npm/", "lodash", "pkg:npm/%zz", "pkg:npm/a%00b"} {
		if c, err := ParsePURL(text); err == nil {
			t.Errorf("%q is read as %+v", text, c)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"lodash < 4.17.21", "npm:a >=1, <2", "pkg:npm/%40a/b@1", "@a/b@1", "a==1!=2", "go:x<v1", ":", "a:", "a@@1", "pkg:npm/a@1 <2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			if c := core.CodeOf(err); c != core.Invalid && c != core.TooLarge {
				t.Fatalf("%q: code %s", text, c)
			}
			return
		}
		if q.Name == "" || len(q.Conditions) > maxConditions+1 {
			t.Fatalf("%q: %+v", text, q)
		}
		for _, e := range append(Ecosystems(), "other") {
			q.Matches(core.Component{Ecosystem: e, Name: q.Name, Version: text})
		}
	})
}
