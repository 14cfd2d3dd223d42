package sbom

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func set(t *testing.T) *lockfile.Set {
	t.Helper()
	lock, err := os.ReadFile("../lockfile/testdata/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	return lockfile.Read(&tree.Tree{Files: []tree.File{{Path: "package-lock.json", Text: lock}}})
}

var subject = Subject{App: "tracker", Commit: "abc", Tool: "1", Time: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("x", 3600))}

func TestMake(t *testing.T) {
	out, res := Make(subject, set(t))
	if res.Verdict() != core.Passed || res.Looked != "7 parts, CycloneDX 1.6" {
		t.Errorf("%+v", res)
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(out), cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if bom.SpecVersion != cdx.SpecVersion1_6 || bom.Metadata.Timestamp != "2026-01-02T02:04:05Z" || len(*bom.Components) != 7 {
		t.Errorf("%v %v %d", bom.SpecVersion, bom.Metadata.Timestamp, len(*bom.Components))
	}
	var raw struct {
		Components []struct {
			Purl     string
			Scope    string
			Hashes   []struct{ Alg, Content string }
			Licenses []struct{ Expression string }
		}
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	if err := json.Unmarshal(out, &raw); err != nil {
		t.Fatal(err)
	}
	c := raw.Components
	if c[0].Purl != "pkg:npm/body-parser@1.20.1" || c[0].Licenses[0].Expression != "MIT OR GPL-3.0-only" {
		t.Errorf("%+v", c[0])
	}
	if c[1].Purl != "pkg:npm/express@4.18.2" || len(c[1].Hashes) != 1 || c[1].Hashes[0].Alg != "SHA-512" || len(c[1].Hashes[0].Content) != 128 {
		t.Errorf("%+v", c[1])
	}
	refs := map[string][]string{}
	for _, d := range raw.Dependencies {
		refs[d.Ref] = d.DependsOn
	}
	if len(refs["app:tracker"]) != 3 || len(refs["pkg:npm/express@4.18.2"]) != 2 || refs["pkg:npm/body-parser@1.20.1"][1] != "pkg:npm/qs@6.5.2" {
		t.Errorf("%v", refs)
	}
}

// TestSchema validates against CycloneDX's own schema, which comes with the
// library's module.
func TestSchema(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Skip("the go command is needed to find the schema")
	}
	c := jsonschema.NewCompiler()
	for url, name := range map[string]string{"http://cyclonedx.org/schema/bom-1.6.schema.json": "bom-1.6.schema.json", "http://cyclonedx.org/schema/spdx.schema.json": "spdx.schema.json", "http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json"} {
		data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "schema", name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(url, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*lockfile.Set{set(t), mixed()} {
		out, _ := Make(subject, s, Other{Name: "node", Version: "22", PURL: "pkg:docker/node@22", Place: "Dockerfile:1", Image: true})
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Error(err)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	a, _ := Make(subject, set(t))
	for range 5 {
		if b, _ := Make(subject, set(t)); !bytes.Equal(a, b) {
			t.Fatal("two runs differ")
		}
	}
	other := subject
	other.Commit = "def"
	if b, _ := Make(other, set(t)); bytes.Equal(a, b) {
		t.Error("another commit must give another serial number")
	}
}

// mixed is an app of several ecosystems.
func mixed() *lockfile.Set {
	return lockfile.Read(&tree.Tree{Files: []tree.File{
		{Path: "api/go.mod", Text: []byte("module x\n\ngo 1.22\n\nrequire example.com/a/b v1.2.3\n")},
		{Path: "api/go.sum", Text: []byte("example.com/a/b v1.2.3 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")},
		{Path: "jobs/requirements.txt", Text: []byte("Flask==2.0.1\nopen\n")},
		{Path: "web/composer.lock", Text: []byte(`{"packages": [{"name": "a/b", "version": "v1", "license": ["MIT"]}], "packages-dev": [{"name": "c/d", "version": "2", "license": "Own terms"}]}`)},
		{Path: "web/yarn.lock", Text: []byte("a@^1:\n  version \"1.0.0\"\n  resolved \"https://user:password@registry.example.com/a.tgz?token=secret\"\n")},
	}})
}

func TestAllEcosystems(t *testing.T) {
	out, res := Make(subject, mixed())
	if res.Verdict() != core.Incomplete || len(res.Incomplete) != 1 || res.Incomplete[0] != "1 package of jobs/requirements.txt are not listed, because their versions are open" {
		t.Errorf("%q", res.Incomplete)
	}
	for _, want := range []string{`"pkg:golang/example.com/a/b@v1.2.3"`, `"pkg:pypi/flask@2.0.1"`, `"group": "a"`, `"id": "MIT"`, `"name": "Own terms"`, `"value": "api/go.mod:5"`, `"name": "paddock:go-sum"`, `"aggregate": "incomplete"`} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("%s is missing", want)
		}
	}
	if bytes.Contains(out, []byte("password")) || bytes.Contains(out, []byte("secret")) {
		t.Error("an address with a password got in")
	}
}

// TestOthers: what no package list names is a part, too.
func TestOthers(t *testing.T) {
	others := Others(&tree.Tree{Files: []tree.File{
		{Path: ".github/workflows/ci.yml", Text: []byte("jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: 'Org/repo/sub/dir@0123abc'\n      - uses: ./local\n      - run: echo uses: not/this@v1\n")},
		{Path: "Dockerfile", Text: []byte("FROM --platform=linux/amd64 node:22 AS build\nFROM build\nFROM scratch\nFROM $BASE\nfrom registry.example.com:5000/team/app@sha256:" + strings.Repeat("a", 64) + "\n")},
		{Path: "docs/uses.yml", Text: []byte("- uses: not/this@v1\n")},
	}})
	var got []string
	for _, o := range others {
		got = append(got, o.PURL+" "+o.Place)
	}
	want := "pkg:docker/node@22 Dockerfile:1|pkg:docker/team/app@sha256%3A" + strings.Repeat("a", 64) + "?repository_url=registry.example.com:5000 Dockerfile:5|pkg:github/actions/checkout@v4 .github/workflows/ci.yml:4|pkg:github/org/repo@0123abc#sub/dir .github/workflows/ci.yml:5"
	slices.Sort(got)
	if strings.Join(got, "|") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
	out, _ := Make(subject, mixed(), others...)
	if !bytes.Contains(out, []byte(`"type": "container"`)) || !bytes.Contains(out, []byte(`"value": "Dockerfile:1"`)) {
		t.Error("the image is missing")
	}
}

func TestSPDX(t *testing.T) {
	quiet := subject
	quiet.Time = time.Time{}
	out, res := MakeAs(SPDX, quiet, mixed())
	var doc struct {
		SPDXVersion  string
		CreationInfo struct{ Created string }
		Packages     []struct {
			SPDXID, Name, LicenseDeclared, DownloadLocation string
			ExternalRefs                                    []struct{ ReferenceLocator string }
		}
		Relationships []struct{ SpdxElementID, RelationshipType, RelatedSpdxElement string }
	}
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.SPDXVersion != "SPDX-2.3" || doc.CreationInfo.Created != "1970-01-01T00:00:00Z" || len(doc.Packages) != 6 || res.Looked != "5 parts, SPDX 2.3" {
		t.Errorf("%+v %s", doc, res.Looked)
	}
	known := map[string]bool{"SPDXRef-DOCUMENT": true}
	for _, p := range doc.Packages {
		known[p.SPDXID] = true
	}
	for _, r := range doc.Relationships {
		if !known[r.SpdxElementID] || !known[r.RelatedSpdxElement] {
			t.Errorf("%+v names what is not there", r)
		}
	}
	if p := doc.Packages[1]; p.Name != "a/b" || p.LicenseDeclared != "MIT" || p.ExternalRefs[0].ReferenceLocator != "pkg:composer/a/b@v1" || p.DownloadLocation != "NOASSERTION" {
		t.Errorf("%+v", p)
	}
}

// TestNoTimeIsMadeUp: without the commit's time there is none.
func TestNoTimeIsMadeUp(t *testing.T) {
	quiet := subject
	quiet.Time = time.Time{}
	if out, _ := Make(quiet, set(t)); bytes.Contains(out, []byte("timestamp")) {
		t.Error("a time that nobody gave")
	}
}

func TestMissingLockIsIncomplete(t *testing.T) {
	_, res := Make(subject, lockfile.Read(&tree.Tree{Files: []tree.File{{Path: "package.json", Text: []byte(`{"dependencies":{"a":"1"}}`)}}}))
	if res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
}
