package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// inToto is the payload type of a signed statement.
const inToto = "application/vnd.in-toto+json"

// checkArtifacts checks that each artifact's SBOM and provenance are the named
// ones, and that the provenance is signed and about that artifact (CHK-4).
func (v *check) checkArtifacts() {
	v.artifacts = map[string]artifactRecord{}
	var all []artifactRecord
	if !v.load("artifacts.json", &all) {
		return
	}
	v.count("artifacts", len(all))
	for _, a := range all {
		v.artifacts[a.Digest] = a
		if a.SBOM != "" {
			v.document("sbom", a.SBOM)
		}
		if a.Provenance == "" {
			continue
		}
		if data, ok := v.document("provenance", a.Provenance); ok {
			if err := v.aboutArtifact(data, a.Digest); err != nil {
				v.res.add(documentName("provenance", a.Provenance), "The provenance of %s does not count: %v.", a.Digest, err)
			}
		}
	}
}

func documentName(folder, digest string) string { return folder + "/" + hexOf(digest) + ".json" }

// document reads a file that is named by its digest.
func (v *check) document(folder, digest string) ([]byte, bool) {
	name := documentName(folder, digest)
	data, err := v.a.read(name)
	if err != nil {
		v.failed(name, err)
		return nil, false
	}
	if sum := sha256.Sum256(data); "sha256:"+hex.EncodeToString(sum[:]) != digest {
		v.res.add(name, "The document is not the one that the artifact names.")
		return nil, false
	}
	return data, true
}

// aboutArtifact checks the signature of a Sigstore bundle and that its one
// subject is the artifact.
func (v *check) aboutArtifact(bundle []byte, digest string) error {
	var b struct {
		Envelope json.RawMessage `json:"dsseEnvelope"`
	}
	if err := json.Unmarshal(bundle, &b); err != nil {
		return errors.New("it is not a Sigstore bundle")
	}
	kind, payload, err := seal.VerifyDSSEWith(v.signing, b.Envelope)
	if err != nil {
		return errors.New("it is not signed by keys/signing.pub")
	}
	var s struct {
		Subject []struct {
			Digest map[string]string `json:"digest"`
		} `json:"subject"`
	}
	if err := json.Unmarshal(payload, &s); err != nil || kind != inToto {
		return errors.New("it is not an in-toto statement")
	}
	if len(s.Subject) != 1 || s.Subject[0].Digest["sha256"] != hexOf(digest) {
		return errors.New("it is about another artifact")
	}
	return nil
}

// checkDeployments checks that whatever ran was allowed and had its evidence.
func (v *check) checkDeployments() {
	const place = "deployments.json"
	var all []deploymentRecord
	if !v.load(place, &all) {
		return
	}
	v.count("deployments", len(all))
	for _, d := range all {
		a, known := v.artifacts[d.Artifact]
		by, judged := v.decisions[d.Decision]
		switch {
		case !known:
			v.res.add(place, "Deployment %s runs artifact %s, which is not in the pack.", d.ID, d.Artifact)
		case a.SBOM == "" || a.Provenance == "":
			v.res.add(place, "Deployment %s runs artifact %s, which has no SBOM or no provenance.", d.ID, d.Artifact)
		case !judged:
			v.res.add(place, "Deployment %s rests on decision %s, which is not in the pack.", d.ID, d.Decision)
		case by.Gate != string(core.GateAppDeploy) || by.Result != string(core.Allow) || by.Subject != d.Artifact+"@"+d.Target:
			v.res.add(place, "Deployment %s rests on decision %s, which does not allow it.", d.ID, d.Decision)
		}
	}
}
