package lockfile

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// manifest is what a manifest says.
type manifest struct {
	name       string
	asks       []Ask
	tool       string   // package manager that it names
	workspaces []string // patterns of folders that share its lock
	gaps       []Gap
}

// readPackageJSON reads a package.json.
func readPackageJSON(f tree.File) (*manifest, error) {
	top, err := document(f.Text)
	if err != nil {
		return nil, err
	}
	m, n := &manifest{}, newLines(f.Text)
	for _, part := range top {
		switch part.name {
		case "name":
			_ = json.Unmarshal(part.value, &m.name)
		case "packageManager":
			var s string
			_ = json.Unmarshal(part.value, &s)
			m.tool, _, _ = strings.Cut(s, "@")
		case "workspaces":
			m.workspaces = patterns(part.value)
		case "dependencies", "devDependencies", "optionalDependencies":
			if err := m.group(f, n, part); err != nil {
				return nil, err
			}
		}
	}
	m.asks = unique(m.asks)
	return m, nil
}

func (m *manifest) group(f tree.File, n *newlines, part member) error {
	all, err := members(part.value, part.at)
	if err != nil {
		return errorf("its %s are not right: %v.", part.name, err)
	}
	for _, d := range all {
		if d.value.Kind() != '"' {
			return errorf("its %s name %.80q without a version.", part.name, d.name)
		}
		a := Ask{Name: d.name, Dev: part.name == "devDependencies", File: f}
		a.Line, a.Column = n.place(d.key)
		text, err := jsontext.AppendUnquote(nil, d.value)
		if a.Want = string(text); err == nil && len(a.Want) == len(d.value)-2 {
			a.WantLine, a.WantColumn = n.place(d.at + 1)
		}
		if len(a.Name) > maxText || len(a.Want) > maxText || len(m.asks) > maxPackages {
			return errorf("its %s are too many or too long.", part.name)
		}
		m.asks = append(m.asks, a)
	}
	return nil
}

// unique keeps one ask for each name: one for running before one for building,
// else the last, as npm does.
func unique(asks []Ask) []Ask {
	at := map[string]int{}
	out := asks[:0:0]
	for _, a := range asks {
		if i, twice := at[a.Name]; twice {
			if out[i].Dev || !a.Dev {
				out[i] = a
			}
			continue
		}
		at[a.Name] = len(out)
		out = append(out, a)
	}
	return out
}

func patterns(raw jsontext.Value) []string {
	var list []string
	var object struct {
		Packages []string `json:"packages"`
	}
	if json.Unmarshal(raw, &list) != nil && json.Unmarshal(raw, &object) == nil {
		list = object.Packages
	}
	if len(list) > 1000 {
		list = list[:1000]
	}
	return list
}

// inWorkspace reports whether a folder matches one of the patterns and none
// of those that start with an exclamation mark. ** stands for any folders.
func inWorkspace(patterns []string, dir string) bool {
	in := false
	for _, p := range patterns {
		p, not := strings.CutPrefix(strings.TrimSpace(p), "!")
		p = strings.TrimSuffix(strings.TrimPrefix(p, "./"), "/")
		if strings.Count(p, "**") < 4 && matches(strings.Split(p, "/"), strings.Split(dir, "/"), 0) {
			in = !not
		}
	}
	return in
}

func matches(pattern, dir []string, depth int) bool {
	if depth > maxDepth {
		return false
	}
	if len(pattern) == 0 {
		return len(dir) == 0
	}
	if pattern[0] == "**" {
		return matches(pattern[1:], dir, depth+1) || len(dir) > 0 && matches(pattern, dir[1:], depth+1)
	}
	if len(dir) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], dir[0])
	return err == nil && ok && matches(pattern[1:], dir[1:], depth+1)
}

// localNPM reports whether an ask is for a folder of the app.
func localNPM(want string) bool {
	for _, p := range []string{"file:", "link:", "portal:", "workspace:", "./", "../"} {
		if strings.HasPrefix(want, p) {
			return true
		}
	}
	return false
}
