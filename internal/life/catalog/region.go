package catalog

import (
	"errors"
	"io/fs"
	"regexp"

	"github.com/paddock-dev/paddock/internal/core"
)

// RegionsFile names groups of regions. It may be left out; the built-in groups
// then hold.
const RegionsFile = "regions.yaml"

// regionsFile is regions.yaml (RUN-5).
type regionsFile struct {
	Groups []regionGroup `yaml:"groups" required:"true" doc:"Names for many regions, to use where regions are allowed. One that is called like a built-in group stands in its place."`
}

type regionGroup struct {
	Name      string   `yaml:"name" required:"true" doc:"Name of the group, e.g. eu-sovereign."`
	Countries []string `yaml:"countries" doc:"Countries its regions are in, as two letters, or EU, EEA, EUROPE, NORTHAMERICA, ASIA, OCEANIA."`
	Operators []string `yaml:"operators" doc:"Only regions of providers that are ruled from one of these countries."`
	Providers []string `yaml:"providers" doc:"Only regions of these providers, e.g. aws, azure, ovh."`
	Regions   []string `yaml:"regions" doc:"Regions that belong to it in any case, by name or as provider:name."`
	Except    []string `yaml:"except" doc:"Regions that do not belong to it."`
}

var countryForm = regexp.MustCompile(`^([A-Z]{2}|EEA|EUROPE|NORTHAMERICA|ASIA|OCEANIA|WORLD)$`)

func (l *loader) regionGroups() {
	if _, err := fs.Stat(l.fsys, RegionsFile); errors.Is(err, fs.ErrNotExist) {
		return
	}
	b, ok := l.read(RegionsFile)
	if !ok {
		return
	}
	var file regionsFile
	doc, found, err := readFile(RegionsFile, b, &file)
	if err != nil {
		l.note(err)
		return
	}
	l.keep(RegionsFile, doc)
	f := faults{}
	seen := map[string]bool{}
	for i, g := range file.Groups {
		at := key("groups", i)
		f.check(at+".name", CheckName(g.Name))
		if seen[g.Name] {
			f.add(at+".name", "Keep one of them.", "The group %q is there twice.", clipped(g.Name))
		}
		seen[g.Name] = true
		if len(g.Countries) == 0 && len(g.Regions) == 0 {
			f.add(at, "Add countries: or regions:.", "The group %q is empty.", clipped(g.Name))
		}
		checkCountries(&f, at+".countries", g.Countries)
		checkCountries(&f, at+".operators", g.Operators)
		l.rev.RegionGroups = append(l.rev.RegionGroups, core.RegionGroup(g))
	}
	l.faults = append(l.faults, append(found, placed(doc, f)...)...)
}

func checkCountries(f *faults, list string, codes []string) {
	for i, c := range codes {
		if !countryForm.MatchString(c) {
			f.add(key(list, i), "Write two capital letters, such as DE, or an area, such as EU.", "%q is not a country.", clipped(c))
		}
	}
}
