package build

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// failing is a registry whose n-th write fails.
type failing struct {
	Registry
	left int
}

func (f *failing) write() error {
	if f.left--; f.left < 0 {
		return core.Errorf(core.Unavailable, "The disk is full.")
	}
	return nil
}

func (f *failing) Push(ctx context.Context, m []byte, blobs ...[]byte) (string, error) {
	if err := f.write(); err != nil {
		return "", err
	}
	return f.Registry.Push(ctx, m, blobs...)
}

func (f *failing) AttachReferrer(ctx context.Context, subject string, m []byte, blobs ...[]byte) (string, error) {
	if err := f.write(); err != nil {
		return "", err
	}
	return f.Registry.AttachReferrer(ctx, subject, m, blobs...)
}

// Any changed byte, and any missing file, stops the artifact from being verified.
func TestVerifyRefusesEveryFlippedByte(t *testing.T) {
	b := newBench(t)
	a := b.build(t, request())
	for _, path := range blobs(t, b.dir) {
		good := readFile(t, path)
		for _, at := range []int{0, len(good) / 2, len(good) - 1} {
			bad := bytes.Clone(good)
			bad[at] ^= 1
			replace(t, path, bad)
			if e, err := Verify(t.Context(), b.store, a.Digest, b.ring.VerifyDSSE); err == nil {
				t.Errorf("byte %d of %s flipped and accepted: %+v", at, filepath.Base(path), e)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(t.Context(), b.store, a.Digest, b.ring.VerifyDSSE); err == nil {
			t.Errorf("%s is gone and nobody saw it", filepath.Base(path))
		}
		replace(t, path, good)
	}
	if _, err := Verify(t.Context(), b.store, a.Digest, b.ring.VerifyDSSE); err != nil {
		t.Fatal(err)
	}
}

// lying is a registry that gives other bytes than it was asked for.
type lying struct {
	Registry
	lies map[string][]byte
}

func (l lying) Get(ctx context.Context, digest string) ([]byte, error) {
	if b, ok := l.lies[digest]; ok {
		return b, nil
	}
	return l.Registry.Get(ctx, digest)
}

func TestVerifyDoesNotTrustTheRegistry(t *testing.T) {
	b := newBench(t)
	a := b.build(t, request())
	for _, path := range blobs(t, b.dir) {
		text := readFile(t, path)
		longer := append(bytes.Clone(text), ' ')
		other := bytes.Clone(text) // of the same size
		other[len(other)/2] ^= 1
		for _, said := range [][]byte{longer, other, nil} {
			lie := lying{b.store, map[string][]byte{digestOf(text): said}}
			if _, err := Verify(t.Context(), lie, a.Digest, b.ring.VerifyDSSE); core.CodeOf(err) != core.Blocked {
				t.Errorf("%.20q for %.20q: %v", said, text, err)
			}
			if _, err := Load(t.Context(), lie, a.Digest); err == nil && isPart(t, b, a.Digest, text) {
				t.Errorf("loaded %.20q for %.20q", said, text)
			}
		}
	}
}

// isPart reports whether text is the artifact's manifest or one of its blobs.
func isPart(t *testing.T, b *bench, digest string, text []byte) bool {
	t.Helper()
	m, err := b.store.Get(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(m, text) || bytes.Contains(m, []byte(digestOf(text)))
}

func replace(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// CHK-4: without its evidence, or with somebody else's, an artifact is refused.
func TestVerifyRefusesMissingEvidence(t *testing.T) {
	b := newBench(t)
	manifest, parts, err := b.assemble(t.Context(), request())
	if err != nil {
		t.Fatal(err)
	}
	digest, err := b.store.Push(t.Context(), manifest, parts...)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(note, says string) {
		t.Helper()
		e, err := Verify(t.Context(), b.store, digest, b.ring.VerifyDSSE)
		if core.CodeOf(err) != core.Blocked || !strings.Contains(err.Error(), says) || e.SBOM {
			t.Errorf("%s: %+v, %v; want %q", note, e, err, says)
		}
	}
	refused("nothing attached", "no provenance")
	b.put(t, digest, TypeSBOM, "", sbom)
	refused("SBOM only", "no provenance")

	r := request()
	r.Commit = strings.Repeat("b", 40)
	other := b.build(t, r)
	stolen, err := b.store.Get(t.Context(), other.Provenance)
	if err != nil {
		t.Fatal(err)
	}
	b.put(t, digest, TypeBundle, PredicateProvenance, stolen)
	refused("provenance of another artifact", "another artifact")

	b.put(t, digest, TypeBundle, PredicateProvenance, b.signed(t, b.honest(digest, digestOf([]byte("no such SBOM")))))
	refused("provenance without its SBOM", "SBOM")
	if _, err := Verify(t.Context(), b.store, digestOf(nil), b.ring.VerifyDSSE); core.CodeOf(err) != core.NotFound {
		t.Errorf("no artifact: %v", err)
	}
	if _, err := Verify(t.Context(), b.store, "latest", b.ring.VerifyDSSE); core.CodeOf(err) != core.Invalid {
		t.Errorf("a tag: %v", err)
	}
}

func (b *bench) put(t *testing.T, subject, mediaType, predicate string, blob []byte) {
	t.Helper()
	if _, err := attach(t.Context(), b.store, subject, 1, mediaType, predicate, blob); err != nil {
		t.Fatal(err)
	}
}

type object = map[string]any

// honest is the statement that Build signs, as JSON that a test may spoil.
func (b *bench) honest(digest, sbom string) object {
	pred, err := Provenance{App: "tracker", Repository: request().Repository, Ref: "refs/heads/main", Commit: commit, SBOM: sbom,
		Invocation: "i", Started: b.clock.now, Finished: b.clock.now.Add(time.Second), Toolchain: toolchain("test")}.predicate()
	if err != nil {
		panic(err)
	}
	raw, err := statement(digest, PredicateProvenance, pred)
	if err != nil {
		panic(err)
	}
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		panic(err)
	}
	return o
}

// signed wraps a statement with a good signature by the right key.
func (b *bench) signed(t *testing.T, statement any) []byte {
	t.Helper()
	return wrap(t, b.ring, PayloadInToto, asJSON(t, statement))
}

func wrap(t *testing.T, signer Signer, payloadType string, payload []byte) []byte {
	t.Helper()
	env, err := signer.SignDSSE(payloadType, payload)
	if err != nil {
		t.Fatal(err)
	}
	b, err := attest.Wrap(env, signer.KeyID())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// at follows keys and indexes into a statement.
func at(o any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			o = o.(object)[p]
		case int:
			o = o.([]any)[p]
		}
	}
	return o
}

// A corpus of bad bundles: each is a good one with a single fault.
func TestVerifyRefusesBadBundles(t *testing.T) {
	b, foreign := newBench(t), newBench(t)
	a := b.build(t, request())
	set := func(value any, path ...any) func(object) []byte {
		return func(o object) []byte {
			last := len(path) - 1
			at(o, path[:last]...).(object)[path[last].(string)] = value
			return b.signed(t, o)
		}
	}
	drop := func(path ...any) func(object) []byte {
		return func(o object) []byte {
			last := len(path) - 1
			delete(at(o, path[:last]...).(object), path[last].(string))
			return b.signed(t, o)
		}
	}
	text := func(change func(string) string) func(object) []byte {
		return func(o object) []byte { return []byte(change(string(b.signed(t, o)))) }
	}
	const def, run = "buildDefinition", "runDetails"
	dep := func(i int, more ...any) []any {
		return append([]any{"predicate", def, "resolvedDependencies", i}, more...)
	}
	cases := []struct {
		note string
		make func(object) []byte
		says string
	}{
		{"signed by another installation", func(o object) []byte { return wrap(t, foreign.ring, PayloadInToto, asJSON(t, o)) }, "signature"},
		{"other payload type", func(o object) []byte { return wrap(t, b.ring, "text/plain", asJSON(t, o)) }, "something else"},
		{"payload is no JSON", func(object) []byte { return wrap(t, b.ring, PayloadInToto, []byte("x")) }, "not an in-toto"},
		{"payload changed after signing", text(func(s string) string {
			return strings.Replace(s, base64.StdEncoding.EncodeToString([]byte(`{"_type`))[:8], base64.StdEncoding.EncodeToString([]byte(`{"_tyqe`))[:8], 1)
		}), "signature"},
		{"no signatures", text(func(s string) string {
			i, j := strings.Index(s, `"signatures":[`), strings.LastIndex(s, `]`)
			return s[:i] + `"signatures":[` + s[j:]
		}), "signature"},
		{"truncated", text(func(s string) string { return s[:len(s)/2] }), "Sigstore bundle"},
		{"text after it", text(func(s string) string { return s + "{}" }), "Sigstore bundle"},
		{"older bundle version", text(func(s string) string { return strings.Replace(s, "v0.3+json", "v0.1+json", 1) }), "Sigstore bundle"},
		{"unknown bundle field", text(func(s string) string { return `{"x":1,` + s[1:] }), "Sigstore bundle"},
		{"empty", func(object) []byte { return []byte("{}") }, "Sigstore bundle"},
		{"huge", func(object) []byte { return bytes.Repeat([]byte(" "), maxBundle+1) }, ""},
		{"wrong statement type", set("https://in-toto.io/Statement/v0.1", "_type"), "version 1"},
		{"unknown statement field", set(1, "extra"), "not an in-toto"},
		{"other predicate type", set("https://slsa.dev/provenance/v0.2", "predicateType"), "another type"},
		{"a summary in place of provenance", set(PredicateSummary, "predicateType"), "another type"},
		{"no subject", set([]any{}, "subject"), "about nothing"},
		{"subject of another artifact", set(strings.Repeat("0", 64), "subject", 0, "digest", "sha256"), "another artifact"},
		{"subject under another algorithm", set(object{"sha512": strings.Repeat("0", 128)}, "subject", 0, "digest"), "SHA-256"},
		{"hint of another key", text(func(s string) string { return strings.Replace(s, `"hint":"`, `"hint":"f`, 1) }), "key hint"},
		{"no hint", text(func(s string) string { return strings.Replace(s, b.ring.KeyID(), "", 1) }), "key hint"},
		{"keys twice", text(func(s string) string { return `{"mediaType":"x",` + s[1:] }), "clean"},
		{"a stamp that nobody asked for", text(func(s string) string {
			return strings.Replace(s, `"verificationMaterial":{`, `"verificationMaterial":{"timestampVerificationData":{},`, 1)
		}), "proofs"},
		{"a second subject", func(o object) []byte {
			o["subject"] = append(o["subject"].([]any), object{"digest": object{"sha256": strings.Repeat("0", 64)}})
			return b.signed(t, o)
		}, "several"},
		{"wrong builder", set("https://evil.example/builder", "predicate", run, "builder", "id"), "builder"},
		{"builder with a suffix", set(BuilderID+"x", "predicate", run, "builder", "id"), "builder"},
		{"no builder", drop("predicate", run, "builder"), "complete"},
		{"wrong build type", set("https://paddock.dev/build/other/v1", "predicate", def, "buildType"), "way of building"},
		{"unknown external parameter", set("x", "predicate", def, "externalParameters", "flags"), "not known"},
		{"missing external parameter", drop("predicate", def, "externalParameters", "ref"), "missing"},
		{"parameter that is no text", set(7, "predicate", def, "externalParameters", "repository"), "missing"},
		{"internal parameters", set(object{"x": "y"}, "predicate", def, "internalParameters"), "internal"},
		{"unknown predicate field", set("x", "predicate", "more"), "fields"},
		{"another app", set("payroll", "predicate", def, "externalParameters", "app"), "another app"},
		{"commit only in the parameters", set(strings.Repeat("c", 40), "predicate", def, "externalParameters", "commit"), "its commit"},
		{"another commit throughout", func(o object) []byte {
			raw := strings.ReplaceAll(string(asJSON(t, o)), commit, strings.Repeat("c", 40))
			return wrap(t, b.ring, PayloadInToto, []byte(raw))
		}, "another app or commit"},
		{"source without digest", drop(dep(0, "digest")...), "its commit"},
		{"source elsewhere", set("git+https://evil.example/x@refs/heads/main", dep(0, "uri")...), "its commit"},
		{"unknown dependency", set("curl", dep(1, "name")...), "something else"},
		{"no dependencies", drop("predicate", def, "resolvedDependencies"), "does not name the commit"},
		{"no times", drop("predicate", run, "metadata"), "when"},
		{"ended before it began", set("2001-01-01T00:00:00Z", "predicate", run, "metadata", "finishedOn"), "before"},
		{"no SBOM named", drop("predicate", run, "byproducts"), "SBOM"},
		{"SBOM of another build", set(strings.Repeat("0", 64), "predicate", run, "byproducts", 0, "digest", "sha256"), "SBOM"},
		{"SBOM digest is a path", set("../../x", "predicate", run, "byproducts", 0, "digest", "sha256"), ""},
	}
	for _, c := range cases {
		t.Run(c.note, func(t *testing.T) {
			v := newBench(t)
			v.ring = b.ring
			manifest, parts, err := v.assemble(t.Context(), request())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := v.store.Push(t.Context(), manifest, parts...); err != nil {
				t.Fatal(err)
			}
			v.put(t, a.Digest, TypeSBOM, "", sbom)
			v.put(t, a.Digest, TypeBundle, PredicateProvenance, c.make(b.honest(a.Digest, a.SBOM)))
			e, err := Verify(t.Context(), v.store, a.Digest, b.ring.VerifyDSSE)
			if core.CodeOf(err) != core.Blocked || !strings.Contains(err.Error(), c.says) || e.SBOM {
				t.Fatalf("%+v, %v; want %q", e, err, c.says)
			}
			// A good proof beside the bad one counts; the bad one does no harm.
			v.put(t, a.Digest, TypeBundle, PredicateProvenance, b.signed(t, b.honest(a.Digest, a.SBOM)))
			if _, err := Verify(t.Context(), v.store, a.Digest, b.ring.VerifyDSSE); err != nil {
				t.Errorf("with a good proof beside it: %v", err)
			}
		})
	}
}
