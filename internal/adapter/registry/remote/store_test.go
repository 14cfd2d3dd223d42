package remote

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/registry"
)

func open(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConforms(t *testing.T) {
	registry.Conform(t, open(t, Options{Repository: registry.Start(t) + "/paddock/apps"}))
}

// lying answers with other bytes than a registry has.
type lying struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (l lying) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	if err == nil && r.Method == "GET" && strings.Contains(r.URL.Path, "sha256:") {
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if len(b) > 0 {
			b[0] ^= 1
		}
		resp.Body = io.NopCloser(strings.NewReader(string(b)))
	}
	return resp, err
}

func TestRegistryIsNotTrusted(t *testing.T) {
	at := registry.Start(t) + "/x/y"
	good, bad := open(t, Options{Repository: at}), open(t, Options{Repository: at, Transport: lying{http.DefaultTransport}})
	m, blobs := registry.Manifest(t, "a", "")
	digest, err := good.Push(t.Context(), m, blobs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{digest, digestOf(blobs[1])} {
		if b, err := bad.Get(t.Context(), d); core.CodeOf(err) != core.Unreadable {
			t.Errorf("%q, %v", b, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, bad := range []string{"", "apps", "UPPER.example/Apps", "registry.example/a:tag", "https://registry.example/a"} {
		if _, err := Open(Options{Repository: bad}); core.CodeOf(err) != core.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, plain := range []string{"10.1.2.3:5000/a/b", "registry.local/a/b"} {
		s := open(t, Options{Repository: plain, Transport: nobody{t}})
		if _, err := s.Get(t.Context(), "sha256:"+strings.Repeat("0", 64)); core.CodeOf(err) != core.Unavailable {
			t.Errorf("%s: %v", plain, err)
		}
	}
}

// nobody must not be asked without TLS.
type nobody struct{ t *testing.T }

// RoundTrip implements http.RoundTripper.
func (n nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		n.t.Errorf("asked %s", r.URL)
	}
	return nil, errPlain
}

func TestReadAuth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.json")
	for text, want := range map[string]core.Code{`{"auths":{"registry.example":{"username":"u","password":"p"}}}`: "", "{}": core.Invalid, "x": core.Invalid} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := ReadAuth(path)
		if core.CodeOf(err) != want {
			t.Errorf("%s: %v", text, err)
		}
		if err == nil {
			s := open(t, Options{Repository: "registry.example/a", Auth: k})
			a, err := k.Resolve(s.repo)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := a.Authorization(); err != nil || c.Username != "u" || c.Password != "p" {
				t.Errorf("%+v, %v", c, err)
			}
		}
	}
	if _, err := ReadAuth(path + "x"); core.CodeOf(err) != core.Invalid {
		t.Error(err)
	}
}
