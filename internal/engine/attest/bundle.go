package attest

import (
	"encoding/json"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/paddock-dev/paddock/internal/core"
)

// The media types of a bundle and of what it signs.
const (
	TypeBundle    = "application/vnd.dev.sigstore.bundle.v0.3+json"
	PayloadInToto = "application/vnd.in-toto+json"
)

// Bundle is a Sigstore bundle that was read and nothing more: its signature was
// not looked at.
type Bundle struct{ pb *protobundle.Bundle }

// Parse reads a bundle of exactly version 0.3 with one envelope, one signature
// and one way to check it, a public key or a certificate. Errors: Blocked with
// the reason.
func Parse(b []byte) (*Bundle, error) {
	if len(b) > MaxBundle {
		return nil, Unfit("it is too large", nil)
	}
	if err := wellFormed(b); err != nil {
		return nil, Unfit("it is not a Sigstore bundle, or not a clean one", err)
	}
	pb := &protobundle.Bundle{}
	if err := protojson.Unmarshal(b, pb); err != nil {
		return nil, Unfit("it is not a Sigstore bundle", err)
	}
	env, material := pb.GetDsseEnvelope(), pb.GetVerificationMaterial()
	switch {
	case pb.GetMediaType() != TypeBundle:
		return nil, Unfit("it is not a Sigstore bundle of version 0.3", nil)
	case env == nil:
		return nil, Unfit("it is a Sigstore bundle without a signed statement", nil)
	case len(env.GetSignatures()) != 1 || len(env.GetSignatures()[0].GetSig()) == 0:
		return nil, Unfit("it does not carry exactly one signature", nil)
	case env.GetPayloadType() != PayloadInToto:
		return nil, Unfit("it signs something else than an in-toto statement", nil)
	case material.GetPublicKey() == nil && len(material.GetCertificate().GetRawBytes()) == 0:
		return nil, Unfit("it does not say by which key or certificate it is signed", nil)
	}
	return &Bundle{pb}, nil
}

// Keyless reports whether the bundle is signed by a certificate, as CI systems
// sign, and not by a key that both sides know.
func (b *Bundle) Keyless() bool { return b.pb.GetVerificationMaterial().GetCertificate() != nil }

// Proto returns the bundle as the message that it was read from; it must not be
// changed.
func (b *Bundle) Proto() *protobundle.Bundle { return b.pb }

// Payload returns what is said to be signed. Nothing vouches for it yet.
func (b *Bundle) Payload() []byte { return b.pb.GetDsseEnvelope().GetPayload() }

// envelope is a DSSE envelope as JSON.
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     []byte      `json:"payload"`
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// VerifyFunc checks the signature of a DSSE envelope, as JSON, and returns what
// was signed.
type VerifyFunc func(envelope []byte) (payloadType string, payload []byte, err error)

// Keyed checks a bundle that is signed by a key which verify knows, and returns
// the statement. The bundle's hint must name the key that its signature names,
// and there must be nothing in it that only a certificate needs. Errors: Blocked.
func (b *Bundle) Keyed(verify VerifyFunc) (Statement, error) {
	m, env := b.pb.GetVerificationMaterial(), b.pb.GetDsseEnvelope()
	sig := env.GetSignatures()[0]
	switch {
	case m.GetPublicKey() == nil:
		return Statement{}, Unfit("it is signed by a certificate and not by the key of this installation", nil)
	case m.GetPublicKey().GetHint() == "" || m.GetPublicKey().GetHint() != sig.GetKeyid():
		return Statement{}, Unfit("its key hint names another key than its signature", nil)
	case len(m.GetTlogEntries()) > 0 || m.GetTimestampVerificationData() != nil:
		return Statement{}, Unfit("it carries proofs that this installation does not make", nil)
	}
	raw, err := json.Marshal(envelope{env.GetPayloadType(), env.GetPayload(), []signature{{sig.GetKeyid(), sig.GetSig()}}})
	if err != nil {
		return Statement{}, core.Hidden("Reading evidence", err)
	}
	payloadType, payload, err := verify(raw)
	if err != nil {
		return Statement{}, Unfit("its signature is not good", err)
	}
	if payloadType != PayloadInToto {
		return Statement{}, Unfit("it signs something else than an in-toto statement", nil)
	}
	return ReadStatement(payload)
}

// Wrap makes a bundle of a DSSE envelope (JSON) and the name of the key that
// signed it. Such a bundle has no entry in a transparency log.
func Wrap(dsse []byte, hint string) ([]byte, error) {
	type publicKey struct {
		Hint string `json:"hint"`
	}
	type material struct {
		PublicKey publicKey `json:"publicKey"`
	}
	b, err := json.Marshal(struct {
		MediaType    string          `json:"mediaType"`
		Verification material        `json:"verificationMaterial"`
		Envelope     json.RawMessage `json:"dsseEnvelope"`
	}{TypeBundle, material{publicKey{hint}}, dsse})
	if err != nil {
		return nil, core.Hidden("Writing evidence", err)
	}
	return b, nil
}

// Unfit says why a piece of evidence does not count: an error of code Blocked.
func Unfit(why string, err error) *core.Error {
	return &core.Error{Code: core.Blocked, Msg: "The signed evidence does not count: " + why + ".", Err: err,
		Hint: "Build the app again from its main branch, then deploy the new artifact."}
}
