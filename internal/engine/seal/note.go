package seal

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// noteSigner makes the signer of the audit log and its verifier key. The text
// forms are those of package note: one byte of algorithm (1, Ed25519) and the
// seed, after the key's name and 8-digit hash.
func noteSigner(name string, seed [keySize]byte) (note.Signer, string, error) {
	pub := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(name, pub)
	if err != nil {
		return nil, "", err
	}
	hash, _, _ := strings.Cut(strings.TrimPrefix(vkey, name+"+"), "+")
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, seed[:]...))
	signer, err := note.NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + secret)
	return signer, vkey, err
}

// NoteSigner signs the checkpoints of the audit log. Its name is
// "paddock.local/" and the installation.
func (k *Keyring) NoteSigner() note.Signer { return k.note }

// AuditKey returns the verifier key of the audit log, as package note reads it
// and as it stands in DIR/audit.vkey.
func (k *Keyring) AuditKey() string { return k.auditKey }
