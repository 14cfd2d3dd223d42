package build

import (
	"bytes"
	"encoding/json"

	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// The types of signed statements.
const (
	PayloadInToto       = attest.PayloadInToto
	PredicateProvenance = attest.PredicateProvenance
	PredicateSummary    = attest.PredicateSummary
	PredicateSBOM       = attest.PredicateSBOM
)

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
	return attest.Wrap(env, signer.KeyID())
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

// openStatement checks the signature of a bundle by this installation's key, that
// its statement is about exactly the artifact, and reads the predicate. Unknown
// fields are refused.
func openStatement(bundle []byte, verify VerifyFunc, digest, predicateType string, predicate proto.Message) error {
	b, err := attest.Parse(bundle)
	if err != nil {
		return err
	}
	s, err := b.Keyed(verify)
	if err != nil {
		return err
	}
	if err := s.About(digest); err != nil {
		return err
	}
	return s.Read(predicateType, predicate)
}

// unfit says why a piece of evidence does not count.
func unfit(why string, err error) *core.Error { return attest.Unfit(why, err) }
