package lockfile

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// fuzz gives any text to the reader of a file of this name, and walks what it
// returns.
func fuzz(f *testing.F, name string, seeds ...string) {
	more, _ := filepath.Glob("testdata/*" + path.Base(name))
	for _, m := range more {
		if data, err := os.ReadFile(m); err == nil {
			seeds = append(seeds, string(data))
		}
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := Read(&tree.Tree{Files: []tree.File{{Path: name, Text: data}}})
		for _, p := range s.Projects {
			for _, pkg := range p.Packages {
				p.Brings(pkg)
				if pkg.Name == "" || pkg.PURL() == "" {
					t.Fatalf("a package without a name: %+v", pkg)
				}
				for _, to := range pkg.Needs {
					_ = p.Packages[to]
				}
			}
			for _, a := range p.Stale() {
				_ = a.File.Quote(a.Line, a.Column)
			}
		}
		for _, g := range s.Gaps {
			_ = g.Text()
		}
	})
}

func FuzzPackageLock(f *testing.F) {
	fuzz(f, "package-lock.json", `{"lockfileVersion":1,"dependencies":{"a":{"version":"1","requires":{"a":"1"},"dependencies":{"b":{"version":"npm:c@1"}}}}}`,
		`{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1","license":[["x"]],"dependencies":{"a":"1"}}}}`)
}
func FuzzPackageJSON(f *testing.F) {
	fuzz(f, "package.json", `{"workspaces":["a/**"],"dependencies":{"a":"\u0031"}}`)
}
func FuzzPNPM(f *testing.F) {
	fuzz(f, "pnpm-lock.yaml", "lockfileVersion: 5.4\ndependencies: {a: 1.0.0_b}\npackages:\n  /a/1.0.0_b: {dependencies: {a: 1.0.0}}\n", "lockfileVersion: '9.0'\nimporters: {.: {dependencies: {a: {specifier: x, version: 1(b)}}}}\npackages: {a@1: {}}\nsnapshots: {a@1(b): {}}\n")
}
func FuzzYarn(f *testing.F) {
	fuzz(f, "yarn.lock", "\"a@^1\", a@2:\n  version \"1\"\n  dependencies:\n    b \"1\"\n", "__metadata:\n  version: 8\n? \"a@patch:b@npm%3A1\"\n:\n  version: 1\n  resolution: \"a@npm:1\"\n")
}
func FuzzBun(f *testing.F) {
	fuzz(f, "bun.lock", `{"lockfileVersion":1,"workspaces":{"":{"dependencies":{"a":"1"}}},/* x */"packages":{"@s/a/b":["b@1",{"dependencies":{"a":"1"}},],"a":["a@workspace:a"],}}`)
}

func FuzzDeno(f *testing.F) {
	fuzz(f, "deno.lock", `{"version":"4","specifiers":{"npm:a@1":"1.0.0","jsr:@std/x@1":"1.0.0"},"jsr":{"@std/x@1.0.0":{}},"npm":{"a@1.0.0_b@2.0.0":{"integrity":"sha1-AA==","dependencies":["b","c@1.0.0"]},"b@2.0.0":{}}}`)
}

func FuzzRequirements(f *testing.F) {
	fuzz(f, "requirements.txt", "-r requirements.txt\na[b]==1 ; x --hash=sha256:00 \\\n  --hash=sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709\ngit+https://x/y.git@v1#egg=z\nw @ https://x/w-1-py3.whl\n")
}
func FuzzPoetry(f *testing.F) {
	fuzz(f, "poetry.lock", "[[package]]\nname='a'\nversion='1'\ngroups=['main']\nfiles=[{file='a.tar.gz',hash='sha256:00'}]\n[package.dependencies]\na='1'\n[metadata.files]\na=[{file='a',hash='b'}]\n")
}
func FuzzUV(f *testing.F) {
	fuzz(f, "uv.lock", "[[package]]\nname='a'\nversion='1'\nsource={virtual='.'}\ndependencies=[{name='b'}]\n[package.dev-dependencies]\nd=[{name='b'}]\n[[package]]\nname='b'\nversion='1'\nsdist={hash='sha256:00'}\n")
}
func FuzzPDM(f *testing.F) {
	fuzz(f, "pdm.lock", "[[package]]\nname='a'\nversion='1'\ngroups=['default']\ndependencies=['a>=1; x']\ngit='u'\nrevision='r'\n")
}
func FuzzPylock(f *testing.F) {
	fuzz(f, "pylock.toml", "[[packages]]\nname='a'\nversion='1'\nsdist={hashes={sha256='00'}}\nvcs={url='u',commit-id='c'}\n")
}
func FuzzPipfileLock(f *testing.F) {
	fuzz(f, "Pipfile.lock", `{"_meta":{},"default":{"a":{"version":"==1","hashes":["sha256:00"]},"b":{"git":"u","ref":"r"},"c":{"file":"u"}}}`)
}
func FuzzPyproject(f *testing.F) {
	fuzz(f, "pyproject.toml", "[project]\ndependencies=['a>=1']\n[tool.poetry.group.dev.dependencies]\nb={version='1',path='x'}\n[tool.pdm.dev-dependencies]\nx=['c']\n")
}
func FuzzPipfile(f *testing.F) {
	fuzz(f, "Pipfile", "[packages]\na='*'\n[dev-packages]\nb={git='u'}\n")
}
func FuzzGoMod(f *testing.F) {
	fuzz(f, "go.mod", "module x\ngo 1.16\nrequire (\n\ta.example/b v1.0.0 // indirect\n)\nreplace a.example/b => ../b\n")
}
func FuzzCargoLock(f *testing.F) {
	fuzz(f, "Cargo.lock", "[[package]]\nname='a'\nversion='1'\ndependencies=['b 1 (x)']\n[[package]]\nname='b'\nversion='1'\nsource='x'\nchecksum='00'\n[root]\nname='r'\n")
}
func FuzzCargoToml(f *testing.F) {
	fuzz(f, "Cargo.toml", "[dependencies]\na={package='b',optional=true}\n[target.'cfg(x)'.dev-dependencies]\nc={workspace=true}\n[workspace]\nmembers=['*']\n")
}
func FuzzGemfileLock(f *testing.F) {
	fuzz(f, "Gemfile.lock", "PATH\n  specs:\n    a (1)\n      b\nGIT\n  remote: u\n  revision: r\n  specs:\n    b (1-x)\n      c (= 1)\nDEPENDENCIES\n  b!\nCHECKSUMS\n  b (1) sha256=00\n")
}
func FuzzGemfile(f *testing.F) {
	fuzz(f, "Gemfile", "group :test do\n  gem 'a', '~> 1', group: :test\nend\nend\n")
}
func FuzzComposerLock(f *testing.F) {
	fuzz(f, "composer.lock", `{"packages":[{"name":"a/b","version":"1","require":{"a/b":"1"},"provide":[],"license":["MIT"],"dist":{"type":"path"}}],"packages-dev":null}`)
}
func FuzzComposerJSON(f *testing.F) {
	fuzz(f, "composer.json", `{"require":{"A/b":"1","php":"8"},"require-dev":[]}`)
}
func FuzzNuGetLock(f *testing.F) {
	fuzz(f, "packages.lock.json", `{"dependencies":{"net8":{"A":{"type":"Direct","resolved":"1","contentHash":"x","dependencies":{"a":"1"}},"P":{"type":"Project"}}}}`)
}
func FuzzCSProj(f *testing.F) {
	fuzz(f, "a.csproj", `<Project><PackageReference Include="A"><Version>1</Version></PackageReference></Project>`)
}
func FuzzPackagesConfig(f *testing.F) {
	fuzz(f, "packages.config", `<packages><package id="A" version="1"/></packages>`)
}
func FuzzPOM(f *testing.F) {
	fuzz(f, "pom.xml", childPOM, parentPOM, "<project><properties><a>${b}</a><b>${a}${a}</b></properties><dependencies><dependency><groupId>${a}</groupId><artifactId>x</artifactId><version>${a}</version></dependency></dependencies></project>")
}
func FuzzMavenTree(f *testing.F) {
	fuzz(f, "dependency-tree.txt", "a:b:jar:1\n+- c:d:jar:1:compile\n|  \\- e:f:jar:x:1:test\n")
}
func FuzzGradleLock(f *testing.F) { fuzz(f, "gradle.lockfile", "a:b:1=testX,kapt\nempty=\n") }
func FuzzGradle(f *testing.F) {
	fuzz(f, "build.gradle", "implementation platform('a:b:1')\napi(libs.x)\n")
}
