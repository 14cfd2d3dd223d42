package build

import (
	"context"
	"strings"
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
	PolicyDigest string // of the policy revision: "sha256:" and 64 hexadecimal digits, or "gitCommit:" and 40
	Passed       bool
	Levels       []string // such as "SLSA_BUILD_LEVEL_2"; empty when it did not pass
	Inputs       []string // digests of the evidence that was looked at
	At           time.Time
}

// Summary signs a judgement about an artifact, attaches it and returns its
// digest. Errors: NotFound without such an artifact, Invalid for a judgement
// that lacks something.
func Summary(ctx context.Context, reg Registry, signer Signer, digest string, j Judgement) (string, error) {
	if j.Verifier == "" || j.Resource == "" || j.At.IsZero() || !isDigest(j.PolicyDigest) && !isCommit(strings.TrimPrefix(j.PolicyDigest, gitCommit)) {
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
		Policy:             &vsa.VerificationSummary_Policy{Uri: j.Policy, Digest: digestSet(j.PolicyDigest)},
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
		PolicyDigest: oneDigest(s.GetPolicy().GetDigest()), Passed: s.GetVerificationResult() == "PASSED",
		Levels: s.GetVerifiedLevels(), At: s.GetTimeVerified().AsTime()}
	for _, in := range s.GetInputAttestations() {
		j.Inputs = append(j.Inputs, "sha256:"+in.GetDigest()["sha256"])
	}
	if known := j.Passed || s.GetVerificationResult() == "FAILED"; !known || j.Verifier == "" || s.GetTimeVerified() == nil {
		return Judgement{}, unfit("it is not a complete verification summary", nil)
	}
	return j, nil
}

const gitCommit = "gitCommit:"

func digestSet(digest string) map[string]string {
	if commit, ok := strings.CutPrefix(digest, gitCommit); ok {
		return map[string]string{"gitCommit": commit}
	}
	return map[string]string{"sha256": hexOf(digest)}
}

func oneDigest(set map[string]string) string {
	if commit, ok := set["gitCommit"]; ok && len(set) == 1 {
		return gitCommit + commit
	}
	return "sha256:" + set["sha256"]
}

// maxSummaries bounds the summaries of one artifact that are listed.
const maxSummaries = 10_000

// Summaries lists the digests of the verification summaries that are attached to
// an artifact. One whose manifest is not whole is passed over. Errors: TooLarge,
// Unavailable; an artifact that is not there has none.
func Summaries(ctx context.Context, reg Registry, digest string) ([]string, error) {
	list, err := reg.Referrers(ctx, digest)
	if err != nil {
		if core.CodeOf(err) == core.NotFound {
			return nil, nil
		}
		return nil, err
	}
	var out []string
	for _, at := range list {
		if at.Type != TypeBundle || at.Predicate != PredicateSummary {
			continue
		}
		if len(out) == maxSummaries {
			return nil, core.Errorf(core.TooLarge, "The artifact %s has more than %d verification summaries.", digest, maxSummaries)
		}
		m, _, err := fetchManifest(ctx, reg, at.Digest, digest)
		if core.CodeOf(err) == core.Unavailable {
			return nil, err
		}
		if err == nil && len(m.Layers) == 1 {
			out = append(out, m.Layers[0].Digest.String())
		}
	}
	return out, nil
}
