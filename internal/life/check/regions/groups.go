package regions

import (
	_ "embed" // the data
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

//go:embed data/groups.yaml
var groupsText []byte

// Groups returns the groups of regions that hold for organisations which have
// not said otherwise, by name.
func Groups() map[string]core.RegionGroup {
	var file struct {
		Groups []struct {
			Name                                             string
			Countries, Operators, Providers, Regions, Except []string
		}
	}
	if err := yaml.Unmarshal(groupsText, &file); err != nil {
		panic("regions: the groups that the program carries cannot be read: " + err.Error())
	}
	out := map[string]core.RegionGroup{}
	for _, g := range file.Groups {
		out[g.Name] = core.RegionGroup(g)
	}
	return out
}

// permit is what an app may use: regions by name, and groups of them.
type permit struct {
	atlas  *atlas
	names  []string
	groups []core.RegionGroup
	known  []*region // all regions of providers that are allowed
}

// newPermit reads a list of names of regions and groups. A group of the
// organisation stands in place of ours of the same name.
func newPermit(a *atlas, names []string, own []core.RegionGroup) *permit {
	groups := Groups()
	for _, g := range own {
		groups[g.Name] = g
	}
	p := &permit{atlas: a, names: names}
	for _, n := range names {
		if g, ok := groups[n]; ok {
			p.groups = append(p.groups, g)
		}
	}
	for _, x := range a.regions {
		if p.allows(x) {
			p.known = append(p.known, x)
		}
	}
	return p
}

// allows reports whether a region may be used. One that spreads over an area
// must be inside of a group as a whole.
func (p *permit) allows(x *region) bool {
	if slices.Contains(p.names, x.name) && !p.isGroup(x.name) || slices.Contains(p.names, x.provider.name+":"+x.name) {
		return true
	}
	return slices.ContainsFunc(p.groups, func(g core.RegionGroup) bool { return p.member(g, x) })
}

func (p *permit) isGroup(name string) bool {
	return slices.ContainsFunc(p.groups, func(g core.RegionGroup) bool { return g.Name == name })
}

func (p *permit) member(g core.RegionGroup, x *region) bool {
	full := x.provider.name + ":" + x.name
	switch {
	case slices.Contains(g.Except, x.name) || slices.Contains(g.Except, full):
		return false
	case slices.Contains(g.Regions, x.name) || slices.Contains(g.Regions, full):
		return true
	}
	return len(g.Countries) > 0 && within(x.countries, p.atlas.countries(g.Countries)) &&
		(len(g.Operators) == 0 || slices.Contains(p.atlas.countries(g.Operators), x.provider.operator)) &&
		(len(g.Providers) == 0 || slices.Contains(g.Providers, x.provider.name))
}

func within(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(c string) bool { return !slices.Contains(whole, c) })
}

// inCountries reports whether some allowed region or group is in one of the
// countries. It reports true too if nothing is known of where the allowed
// regions are.
func (p *permit) inCountries(countries []string) bool {
	for _, x := range p.known {
		if !x.multi && slices.Contains(countries, x.countries[0]) {
			return true
		}
	}
	for _, g := range p.groups {
		for _, c := range p.atlas.countries(g.Countries) {
			if slices.Contains(countries, c) {
				return true
			}
		}
	}
	return len(p.known) == 0 && len(p.groups) == 0
}

// only returns the one allowed region of a provider, if there is exactly one.
func (p *permit) only(provider string) (string, bool) {
	var found []string
	for _, x := range p.known {
		if x.provider.name == provider && !x.multi && !slices.Contains(found, x.name) {
			found = append(found, x.name)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// list writes the allowed names for people.
func (p *permit) list() string {
	if len(p.names) == 0 {
		return "none"
	}
	return "`" + strings.Join(p.names, "`, `") + "`"
}
