package ci

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/core"
)

// algorithms are those that a token may be signed by: only with a private key.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.EdDSA}
}

// goodKeyID is what both forges name keys by: no path, no query, no space.
var goodKeyID = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.~=-]{0,127}$`)

// header looks at a token before anything is done with it: its size, its three
// parts, and a header that names an allowed algorithm and a key, and nothing else.
// A header that brings its own key, or says where one is, is refused.
func header(token string) (kid string, err *core.Error) {
	if len(token) > maxToken {
		return "", refuse(TooBig, "The token has %d bytes; no forge's has more than %d.", len(token), maxToken)
	}
	parts := strings.Split(token, ".")
	switch {
	case len(parts) == 5:
		return "", refuse(NotAToken, "The token is encrypted (JWE); ID tokens are not.")
	case len(parts) != 3:
		return "", refuse(NotAToken, "This is not a token: it has %d parts, not three.", len(parts))
	case parts[1] == "":
		return "", refuse(NotAToken, "The token has no claims in it (a detached payload).")
	}
	var first []byte
	for i, p := range parts {
		b, bad := base64.RawURLEncoding.Strict().DecodeString(p)
		if bad != nil || strings.ContainsAny(p, "\r\n") { // which Go's decoder passes over
			return "", refuse(NotAToken, "Part %d of the token is not base64url.", i+1)
		}
		if i == 0 {
			first = b
		}
	}
	h, err := readObject(first)
	if err != nil {
		return "", err
	}
	for name := range h.kind {
		if !slices.Contains([]string{"alg", "kid", "typ", "x5t"}, name) {
			return "", refuse(BadHeader, "The token's header holds %.20q, which no forge writes and which is not followed.", name)
		}
	}
	if typ, there := h.text["typ"]; there && typ != "JWT" {
		return "", refuse(BadHeader, "The token's type is %.40q, not JWT.", typ)
	}
	if alg := h.text["alg"]; !slices.Contains(algorithms(), jose.SignatureAlgorithm(alg)) {
		return "", refuse(BadAlgorithm, "The token's algorithm is %.20q; RS256, ES256 and EdDSA count.", alg)
	}
	if parts[2] == "" {
		return "", refuse(BadSignature, "The token is not signed.")
	}
	kid, there := h.text["kid"]
	if !there || !goodKeyID.MatchString(kid) || strings.Contains(kid, "..") {
		return "", refuse(BadKeyID, "The token's header names its key by %.60q, which cannot be a key's name.", kid)
	}
	return kid, nil
}
