package build

import (
	"bytes"
	"encoding/json"

	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/paddock-dev/paddock/internal/core"
)

// The types of signed statements.
const (
	PayloadInToto       = "application/vnd.in-toto+json"
	PredicateProvenance = "https://slsa.dev/provenance/v1"
	PredicateSummary    = "https://slsa.dev/verification_summary/v1"
)

// sigstoreBundle is a Sigstore bundle v0.3 as JSON: a DSSE envelope and the name
// of the key to check it with. There is no transparency log entry.
type sigstoreBundle struct {
	MediaType    string          `json:"mediaType"`
	Verification material        `json:"verificationMaterial"`
	Envelope     json.RawMessage `json:"dsseEnvelope"`
}

type material struct {
	PublicKey keyHint `json:"publicKey"`
}

type keyHint struct {
	Hint string `json:"hint"`
}

// sign makes a signed statement about the artifact and wraps it as a bundle.
func sign(signer Signer, digest, predicateType string, predicate proto.Message) ([]byte, error) {
	payload, err := statement(digest, predicateType, predicate)
	if err != nil {
		return nil, core.Hidden("Writing evidence", err)
	}
	env, err := signer.SignDSSE(PayloadInToto, payload)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(sigstoreBundle{MediaType: TypeBundle, Verification: material{keyHint{signer.KeyID()}}, Envelope: env})
	if err != nil {
		return nil, core.Hidden("Writing evidence", err)
	}
	return b, nil
}

func statement(digest, predicateType string, predicate proto.Message) ([]byte, error) {
	raw, err := protojson.Marshal(predicate)
	if err != nil {
		return nil, err
	}
	fields := &structpb.Struct{}
	if err := protojson.Unmarshal(raw, fields); err != nil {
		return nil, err
	}
	s := &intoto.Statement{
		Type:          intoto.StatementTypeUri,
		Subject:       []*intoto.ResourceDescriptor{{Digest: map[string]string{"sha256": hexOf(digest)}}},
		PredicateType: predicateType,
		Predicate:     fields,
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if raw, err = protojson.Marshal(s); err != nil {
		return nil, err
	}
	var plain bytes.Buffer // protojson varies its spaces on purpose
	err = json.Compact(&plain, raw)
	return plain.Bytes(), err
}

// openStatement checks a bundle's signature, that its statement is about
// exactly the artifact, and reads the predicate. Unknown fields are refused.
func openStatement(bundle []byte, verify VerifyFunc, digest, predicateType string, predicate proto.Message) error {
	payload, err := openBundle(bundle, verify)
	if err != nil {
		return err
	}
	var s intoto.Statement
	if err := protojson.Unmarshal(payload, &s); err != nil {
		return unfit("it is not an in-toto statement", err)
	}
	switch {
	case s.Validate() != nil || s.GetType() != intoto.StatementTypeUri:
		return unfit("it is not an in-toto statement of version 1", s.Validate())
	case s.GetPredicateType() != predicateType:
		return unfit("it is of another type", nil)
	case len(s.GetSubject()) != 1:
		return unfit("it is about several things", nil)
	case s.GetSubject()[0].GetDigest()["sha256"] != hexOf(digest):
		return unfit("it is about another artifact", nil)
	}
	raw, err := protojson.Marshal(s.GetPredicate())
	if err == nil {
		err = protojson.Unmarshal(raw, predicate)
	}
	if err != nil {
		return unfit("it has fields that are not known", err)
	}
	return nil
}

// openBundle returns what was signed.
func openBundle(bundle []byte, verify VerifyFunc) ([]byte, error) {
	if len(bundle) > maxBundle {
		return nil, unfit("it is too large", nil)
	}
	var b sigstoreBundle
	dec := json.NewDecoder(bytes.NewReader(bundle))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil || dec.InputOffset() != int64(len(bundle)) || b.MediaType != TypeBundle {
		return nil, unfit("it is not a Sigstore bundle of version 0.3", err)
	}
	payloadType, payload, err := verify(b.Envelope)
	if err != nil {
		return nil, unfit("its signature is not good", err)
	}
	if payloadType != PayloadInToto {
		return nil, unfit("it signs something else", nil)
	}
	return payload, nil
}

// unfit says why a piece of evidence does not count.
func unfit(why string, err error) *core.Error {
	e := blocked("The signed evidence does not count: %s.", why)
	e.Err = err
	return e
}
