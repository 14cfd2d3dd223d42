package lockfile

import (
	"bytes"

	"github.com/pelletier/go-toml/v2"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// tomlPackage is an entry of poetry.lock, uv.lock, pdm.lock, pylock.toml or
// Cargo.lock.
type tomlPackage struct {
	Name         string         `toml:"name"`
	Version      string         `toml:"version"`
	Category     string         `toml:"category"` // Poetry 1
	Groups       []string       `toml:"groups"`   // Poetry 2, PDM
	Source       any            `toml:"source"`
	Dependencies any            `toml:"dependencies"`
	Optional     map[string]any `toml:"optional-dependencies"`
	Development  map[string]any `toml:"dev-dependencies"`
	Files        []tomlFile     `toml:"files"`
	Sdist        tomlFile       `toml:"sdist"`
	Wheels       []tomlFile     `toml:"wheels"`
	Checksum     string         `toml:"checksum"` // Cargo
	Git          string         `toml:"git"`      // PDM
	Revision     string         `toml:"revision"`
	Path         string         `toml:"path"`
	VCS          map[string]any `toml:"vcs"`       // pylock
	Directory    map[string]any `toml:"directory"` // pylock
}

type tomlFile struct {
	File   string         `toml:"file"`
	Hash   string         `toml:"hash"`
	Hashes map[string]any `toml:"hashes"`
}

type tomlDocument struct {
	Package  []tomlPackage `toml:"package"`
	Packages []tomlPackage `toml:"packages"` // pylock.toml
	Root     *tomlPackage  `toml:"root"`     // old Cargo.lock
	Metadata struct {
		Files map[string][]tomlFile `toml:"files"` // Poetry before 1.3
	} `toml:"metadata"`
}

// readTOML decodes a list and finds where each of its packages begins.
func readTOML(f tree.File, header string) (*tomlDocument, []int, error) {
	if len(f.Text) > maxSize {
		return nil, nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	var doc tomlDocument
	if err := toml.Unmarshal(f.Text, &doc); err != nil {
		return nil, nil, errorf("it is not right: %v.", err)
	}
	n := len(doc.Package) + len(doc.Packages)
	if n > maxPackages {
		return nil, nil, errorf("it lists more than %d packages.", maxPackages)
	}
	at := headers(f.Text, header)
	if len(at) != n { // e.g. such a line inside a longer text
		at = make([]int, n)
		for i := range at {
			at[i] = -1
		}
	}
	return &doc, at, nil
}

// headers finds the offsets of lines that are exactly header.
func headers(data []byte, header string) []int {
	var out []int
	for at := 0; at < len(data); {
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			end = len(data) - at
		}
		if string(bytes.TrimSpace(data[at:at+end])) == header {
			out = append(out, at)
		}
		at += end + 1
	}
	return out
}

// texts returns the texts of a list; other things in it are left out.
func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func table(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func stringOf(m map[string]any, names ...string) string {
	for _, n := range names {
		if s, ok := m[n].(string); ok && s != "" {
			return s
		}
	}
	return ""
}
