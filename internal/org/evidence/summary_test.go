package evidence_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// attested names fixed attestations of every artifact.
type attested []string

func (a attested) Attestations(context.Context, string) ([]string, error) { return a, nil }

// vsa is a verification summary of a decision, as a Sigstore bundle.
func vsa(t *testing.T, keys *seal.Keyring, artifact, target, result string, at time.Time) []byte {
	t.Helper()
	payload := fmt.Sprintf(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":%q}}],"predicateType":"https://slsa.dev/verification_summary/v1","predicate":
{"verifier":{"id":"https://paddock.dev/installation/x"},"timeVerified":%q,"resourceUri":"app:tracker/target:%s","policy":{"uri":"governance@x","digest":{"sha256":"%064d"}},"verificationResult":%q,"slsaVersion":"1.2"}}`,
		strings.TrimPrefix(artifact, "sha256:"), at.UTC().Format(time.RFC3339Nano), target, 0, result)
	env, err := keys.SignDSSE("application/vnd.in-toto+json", []byte(payload))
	ok(t, err)
	return []byte(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"` + keys.KeyID() + `"}},"dsseEnvelope":` + string(env) + `}`)
}

// NEW-5: the summaries of deploy decisions are in the pack, and they say what was
// decided; a good signature alone does not make one count.
func TestSummariesSayWhatWasDecided(t *testing.T) {
	w := newWorld(t).live()
	artifact, decided := digest([]byte("the artifact")), now.Add(2*time.Minute)
	stranger, err := seal.Open(t.TempDir()+"/keys", rand.Reader)
	ok(t, err)
	for name, c := range map[string]struct {
		bundle []byte
		fault  string // "" for none
	}{
		"what was decided":           {vsa(t, w.keys, artifact, "here", "PASSED", decided), ""},
		"the other answer":           {vsa(t, w.keys, artifact, "here", "FAILED", decided), "no decision in the pack says so"},
		"another target":             {vsa(t, w.keys, artifact, "there", "PASSED", decided), "no decision in the pack says so"},
		"another moment of the time": {vsa(t, w.keys, artifact, "here", "PASSED", decided.Add(time.Minute)), "no decision in the pack says so"},
		"another artifact":           {vsa(t, w.keys, digest([]byte("other")), "here", "PASSED", decided), "it is about another artifact"},
		"another signer":             {vsa(t, stranger, artifact, "here", "PASSED", decided), "it is not signed by keys/signing.pub"},
		"neither passed nor failed":  {vsa(t, w.keys, artifact, "here", "MAYBE", decided), "it is not whole"},
	} {
		t.Run(name, func(t *testing.T) {
			w.exp.Source.Attestations = attested{w.blob(c.bundle)}
			r := w.verified(w.export())
			if c.fault == "" {
				if !r.OK || !strings.Contains(fmt.Sprintf("%+v", r.Proven), "What:further attestations are signed by keys/signing.pub and are about their artifact Count:1") {
					t.Errorf("%+v", r)
				}
				return
			}
			if r.OK || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].What, c.fault) || !strings.HasPrefix(r.Problems[0].Where, "attestations/") {
				t.Errorf("%+v", r.Problems)
			}
		})
	}
}
