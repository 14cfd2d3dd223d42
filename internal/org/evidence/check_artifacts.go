package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

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

// aboutArtifact checks that a Sigstore bundle is about the artifact alone, and
// that it is signed by keys/signing.pub. What a builder outside signed by a
// certificate was verified by the server against its trusted root; its summary
// of that decision carries our signature, and cosign can verify the bundle again.
func (v *check) aboutArtifact(bundle []byte, digest string) error {
	b, err := attest.Parse(bundle)
	if err != nil {
		return errors.New("it is not a Sigstore bundle of version 0.3")
	}
	var s attest.Statement
	signed := b.Keyless()
	if signed {
		s, err = attest.ReadStatement(b.Payload())
	} else {
		s, err = b.Keyed(func(envelope []byte) (string, []byte, error) {
			kind, payload, err := seal.VerifyDSSEWith(v.signing, envelope)
			signed = err == nil
			return kind, payload, err
		})
	}
	switch {
	case !signed:
		return errors.New("it is not signed by keys/signing.pub")
	case err != nil:
		return errors.New("it is not an in-toto statement about one artifact")
	}
	if s.About(digest) != nil {
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
