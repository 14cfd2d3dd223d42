package lockfile

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func TestNPM(t *testing.T) {
	p := one(t, read(t, "package-lock.json", sample(t, "package-lock.json")))
	same(t, list(p), "+express@4.18.2:13 +lodash@4.17.20:23 body-parser@1.20.1:20<express qs@6.11.0:22<express qs@6.5.2:21<express ~+tool@1.0.0:24 ~minimist@1.2.0:25<tool")
}

func TestNPMVersion1(t *testing.T) {
	p := one(t, read(t, "package-lock.json", `{"lockfileVersion": 1, "requires": true, "dependencies": {
  "a": {"version": "1.0.0", "resolved": "https://registry.example.com/a/-/a-1.0.0.tgz", "requires": {"b": "^2.0.0"}, "dependencies": {
    "b": {"version": "2.0.0", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="}
  }},
  "b": {"version": "3.0.0", "dev": true},
  "c": {"version": "npm:real@4.0.0"},
  "d": {"version": "file:packages/d"}
}}`, "package.json", `{"dependencies": {"a": "1", "c": "npm:real@4", "d": "file:packages/d"}, "devDependencies": {"b": "3"}}`))
	same(t, list(p), "+a@1.0.0:2 +real@4.0.0:6 b@2.0.0:3<a ~+b@3.0.0:5")
	if h := p.Packages[1].Hashes; len(h) != 1 || h[0].Algorithm != "SHA-1" || len(h[0].Value) != 40 || len(p.Stale()) != 0 {
		t.Errorf("%v %v", h, p.Stale())
	}
}

// TestNPMWorkspaces: the members' asks belong to the lock above them, and a
// bundled package is a package.
func TestNPMWorkspaces(t *testing.T) {
	lock := `{"lockfileVersion": 3, "packages": {
  "": {"workspaces": ["packages/*"], "dependencies": {"a": "^1.0.0"}},
  "packages/web": {"name": "web", "dependencies": {"b": "^1.0.0", "shared": "*"}},
  "packages/shared": {"name": "shared"},
  "node_modules/web": {"resolved": "packages/web", "link": true},
  "node_modules/shared": {"resolved": "packages/shared", "link": true},
  "node_modules/a": {"version": "1.0.0", "hasInstallScript": true, "dependencies": {"c": "1"}},
  "node_modules/a/node_modules/c": {"version": "1.0.0", "inBundle": true},
  "packages/web/node_modules/b": {"version": "1.5.0"}
}}`
	p := one(t, read(t, "package-lock.json", lock, "package.json", `{"workspaces": ["packages/*"], "dependencies": {"a": "^1.0.0"}}`,
		"packages/shared/package.json", `{"name": "shared"}`, "packages/web/package.json", `{"name": "web",
 "dependencies": {
  "b": "^2.0.0",
  "shared": "*", "new": "1"}}`))
	same(t, list(p), "+a@1.0.0:7 +b@1.5.0:9 c@1.0.0:8<a")
	if !p.Packages[0].Script || len(p.Manifests) != 3 || p.Manifest().Path != "package.json" {
		t.Errorf("%+v", p)
	}
	stale := p.Stale()
	if len(stale) != 2 || stale[0].Name != "b" || stale[0].Line != 3 || stale[0].Column != 3 || stale[0].WantLine != 3 || stale[0].WantColumn != 9 || stale[1].Name != "new" {
		t.Errorf("%+v", stale)
	}
}

func TestNPMRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":       `{"lockfileVersion": 3,`,
		"no version":     `{"packages": {}}`,
		"later version":  `{"lockfileVersion": 4, "packages": {}}`,
		"no packages":    `{"lockfileVersion": 3}`,
		"wrong type":     `{"lockfileVersion": 3, "packages": []}`,
		"wrong entry":    `{"lockfileVersion": 3, "packages": {"node_modules/a": 1}}`,
		"two documents":  `{"lockfileVersion": 3, "packages": {}} {}`,
		"long name":      `{"lockfileVersion": 3, "packages": {"node_modules/` + strings.Repeat("x", 3000) + `": {"version": "1.0.0"}}}`,
		"deep":           `{"lockfileVersion": 3, "packages": ` + strings.Repeat("[", 20_000) + `}`,
		"deep version 1": `{"lockfileVersion": 1, "dependencies": ` + strings.Repeat(`{"a": {"version": "1", "dependencies": `, 150) + `{}` + strings.Repeat(`}}`, 150) + `}`,
	} {
		s := read(t, "package-lock.json", text)
		if len(s.Faults) != 1 || !strings.HasPrefix(s.Faults[0], "package-lock.json: ") {
			t.Errorf("%s: %q", name, s.Faults)
		}
	}
}

func TestPackageJSONKeepsTheAskForRunning(t *testing.T) {
	m, err := readPackageJSON(tree.File{Text: []byte(`{"devDependencies": {"a": "1"}, "dependencies": {"a": "2"}, "packageManager": "pnpm@9.1.0+sha", "workspaces": {"packages": ["x/*"]}}`)})
	if err != nil || len(m.asks) != 1 || m.asks[0].Want != "2" || m.tool != "pnpm" || len(m.workspaces) != 1 {
		t.Errorf("%+v %v", m, err)
	}
}

// TestWorkspaceWithoutALock: one list is missing, beside the main manifest.
func TestWorkspaceWithoutALock(t *testing.T) {
	s := read(t, "a/package.json", `{"dependencies": {"x": "1"}}`, "b/package.json", `{"dependencies": {"y": "1"}}`, "package.json", `{"workspaces": ["*"], "packageManager": "pnpm@9.0.0"}`)
	if len(s.Projects) != 1 || s.Projects[0].Manifest().Path != "package.json" || len(s.Projects[0].Asks) != 2 || s.Projects[0].Wanted != "pnpm-lock.yaml" {
		t.Errorf("%+v", s.Projects)
	}
}

// TestFaultsSayWhere: a maker gets the line.
func TestFaultsSayWhere(t *testing.T) {
	s := read(t, "package.json", "{\n \"dependencies\": {{x}}\n}")
	if len(s.Faults) != 1 || !strings.HasPrefix(s.Faults[0], "package.json: it is not right at line 2, column 19: invalid character '{'") {
		t.Errorf("%q", s.Faults)
	}
}

func TestWorkspacePatterns(t *testing.T) {
	for pattern, want := range map[string]bool{"packages/*": true, "./packages/web": true, "packages/**": true, "**": true, "other/*": false, "packages": false, "**/**/**/**/x": false} {
		if got := inWorkspace([]string{pattern}, "packages/web"); got != want {
			t.Errorf("%s: got %v", pattern, got)
		}
	}
	if inWorkspace([]string{"packages/*", "!packages/web"}, "packages/web") {
		t.Error("an exclamation mark takes out")
	}
}

func TestYarnClassic(t *testing.T) {
	lock := `# yarn lockfile v1


"@s/a@^1.0.0", "@s/a@^1.1.0":
  version "1.2.0"
  resolved "https://registry.example.com/@s/a/-/a-1.2.0.tgz#da39a3ee5e6b4b0d3255bfef95601890afd80709"
  dependencies:
    b "~2.0.0"

b@~2.0.0:
  version "2.0.1"
  integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==

"c@npm:real@^3":
  version "3.0.0"
`
	p := one(t, read(t, "package.json", `{"dependencies": {"@s/a": "^1.1.0"}, "devDependencies": {"c": "npm:real@^3", "b": "^9"}}`, "yarn.lock", lock))
	same(t, list(p), "+@s/a@1.2.0:4 +b@2.0.1:10 ~+real@3.0.0:14")
	if p.Packages[0].Hashes[0].Algorithm != "SHA-1" || p.Packages[1].Hashes[0].Algorithm != "SHA-512" {
		t.Error("sums are missing")
	}
	if s := p.Stale(); len(s) != 1 || s[0].Name != "b" {
		t.Errorf("%+v", s)
	}
}

func TestYarnBerry(t *testing.T) {
	lock := `__metadata:
  version: 8

"a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    "@t/b": "npm:^2.0.0"
  checksum: 10c0/00
  languageName: node
  linkType: hard

"@t/b@npm:^2.0.0":
  version: 2.0.0
  resolution: "@t/b@npm:2.0.0"

"@t/b@patch:@t/b@npm%3A^2.0.0#./fix.patch":
  version: 2.0.0
  resolution: "@t/b@patch:@t/b@npm%3A2.0.0#./fix.patch::version=2.0.0"

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  linkType: soft

"web@workspace:web":
  version: 0.0.0-use.local
  resolution: "web@workspace:web"
  linkType: soft
`
	p := one(t, read(t, "package.json", `{"name": "app", "workspaces": ["web"], "dependencies": {"web": "workspace:*"}}`, "web/package.json", `{"name": "web", "devDependencies": {"a": "^1.0.0"}}`, "yarn.lock", lock))
	same(t, list(p), "~+a@1.0.0:4 ~@t/b@2.0.0:13<a")
	if len(p.Stale()) != 0 || len(p.Manifests) != 2 {
		t.Errorf("%+v", p.Stale())
	}
}

func TestPNPM(t *testing.T) {
	want := map[string]string{
		"5": "+a@1.0.0:7 +real@5.0.0:11 b@2.0.0:10<a ~+@s/d@4.0.0:6",
		"6": "+a@1.0.0:8 +real@5.0.0:12 b@2.0.0:11<a ~+@s/d@4.0.0:7",
		"9": "+a@1.0.0:8 +real@5.0.0:11 b@2.0.0:10<a ~+@s/d@4.0.0:7",
	}
	manifest := `{"dependencies": {"a": "^1.0.0", "r": "npm:real@^5"}, "devDependencies": {"@s/d": "^4.0.0"}}`
	for name, lock := range map[string]string{
		"5": `lockfileVersion: 5.4
specifiers: {a: ^1.0.0, '@s/d': ^4.0.0, r: 'npm:real@^5'}
dependencies: {a: 1.0.0_b@2.0.0, r: /real/5.0.0}
devDependencies: {'@s/d': 4.0.0}
packages:
  /@s/d/4.0.0: {dev: true, resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}}
  /a/1.0.0_b@2.0.0:
    dependencies: {b: 2.0.0}
    dev: false
  /b/2.0.0: {dev: false}
  /real/5.0.0: {dev: false}
`,
		"6": `lockfileVersion: '6.0'
dependencies:
  a: {specifier: ^1.0.0, version: 1.0.0(b@2.0.0)}
  r: {specifier: npm:real@^5, version: /real@5.0.0}
devDependencies: {'@s/d': {specifier: ^4.0.0, version: 4.0.0}}
packages:
  /@s/d@4.0.0: {dev: true}
  /a@1.0.0(b@2.0.0):
    dependencies: {b: 2.0.0}
    dev: false
  /b@2.0.0: {dev: false}
  /real@5.0.0: {dev: false}
`,
		"9": `lockfileVersion: '9.0'
importers:
  .:
    dependencies: {a: {specifier: ^1.0.0, version: 1.0.0(b@2.0.0)}, r: {specifier: 'npm:real@^5', version: real@5.0.0}}
    devDependencies: {'@s/d': {specifier: ^4.0.0, version: 4.0.0}}
packages:
  '@s/d@4.0.0': {}
  a@1.0.0: {}

  b@2.0.0: {}
  real@5.0.0: {}
snapshots:
  a@1.0.0(b@2.0.0):
    dependencies: {b: 2.0.0}
`,
	} {
		t.Run(name, func(t *testing.T) {
			p := one(t, read(t, "package.json", manifest, "pnpm-lock.yaml", lock))
			same(t, list(p), want[name])
			if len(p.Stale()) != 0 {
				t.Errorf("%+v", p.Stale())
			}
		})
	}
}

func TestBun(t *testing.T) {
	lock := `{
  "lockfileVersion": 1, // text
  "workspaces": {
    "": {"name": "app", "dependencies": {"a": "^1.0.0"}},
    "web": {"name": "web", "devDependencies": {"c": "^3.0.0"}},
  },
  "packages": {
    "a": ["a@1.0.0", "", {"dependencies": {"b": "^2.0.0"}}, "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="],
    "a/b": ["b@2.0.0", "", {}, ""],
    "b": ["b@1.0.0", "", {}, ""],
    "web": ["web@workspace:web"],
    "c": ["c@3.0.0", "", {"dependencies": {"b": "1"}}, ""],
  }
}`
	p := one(t, read(t, "bun.lock", lock, "package.json", `{"workspaces": ["web"], "dependencies": {"a": "^1.0.0"}}`, "web/package.json", `{"devDependencies": {"c": "^3.0.0"}}`))
	same(t, list(p), "+a@1.0.0:8 b@2.0.0:9<a ~+c@3.0.0:12 ~b@1.0.0:10<c")
}
