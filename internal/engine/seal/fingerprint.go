package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/paddock-dev/paddock/internal/core"
)

// Fingerprint returns a keyed hash of value, 64 hexadecimal digits: the same
// value gives the same fingerprint within one domain of one installation, and
// nobody without the keyring can find the value by trying. Domains, such as
// "incident", keep fingerprints of different uses apart.
func (k *Keyring) Fingerprint(domain string, value []byte) string {
	mac := k.keys().mac
	h := hmac.New(sha256.New, mac[:])
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(domain)))
	h.Write(n[:])
	h.Write([]byte(domain))
	h.Write(value)
	return hex.EncodeToString(h.Sum(nil))
}

// HashToken returns what is stored in place of a token that Paddock gave out:
// enough to recognise it, not enough to use it.
func (k *Keyring) HashToken(token core.Secret) string {
	return k.Fingerprint("token", token.Open())
}
