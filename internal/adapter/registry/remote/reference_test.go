package remote

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

var digits = strings.Repeat("ab", 32)

func TestParseReference(t *testing.T) {
	for text, want := range map[string]Reference{
		"registry.example/acme/payroll@sha256:" + digits: {Host: "registry.example", Repository: "registry.example/acme/payroll", Digest: "sha256:" + digits},
		"127.0.0.1:5000/x:main":                          {Host: "127.0.0.1:5000", Repository: "127.0.0.1:5000/x", Tag: "main"},
		"ghcr.io/a/b/c:v1.2":                             {Host: "ghcr.io", Repository: "ghcr.io/a/b/c", Tag: "v1.2"},
	} {
		if got, err := ParseReference(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "payroll", "acme/payroll:main", "payroll@sha256:" + digits, "registry.example/payroll", "https://registry.example/a:b", "registry.example/a:b@sha256:" + digits,
		"registry.example/a@sha256:00", "registry.example/A:b", "registry.example/a@sha512:" + digits + digits, "registry.example/a@b@sha256:" + digits, "registry.example/../a:b", "registry.example/" + strings.Repeat("a", 600) + ":b",
		"user:password@registry.example/a:b"} {
		if got, err := ParseReference(text); core.CodeOf(err) != core.Invalid {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{"registry.example/a:b", "registry.example/a@sha256:" + digits, "a:b", "@", "x/y@sha256:", "[::1]:5000/a:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseReference(text)
		if err == nil && (r.Host == "" || !strings.HasPrefix(text, r.Repository) || (r.Tag == "") == (r.Digest == "")) {
			t.Fatalf("%q: %+v", text, r)
		}
	})
}
