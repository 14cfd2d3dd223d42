package remote

import (
	"encoding/json"
	"os"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/paddock-dev/paddock/internal/core"
)

// ReadAuth reads credentials from a file in the form of docker's config.json:
// {"auths": {"registry.example": {"username": "...", "password": "..."}}}, or
// "auth" with both in base64. Errors: Invalid, which never quotes the file.
func ReadAuth(path string) (authn.Keychain, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, (&core.Error{Code: core.Invalid, Msg: "The file with the registry's credentials cannot be read.", Err: err}).At("registry-auth").Hinted("Name a file that this user may read.")
	}
	var file struct {
		Auths map[string]authn.AuthConfig `json:"auths"`
	}
	if err := json.Unmarshal(b, &file); err != nil || len(file.Auths) == 0 {
		return nil, core.Errorf(core.Invalid, "The file with the registry's credentials is not in the form of docker's config.json.").At("registry-auth").
			Hinted(`Write {"auths": {"registry.example": {"username": "...", "password": "..."}}}.`)
	}
	return keychain(file.Auths), nil
}

type keychain map[string]authn.AuthConfig

// Resolve implements authn.Keychain.
func (k keychain) Resolve(r authn.Resource) (authn.Authenticator, error) {
	if c, ok := k[r.RegistryStr()]; ok {
		return authn.FromConfig(c), nil
	}
	return authn.Anonymous, nil
}

// String keeps credentials from being printed.
func (keychain) String() string { return "[redacted]" }

// GoString keeps credentials from being printed.
func (keychain) GoString() string { return "[redacted]" }
