package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/registry/ocilayout"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

var sbom = []byte(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}`)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// bench is a builder over a real registry and a real keyring.
type bench struct {
	*Builder
	ring  *seal.Keyring
	store *ocilayout.Store
	dir   string
	clock *clock
}

func newBench(t testing.TB) *bench {
	t.Helper()
	dir := t.TempDir()
	ring, err := seal.Open(filepath.Join(dir, "keys"), nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := ocilayout.Open(filepath.Join(dir, "oci"))
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	return &bench{&Builder{Registry: store, Signer: ring, Bundler: Inline{}, Clock: c, Version: "test"}, ring, store, filepath.Join(dir, "oci"), c}
}

func request() Request {
	tree := tracker()
	return Request{AppID: "app-1", App: "tracker", Repository: "https://paddock.local/git/tracker", Ref: "refs/heads/main", Commit: commit, Tree: tree, SBOM: sbom}
}

func (b *bench) build(t testing.TB, r Request) core.Artifact {
	t.Helper()
	a, err := b.Build(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// CHK-4: a build makes an artifact with an SBOM and signed provenance.
func TestBuildAndVerify(t *testing.T) {
	b := newBench(t)
	a := b.build(t, request())
	if a.AppID != "app-1" || a.Commit != commit || a.SBOM != digestOf(sbom) || a.Provenance == "" || a.Created != core.Stamp(b.clock.now) || a.Size == 0 {
		t.Errorf("artifact %+v", a)
	}
	if tagged, err := b.store.Resolve(t.Context(), "tracker.main"); err != nil || tagged != a.Digest {
		t.Errorf("the tag is %s, %v", tagged, err)
	}
	e, err := Verify(t.Context(), b.store, a.Digest, b.ring.VerifyDSSE)
	if err != nil {
		t.Fatal(err)
	}
	if !e.Whole || !e.SBOM || !e.Provenance || !e.Signed || !e.Subject || e.App.Name != "tracker" || e.Build.Repository != request().Repository {
		t.Errorf("evidence %+v", e)
	}
	mod := readFile(t, "../../../go.mod")
	if v := e.Build.Toolchain; !bytes.Contains(mod, []byte("github.com/evanw/esbuild "+v["esbuild"]+"\n")) || !strings.HasPrefix(v["go"], "go1.") || v["paddock"] != "test" {
		t.Errorf("toolchain %v", v)
	}
	got, err := Load(t.Context(), b.store, a.Digest)
	if err != nil || !bytes.Contains(got.Worker, []byte("Candidates")) || string(got.Public["css/a.css"]) != "body{}" || len(got.Public) != 2 {
		t.Errorf("bundle %v, %v", got.Public, err)
	}
	if want := fmt.Sprintf(`{"name":"tracker","commit":%q,"descriptor":%q}`, commit, digestOf([]byte("name: tracker\n"))); string(got.App) != want {
		t.Errorf("app.json %s, want %s", got.App, want)
	}
}

// The same commit gives the same digest, on any machine at any time; anything
// else in it gives another.
func TestBuildIsDeterministic(t *testing.T) {
	one, two := newBench(t), newBench(t)
	two.clock.now = two.clock.now.Add(1000 * time.Hour)
	two.Bundler = isolated()
	a, b := one.build(t, request()), two.build(t, request())
	if a.Digest != b.Digest {
		t.Errorf("%s and %s", a.Digest, b.Digest)
	}
	for note, change := range map[string]func(*Request){
		"commit":     func(r *Request) { r.Commit = strings.Repeat("a", 40) },
		"name":       func(r *Request) { r.App = "other" },
		"descriptor": func(r *Request) { r.Tree.(fstest.MapFS)["microapp.yaml"].Data = []byte("name: x") },
		"public":     func(r *Request) { r.Tree.(fstest.MapFS)["public/css/a.css"].Data = []byte("p{}") },
		"code":       func(r *Request) { r.Tree.(fstest.MapFS)["src/loop.ts"].Data = []byte("export const depth = 2, f = 1") },
	} {
		r := request()
		change(&r)
		if one.build(t, r).Digest == a.Digest {
			t.Errorf("another %s gives the same digest", note)
		}
	}
}

func TestBuildAgainAddsNothing(t *testing.T) {
	b := newBench(t)
	first := b.build(t, request())
	before := blobs(t, b.dir)
	b.clock.now = b.clock.now.Add(time.Hour)
	if again := b.build(t, request()); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
	if after := blobs(t, b.dir); !slices.Equal(before, after) {
		t.Errorf("the second build stored %d blobs more", len(after)-len(before))
	}
	r := request()
	r.SBOM = append(bytes.Clone(sbom), '\n') // new evidence replaces the old
	if again := b.build(t, r); again.Digest != first.Digest || again.SBOM != digestOf(r.SBOM) || again.Provenance == first.Provenance {
		t.Errorf("with another SBOM: %+v", again)
	}
}

// A build that was cut short at any write is completed by repeating it.
func TestBuildResumes(t *testing.T) {
	for cut := 1; cut <= 3; cut++ {
		b := newBench(t)
		b.Registry = &failing{Registry: b.store, left: cut - 1}
		if _, err := b.Build(t.Context(), request()); core.CodeOf(err) != core.Unavailable {
			t.Fatalf("cut %d: %v", cut, err)
		}
		b.Registry = b.store
		b.build(t, request())
		if list, err := b.store.List(t.Context(), ""); err != nil || len(list) != 1 {
			t.Errorf("cut %d: artifacts %v, %v", cut, list, err)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	big := DefaultLimits()
	big.PublicFile, big.PublicTotal, big.PublicFiles = 100, 150, 3
	many := []string{}
	for i := range 10_000 {
		many = append(many, fmt.Sprintf("public/f%d", i), "")
	}
	with := func(pairs ...string) func(*Request) {
		return func(r *Request) {
			for name, f := range files(pairs...) {
				r.Tree.(fstest.MapFS)[name] = f
			}
		}
	}
	cases := []struct {
		note   string
		change func(*Request)
		limits Limits
		code   core.Code
		says   string
	}{
		{"no SBOM", func(r *Request) { r.SBOM = nil }, Limits{}, core.Blocked, "SBOM"},
		{"not an SBOM", func(r *Request) { r.SBOM = []byte("{}") }, Limits{}, core.Blocked, "CycloneDX"},
		{"huge SBOM", func(r *Request) { r.SBOM = make([]byte, maxSBOM+1) }, Limits{}, core.Blocked, "limit"},
		{"short commit", func(r *Request) { r.Commit = "abc" }, Limits{}, core.Invalid, "commit"},
		{"commit in capitals", func(r *Request) { r.Commit = strings.ToUpper(commit) }, Limits{}, core.Invalid, "commit"},
		{"no app", func(r *Request) { r.App = "" }, Limits{}, core.Invalid, "app"},
		{"no tree", func(r *Request) { r.Tree = nil }, Limits{}, core.Invalid, "tree"},
		{"no descriptor", func(r *Request) { delete(r.Tree.(fstest.MapFS), "microapp.yaml") }, Limits{}, core.Blocked, "microapp.yaml"},
		{"descriptor is a link", with("microapp.yaml", "->/etc/passwd"), Limits{}, core.Blocked, "link"},
		{"public file is a link", with("public/x", "->/etc/passwd"), Limits{}, core.Blocked, "link"},
		{"public folder is a link", with("public/d", "->../src"), Limits{}, core.Blocked, "link"},
		{"public file too large", with("public/x", strings.Repeat("x", 101)), big, core.TooLarge, "public/x"},
		{"public too large", with("public/x", strings.Repeat("x", 90), "public/y", strings.Repeat("y", 90)), big, core.TooLarge, "public folder"},
		{"public too many", with("public/x", "", "public/y", "", "public/z", ""), big, core.TooLarge, "3 files"},
		{"ten thousand files", with(many...), Limits{}, core.TooLarge, "1000 files"},
		{"line break in a name", with("public/a\nb", ""), Limits{}, core.Blocked, "file name"},
		{"backslash in a name", with(`public/..\x`, ""), Limits{}, core.Blocked, "file name"},
		{"space at the end", with("public/a ", ""), Limits{}, core.Blocked, "file name"},
		{"hidden direction", with("public/a\u202egpj.exe", ""), Limits{}, core.Blocked, "file name"},
		{"not UTF-8", with("public/\xff", ""), Limits{}, core.Blocked, "file name"},
		{"long name", with("public/"+strings.Repeat("n", 200), ""), Limits{}, core.Blocked, "file name"},
		{"code that does not build", with(worker, "import 'lodash'"), Limits{}, core.Blocked, "lodash"},
	}
	for _, c := range cases {
		t.Run(c.note, func(t *testing.T) {
			b := newBench(t)
			b.Limits = c.limits
			if b.Limits != (Limits{}) {
				b.Limits.SourceFile = 1 << 20
			}
			r := request()
			c.change(&r)
			_, err := b.Build(t.Context(), r)
			if core.CodeOf(err) != c.code || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("code %q, want %q saying %q: %v", core.CodeOf(err), c.code, c.says, err)
			}
			if list, _ := b.store.List(t.Context(), ""); len(list) > 0 {
				t.Error("a refused build left an artifact")
			}
		})
	}
}

func TestSummary(t *testing.T) {
	b := newBench(t)
	a := b.build(t, request())
	j := Judgement{Verifier: "https://paddock.dev/installation/x", Resource: "app:tracker/target:eu", Policy: "governance@abc",
		PolicyDigest: digestOf([]byte("policy")), Passed: true, Levels: []string{"SLSA_BUILD_LEVEL_2"}, Inputs: []string{a.Provenance, a.SBOM}, At: b.clock.now}
	digest, err := Summary(t.Context(), b.store, b.ring, a.Digest, j)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := b.store.Get(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := VerifySummary(raw, a.Digest, b.ring.VerifyDSSE)
	if want, _ := json.Marshal(j); err != nil || string(asJSON(t, got)) != string(want) {
		t.Errorf("%s, %v, want %s", asJSON(t, got), err, want)
	}
	if _, err := VerifySummary(raw, digestOf(nil), b.ring.VerifyDSSE); core.CodeOf(err) != core.Blocked {
		t.Errorf("replayed for another artifact: %v", err)
	}
	if list, err := Summaries(t.Context(), b.store, a.Digest); err != nil || len(list) != 1 || list[0] != digest {
		t.Errorf("the summaries are %v, %v", list, err)
	}
	if list, err := Summaries(t.Context(), b.store, digestOf([]byte("no artifact"))); err != nil || list != nil {
		t.Errorf("the summaries of nothing are %v, %v", list, err)
	}
	if _, err := VerifyProvenance(raw, a.Digest, b.ring.VerifyDSSE); core.CodeOf(err) != core.Blocked {
		t.Errorf("a summary counts as provenance: %v", err)
	}
	j.Passed, j.Levels, j.PolicyDigest = false, nil, "gitCommit:"+commit
	if digest, err = Summary(t.Context(), b.store, b.ring, a.Digest, j); err != nil {
		t.Fatal(err)
	}
	raw, _ = b.store.Get(t.Context(), digest)
	if got, err := VerifySummary(raw, a.Digest, b.ring.VerifyDSSE); err != nil || got.Passed || got.PolicyDigest != j.PolicyDigest {
		t.Errorf("a failed judgement: %+v, %v", got, err)
	}
	for _, bad := range []Judgement{{}, {Verifier: "v", Resource: "r", At: b.clock.now, PolicyDigest: "x"}} {
		if _, err := Summary(t.Context(), b.store, b.ring, a.Digest, bad); core.CodeOf(err) != core.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := Summary(t.Context(), b.store, b.ring, digestOf(nil), j); core.CodeOf(err) != core.NotFound {
		t.Errorf("about nothing: %v", err)
	}
	if _, err := Verify(t.Context(), b.store, a.Digest, b.ring.VerifyDSSE); err != nil {
		t.Errorf("summaries disturb the evidence: %v", err)
	}
}

func asJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func blobs(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "blobs/sha256/*"))
	if err != nil || len(list) == 0 {
		t.Fatal("no blobs", err)
	}
	return list
}

func BenchmarkVerify(b *testing.B) {
	k := newBench(b)
	a := k.build(b, request())
	for b.Loop() {
		if _, err := Verify(b.Context(), k.store, a.Digest, k.ring.VerifyDSSE); err != nil {
			b.Fatal(err)
		}
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
