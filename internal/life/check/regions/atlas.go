package regions

import (
	_ "embed" // the data
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

//go:embed data/regions.txt
var regionsText string

//go:embed data/hosts.txt
var hostsText string

// region is one place of one provider.
type region struct {
	name      string
	provider  *provider
	countries []string // more than one for a region that spreads
	multi     bool
	weak      bool // its name counts only as the value of a setting
}

type provider struct {
	name, operator, title string
}

// place is a host that is in one country or area.
type place struct {
	host, title string
	countries   []string
}

// atlas is what is known of places. It does not change once it is made.
type atlas struct {
	date    string
	areas   map[string][]string
	regions []*region
	names   map[string][]*region // by name, other names and names without hyphens
	strong  []string             // names to look for everywhere
	clouds  map[string][]string  // providers by the end of a host
	places  map[string]place     // by host
}

// load reads the data that the program carries.
func load() (*atlas, error) {
	a := &atlas{areas: map[string][]string{}, names: map[string][]*region{}, clouds: map[string][]string{}, places: map[string]place{}}
	if err := a.read(regionsText); err != nil {
		return nil, err
	}
	return a, a.read(hostsText)
}

// read takes one data file, line by line.
func (a *atlas) read(text string) error {
	r := reader{atlas: a}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if date, ok := strings.CutPrefix(line, "# date: "); ok && a.date == "" {
			a.date = strings.TrimSpace(date)
		}
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 && !r.line(words) {
			return fmt.Errorf("regions: line %d of the data cannot be read: %s", n, line)
		}
	}
	return nil
}

type reader struct {
	*atlas
	provider *provider
	weak     bool
}

func (r *reader) line(w []string) bool {
	switch {
	case w[0] == "area" && len(w) > 2:
		r.areas[w[1]] = r.countries(w[2:])
	case w[0] == "provider" && len(w) > 3:
		r.provider, r.weak = &provider{w[1], w[2], strings.Join(w[3:], " ")}, false
	case w[0] == "weak" && len(w) == 1:
		r.weak = true
	case w[0] == "cloud" && len(w) > 2:
		r.clouds[w[1]] = w[2:]
	case w[0] == "place" && len(w) > 3:
		r.places[w[1]] = place{w[1], strings.Join(w[3:], " "), r.countries(w[2:3])}
	case len(w) >= 2 && r.provider != nil:
		return r.region(w)
	default:
		return false
	}
	return true
}

func (r *reader) region(w []string) bool {
	x := &region{name: w[0], provider: r.provider, weak: r.weak}
	rest := w[1:]
	if rest[0] == "multi" {
		x.multi, rest = true, rest[1:]
	}
	if len(rest) == 0 {
		return false
	}
	x.countries = r.countries(rest[:1])
	r.regions = append(r.regions, x)
	r.called(x, x.name)
	if len(rest) > 2 && rest[1] == "=" {
		r.called(x, strings.ToLower(strings.Join(rest[2:], " ")))
	}
	return len(rest) != 2
}

// called notes a name of a region.
func (a *atlas) called(x *region, name string) {
	if !x.weak && len(a.names[name]) == 0 {
		a.strong = append(a.strong, name)
	}
	a.names[name] = append(a.names[name], x)
	short := strings.ReplaceAll(name, "-", "")
	if !x.weak && short != name && len(a.names[short]) == 0 { // as constants of some libraries are called
		a.strong = append(a.strong, short)
		a.names[short] = append(a.names[short], x)
	}
}

// countries puts areas and countries together.
func (a *atlas) countries(list []string) []string {
	var out []string
	for _, c := range list {
		if members, ok := a.areas[c]; ok {
			out = append(out, members...)
		} else {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// in returns the regions of a name that belong to one of the providers, or all
// if none is given.
func (a *atlas) in(name string, providers []string) []*region {
	var out []*region
	for _, x := range a.names[name] {
		if len(providers) == 0 || slices.Contains(providers, x.provider.name) {
			out = append(out, x)
		}
	}
	return out
}

// digest names the data that the program carries.
func digest() string {
	return findings.Digest([]byte(regionsText), []byte(hostsText), groupsText)
}
