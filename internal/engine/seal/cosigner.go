package seal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

// cosignatureV1 is the algorithm byte of timestamped Ed25519 cosignatures:
// c2sp.org/tlog-cosignature.
const cosignatureV1 = 4

// Cosigner signs checkpoints of other logs as a witness, with clock's time. Its
// name is "paddock.local/", the installation and "/witness".
func (k *Keyring) Cosigner(clock core.Clock) note.Signer {
	return cosigner{name: k.witnessName(), sign: func(msg []byte) []byte {
		at := clock.Now().Unix()
		text := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, msg)
		seed := k.keys().witness
		return append(binary.BigEndian.AppendUint64(nil, uint64(at)), ed25519.Sign(ed25519.NewKeyFromSeed(seed[:]), text)...)
	}, hash: cosignerHash(k.witnessName(), witnessPublic(k.keys().witness))}
}

// WitnessKey returns the verifier key of what Cosigner signs, as it stands in
// DIR/witness.vkey.
func (k *Keyring) WitnessKey() string { return k.witnessKey }

func (k *Keyring) witnessName() string { return "paddock.local/" + k.installation + "/witness" }

// cosigner implements note.Signer.
type cosigner struct {
	name string
	hash uint32
	sign func(msg []byte) []byte
}

// Name implements note.Signer.
func (c cosigner) Name() string { return c.name }

// KeyHash implements note.Signer.
func (c cosigner) KeyHash() uint32 { return c.hash }

// Sign implements note.Signer.
func (c cosigner) Sign(msg []byte) ([]byte, error) { return c.sign(msg), nil }

func witnessPublic(seed [keySize]byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
}

func cosignerHash(name string, public ed25519.PublicKey) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"+string(rune(cosignatureV1))), public...))
	return binary.BigEndian.Uint32(sum[:])
}

func cosignerKey(name string, seed [keySize]byte) string {
	public := witnessPublic(seed)
	return fmt.Sprintf("%s+%08x+%s", name, cosignerHash(name, public), base64.StdEncoding.EncodeToString(append([]byte{cosignatureV1}, public...)))
}
