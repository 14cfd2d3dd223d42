package vendors

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// reader reads one file.
type reader struct {
	file  tree.File
	base  string
	ext   string
	spans lex.Spans
	code  bool
}

func newReader(f tree.File) *reader {
	return &reader{f, strings.ToLower(path.Base(f.Path)), f.Ext(), lex.Read(f.Path, f.Text), lex.Known(f.Path)}
}

// line returns the line around an offset, up to it and after it.
func (r *reader) line(from, to int) (before, after []byte) {
	start := bytes.LastIndexByte(r.file.Text[:from], '\n') + 1
	end := len(r.file.Text)
	if i := bytes.IndexByte(r.file.Text[to:], '\n'); i >= 0 {
		end = to + i
	}
	return r.file.Text[max(start, from-300):from], r.file.Text[to:min(end, to+300)]
}

var (
	jsImport   = regexp.MustCompile(`(?:\bfrom|\bimport|\brequire\(|\bimport\(|\brequire\.resolve\()\s*["'\x60]@?$`)
	pyImport   = regexp.MustCompile(`^\s*(?:import|from)\s+$|^\s*import\s[\w., ]*,\s*$`)
	pyRequire  = regexp.MustCompile(`(?:^|["'])\s*$`)
	goImport   = regexp.MustCompile(`"(?:github\.com/)?$`)
	javaImport = regexp.MustCompile(`^\s*import\s+(?:static\s+)?$|<groupId>\s*$|["'(]$`)
	csUsing    = regexp.MustCompile(`^\s*(?:global\s+)?using\s+(?:static\s+)?$|<PackageReference\s[^>]*Include="$`)
	gemUse     = regexp.MustCompile(`^\s*(?:gem|require)\s*\(?["']$`)
	tomlKey    = regexp.MustCompile(`^\s*"?$`)
	usesAction = regexp.MustCompile(`^\s*-?\s*uses:\s*["']?$`)
)

// imports reports whether the name from..to of a file is that of a package
// which the file takes in.
func (r *reader) imports(kind string, from, to int) bool {
	if k := r.spans.At(from).Kind; k == lex.Remark {
		return false
	}
	before, after := r.line(from, to)
	switch kind {
	case "npm", "scope":
		return r.npm(kind, to, before, after)
	case "pypi":
		return r.python(before, after)
	case "go":
		return r.golang(before, after)
	case "java":
		return (r.ext == ".java" || r.ext == ".kt" || r.ext == ".kts" || r.ext == ".scala" || r.ext == ".groovy" || r.ext == ".gradle" || r.base == "pom.xml") && javaImport.Match(before) && startsWith(after, ".", "<", ":")
	case "nuget":
		return (r.ext == ".cs" || r.ext == ".csproj" || r.ext == ".fsproj" || r.base == "packages.config") && csUsing.Match(before) && startsWith(after, ".", ";", `"`)
	case "gem":
		return (r.ext == ".rb" || r.base == "gemfile" || r.ext == ".gemspec") && gemUse.Match(before) && startsWith(after, `"`, "'", "/")
	case "php":
		return r.base == "composer.json" && bytes.HasSuffix(before, []byte(`"`)) && startsWith(after, `":`)
	case "cargo":
		return r.base == "cargo.toml" && tomlKey.Match(before) && (startsWith(after, " =", "=", `" =`))
	case "action":
		return (r.ext == ".yml" || r.ext == ".yaml") && usesAction.Match(before) && startsWith(after, "@", "/")
	}
	return false
}

func (r *reader) npm(kind string, to int, before, after []byte) bool {
	switch r.ext {
	case ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro":
		if kind == "scope" {
			return jsImport.Match(before) && bytes.HasSuffix(before, []byte("@")) && startsWith(after, "/")
		}
		return jsImport.Match(before) && startsWith(after, `"`, "'", "`", "/")
	}
	if r.base != "package.json" {
		return false
	}
	if kind == "scope" && !(bytes.HasSuffix(before, []byte(`"@`)) && startsWith(after, "/")) {
		return false
	}
	if kind == "npm" && !(bytes.HasSuffix(bytes.TrimSuffix(before, []byte("@")), []byte(`"`)) && startsWith(after, `":`, `" :`)) {
		return false
	}
	return r.dependency(to)
}

var section = regexp.MustCompile(`"(\w+)"\s*:\s*\{`)

// dependency reports whether the key that ends at an offset stands among the
// packages that run in the app: it looks for the last list that was opened.
func (r *reader) dependency(to int) bool {
	all := section.FindAllSubmatch(r.file.Text[max(0, to-20_000):to], -1)
	if len(all) == 0 {
		return false
	}
	name := string(all[len(all)-1][1])
	return name == "dependencies" || name == "optionalDependencies" || name == "peerDependencies"
}

func (r *reader) python(before, after []byte) bool {
	switch {
	case r.ext == ".py" || r.ext == ".ipynb":
		return pyImport.Match(before) && startsWith(after, "", " ", ".", ",", ";", "\r")
	case strings.HasPrefix(r.base, "requirements") && r.ext == ".txt" || r.base == "requirements.in":
		return len(bytes.TrimSpace(before)) == 0 && startsWith(after, "", "=", ">", "<", "~", "[", " ", ";", "!", "\r", "-")
	case r.base == "pyproject.toml" || r.base == "setup.py" || r.base == "setup.cfg" || r.base == "pipfile":
		return pyRequire.Match(before) && startsWith(after, `"`, "'", "=", ">", "<", "~", "[", " =", " >", " <", " ~", "!")
	}
	return false
}

func (r *reader) golang(before, after []byte) bool {
	switch {
	case r.ext == ".go":
		return goImport.Match(before) && startsWith(after, `"`, "/", ".v")
	case r.base == "go.mod":
		return (bytes.HasSuffix(before, []byte("github.com/")) || len(bytes.Trim(before, "\t ")) == 0) && !bytes.Contains(after, []byte("// indirect")) && startsWith(after, " ", "/", ".v")
	}
	return false
}

// startsWith reports whether text begins with one of the signs; "" stands for
// the end of a line.
func startsWith(b []byte, signs ...string) bool {
	for _, s := range signs {
		if s == "" && len(b) == 0 || s != "" && bytes.HasPrefix(b, []byte(s)) {
			return true
		}
	}
	return false
}
