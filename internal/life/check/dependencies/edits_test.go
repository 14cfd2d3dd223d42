package dependencies

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestEditsOfAllTools reads the files of each tool as they are, and wants the
// edit that raises the version where one line holds it.
func TestEditsOfAllTools(t *testing.T) {
	fixed := `{"introduced":"0"},{"fixed":"2.5.0"}`
	for tool, c := range map[string]struct {
		files     map[string]string
		eco, name string
		want      string // the line after the edit; "" for no edit
	}{
		"npm": {map[string]string{"package.json": "{\"dependencies\": {\n  \"a\": \"~2.0.1\"\n}}", "package-lock.json": `{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"~2.0.1"}},"node_modules/a":{"version":"2.0.3"}}}`},
			"npm", "a", `  "a": "~2.5.0"`},
		"npm range": {map[string]string{"package.json": "{\"dependencies\": {\n  \"a\": \">=1 <3\"\n}}", "package-lock.json": `{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":">=1 <3"}},"node_modules/a":{"version":"2.0.3"}}}`},
			"npm", "a", ""},
		"pip":    {map[string]string{"requirements.txt": "b==1.0\na[x]==2.0.3 ; python_version > '3'\n"}, "PyPI", "a", "a[x]==2.5.0 ; python_version > '3'"},
		"go":     {map[string]string{"go.mod": "module x\n\ngo 1.22\n\nrequire example.com/a v2.0.3+incompatible\n", "go.sum": "example.com/a v2.0.3+incompatible h1:x=\n"}, "Go", "example.com/a", "require example.com/a v2.5.0"},
		"maven":  {map[string]string{"pom.xml": "<project><dependencies><dependency>\n<groupId>g</groupId><artifactId>a</artifactId>\n<version>2.0.3</version>\n</dependency></dependencies></project>"}, "Maven", "g:a", "<version>2.5.0</version>"},
		"gem":    {map[string]string{"Gemfile": "source 'https://gems.example'\ngem 'a', '~> 2.0.1'\n", "Gemfile.lock": "GEM\n  remote: https://gems.example/\n  specs:\n    a (2.0.3)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a (~> 2.0.1)\n"}, "RubyGems", "a", "gem 'a', '~> 2.5.0'"},
		"cargo":  {map[string]string{"Cargo.toml": "[package]\nname = \"x\"\nversion = \"0.1.0\"\n\n[dependencies]\na = \"2.0.1\"\n", "Cargo.lock": "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"2.0.3\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n\n[[package]]\nname = \"x\"\nversion = \"0.1.0\"\ndependencies = [\"a\"]\n"}, "crates.io", "a", `a = "2.5.0"`},
		"php":    {map[string]string{"composer.json": "{\"require\": {\n  \"v/a\": \"^2.0.1\"\n}}", "composer.lock": `{"packages":[{"name":"v/a","version":"v2.0.3"}],"packages-dev":[]}`}, "Packagist", "v/a", `  "v/a": "^2.5.0"`},
		"dotnet": {map[string]string{"x.csproj": "<Project><ItemGroup>\n<PackageReference Include=\"A\" Version=\"2.0.3\" />\n</ItemGroup></Project>", "packages.lock.json": `{"version":1,"dependencies":{"net8.0":{"A":{"type":"Direct","requested":"[2.0.3, )","resolved":"2.0.3"}}}}`}, "NuGet", "A", `<PackageReference Include="A" Version="2.5.0" />`},
		"gradle": {map[string]string{"build.gradle": "dependencies {\n  implementation 'g:a:2.0.3'\n}\n", "gradle.lockfile": "g:a:2.0.3=compileClasspath\nempty=\n"}, "Maven", "g:a", "  implementation 'g:a:2.5.0'"},
	} {
		t.Run(tool, func(t *testing.T) {
			res := run(t, c.files, record("A-1", c.eco, c.name, fixed))
			var flaw *core.Finding
			for i, f := range res.Findings {
				if f.Code == "dependency_known_flaw" {
					flaw = &res.Findings[i]
				}
			}
			if flaw == nil {
				t.Fatalf("%+v", res)
			}
			if len(flaw.Edits) == 0 {
				if c.want != "" {
					t.Errorf("no edit: %+v", flaw.Fix)
				}
				return
			}
			e := flaw.Edits[0]
			line := []rune(strings.Split(c.files[e.Path], "\n")[e.Line-1])
			if got := string(line[:e.Column-1]) + e.New + string(line[e.End-1:]); got != c.want || string(line[e.Column-1:e.End-1]) != e.Old {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
