package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// A manifest that is not as Build makes it does not load.
func TestLoadRefusesOddManifests(t *testing.T) {
	b := newBench(t)
	good, parts, err := b.assemble(t.Context(), request())
	if err != nil {
		t.Fatal(err)
	}
	app := string(parts[0])
	cases := map[string]struct{ old, by string }{
		"other artifact type":  {TypeArtifact, "application/x"},
		"other config type":    {TypeApp, "application/x"},
		"worker renamed":       {`"` + workerTitle + `"`, `"x.js"`},
		"public file escapes":  {"public/index.html", "public/../x"},
		"public file absolute": {"public/index.html", "/etc/passwd"},
		"public file twice":    {"public/index.html", "public/css/a.css"},
		"unknown field":        {`"schemaVersion":2`, `"schemaVersion":2,"x":1`},
		"no parts":             {string(good[bytes.Index(good, []byte(`"layers":`)):]), `"layers":[],"artifactType":"` + TypeArtifact + `"}`},
	}
	for note, c := range cases {
		bad := strings.Replace(string(good), c.old, c.by, 1)
		check(t, b, note, bad, parts)
	}
	for note, text := range map[string]string{
		"app.json with more": strings.Replace(app, "{", `{"x":1,`, 1),
		"app.json spaced":    app + " ",
		"app.json no name":   strings.Replace(app, "tracker", "", 1),
		"app.json commit":    strings.Replace(app, commit, "main", 1),
	} {
		bad := strings.Replace(string(good), digestOf(parts[0]), digestOf([]byte(text)), 1)
		bad = strings.Replace(bad, fmt.Sprintf(`"size":%d`, len(parts[0])), fmt.Sprintf(`"size":%d`, len(text)), 1)
		check(t, b, note, bad, append(parts[:len(parts):len(parts)], []byte(text)))
	}
}

func check(t *testing.T, b *bench, note, manifest string, parts [][]byte) {
	t.Helper()
	digest, err := b.store.Push(t.Context(), []byte(manifest), parts...)
	if err != nil {
		t.Fatalf("%s: %v", note, err)
	}
	if _, err := Load(t.Context(), b.store, digest); core.CodeOf(err) != core.Blocked {
		t.Errorf("%s: %v", note, err)
	}
	if _, err := Verify(t.Context(), b.store, digest, b.ring.VerifyDSSE); core.CodeOf(err) != core.Blocked {
		t.Errorf("%s: verified: %v", note, err)
	}
}

func FuzzParseManifest(f *testing.F) {
	good, _, err := pack(App{"a", commit, digestOf(nil)}, []byte("w"), map[string][]byte{"i": nil})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[{}]}`))
	f.Add([]byte(`{"subject":null}x`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := parseManifest(b); err == nil && m.SchemaVersion != 2 {
			t.Fatalf("accepted %q", b)
		}
	})
}

// Whatever the bundle says, provenance counts only for the digest asked for.
func FuzzVerifyProvenance(f *testing.F) {
	b := newBench(f)
	digest := digestOf([]byte("x"))
	raw, err := json.Marshal(b.honest(digest, digestOf(sbom)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":""}}],"predicate":{}}`))
	trusting := func(envelope []byte) (string, []byte, error) {
		var e struct{ Payload []byte }
		err := json.Unmarshal(envelope, &e)
		return PayloadInToto, e.Payload, err
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if !json.Valid(payload) {
			return
		}
		bundle := asBundle(payload)
		p, err := VerifyProvenance(bundle, digest, trusting)
		if err == nil && (!isCommit(p.Commit) || !isDigest(p.SBOM) || !bytes.Contains(payload, []byte(p.Commit[:8]))) {
			t.Fatalf("accepted %+v", p)
		}
	})
}

func asBundle(payload []byte) []byte {
	env, err := json.Marshal(map[string]any{"payloadType": PayloadInToto, "payload": payload, "signatures": []any{map[string]any{"keyid": "k", "sig": []byte("s")}}})
	if err != nil {
		panic(err)
	}
	b, err := attest.Wrap(env, "k")
	if err != nil {
		panic(err)
	}
	return b
}
