package secrets

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/secrets/format"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// mender finds exact edits: a file that is there to hold secrets goes, and a
// literal becomes the language's way to read a declared secret.
type mender struct {
	app     tree.File // microapp.yaml
	isApp   bool
	listed  bool              // microapp.yaml has a list of secrets, or an edit before made one
	names   map[string]string // name of a secret -> the value it stands for
	present map[string]bool   // declared before
}

const descriptor = "microapp.yaml"

func newMender(t *tree.Tree) *mender {
	m := &mender{names: map[string]string{}, present: map[string]bool{}}
	m.app, m.isApp = t.Find(descriptor)
	for line := range strings.SplitSeq(string(m.app.Text), "\n") {
		if strings.HasPrefix(line, "secrets:") {
			m.listed = true
		}
		if _, name, ok := strings.Cut(line, "name:"); ok {
			name, _, _ = strings.Cut(name, ",")
			m.present[strings.Trim(name, " \"'}\r")] = true
		}
	}
	return m
}

// edits returns what mends one hit of a file, or nothing if that is not exact.
func (m *mender) edits(f tree.File, hits []Hit, i int) []core.Edit {
	h := hits[i]
	if holdsOnlySecrets(f, h) {
		return []core.Edit{{Kind: core.EditRemove, Path: f.Path}, {Kind: core.EditAdd, Path: ".gitignore", New: "/" + f.Path}}
	}
	if h.Code != "password_found" && h.Code != "secret_found" && h.Code != "password_default" || h.found.source == nil || !m.isApp {
		return nil
	}
	for j, other := range hits {
		if j != i && other.Line == h.Line {
			return nil // columns of one would move the other
		}
	}
	edit, more, ok := m.replace(f, h)
	if !ok {
		return nil
	}
	return append(append([]core.Edit{edit}, more...), m.declare(m.name(h))...)
}

// holdsOnlySecrets reports whether a file is a key or a settings file that no
// repository should have.
func holdsOnlySecrets(f tree.File, h Hit) bool {
	if strings.ContainsAny(f.Path, "*?[\\! ") || h.Code == "secret_in_test" {
		return false
	}
	switch store := format.StoreOf(f.Path); {
	case store == format.WholeKey, h.Rule == "pkcs12-file":
		return true
	case store == format.Settings && strings.Contains(strings.ToLower(path.Base(f.Path)), ".env"):
		return true
	case h.Rule == "private-key" || h.Rule == "putty":
		return len(strings.TrimSpace(string(f.Text)))-len(h.found.value) < 100+len(f.Text)/20 || h.Rule == "putty" && strings.HasPrefix(string(f.Text), "PuTTY")
	}
	return false
}

var notName = regexp.MustCompile(`[^A-Z0-9]+`)

// name picks the name of the declared secret: one for each value.
func (m *mender) name(h Hit) string {
	var b strings.Builder
	from := h.found.source.Name
	for i := range len(from) {
		if i > 0 && from[i] >= 'A' && from[i] <= 'Z' && from[i-1] >= 'a' && from[i-1] <= 'z' {
			b.WriteByte('_')
		}
		b.WriteByte(from[i])
	}
	base := strings.Trim(notName.ReplaceAllString(strings.ToUpper(b.String()), "_"), "_0123456789")
	if base == "" {
		base = "SECRET"
	}
	base = base[:min(len(base), 50)]
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		if held, ok := m.names[name]; !ok || held == h.Same {
			m.names[name] = h.Same
			return name
		}
	}
}

// replace makes the edit that takes the value out of its line, and those that
// it needs.
func (m *mender) replace(f tree.File, h Hit) (edit core.Edit, more []core.Edit, ok bool) {
	text, v := string(f.Text), h.found.source
	quotes := v.From > 0 && v.To < len(text) && (text[v.From-1] == '"' || text[v.From-1] == '\'') && text[v.To] == text[v.From-1]
	with, whole, more := m.reads(f, h, m.name(h))
	if with == "" || whole && (!quotes || v.From > 1 && isWord(text[v.From-2])) {
		return edit, nil, false
	}
	edit = core.Edit{Kind: core.EditReplace, Path: f.Path, Line: h.Line, Column: h.Column, New: with}
	_, edit.End = f.Place(v.To)
	if whole {
		edit.Column, edit.End = edit.Column-1, edit.End+1
	}
	return edit, more, true
}

// reads returns how a file reads a secret from its environment, whether that
// takes the place of the quotes too, and what else it needs. It returns nothing
// where that is not known for sure.
func (m *mender) reads(f tree.File, h Hit, name string) (with string, whole bool, more []core.Edit) {
	base := strings.ToLower(path.Base(f.Path))
	switch ext := f.Ext(); {
	case h.found.source.Form == "url" || h.found.source.Form == "connection":
		if strings.Contains(base, "compose") && (ext == ".yml" || ext == ".yaml") {
			return "${" + name + "}", false, nil
		}
	case strings.Contains(base, "compose") && (ext == ".yml" || ext == ".yaml"), strings.HasPrefix(base, "application") && (ext == ".properties" || ext == ".yml" || ext == ".yaml"):
		return "${" + name + "}", false, nil
	case strings.HasPrefix(f.Path, ".github/workflows/") && (ext == ".yml" || ext == ".yaml"):
		return "${{ secrets." + name + " }}", false, nil
	case ext == ".ts" || ext == ".js" || ext == ".mjs" || ext == ".mts" || ext == ".tsx" || ext == ".jsx":
		return m.script(f, name)
	case ext == ".cjs":
		return "process.env." + name, true, nil
	case ext == ".py":
		return `__import__("os").environ["` + name + `"]`, true, nil
	case ext == ".php":
		return "getenv('" + name + "')", true, nil
	case ext == ".rb":
		return `ENV.fetch("` + name + `")`, true, nil
	case ext == ".java":
		return `System.getenv("` + name + `")`, true, nil
	case ext == ".cs":
		return `System.Environment.GetEnvironmentVariable("` + name + `")`, true, nil
	case ext == ".go" && strings.Contains(string(f.Text), "\t\"os\"\n"):
		return `os.Getenv("` + name + `")`, true, nil
	case ext == ".sh" || ext == ".bash":
		return "${" + name + "}", false, nil
	}
	return "", false, nil
}

var (
	importLine = regexp.MustCompile(`^import\s.*['"];?\s*$`)
	hasEnv     = regexp.MustCompile(`(?m)^import\s*\{[^}\n]*\benv\b[^}\n]*\}\s*from\s*['"]cloudflare:workers['"]`)
)

// script reads the environment as an app of ours does, by the module of the
// runtime; an old script reads that of its process.
func (m *mender) script(f tree.File, name string) (with string, whole bool, more []core.Edit) {
	text := string(f.Text)
	if strings.Contains(text, "require(") || strings.Contains(text, "module.exports") {
		return "process.env." + name, true, nil
	}
	if hasEnv.MatchString(text) {
		return "env." + name, true, nil
	}
	add := core.Edit{Kind: core.EditAdd, Path: f.Path, New: `import { env } from "cloudflare:workers";`}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if n++; importLine.MatchString(line) {
			add.Line = n
		}
	}
	return "env." + name, true, []core.Edit{add}
}

// declare lists a secret in microapp.yaml, unless it is there.
func (m *mender) declare(name string) []core.Edit {
	if m.present[name] {
		return nil
	}
	item := core.Edit{Kind: core.EditAdd, Path: descriptor, New: "  - {name: " + name + ", store: platform, inject: env}"}
	if !m.listed {
		m.listed = true
		return []core.Edit{{Kind: core.EditAdd, Path: descriptor, New: "secrets:"}, item}
	}
	n, lines := 0, strings.Split(string(m.app.Text), "\n")
	for i, line := range lines {
		if strings.TrimRight(line, " \r") != "secrets:" {
			continue
		}
		n = i + 1
		if i+1 < len(lines) && strings.HasPrefix(lines[i+1], "- ") {
			item.New = strings.TrimSpace(item.New)
		} else if i+1 < len(lines) && strings.HasPrefix(strings.TrimLeft(lines[i+1], " "), "- ") {
			item.New = lines[i+1][:strings.IndexByte(lines[i+1], '-')] + strings.TrimSpace(item.New)
		}
	}
	if item.Line = n; n == 0 && m.app.Text != nil && strings.Contains("\n"+string(m.app.Text), "\nsecrets:") {
		return nil // a list in one line
	}
	return []core.Edit{item}
}
