package dependencies

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestListsOfAllTools: each tool's own way to leave versions open is found.
func TestListsOfAllTools(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		code  string
	}{
		"pip":    {map[string]string{"requirements.txt": "flask\nrequests>=2\n"}, "package_unpinned"},
		"go":     {map[string]string{"go.mod": "module x\n\ngo 1.22\n\nrequire a.example/b v1.0.0\n"}, "lockfile_missing"},
		"cargo":  {map[string]string{"Cargo.toml": "[dependencies]\nserde = \"1\"\n"}, "lockfile_missing"},
		"gem":    {map[string]string{"Gemfile": "gem 'rails'\n", "Gemfile.lock": "GEM\n  specs:\n    rack (1.0)\n"}, "lockfile_stale"},
		"maven":  {map[string]string{"pom.xml": "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency></dependencies></project>"}, "package_unpinned"},
		"dotnet": {map[string]string{"a.csproj": `<Project><PackageReference Include="A" Version="1"/></Project>`}, "lockfile_missing"},
	} {
		t.Run(name, func(t *testing.T) {
			res := run(t, c.files)
			if len(res.Findings) != 1 || res.Findings[0].Code != c.code || res.Verdict() != core.Blocks {
				t.Errorf("%+v", res)
			}
		})
	}
}
