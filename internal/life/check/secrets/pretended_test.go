package secrets

import (
	"strings"
	"testing"
)

// What a program compares with when there is no such user, and a key for this machine
// alone, are told and stop nobody; the same elsewhere does.
func TestPretended(t *testing.T) {
	hash := "$2a$14$" + "Q7wkzTDiGxnf1k6oMZ.RZeJUoqI9PX2PM4rS5lkIKJXduLGXGPrt6"
	key := "-----BEGIN RSA PRIVATE " + "KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA4f5wg5l2hKsTeNem\n", 8) + "-----END RSA PRIVATE " + "KEY-----\n"
	s, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, text, want string }{
		{"auth/hash.go", "// FakeHash takes as long as a real one.\nfunc (h) FakeHash() []byte {\n\treturn []byte(\"" + hash + "\")\n", "secret_in_test"},
		{"auth/hash.go", "func (h) RootHash() []byte {\n\treturn []byte(\"" + hash + "\")\n", "password_hash_found"},
		{"auth/hash.go", "// a fake hash\n\n\n\n\n\nroot := \"" + hash + "\"\n", "password_hash_found"},
		{"etc/users.yaml", "# fake hash\nroot: " + hash + "\n", "password_hash_found"},
		{"tls/localhost.key", key, "secret_in_test"},
		{"tls/a.app.localhost-2.pem", key, "secret_in_test"},
		{"tls/localhosting.key", key, "secret_found"},
		{"localhost/server.key", key, "secret_found"},
	} {
		found := s.Scan(c.path, []byte(c.text))
		if len(found) != 1 || found[0].Code != c.want || found[0].Blocking != (c.want != "secret_in_test") {
			t.Errorf("%s %q: %+v, want %s", c.path, c.text[:30], found, c.want)
		}
	}
}
