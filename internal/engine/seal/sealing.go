package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
)

// Layout of sealed bytes:
//
//	1 byte   version, 1
//	4 bytes  id of the master key (a derived value, not a part of it)
//	12 bytes nonce, random
//	n bytes  AES-256-GCM ciphertext with its 16-byte tag
//
// The key is HKDF-SHA256(master, info "paddock/seal/v1/" + purpose). The
// additional data is the 5-byte head followed by the purpose, so bytes sealed
// for one purpose open for no other.
const (
	sealVersion = 1
	keyIDSize   = 4
	headSize    = 1 + keyIDSize
	nonceSize   = 12
	tagSize     = 16
	minSealed   = headSize + nonceSize + tagSize

	// MaxSecret is the largest value that can be sealed, in bytes.
	MaxSecret = 1 << 20
)

// Seal encrypts s for one purpose, such as "org/secret/<id>". Sealing the same
// value twice gives different bytes. It returns Invalid for an empty purpose
// and TooLarge for a value over MaxSecret.
func (k *Keyring) Seal(purpose string, s core.Secret) ([]byte, error) {
	if purpose == "" {
		return nil, core.Errorf(core.Invalid, "A secret must be sealed for a purpose; none was given.")
	}
	if n := len(s.Open()); n > MaxSecret {
		return nil, core.Errorf(core.TooLarge, "The secret has %d bytes; the limit is %d.", n, MaxSecret)
	}
	aead, err := k.aead(purpose)
	if err != nil {
		return nil, core.Hidden("Sealing a secret", err)
	}
	out := make([]byte, headSize+nonceSize, minSealed+len(s.Open()))
	out[0] = sealVersion
	copy(out[1:], k.sealID[:])
	nonce := out[headSize:]
	if _, err := io.ReadFull(k.random, nonce); err != nil {
		return nil, core.Hidden("Sealing a secret", err)
	}
	return aead.Seal(out, nonce, s.Open(), additional(out[:headSize], purpose)), nil
}

// Unseal decrypts what Seal made for the same purpose. It returns Unreadable
// for anything else; the error never says anything about the value.
func (k *Keyring) Unseal(purpose string, b []byte) (core.Secret, error) {
	switch {
	case len(b) < minSealed || len(b) > minSealed+MaxSecret || b[0] != sealVersion:
		return core.Secret{}, unreadable("It is not in the sealed format.")
	case [keyIDSize]byte(b[1:headSize]) != k.sealID:
		return core.Secret{}, unreadable("It was sealed by another keyring.").
			Hinted("Put back the keyring that belongs to this database.")
	}
	aead, err := k.aead(purpose)
	if err != nil {
		return core.Secret{}, core.Hidden("Opening a secret", err)
	}
	nonce, text := b[headSize:headSize+nonceSize], b[headSize+nonceSize:]
	plain, err := aead.Open(nil, nonce, text, additional(b[:headSize], purpose))
	if err != nil {
		return core.Secret{}, unreadable("Its bytes were changed, or it was sealed for another purpose.")
	}
	defer clear(plain)
	return core.NewSecret(plain), nil
}

func unreadable(why string) *core.Error {
	return core.Errorf(core.Unreadable, "A sealed value cannot be opened. %s", why).
		Hinted("Enter the secret again, or restore the database from its backup.")
}

func (k *Keyring) aead(purpose string) (cipher.AEAD, error) {
	master := k.keys().master
	key, err := hkdf.Key(sha256.New, master[:], nil, "paddock/seal/v1/"+purpose, keySize)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func additional(head []byte, purpose string) []byte {
	return append(append(make([]byte, 0, len(head)+len(purpose)), head...), purpose...)
}

// sealID derives the name of the master key that sealed bytes carry.
func sealID(master [keySize]byte) (id [keyIDSize]byte, err error) {
	b, err := hkdf.Key(sha256.New, master[:], nil, "paddock/seal/key-id", keyIDSize)
	copy(id[:], b)
	return id, err
}
