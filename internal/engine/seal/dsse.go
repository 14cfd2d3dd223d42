package seal

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	// MaxEnvelope is the largest DSSE envelope that is read, in bytes.
	MaxEnvelope   = 8 << 20
	maxSignatures = 8
)

// SignDSSE signs payload and returns a DSSE envelope as JSON, with one
// signature by the installation's signing key.
func (k *Keyring) SignDSSE(payloadType string, payload []byte) ([]byte, error) {
	signer, err := dsse.NewEnvelopeSigner(edKey{public: k.PublicKey(), id: k.keyID, private: signingKey(k.keys())})
	if err != nil {
		return nil, core.Hidden("Signing evidence", err)
	}
	env, err := signer.SignPayload(context.Background(), payloadType, payload)
	if err != nil {
		return nil, core.Hidden("Signing evidence", err)
	}
	b, err := json.Marshal(env)
	if err != nil {
		return nil, core.Hidden("Signing evidence", err)
	}
	return b, nil
}

// VerifyDSSE checks an envelope against this installation's own signing key.
// See VerifyDSSEWith.
func (k *Keyring) VerifyDSSE(envelope []byte) (payloadType string, payload []byte, err error) {
	return VerifyDSSEWith(k.PublicKey(), envelope)
}

// VerifyDSSEWith checks that a DSSE envelope carries a good signature by pub,
// and returns what was signed. Only the returned bytes are vouched for. It
// returns Unreadable for bytes that are no envelope, TooLarge over MaxEnvelope,
// and Forbidden when no signature is good.
func VerifyDSSEWith(pub ed25519.PublicKey, envelope []byte) (payloadType string, payload []byte, err error) {
	env, err := parseEnvelope(envelope)
	if err != nil {
		return "", nil, err
	}
	id, err := keyID(pub)
	if err != nil {
		return "", nil, core.Errorf(core.Invalid, "The key to check signatures with is not an Ed25519 key.")
	}
	verifier, err := dsse.NewEnvelopeVerifier(edKey{public: pub, id: id})
	if err != nil {
		return "", nil, core.Hidden("Checking a signature", err)
	}
	_, payload, err = verifier.VerifyAndDecode(context.Background(), env)
	if err != nil {
		return "", nil, (&core.Error{Code: core.Forbidden, Msg: "The signature is not by key " + id + ".", Err: err}).
			Hinted("Check that you have the right public key. If so, the evidence was changed.")
	}
	return env.PayloadType, payload, nil
}

func parseEnvelope(b []byte) (*dsse.Envelope, error) {
	if len(b) > MaxEnvelope {
		return nil, core.Errorf(core.TooLarge, "The signed envelope has %d bytes; the limit is %d.", len(b), MaxEnvelope)
	}
	var env dsse.Envelope
	err := json.Unmarshal(b, &env) // refuses text after it
	if err == nil && (env.PayloadType == "" || len(env.Signatures) == 0 || len(env.Signatures) > maxSignatures) {
		err = errors.New("no payload type, or not 1 to 8 signatures")
	}
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The evidence is not a signed envelope (DSSE).", Err: err}
	}
	return &env, nil
}

// PublicKey returns the public half of the signing key.
func (k *Keyring) PublicKey() ed25519.PublicKey { return k.public }

// PublicPEM returns the public half of the signing key as PEM text (PKIX), as
// it stands in DIR/signing.pub.
func (k *Keyring) PublicPEM() string { return k.publicPEM }

// KeyID names the signing key as OpenSSH does: "SHA256:" and the digest in base64.
// Sigstore's verifiers find no signature by a key that is named in another way.
func (k *Keyring) KeyID() string { return k.keyID }

// KeyIDOf names a public key as KeyID names the installation's own.
func KeyIDOf(pub ed25519.PublicKey) (string, error) { return keyID(pub) }

func keyID(pub ed25519.PublicKey) (string, error) {
	if len(pub) != ed25519.PublicKeySize {
		return "", errors.New("not an Ed25519 key")
	}
	return dsse.SHA256KeyID(pub)
}

func publicPEM(pub crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}

// ParsePublicPEM reads a public key as PublicPEM writes it.
func ParsePublicPEM(text []byte) (ed25519.PublicKey, error) {
	block, rest := pem.Decode(text)
	if block != nil && block.Type == "PUBLIC KEY" && len(bytes.TrimSpace(rest)) == 0 {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if pub, ok := key.(ed25519.PublicKey); ok && err == nil {
			return pub, nil
		}
	}
	return nil, core.Errorf(core.Unreadable, "The public key is not an Ed25519 key in PEM form.").
		Hinted("Use the file signing.pub of the installation that signed.")
}

// edKey makes an Ed25519 key a signer and verifier of the DSSE library.
type edKey struct {
	public  ed25519.PublicKey
	id      string
	private ed25519.PrivateKey // nil when it only verifies
}

// Sign signs data.
func (e edKey) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(e.private, data), nil
}

// Verify checks a signature of data.
func (e edKey) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(e.public, data, sig) {
		return errors.New("the signature does not match")
	}
	return nil
}

// KeyID names the key.
func (e edKey) KeyID() (string, error) { return e.id, nil }

// Public returns the public key.
func (e edKey) Public() crypto.PublicKey { return e.public }

// UnverifiedDSSE returns what an envelope holds without looking at its signatures.
// Believe nothing of it. Errors: Unreadable, TooLarge.
func UnverifiedDSSE(envelope []byte) ([]byte, error) {
	env, err := parseEnvelope(envelope)
	if err != nil {
		return nil, err
	}
	payload, err := env.DecodeB64Payload()
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The evidence is not a signed envelope (DSSE).", Err: err}
	}
	return payload, nil
}
