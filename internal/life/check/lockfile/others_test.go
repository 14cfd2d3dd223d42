package lockfile

import (
	"strings"
	"testing"
)

func TestGo(t *testing.T) {
	mod := `module example.com/app

go 1.22

toolchain go1.22.3

require (
	github.com/a/b v1.2.3
	github.com/c/d v0.0.0-20230101000000-abcdefabcdef // indirect
)

require example.com/own v0.0.0

replace (
	example.com/own => ./own
	github.com/c/d => github.com/e/d v1.0.0
)
`
	p := one(t, read(t, "go.mod", mod, "go.sum", "github.com/e/d v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"))
	same(t, list(p), "+github.com/a/b@v1.2.3:8 github.com/e/d@v1.0.0:9")
	if p.Toolchain != "1.22.3" || p.Lacks != "" || p.Packages[1].Sum == "" {
		t.Errorf("%+v", p)
	}
	if s := p.Stale(); len(s) != 1 || s[0].Name != "github.com/a/b" || s[0].WantLine != 8 || s[0].WantColumn != 17 {
		t.Errorf("%+v", s)
	}
	if p := one(t, read(t, "go.mod", mod)); p.Lacks != "go.sum" {
		t.Error("a go.mod without sums must say so")
	}
}

// TestGoBefore117: go.mod then lists only what the app asks for itself.
func TestGoBefore117(t *testing.T) {
	p := one(t, read(t, "go.mod", "module x\n\ngo 1.16\n\nrequire a.example/b v1.0.0\n", "go.sum", "a.example/b v1.0.0 h1:x=\na.example/b v1.0.0/go.mod h1:x=\nc.example/d v2.0.0 h1:x=\nc.example/d v1.0.0/go.mod h1:x=\n"))
	same(t, list(p), "+a.example/b@v1.0.0:5 c.example/d@v2.0.0:0")
}

func TestCargo(t *testing.T) {
	s := read(t, "Cargo.lock", `version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["core", "rand 0.8.5", "serde"]

[[package]]
name = "core"
version = "0.1.0"
dependencies = ["tempfile"]

[[package]]
name = "rand"
version = "0.7.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "rand"
version = "0.8.5"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
dependencies = ["libc"]

[[package]]
name = "libc"
version = "0.2.1"
source = "git+https://git.example.com/libc#abc"

[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "tempfile"
version = "3.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
`, "Cargo.toml", "[package]\nname = \"app\"\n[workspace]\nmembers = [\"crates/*\"]\n[dependencies]\nrand = \"0.8\"\nserde = { workspace = true }\ncore = { path = \"crates/core\" }\nfresh = \"1\"\n", "crates/core/Cargo.toml", "[package]\nname = \"core\"\n[dev-dependencies]\ntmp = { package = \"tempfile\", version = \"3\" }\n")
	p := one(t, s)
	same(t, list(p), "+rand@0.8.5:18 +serde@1.0.0:30 libc@0.2.1:25<rand rand@0.7.0:13 ~+tempfile@3.0.0:35")
	if s := p.Stale(); len(s) != 1 || s[0].Name != "fresh" || s[0].Line != 9 {
		t.Errorf("%+v", s)
	}
}

func TestGem(t *testing.T) {
	p := one(t, read(t, "Gemfile", "source 'https://gems.example'\ngem 'rails', '~> 7.0'\ngroup :development, :test do\n  gem \"rspec\"\nend\ngem 'new'\n", "Gemfile.lock", `PATH
  remote: engine
  specs:
    engine (0.1.0)
      rails

GEM
  remote: https://gems.example/
  specs:
    nokogiri (1.15.0-x86_64-linux)
    rails (7.0.4)
      nokogiri (>= 1.8)
    rspec (3.12.0)

DEPENDENCIES
  rails (~> 7.0)
  rspec

CHECKSUMS
  rails (7.0.4) sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
`))
	same(t, list(p), "+rails@7.0.4:11 nokogiri@1.15.0:10<rails ~+rspec@3.12.0:13")
	if s := p.Stale(); len(s) != 1 || s[0].Name != "new" || len(p.Packages[1].Hashes) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestComposer(t *testing.T) {
	p := one(t, read(t, "composer.json", `{"require": {"php": ">=8.1", "ext-json": "*", "Symfony/HTTP-kernel": "^6", "psr/log-implementation": "1"}, "require-dev": {"phpunit/phpunit": "^10"}}`, "composer.lock", `{"packages": [
 {"name": "symfony/http-kernel", "version": "v6.3.0", "license": ["MIT"], "require": {"php": ">=8.1", "psr/log": "^3"}, "dist": {"type": "zip", "shasum": ""}},
 {"name": "psr/log", "version": "3.0.0", "license": ["MIT", "GPL-2.0-only"], "provide": {"psr/log-implementation": "3.0"}, "require": []}
], "packages-dev": [{"name": "phpunit/phpunit", "version": "10.1.0"}]}`))
	same(t, list(p), "+psr/log@3.0.0:3 +symfony/http-kernel@v6.3.0:2 ~+phpunit/phpunit@10.1.0:4")
	if len(p.Stale()) != 0 || p.Packages[1].Licence != "(MIT OR GPL-2.0-only)" {
		t.Errorf("%+v", p.Stale())
	}
}

func TestNuGet(t *testing.T) {
	p := one(t, read(t, "web.csproj", `<Project Sdk="Microsoft.NET.Sdk.Web">
  <ItemGroup>
    <PackageReference Include="newtonsoft.json" Version="13.0.1" />
    <PackageReference Include="StyleCop"><Version>1.0.0</Version><PrivateAssets>all</PrivateAssets></PackageReference>
    <PackageReference Include="Fresh" Version="1.0" />
  </ItemGroup>
</Project>`, "packages.lock.json", `{"version": 1, "dependencies": {"net8.0": {
 "Newtonsoft.Json": {"type": "Direct", "requested": "[13.0.1, )", "resolved": "13.0.1", "contentHash": "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==", "dependencies": {"System.X": "4.0.0"}},
 "System.X": {"type": "Transitive", "resolved": "4.3.0"},
 "StyleCop": {"type": "Direct", "resolved": "1.0.0"},
 "shared": {"type": "Project"}}}}`))
	same(t, list(p), "+Newtonsoft.Json@13.0.1:2 System.X@4.3.0:3<newtonsoft.json ~+StyleCop@1.0.0:4")
	if s := p.Stale(); len(s) != 1 || s[0].Name != "Fresh" || s[0].Line != 5 || s[0].WantColumn != 48 || len(p.Packages[0].Hashes) != 1 {
		t.Errorf("%+v", s)
	}
	p = one(t, read(t, "packages.config", "<?xml version=\"1.0\"?>\n<packages>\n  <package id=\"A\" version=\"1.0\" developmentDependency=\"true\" />\n</packages>"))
	same(t, list(p), "~A@1.0:3")
}

const parentPOM = `<project><groupId>com.x</groupId><artifactId>parent</artifactId><version>1.0</version>
<properties><jackson.version>2.15.0</jackson.version></properties>
<dependencyManagement><dependencies><dependency><groupId>org.managed</groupId><artifactId>m</artifactId><version>${jackson.version}</version><scope>test</scope></dependency></dependencies></dependencyManagement>
</project>`

const childPOM = `<project>
  <parent><groupId>com.x</groupId><artifactId>parent</artifactId><version>1.0</version></parent>
  <artifactId>web</artifactId>
  <dependencies>
    <dependency>
      <groupId>com.fasterxml</groupId><artifactId>jackson</artifactId>
      <version>${jackson.version}</version>
    </dependency>
    <dependency><groupId>org.managed</groupId><artifactId>m</artifactId></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>parent</artifactId><version>1</version></dependency>
    <dependency><groupId>org.open</groupId><artifactId>o</artifactId><version>${nowhere}</version></dependency>
    <dependency><groupId>org.open</groupId><artifactId>r</artifactId><version>[1,2)</version></dependency>
  </dependencies>
</project>`

func TestMaven(t *testing.T) {
	s := read(t, "pom.xml", parentPOM, "web/pom.xml", childPOM)
	if len(s.Projects) != 2 || len(s.Faults) != 0 || len(s.Gaps) != 1 {
		t.Fatalf("%+v", s)
	}
	p := s.Projects[1]
	same(t, list(p), "+com.fasterxml:jackson@2.15.0:5 ~+org.managed:m@2.15.0:9")
	if o := p.Open(); len(o) != 2 || o[0].Name != "org.open:o" || o[0].WantLine != 11 {
		t.Errorf("%+v", o)
	}
}

func TestMavenTree(t *testing.T) {
	s := read(t, "pom.xml", parentPOM, "web/dependency-tree.txt", `com.x:web:jar:1.0
+- com.fasterxml:jackson:jar:2.14.0:compile
|  \- com.fasterxml:core:jar:sources:2.14.0:compile
+- org.managed:m:jar:2.15.0:test (scope managed)
+- com.x:parent:jar:1.0:compile
|  \- org.below:b:jar:1.0:compile
\- org.open:o:jar:1.0:runtime
`, "web/pom.xml", childPOM)
	if len(s.Projects) != 2 || len(s.Gaps) != 0 || len(s.Faults) != 0 {
		t.Fatalf("%+v", s)
	}
	p := s.Projects[1]
	same(t, list(p), "+com.fasterxml:jackson@2.14.0:2 +org.open:o@1.0:7 com.fasterxml:core@2.14.0:3<com.fasterxml:jackson org.below:b@1.0:6 ~+org.managed:m@2.15.0:4")
	if st := p.Stale(); len(st) != 2 || st[0].Name != "com.fasterxml:jackson" || st[1].Name != "org.open:r" {
		t.Errorf("%+v", st)
	}
}

func TestGradle(t *testing.T) {
	p := one(t, read(t, "build.gradle.kts", "dependencies {\n  implementation(\"com.g:a:1.0\")\n  testImplementation(platform(\"com.g:t:2.0\"))\n  api(libs.some.thing)\n  implementation(\"com.g:gone:3\")\n}\n", "gradle.lockfile", "# generated\ncom.g:a:1.0=compileClasspath,runtimeClasspath\ncom.g:b:1.1=runtimeClasspath\ncom.g:t:2.0=testCompileClasspath\nempty=\n"))
	same(t, list(p), "+com.g:a@1.0:2 com.g:b@1.1:3 ~+com.g:t@2.0:4")
	if s := p.Stale(); len(s) != 1 || s[0].Name != "com.g:gone" || s[0].Line != 5 {
		t.Errorf("%+v", s)
	}
}

// TestEveryToolSaysWhatToDo: a manifest without its list names the list and the
// command that writes it.
func TestEveryToolSaysWhatToDo(t *testing.T) {
	for file, c := range map[string][3]string{
		"package.json":   {`{"dependencies":{"a":"1"}}`, "package-lock.json", "npm install"},
		"pyproject.toml": {"[tool.poetry.dependencies]\na = '1'\n", "poetry.lock", "poetry lock"},
		"Pipfile":        {"[packages]\na = '*'\n", "Pipfile.lock", "pipenv lock"},
		"Cargo.toml":     {"[dependencies]\na = '1'\n", "Cargo.lock", "cargo generate-lockfile"},
		"Gemfile":        {"gem 'a'\n", "Gemfile.lock", "bundle lock"},
		"composer.json":  {`{"require":{"a/b":"1"}}`, "composer.lock", "composer update --lock"},
		"a.csproj":       {`<Project><PackageReference Include="A" Version="1"/></Project>`, "packages.lock.json", "dotnet restore --use-lock-file"},
		"build.gradle":   {"  implementation 'a:b:1'\n", "gradle.lockfile", "gradle dependencies --write-locks"},
	} {
		s := read(t, file, c[0])
		if len(s.Projects) != 1 || s.Projects[0].Locked || s.Projects[0].Wanted != c[1] || s.Projects[0].Refresh != c[2] {
			t.Errorf("%s: %+v %q", file, s.Projects, s.Faults)
		}
	}
}

func TestPURL(t *testing.T) {
	for want, p := range map[string]Package{
		"pkg:npm/%40s/a@1.0.0%2Bb":         {Ecosystem: NPM, Name: "@s/a", Version: "1.0.0+b"},
		"pkg:maven/org.a/b@1":              {Ecosystem: Maven, Name: "org.a:b", Version: "1"},
		"pkg:golang/github.com/a/b@v1.0.0": {Ecosystem: Go, Name: "github.com/a/b", Version: "v1.0.0"},
		"pkg:cargo/a@1":                    {Ecosystem: Cargo, Name: "a", Version: "1"},
		"pkg:composer/a/b@1":               {Ecosystem: Composer, Name: "A/b", Version: "1"},
		"pkg:gem/a@1":                      {Ecosystem: RubyGems, Name: "a", Version: "1"},
		"pkg:nuget/A.B@1":                  {Ecosystem: NuGet, Name: "A.B", Version: "1"},
		"pkg:pypi/a@1%211":                 {Ecosystem: PyPI, Name: "a", Version: "1!1"},
	} {
		if got := p.PURL(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestXMLIsBounded(t *testing.T) {
	s := read(t, "pom.xml", strings.Repeat("<a>", 5000))
	if len(s.Faults) != 1 {
		t.Errorf("%q", s.Faults)
	}
}
