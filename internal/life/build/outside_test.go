package build

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	sgbundle "github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"

	registrar "github.com/paddock-dev/paddock/internal/adapter/registry/remote"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest/sigstore"
	"github.com/paddock-dev/paddock/internal/testkit/registry"
	kit "github.com/paddock-dev/paddock/internal/testkit/sigstore"
)

// Sigstore's own verifier accepts our bundles with our public key, and a summary
// too; not with another key, nor for another artifact.
func TestSigstoreAcceptsOurBundles(t *testing.T) {
	b := newBench(t)
	a := b.build(t, request())
	summary, err := Summary(t.Context(), b.store, b.ring, a.Digest, Judgement{Verifier: "https://paddock.dev/v", Resource: "app:x", PolicyDigest: digestOf(nil), Passed: true, At: b.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	for _, digest := range []string{a.Provenance, summary} {
		raw, err := b.store.Get(t.Context(), digest)
		if err != nil {
			t.Fatal(err)
		}
		if err := theirs(b, raw, a.Digest); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
		if err := theirs(newBench(t), raw, a.Digest); err == nil {
			t.Error("another key is good too")
		}
		if err := theirs(b, raw, digestOf(nil)); err == nil {
			t.Error("another artifact is good too")
		}
	}
}

// theirs verifies a bundle with sigstore-go and the bench's public key.
func theirs(b *bench, raw []byte, digest string) error {
	key, err := signature.LoadED25519Verifier(b.ring.PublicKey())
	if err != nil {
		return err
	}
	trusted := root.NewTrustedPublicKeyMaterialFromMapping(map[string]*root.ExpiringKey{b.ring.KeyID(): root.NewExpiringKey(key, time.Time{}, time.Time{})})
	v, err := verify.NewVerifier(trusted, verify.WithNoObserverTimestamps())
	if err != nil {
		return err
	}
	var bundle sgbundle.Bundle
	if err := bundle.UnmarshalJSON(raw); err != nil {
		return err
	}
	var sum []byte
	if _, err := fmt.Sscanf(hexOf(digest), "%x", &sum); err != nil {
		return err
	}
	_, err = v.Verify(&bundle, verify.NewPolicy(verify.WithArtifactDigest("sha256", sum), verify.WithKey()))
	return err
}

// abroad is a bench whose app is built by GitHub.
type abroad struct {
	*bench
	*kit.Sigstore
	v      Verifier
	digest string
}

const github = "https://github.com/acme/tracker"

func newAbroad(t testing.TB) *abroad {
	t.Helper()
	a := &abroad{bench: newBench(t), Sigstore: kit.New(t)}
	a.clock.now = a.Sigstore.Now()
	r, err := sigstore.ReadRoot(a.Root())
	if err != nil {
		t.Fatal(err)
	}
	trust := sigstore.Trust{MaxAge: time.Hour, Roots: map[string]sigstore.Anchor{"public": {Root: r, Fetched: a.clock.now}}, Rules: []sigstore.Rule{{Name: "release", Kind: sigstore.GitHub,
		Root: "public", Apps: []string{"tracker"}, Issuer: sigstore.IssuerGitHub, Workflow: github + "/.github/workflows/release.yml", Repository: github, RepositoryID: "1", Refs: []string{"refs/heads/main"}, Level: 2}}}
	a.v = Verifier{Own: a.ring.VerifyDSSE, Outside: func() sigstore.Trust { return trust }, Clock: a.clock}
	art, err := Import(t.Context(), a.store, "tracker", commit, []byte("export default {}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	a.digest = art.Digest
	return a
}

// says signs a predicate about an artifact as GitHub's run does.
func (a *abroad) says(digest, predicateType, predicate string) []byte {
	at := github + "/.github/workflows/release.yml@refs/heads/main"
	return a.Attest(kit.Run{Issuer: sigstore.IssuerGitHub, Workflow: at, Config: at, Repository: github, RepositoryID: "1", OwnerID: "2", Ref: "refs/heads/main", Commit: commit, Runner: "github-hosted"},
		[]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"`+hexOf(digest)+`"}}],"predicateType":"`+predicateType+`","predicate":`+predicate+`}`), kit.Making{})
}

func (a *abroad) provenance(digest string) []byte {
	at := github + "/.github/workflows/release.yml"
	return a.says(digest, PredicateProvenance, `{"buildDefinition":{"buildType":"https://actions.github.io/buildtypes/workflow/v1","externalParameters":{"workflow":{"ref":"refs/heads/main","repository":"`+github+
		`","path":".github/workflows/release.yml"}},"resolvedDependencies":[{"uri":"git+`+github+`@refs/heads/main","digest":{"gitCommit":"`+commit+`"}}]},"runDetails":{"builder":{"id":"`+at+`@refs/heads/main"}}}`)
}

// CHK-4: what GitHub built and attested is proven like what we built.
func TestOutsideBuild(t *testing.T) {
	a := newAbroad(t)
	bom := a.says(a.digest, PredicateSBOM, string(sbom))
	if err := a.v.Attach(t.Context(), a.store, a.digest, bom, a.provenance(a.digest)); err != nil {
		t.Fatal(err)
	}
	e, err := a.v.Verify(t.Context(), a.store, a.digest)
	if err != nil || e.Rule != "release" || e.Level != 2 || !e.Signed || !e.SBOM || e.SBOMDigest != digestOf(sbom) || e.Build.Repository != github {
		t.Fatalf("%+v, %v", e, err)
	}
	if doc, err := a.store.Get(t.Context(), e.SBOMDigest); err != nil || string(doc) != string(sbom) {
		t.Errorf("the SBOM is %s, %v", doc, err)
	}
	if _, err := Verify(t.Context(), a.store, a.digest, a.ring.VerifyDSSE); core.CodeOf(err) != core.Blocked {
		t.Errorf("without trust in anybody: %v", err)
	}
}

func TestAttachRefuses(t *testing.T) {
	a := newAbroad(t)
	own := a.signed(t, a.honest(a.digest, digestOf(sbom)))
	vsa, err := sign(a.ring, a.digest, PredicateSummary, Judgement{Verifier: "v", Resource: "r", PolicyDigest: digestOf(nil), Passed: true, At: a.clock.now}.predicate())
	if err != nil {
		t.Fatal(err)
	}
	good, other := a.provenance(a.digest), digestOf([]byte("other"))
	for note, bundles := range map[string][][]byte{
		"a summary of ours is brought back":  {vsa},
		"provenance by our key":              {own},
		"provenance of another artifact":     {a.provenance(other)},
		"a good one and a bad one":           {good, a.provenance(other)},
		"an SBOM of another artifact":        {a.says(other, PredicateSBOM, string(sbom))},
		"an SBOM in another format":          {a.says(a.digest, PredicateSBOM, `{"spdxVersion":"SPDX-2.3"}`)},
		"a statement of another kind":        {a.says(a.digest, "https://example.com/approved", `{}`)},
		"a summary signed by GitHub's run":   {a.says(a.digest, PredicateSummary, `{}`)},
		"no bundle":                          {[]byte("x")},
		"a Sigstore bundle without contents": {[]byte("{}")},
	} {
		if err := a.v.Attach(t.Context(), a.store, a.digest, bundles...); core.CodeOf(err) != core.Blocked {
			t.Errorf("%s: %v", note, err)
		}
	}
	if err := a.v.Attach(t.Context(), a.store, a.digest, slices.Repeat([][]byte{good}, maxBundles+1)...); core.CodeOf(err) != core.TooLarge {
		t.Errorf("many: %v", err)
	}
	if list, err := a.store.Referrers(t.Context(), a.digest); err != nil || len(list) != 0 {
		t.Errorf("refused bundles are attached: %v, %v", list, err)
	}
	if _, err := a.v.Verify(t.Context(), a.store, a.digest); core.CodeOf(err) != core.Blocked {
		t.Errorf("with nothing: %v", err)
	}
	if err := a.v.Attach(t.Context(), a.store, a.digest, good); err != nil {
		t.Fatal(err)
	}
	if e, err := a.v.Verify(t.Context(), a.store, a.digest); core.CodeOf(err) != core.Blocked || !strings.Contains(err.Error(), "SBOM") || !e.Signed {
		t.Errorf("without SBOM: %+v, %v", e, err)
	}
}

// What stands in the folder can be pushed to a registry and pulled again; every
// digest and every proof stays.
func TestThereAndBack(t *testing.T) {
	b := newBench(t)
	a := b.build(t, request())
	far, err := registrar.Open(registrar.Options{Repository: registry.Start(t) + "/paddock/apps"})
	if err != nil {
		t.Fatal(err)
	}
	back := newBench(t)
	for range 2 { // again: nothing changes
		if err := Copy(t.Context(), b.store, far, a.Digest); err != nil {
			t.Fatal(err)
		}
	}
	if err := Copy(t.Context(), far, back.store, a.Digest); err != nil {
		t.Fatal(err)
	}
	for _, reg := range []Registry{far, back.store} {
		e, err := Verify(t.Context(), reg, a.Digest, b.ring.VerifyDSSE)
		if err != nil || e.ProvenanceDigest != a.Provenance || e.SBOMDigest != a.SBOM {
			t.Errorf("%+v, %v", e, err)
		}
	}
	if one, two := blobs(t, b.dir), blobs(t, back.dir); len(one) != len(two) {
		t.Errorf("%d blobs went, %d came back", len(one), len(two))
	}
}

// A thousand decisions about one artifact do not stand in the way of the next.
func TestSummariesAreNoBurden(t *testing.T) {
	b := newBench(t)
	a := b.build(t, request())
	full := crowd{b.store, make([]core.Referrer, maxAttachments+1)}
	for i := range full.more {
		full.more[i] = core.Referrer{Digest: digestOf(fmt.Append(nil, i)), Type: TypeBundle, Predicate: PredicateSummary}
	}
	if _, err := Verify(t.Context(), full, a.Digest, b.ring.VerifyDSSE); err != nil {
		t.Error(err)
	}
	for i := range full.more {
		full.more[i].Predicate = PredicateProvenance
	}
	if _, err := Verify(t.Context(), full, a.Digest, b.ring.VerifyDSSE); core.CodeOf(err) != core.TooLarge {
		t.Error(err)
	}
}

type crowd struct {
	Registry
	more []core.Referrer
}

// Referrers implements Registry.
func (c crowd) Referrers(ctx context.Context, subject string) ([]core.Referrer, error) {
	list, err := c.Registry.Referrers(ctx, subject)
	return append(list, c.more...), err
}
