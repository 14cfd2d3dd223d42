package licences

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/engine/spdx"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// maxMeta bounds the files that are read for their licence.
const maxMeta = 500_000

// Fill adds what the tree itself says of licences that the lists leave out: the
// metadata and the licence texts of packages that are kept in it, in
// node_modules, site-packages, vendor and the like. It fetches nothing.
func Fill(t *tree.Tree, set *lockfile.Set) {
	f := &filler{byKey: map[string]string{}, byFolder: map[string]string{}}
	for _, file := range t.Files {
		if len(file.Text) <= maxMeta {
			f.file(file)
		}
	}
	if len(f.byKey)+len(f.byFolder) == 0 {
		return
	}
	for i := range set.Projects {
		p := &set.Projects[i]
		for j := range p.Packages {
			if pkg := &p.Packages[j]; pkg.Licence == "" || strings.HasPrefix(strings.ToUpper(pkg.Licence), "SEE LICEN") {
				if l := f.find(p, *pkg); l != "" {
					pkg.Licence = l
				}
			}
		}
	}
}

// Reads reports whether a file may be read for a licence, by its name alone.
func Reads(name string) bool {
	base := path.Base(name)
	return base == "package.json" || base == "METADATA" || base == "PKG-INFO" || strings.HasSuffix(base, ".nuspec") || strings.HasSuffix(base, ".gemspec") || textName(base)
}

type filler struct {
	byKey    map[string]string // "ecosystem name@version", names in lower case
	byFolder map[string]string // folder of a package -> licence by its text
}

func (f *filler) find(p *lockfile.Project, pkg lockfile.Package) string {
	if l := f.byKey[key(pkg.Ecosystem, pkg.Name, pkg.Version)]; l != "" {
		return l
	}
	var folders []string
	switch pkg.Ecosystem {
	case lockfile.NPM:
		folders = []string{pkg.Place, "node_modules/" + pkg.Name}
	case lockfile.Go, lockfile.Composer:
		folders = []string{"vendor/" + pkg.Name}
	case lockfile.Cargo:
		folders = []string{"vendor/" + pkg.Name + "-" + pkg.Version, "vendor/" + pkg.Name}
	}
	for _, folder := range folders {
		if l := f.byFolder[path.Join(p.Dir, folder)]; l != "" {
			return l
		}
	}
	return ""
}

func key(e lockfile.Ecosystem, name, version string) string {
	return string(e) + " " + strings.ToLower(name) + "@" + version
}

func (f *filler) put(e lockfile.Ecosystem, name, version, licence string) {
	if name != "" && version != "" && licence != "" && len(licence) < 500 {
		f.byKey[key(e, name, version)] = licence
	}
}

func (f *filler) file(file tree.File) {
	base := path.Base(file.Path)
	switch {
	case base == "package.json" && strings.Contains(file.Path, "node_modules/"):
		f.npm(file.Text)
	case base == "METADATA" && strings.HasSuffix(path.Dir(file.Path), ".dist-info"), base == "PKG-INFO" && strings.HasSuffix(path.Dir(file.Path), ".egg-info"):
		f.python(file.Text)
	case strings.HasSuffix(base, ".nuspec"):
		f.nuget(file.Text)
	case strings.HasSuffix(base, ".gemspec") && strings.Contains(file.Path, "/"):
		f.gem(path.Base(path.Dir(file.Path)), file.Text)
	case textName(base) && (strings.Contains(file.Path, "vendor/") || strings.Contains(file.Path, "node_modules/")):
		if id, ok := spdx.Identify(file.Text); ok {
			dir := path.Dir(file.Path)
			if old := f.byFolder[dir]; old != "" && old != id {
				id = old + " AND " + id
			}
			f.byFolder[dir] = id
		}
	}
}

// textName reports whether a file of this name holds a licence.
func textName(base string) bool {
	stem, ext, _ := strings.Cut(strings.ToUpper(base), ".")
	stem, _, _ = strings.Cut(stem, "-")
	return (stem == "LICENSE" || stem == "LICENCE" || stem == "COPYING" || stem == "UNLICENSE") && (ext == "" || ext == "MD" || ext == "TXT")
}

func (f *filler) npm(data []byte) {
	var p struct {
		Name     string          `json:"name"`
		Version  string          `json:"version"`
		License  json.RawMessage `json:"license"`
		Licenses json.RawMessage `json:"licenses"`
	}
	if json.Unmarshal(data, &p) != nil {
		return
	}
	l := lockfile.Licence(p.License)
	if l == "" {
		l = lockfile.Licence(p.Licenses)
	}
	f.put(lockfile.NPM, p.Name, p.Version, l)
}

// python reads the headers of a METADATA file: the expression before the free
// text before the classifiers.
func (f *filler) python(data []byte) {
	var name, version, expression, free string
	var classes []string
	for line := range bytes.Lines(data[:min(len(data), 20_000)]) {
		text := strings.TrimSpace(string(line))
		if text == "" {
			break // what follows is the description
		}
		field, value, _ := strings.Cut(text, ": ")
		switch field {
		case "Name":
			name = lockfile.PythonName(value)
		case "Version":
			version = value
		case "License-Expression":
			expression = value
		case "License":
			free = value
		case "Classifier":
			if l, ok := strings.CutPrefix(value, "License :: "); ok && strings.Contains(l, " :: ") {
				classes = append(classes, "License :: "+l)
			}
		}
	}
	switch _, plain := spdx.Parse(free); {
	case expression != "":
	case plain && free != "" && !strings.Contains(free, "UNKNOWN"):
		expression = free
	case len(classes) == 1:
		expression = classes[0]
	default:
		expression = free
	}
	f.put(lockfile.PyPI, name, version, expression)
}

var (
	nuspecID      = regexp.MustCompile(`<id>\s*([^<\s]+)\s*</id>`)
	nuspecVersion = regexp.MustCompile(`<version>\s*([^<\s]+)\s*</version>`)
	nuspecLicence = regexp.MustCompile(`<license type="expression">\s*([^<]+?)\s*</license>`)
	nuspecURL     = regexp.MustCompile(`<licenseUrl>\s*([^<\s]+)\s*</licenseUrl>`)
	gemLicence    = regexp.MustCompile(`\.licenses?\s*=\s*(\[[^\]]*\]|["'][^"']+["'](?:\.freeze)?)`)
	quotedText    = regexp.MustCompile(`["']([^"']+)["']`)
)

func (f *filler) nuget(data []byte) {
	first := func(re *regexp.Regexp) string {
		if m := re.FindSubmatch(data); m != nil {
			return string(m[1])
		}
		return ""
	}
	l := first(nuspecLicence)
	if l == "" {
		l = first(nuspecURL)
	}
	f.put(lockfile.NuGet, first(nuspecID), first(nuspecVersion), l)
}

// gem reads the licence of an installed gem, whose folder is name-version.
func (f *filler) gem(folder string, data []byte) {
	i := strings.LastIndexByte(folder, '-')
	m := gemLicence.FindSubmatch(data)
	if i < 0 || m == nil {
		return
	}
	var all []string
	for _, q := range quotedText.FindAllSubmatch(m[1], 10) {
		all = append(all, string(q[1]))
	}
	f.put(lockfile.RubyGems, folder[:i], folder[i+1:], strings.Join(all, " OR "))
}
