package signin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/signin"
)

const good = `providers:
  - name: entra
    title: Example Corp
    issuer: https://login.example.org
    client_id: abc
    client_secret_file: entra.secret
    domains: [example.org]
    admit: maker
sessions: {hours: 8, idle_minutes: 30}
`

func TestIdentityFile(t *testing.T) {
	f, err := signin.Parse("/etc/paddock/identity.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if l := f.Sessions.Limits(); l.Life != 8*time.Hour || l.Idle != 30*time.Minute {
		t.Errorf("limits %+v", l)
	}
	if p := f.Providers[0]; p.Title != "Example Corp" || p.ClientSecretFile != "/etc/paddock/entra.secret" || p.GroupsClaim != "groups" {
		t.Errorf("%+v", p)
	}
	for what, c := range map[string]struct{ old, new, want string }{
		"a misspelt key":       {"issuer:", "isuer:", `4:5: The key "isuer" is not known here. Did you mean "issuer"?`},
		"groups by SCIM":       {"admit: maker", "groups: scim", "which is off"},
		"SCIM and admit":       {"admit: maker", "scim: true\n    admit: maker", "nobody is added by signing in"},
		"SCIM and no domain":   {"domains: [example.org]\n    admit: maker", "scim: true", "no domain is trusted"},
		"SCIM held at nothing": {"admit: maker", "scim: true\n    scim_removals: -1", "held at -1"},
		"SCIM and no claim":    {"admit: maker", "scim: true\n    scim_claim: 'a b'", "cannot be one"},
		"a misspelt word":      {"admit: maker", "admit: makers", `Did you mean "maker"?`},
		"http":                 {"https://login", "http://login", "identity.yaml:4:13"},
		"a name":               {"name: entra", "name: Entra", "identity.yaml:2:11"},
		"a session for a week": {"hours: 8", "hours: 168", "168 hours"},
		"the same name twice":  {"sessions:", "  - {name: entra, issuer: 'https://a.example', client_id: x}\nsessions:", `"entra" is there twice`},
		"the secret itself":    {"client_secret_file: entra.secret", "client_secret: s3cret", `Did you mean "client_secret_file"?`},
		"no provider":          {good, "providers: []\n", "There is no provider."},
	} {
		_, err := signin.Parse("identity.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the message shows a secret: %v", what, err)
		}
	}
	if _, err := signin.ReadFile(filepath.Join(t.TempDir(), "nothing")); core.CodeOf(err) != core.Unreadable {
		t.Errorf("no file: %v", err)
	}
}

func TestClientSecret(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "entra.secret")
	write := func(text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	f, err := signin.Parse(filepath.Join(dir, "identity.yaml"), []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signin.Secret(f.Providers[0]); core.CodeOf(err) != core.Unreadable {
		t.Errorf("no file: %v", err)
	}
	write(" s3cret\n", 0o600)
	if s, err := signin.Secret(f.Providers[0]); err != nil || !s.Equal(core.NewSecret([]byte("s3cret"))) {
		t.Errorf("%v", err)
	}
	write("s3cret", 0o644)
	if _, err := signin.Secret(f.Providers[0]); core.CodeOf(err) != core.Forbidden {
		t.Errorf("a secret that everybody may read: %v", err)
	}
	write("\n", 0o600)
	if _, err := signin.Secret(f.Providers[0]); core.CodeOf(err) != core.Unreadable {
		t.Errorf("an empty file: %v", err)
	}
}
