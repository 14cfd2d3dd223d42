package lockfile

import (
	"strings"
	"testing"
)

func TestRequirements(t *testing.T) {
	s := read(t, "base.in.txt", "Jinja2==3.1.2\n", "constraints.txt", "click==8.1.7\n", "requirements-dev.txt", "-r requirements.txt\npytest==8.0.0\n", "requirements.txt", `# comment
--index-url https://pypi.example.com/simple
-r base.in.txt
-c constraints.txt
Flask[async]==2.0.1 ; python_version >= "3.8"  # web
requests>=2.0
click
zope.interface == 5.4.0 \
    --hash=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
git+https://git.example.com/a/tool.git@0123456789abcdef0123456789abcdef01234567#egg=tool
-e .
wheel @ https://files.example.com/wheel-0.40.0-py3-none-any.whl
`)
	if len(s.Projects) != 2 || len(s.Faults) != 0 {
		t.Fatalf("%d %q", len(s.Projects), s.Faults)
	}
	same(t, list(s.Projects[1]), "+click@8.1.7:7 +flask@2.0.1:5 +jinja2@3.1.2:0 +tool@0123456789abcdef0123456789abcdef01234567:10 +wheel@0.40.0:12 +zope-interface@5.4.0:8")
	same(t, list(s.Projects[0]), "~+pytest@8.0.0:2")
	open := s.Projects[1].Open()
	if len(open) != 1 || open[0].Name != "requests" || open[0].Line != 6 || open[0].WantColumn != 9 || len(s.Projects[1].Stale()) != 0 {
		t.Errorf("%+v", open)
	}
	if h := s.Projects[1].Packages[2].Hashes; len(h) != 1 || h[0].Algorithm != "SHA-256" {
		t.Errorf("%v", h)
	}
}

func TestRequirementsRefuse(t *testing.T) {
	for text, want := range map[string]string{
		"-r other.txt": "requirements.txt: its line 1 includes other.txt, which is not there.", "a==1\n!!": "requirements.txt: its line 2 is not right.",
		"-r https://example.com/r.txt": "requirements.txt: its line 1 includes a list from elsewhere.", "a==1.0 and more": "requirements.txt: its line 1 is not right.",
	} {
		if s := read(t, "requirements.txt", text); len(s.Faults) != 1 || s.Faults[0] != want {
			t.Errorf("%q: %q", text, s.Faults)
		}
	}
}

func TestPEP508(t *testing.T) {
	for text, want := range map[string]string{
		"A.B_c[x,y] (>=1,<2); os_name=='nt'": "a-b-c|>=1,<2|", "pip @ https://x.example/pip.zip ; python_version>'3'": "pip||https://x.example/pip.zip", "a~=1.0": "a|~=1.0|", "a": "a||",
	} {
		r, ok := parseRequirement(text)
		if got := r.name + "|" + r.spec + "|" + r.url; !ok || got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	for spec, want := range map[string]string{"==1.0": "1.0", "===2": "2", ">=1,==1.5": "1.5", "==1.*": "", ">=1": "", "": ""} {
		if got, _ := pinned(spec); got != want {
			t.Errorf("%s: %q", spec, got)
		}
	}
}

const pyprojectText = `[project]
name = "app"
dependencies = [
  "Flask>=2.0",
  "gone==1.0",
]
[project.optional-dependencies]
pg = ["psycopg2"]
[dependency-groups]
dev = ["pytest>=8", {include-group = "x"}]
`

func TestUV(t *testing.T) {
	p := one(t, read(t, "pyproject.toml", pyprojectText, "uv.lock", `version = 1

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "flask" }]

[[package]]
name = "flask"
version = "2.3.0"
source = { registry = "https://packages.example/simple" }
dependencies = [{ name = "click", marker = "sys_platform == 'win32'" }]
sdist = { url = "https://x/flask.tar.gz", hash = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }

[[package]]
name = "click"
version = "8.1.7"

[[package]]
name = "pytest"
version = "8.0.0"

[[package]]
name = "psycopg2"
version = "2.9"
`))
	same(t, list(p), "+flask@2.3.0:9 +psycopg2@2.9:24 click@8.1.7:16<flask ~+pytest@8.0.0:20")
	if s := p.Stale(); len(s) != 1 || s[0].Name != "gone" || s[0].Line != 5 || s[0].Column != 4 || s[0].WantColumn != 8 {
		t.Errorf("%+v", s)
	}
	if len(p.Packages[0].Hashes) != 1 {
		t.Error("the sum of the source is missing")
	}
}

func TestPoetry(t *testing.T) {
	p := one(t, read(t, "poetry.lock", `[[package]]
name = "Django"
version = "4.2"
groups = ["main"]
files = [
    {file = "django-4.2.tar.gz", hash = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
]
[package.dependencies]
sqlparse = {version = ">=0.3", markers = "x"}

[[package]]
name = "sqlparse"
version = "0.4"
groups = ["dev", "main"]

[[package]]
name = "black"
version = "24.1"
groups = ["dev"]
[package.source]
type = "git"
url = "https://git.example.com/black"
resolved_reference = "abc"

[metadata]
lock-version = "2.1"
`, "pyproject.toml", `[tool.poetry.dependencies]
python = "^3.11"
django = "^4.2"
local = {path = "../local"}
[tool.poetry.group.dev.dependencies]
black = {git = "https://git.example.com/black"}
`))
	same(t, list(p), "+django@4.2:1 sqlparse@0.4:11<django ~+black@24.1:16")
	if len(p.Stale()) != 0 || p.Packages[2].Resolved != "https://git.example.com/black#abc" || p.Asks[0].WantLine != 3 && p.Asks[1].WantLine != 3 {
		t.Errorf("%+v", p.Asks)
	}
}

func TestPDMAndPylockAndPipenv(t *testing.T) {
	p := one(t, read(t, "pdm.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"default\"]\ndependencies = [\"b>=1; os_name=='nt'\"]\n\n[[package]]\nname = \"b\"\nversion = \"2\"\ngroups = [\"default\", \"test\"]\n", "pyproject.toml", "[project]\ndependencies = ['a']\n"))
	same(t, list(p), "+a@1:1 b@2:7<a")
	p = one(t, read(t, "pylock.toml", "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nsdist = {hashes = {sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'}}\n[[packages]]\nname = 'own'\ndirectory = {path = '.'}\n"))
	same(t, list(p), "a@1:2")
	p = one(t, read(t, "Pipfile", "[packages]\nrequests = \"*\"\n[dev-packages]\npytest = \">=8\"\n", "Pipfile.lock", `{"_meta": {}, "default": {"requests": {"version": "==2.31.0"},
 "own": {"path": "."}}, "develop": {"pytest": {"version": "==8.0.0"},
  "requests": {"version": "==2.31.0"}}}`))
	same(t, list(p), "+requests@2.31.0:1 ~+pytest@8.0.0:2")
}

// TestRequirementsBesideALock: what people write is not held against the
// manifest when a tool's list is there.
func TestRequirementsBesideALock(t *testing.T) {
	s := read(t, "pyproject.toml", "[project]\ndependencies = ['a']\n", "requirements.txt", "b==1\n", "uv.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n")
	for _, p := range s.Projects {
		if len(p.Stale()) > 0 {
			t.Errorf("%s: %+v", p.LockFile.Path, p.Stale())
		}
	}
	p := one(t, read(t, "pyproject.toml", "[project]\ndependencies = ['a']\n", "requirements.txt", "b==1\n"))
	if s := p.Stale(); len(s) != 1 || s[0].Name != "a" || !strings.Contains(p.Refresh, "pip freeze") {
		t.Errorf("%+v", s)
	}
}
