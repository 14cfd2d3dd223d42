package build

import (
	"context"
	"time"

	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/paddock-dev/paddock/internal/core"
)

// Judgement is a deploy decision about an artifact, to be signed as a SLSA
// verification summary.
type Judgement struct {
	Verifier     string // who decided, such as "https://paddock.dev/installation/<id>"
	Resource     string // where it goes, such as "app:<name>/target:<target>"
	Policy       string // where the policy lives
	PolicyDigest string // sha256 of the policy revision or of the decision's input, with or without "sha256:"
	Passed       bool
	Levels       []string // such as "SLSA_BUILD_LEVEL_2"; empty when it did not pass
	Inputs       []string // digests of the evidence that was looked at
	At           time.Time
}

// Summary signs a judgement about an artifact, attaches it and returns its
// digest. Errors: NotFound without such an artifact, Invalid for a judgement
// that lacks something.
func Summary(ctx context.Context, reg Registry, signer Signer, digest string, j Judgement) (string, error) {
	if j.Verifier == "" || j.Resource == "" || j.At.IsZero() || len(hexOf(j.PolicyDigest)) != 64 || !isHex(hexOf(j.PolicyDigest)) {
		return "", core.Errorf(core.Invalid, "A verification summary needs a verifier, a resource, a time and a policy digest.")
	}
	_, size, err := fetchManifest(ctx, reg, digest, "")
	if err != nil {
		return "", err
	}
	bundle, err := sign(signer, digest, PredicateSummary, j.predicate())
	if err != nil {
		return "", err
	}
	return attach(ctx, reg, digest, size, TypeBundle, PredicateSummary, bundle)
}

func (j Judgement) predicate() *vsa.VerificationSummary {
	s := &vsa.VerificationSummary{
		Verifier:           &vsa.VerificationSummary_Verifier{Id: j.Verifier},
		TimeVerified:       timestamppb.New(j.At),
		ResourceUri:        j.Resource,
		Policy:             &vsa.VerificationSummary_Policy{Uri: j.Policy, Digest: map[string]string{"sha256": hexOf(j.PolicyDigest)}},
		VerificationResult: "FAILED",
		VerifiedLevels:     j.Levels,
		SlsaVersion:        "1.2",
	}
	if j.Passed {
		s.VerificationResult = "PASSED"
	}
	for _, d := range j.Inputs {
		s.InputAttestations = append(s.InputAttestations, &vsa.VerificationSummary_InputAttestation{Digest: map[string]string{"sha256": hexOf(d)}})
	}
	return s
}

// VerifySummary checks a verification summary by itself, without a registry, and
// returns what was judged. Errors: Blocked with the reason.
func VerifySummary(bundle []byte, digest string, verify VerifyFunc) (Judgement, error) {
	var s vsa.VerificationSummary
	if err := openStatement(bundle, verify, digest, PredicateSummary, &s); err != nil {
		return Judgement{}, err
	}
	j := Judgement{Verifier: s.GetVerifier().GetId(), Resource: s.GetResourceUri(), Policy: s.GetPolicy().GetUri(),
		PolicyDigest: "sha256:" + s.GetPolicy().GetDigest()["sha256"], Passed: s.GetVerificationResult() == "PASSED",
		Levels: s.GetVerifiedLevels(), At: s.GetTimeVerified().AsTime()}
	for _, in := range s.GetInputAttestations() {
		j.Inputs = append(j.Inputs, "sha256:"+in.GetDigest()["sha256"])
	}
	if known := j.Passed || s.GetVerificationResult() == "FAILED"; !known || j.Verifier == "" || s.GetTimeVerified() == nil {
		return Judgement{}, unfit("it is not a complete verification summary", nil)
	}
	return j, nil
}
