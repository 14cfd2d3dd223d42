package bundle

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/paddock-dev/paddock/internal/core"
)

// signature is the token of .signatures.json: a JSON Web Token over the digest
// of every file, as OPA's documentation on signed bundles says. OPA's own
// signer would draw a random number, and two replicas would serve two bundles.
func signature(b *bundle.Bundle, sign Signer) (string, error) {
	files, err := digests(b)
	if err != nil {
		return "", core.Hidden("Signing the bundle", err)
	}
	head := segment(map[string]string{"alg": "ES256", "kid": KeyID, "typ": "JWT"})
	body := segment(map[string]any{"files": files, "keyid": KeyID})
	sig, err := sign.SignES256([]byte(head + "." + body))
	if err != nil {
		return "", err
	}
	return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// digests hashes the files as OPA does when it verifies: JSON by its value.
func digests(b *bundle.Bundle) ([]bundle.FileInfo, error) {
	hash, err := bundle.NewSignatureHasher(bundle.SHA256)
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal(b.Manifest)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := util.Unmarshal(manifest, &tree); err != nil {
		return nil, err
	}
	contents := []struct {
		name  string
		value any
	}{{"data.json", b.Data}, {".manifest", tree}}
	for _, m := range b.Modules {
		contents = append(contents, struct {
			name  string
			value any
		}{strings.TrimPrefix(m.Path, "/"), m.Raw})
	}
	var out []bundle.FileInfo
	for _, c := range contents {
		sum, err := hash.HashFile(c.value)
		if err != nil {
			return nil, err
		}
		out = append(out, bundle.NewFile(c.name, hex.EncodeToString(sum), "SHA-256"))
	}
	return out, nil
}

func segment(v any) string {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		panic(err) // texts always encode
	}
	return base64.RawURLEncoding.EncodeToString(bytes.TrimSpace(b.Bytes()))
}
