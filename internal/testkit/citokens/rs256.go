package citokens

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
)

// RS256 signs as RFC 7518 says.
func RS256(t testing.TB, key *rsa.PrivateKey, input []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(input)
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return sig
}
