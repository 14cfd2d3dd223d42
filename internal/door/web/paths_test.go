package web

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzLocalPath: whatever the input, the answer is empty or a path on this server.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "/apps/a?did=x#y", "//evil.example", `/\evil.example`, "/\t/evil.example", "https://evil.example", "javascript:alert(1)",
		"/%2f/evil.example", "", "/.//evil.example", "/..//evil.example", "/a\x00b", "/é", "/:foo", "/@evil.example"} {
		f.Add(seed)
	}
	base, _ := url.Parse("https://paddock.example/x/y")
	f.Fuzz(func(t *testing.T, p string) {
		got := localPath(p)
		if got == "" {
			return
		}
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.Contains(got, `\`) {
			t.Fatalf("%q became %q", p, got)
		}
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
			t.Fatalf("%q became %q, which leads to %v (%v)", p, got, u, err)
		}
	})
}

func TestWebAddress(t *testing.T) {
	for in, want := range map[string]string{"http://a.localhost:8080/": "http://a.localhost:8080/", "https://a.example": "https://a.example", "javascript:alert(1)": "",
		"/x": "", "data:text/html,x": "", "http://": "", "http:x": "", "\x7f": ""} {
		if got := webAddress(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// FuzzNewApp: any typed form is read or refused at a field, and never lost.
func FuzzNewApp(f *testing.F) {
	f.Add("tracker", "12,50", "a@example.org, b@example.org")
	f.Add("", "NaN", ";;;")
	f.Add("x", "1e400", "\x00")
	f.Add("x", "-1", "a\nb")
	f.Fuzz(func(t *testing.T, name, budget, others string) {
		s := formState{form: form{values: map[string]string{"name": name, "budget": budget, "co_owners": others}}}
		n, err := s.input()
		if err == nil && !(n.Budget >= 0 && n.Budget <= 1e9) {
			t.Fatalf("budget %q was read as %v", budget, n.Budget)
		}
		if n.Name != name {
			t.Fatalf("name %q became %q", name, n.Name)
		}
		for _, co := range n.CoOwners {
			if co == "" || strings.ContainsAny(co, ", ;\n") {
				t.Fatalf("co-owner %q of %q", co, others)
			}
		}
	})
}
