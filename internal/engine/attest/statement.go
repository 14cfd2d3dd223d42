package attest

import (
	"encoding/json"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// The types of statements.
const (
	StatementType       = "https://in-toto.io/Statement/v1"
	PredicateProvenance = "https://slsa.dev/provenance/v1"
	PredicateSummary    = "https://slsa.dev/verification_summary/v1"
	PredicateSBOM       = "https://cyclonedx.org/bom"
)

// Statement is an in-toto statement about exactly one artifact.
type Statement struct {
	Subject       string          // sha256:... of the artifact
	PredicateType string          // what kind of thing is said
	Predicate     json.RawMessage // what is said, byte for byte as it was signed
}

// ReadStatement reads an in-toto statement of version 1 with exactly one
// subject that has a SHA-256 digest. Errors: Blocked.
func ReadStatement(payload []byte) (Statement, error) {
	if err := wellFormed(payload); err != nil {
		return Statement{}, Unfit("it is not an in-toto statement, or not a clean one", err)
	}
	var fields map[string]json.RawMessage // its keys are compared exactly
	if err := json.Unmarshal(payload, &fields); err != nil {
		return Statement{}, Unfit("it is not an in-toto statement", err)
	}
	var kind, predicateType string
	var subjects []json.RawMessage
	for key, into := range map[string]any{"_type": &kind, "subject": &subjects, "predicateType": &predicateType} {
		if err := json.Unmarshal(or(fields[key], "null"), into); err != nil {
			return Statement{}, Unfit("it is not an in-toto statement", err)
		}
		delete(fields, key)
	}
	predicate := fields["predicate"]
	delete(fields, "predicate")
	var subject intoto.ResourceDescriptor
	switch {
	case len(fields) > 0:
		return Statement{}, Unfit("it is not an in-toto statement: it has fields that are not known", nil)
	case kind != StatementType:
		return Statement{}, Unfit("it is not an in-toto statement of version 1", nil)
	case len(subjects) == 0:
		return Statement{}, Unfit("it is about nothing", nil)
	case len(subjects) > 1:
		return Statement{}, Unfit("it is about several things", nil)
	case protojson.Unmarshal(subjects[0], &subject) != nil || !isSHA256(subject.GetDigest()["sha256"]):
		return Statement{}, Unfit("it does not name its artifact by a SHA-256 digest", nil)
	case predicateType == "" || len(predicate) == 0 || predicate[0] != '{':
		return Statement{}, Unfit("it says nothing", nil)
	}
	return Statement{Subject: "sha256:" + subject.GetDigest()["sha256"], PredicateType: predicateType, Predicate: predicate}, nil
}

func or(b json.RawMessage, otherwise string) []byte {
	if len(b) == 0 {
		return []byte(otherwise)
	}
	return b
}

// About demands that the statement is about an artifact. Errors: Blocked.
func (s Statement) About(digest string) error {
	if s.Subject != digest {
		return Unfit("it is about another artifact", nil)
	}
	return nil
}

// Read reads the predicate into a message and refuses fields that the message
// does not have. Errors: Blocked.
func (s Statement) Read(predicateType string, into proto.Message) error {
	if s.PredicateType != predicateType {
		return Unfit("it is of another type", nil)
	}
	if err := protojson.Unmarshal(s.Predicate, into); err != nil {
		return Unfit("it has fields that are not known", err)
	}
	return nil
}

func isSHA256(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }
