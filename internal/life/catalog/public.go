package catalog

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

// Public returns the files of a revision that checking an app needs, and no
// others, so that whoever makes apps may have them. Tests of policies, the files
// that templates give to apps, lessons and the answers to their questions stay at
// home; of the exemptions only those of one app are there, none for "". Load
// reads what is returned.
func Public(r *Revision, app string) (map[string][]byte, error) {
	out := map[string][]byte{}
	names, err := filesUnder(r.Files, ".", maxTreeFiles)
	if err != nil {
		return nil, err
	}
	roots := map[string]bool{}
	for _, t := range r.Settings.Trust.Roots {
		roots[t.File] = true
	}
	for _, name := range names {
		if public(name) || roots[name] {
			if out[name], err = readTree(r.Files, name); err != nil {
				return nil, err
			}
		}
	}
	for _, t := range r.Templates {
		out[path.Join(t.SkeletonDir, "README.md")] = []byte("The files for apps are on the server.\n")
	}
	for _, c := range r.Courses {
		if out["training/"+c.Name+".yaml"], err = yaml.Marshal(closed(c)); err != nil {
			return nil, core.Hidden("Writing a course", err)
		}
	}
	if mine := r.exemptionsOf(app); len(mine) > 0 {
		if out[ExemptionsFile], err = yaml.Marshal(exemptionsDoc{mine}); err != nil {
			return nil, core.Hidden("Writing the exemptions", err)
		}
	}
	return out, nil
}

// public reports whether a file of a governance tree is sent as it is.
func public(name string) bool {
	dir, file, _ := strings.Cut(name, "/")
	if file == "" {
		return name == SettingsFile || name == SecretPolicyFile || name == RegionsFile
	}
	switch dir {
	case "templates":
		return path.Base(name) == "template.yaml" && strings.Count(name, "/") == 2
	case "policies":
		return strings.HasSuffix(name, ".rego") && !strings.HasSuffix(name, "_test.rego") || name == RolloutFile
	case RulesDir:
		return path.Ext(name) == ".yaml"
	case "vendors":
		return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml"
	case vexDir:
		return path.Ext(name) == ".json"
	}
	return false
}

// closed is a course without what is in it.
func closed(c core.Course) courseFile {
	const away = "On the server."
	return courseFile{Name: c.Name, Title: c.Title, PassMark: c.PassMark, ValidDays: c.ValidDays, Lessons: []lessonFile{{Title: away, Body: away}},
		Questions: []questionFile{{Text: away, Choices: []string{"-", "-"}, Answer: 1}}}
}

func (r *Revision) exemptionsOf(app string) []exemption {
	var out []exemption
	for _, e := range r.Exemptions {
		if e.App == app {
			out = append(out, exemption(e.Exemption))
		}
	}
	return out
}
