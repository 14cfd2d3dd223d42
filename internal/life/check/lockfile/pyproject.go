package lockfile

import (
	"bytes"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

type pyproject struct {
	Project struct {
		Name         string         `toml:"name"`
		Dependencies any            `toml:"dependencies"`
		Optional     map[string]any `toml:"optional-dependencies"`
	} `toml:"project"`
	Groups map[string]any `toml:"dependency-groups"`
	Tool   struct {
		Poetry *struct {
			Name         string         `toml:"name"`
			Dependencies map[string]any `toml:"dependencies"`
			Development  map[string]any `toml:"dev-dependencies"`
			Group        map[string]struct {
				Dependencies map[string]any `toml:"dependencies"`
			} `toml:"group"`
		} `toml:"poetry"`
		UV *struct {
			Development any `toml:"dev-dependencies"`
			Workspace   struct {
				Members []string `toml:"members"`
			} `toml:"workspace"`
		} `toml:"uv"`
		PDM *struct {
			Development map[string]any `toml:"dev-dependencies"`
		} `toml:"pdm"`
	} `toml:"tool"`
}

// readPyproject reads what a pyproject.toml asks for, in the forms of PEP 621,
// PEP 735, Poetry, uv and PDM.
func readPyproject(f tree.File) (*manifest, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	var doc pyproject
	if err := toml.Unmarshal(f.Text, &doc); err != nil {
		return nil, errorf("it is not right: %v.", err)
	}
	m := &manifest{name: PythonName(doc.Project.Name)}
	b := &pyAsks{manifest: m, file: f, n: newLines(f.Text)}
	b.list(doc.Project.Dependencies, false)
	for _, extra := range sortedKeys(doc.Project.Optional) {
		b.list(doc.Project.Optional[extra], false)
	}
	for _, group := range sortedKeys(doc.Groups) {
		b.list(doc.Groups[group], true)
	}
	if p := doc.Tool.Poetry; p != nil {
		m.tool = "poetry"
		b.table(p.Dependencies, false)
		b.table(p.Development, true)
		for _, g := range sortedKeys(p.Group) {
			b.table(p.Group[g].Dependencies, g != "main")
		}
	}
	if u := doc.Tool.UV; u != nil {
		m.tool, m.workspaces = "uv", u.Workspace.Members
		b.list(u.Development, true)
	}
	if p := doc.Tool.PDM; p != nil {
		m.tool = "pdm"
		for _, g := range sortedKeys(p.Development) {
			b.list(p.Development[g], true)
		}
	}
	m.asks = unique(m.asks)
	return m, nil
}

// readPipfile reads what a Pipfile asks for.
func readPipfile(f tree.File) (*manifest, error) {
	var doc struct {
		Packages    map[string]any `toml:"packages"`
		Development map[string]any `toml:"dev-packages"`
	}
	if err := toml.Unmarshal(f.Text, &doc); err != nil || len(f.Text) > maxSize {
		return nil, errorf("it is not right: %v.", err)
	}
	m := &manifest{tool: "pipenv"}
	b := &pyAsks{manifest: m, file: f, n: newLines(f.Text)}
	b.table(doc.Packages, false)
	b.table(doc.Development, true)
	m.asks = unique(m.asks)
	return m, nil
}

type pyAsks struct {
	*manifest
	file tree.File
	n    *newlines
}

// list adds requirements of PEP 508.
func (b *pyAsks) list(v any, dev bool) {
	for _, s := range texts(v) {
		r, ok := parseRequirement(s)
		if !ok || r.name == b.name || len(b.asks) > maxPackages || len(s) > maxText {
			continue
		}
		a := Ask{Name: r.name, Want: r.spec, Dev: dev, File: b.file}
		for _, q := range []string{`"`, `'`} {
			if i := bytes.Index(b.file.Text, []byte(q+s+q)); i >= 0 {
				a.Line, a.Column = b.n.place(i + 1)
				if r.spec != "" {
					a.WantLine, a.WantColumn = b.n.place(i + 1 + r.at)
				}
				break
			}
		}
		if r.url != "" {
			a.Want = r.url
		}
		b.asks = append(b.asks, a)
	}
}

// table adds asks by name, as Poetry and Pipenv write them.
func (b *pyAsks) table(m map[string]any, dev bool) {
	for _, name := range sortedKeys(m) {
		if name == "python" || len(b.asks) > maxPackages || len(name) > maxText {
			continue
		}
		a := Ask{Name: PythonName(name), Dev: dev, File: b.file}
		switch v := m[name].(type) {
		case string:
			a.Want = v
		case map[string]any:
			a.Want = stringOf(v, "version", "git", "url")
			if dir := stringOf(v, "path"); dir != "" {
				a.Want = "file:" + dir
			}
		}
		if len(a.Want) > maxText || a.Name == "" {
			continue
		}
		a.Line, a.Column, a.WantLine, a.WantColumn = b.n.key(name, a.Want)
		b.asks = append(b.asks, a)
	}
}

// key finds the line that begins with a key, and in it a value.
func (n *newlines) key(name, value string) (line, column, valueLine, valueColumn int) {
	for at := 0; at < len(n.text); {
		end := bytes.IndexByte(n.text[at:], '\n')
		if end < 0 {
			end = len(n.text) - at
		}
		raw := string(n.text[at : at+end])
		trimmed := strings.TrimLeft(raw, " \t\"'")
		if rest, ok := strings.CutPrefix(trimmed, name); ok && strings.HasPrefix(strings.TrimLeft(rest, " \t\"'"), "=") {
			start := len(raw) - len(trimmed)
			line, column = n.place(at + start)
			if i := strings.Index(raw[start+len(name):], value); i >= 0 && value != "" {
				valueLine, valueColumn = n.place(at + start + len(name) + i)
			}
			return line, column, valueLine, valueColumn
		}
		at += end + 1
	}
	return 0, 0, 0, 0
}
