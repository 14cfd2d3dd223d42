package seal

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"

	"github.com/paddock-dev/paddock/internal/core"
)

// outsideKey is the ECDSA key for those who know no Ed25519, such as OPA. It is
// derived from the signing key, so it is kept and restored with it.
func outsideKey(signing [keySize]byte) (*ecdsa.PrivateKey, error) {
	// 16 bytes more than the key has, so that no value is likelier than another
	wide, err := hkdf.Key(sha256.New, signing[:], nil, "paddock/outside/p256/v1", keySize+16)
	if err != nil {
		return nil, core.Hidden("Deriving the key for others", err)
	}
	curve := elliptic.P256()
	n := new(big.Int).Sub(curve.Params().N, big.NewInt(1))
	d := new(big.Int).Mod(new(big.Int).SetBytes(wide), n)
	key, err := ecdsa.ParseRawPrivateKey(curve, d.Add(d, big.NewInt(1)).FillBytes(make([]byte, keySize)))
	if err != nil {
		return nil, core.Hidden("Deriving the key for others", err)
	}
	return key, nil
}

// SignES256 signs data as JSON Web Signatures do with the algorithm ES256. The
// same data gives the same signature (RFC 6979).
func (k *Keyring) SignES256(data []byte) ([]byte, error) {
	key, err := outsideKey(k.keys().signing)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	der, err := key.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return nil, core.Hidden("Signing", err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, core.Hidden("Signing", err)
	}
	return append(rs.R.FillBytes(make([]byte, keySize)), rs.S.FillBytes(make([]byte, keySize))...), nil
}

// OutsidePEM is the public half of the key of SignES256, as in DIR/outside.pub.
// It is no secret.
func (k *Keyring) OutsidePEM() string { return k.outsidePEM }
