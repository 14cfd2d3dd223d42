// Package regions holds the places an app names against the places it may use
// (RUN-5): its own region in microapp.yaml, and the regions of cloud providers
// that its code, settings and addresses point to.
//
// A name counts by how it is used. The value of a setting and a part of an
// address block; a text of its own gets a note; remarks, sentences, lists of
// choices, tests and documents only count in what was looked at.
package regions

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lex"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/names"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Input is what the check looks at.
type Input struct {
	Tree       *tree.Tree
	Found      func(file int) []names.Hit // names of Names, by file of the tree
	Unread     []string                   // what could not be searched for names
	File       microapp.File
	Descriptor *core.Descriptor   // nil if it could not be read
	Template   []string           // regions and groups the app's template allows; empty for no template
	Allowed    []string           // regions and groups the organisation allows; empty if not known
	Groups     []core.RegionGroup // of the organisation, besides those of Groups
	Vendors    []core.Vendor      // whose hosts may be called where their record says
}

// Names returns the names to look for: those of regions, of settings that take
// one, and ends of hosts.
func Names() []string {
	a, err := load()
	if err != nil {
		return nil // Check says so
	}
	return a.lookFor()
}

func (a *atlas) lookFor() []string {
	out := slices.Clone(a.strong)
	for _, list := range []map[string]bool{keys(a.clouds), keys(a.places)} {
		for name := range list {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return append(slices.Compact(out), keyNames()...)
}

func keys[V any](m map[string]V) map[string]bool {
	out := map[string]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}

// allowed returns the regions that template and organisation both allow.
func (in Input) allowed() []string {
	switch {
	case len(in.Template) == 0:
		return in.Allowed
	case len(in.Allowed) == 0:
		return in.Template
	}
	var both []string
	for _, r := range in.Template {
		if slices.Contains(in.Allowed, r) {
			both = append(both, r)
		}
	}
	return both
}

// Check reports the app's own region and every region that the app uses and
// that is not allowed. Each region is reported once a file.
func Check(ctx context.Context, in Input) findings.Result {
	a, err := load()
	if err != nil {
		var res findings.Result
		res.Missed("the list of regions could not be read")
		return res
	}
	c := &checker{atlas: a, in: in, permit: newPermit(a, in.allowed(), in.Groups), names: a.lookFor(), seen: map[string]bool{}}
	c.res.Seen.Rules, c.res.Seen.RulesDigest, c.res.Seen.Data = len(a.regions)+len(a.clouds)+len(a.places), digest(), a.date
	if len(in.Template) == 0 && len(in.Allowed) == 0 {
		c.res.Missed("no allowed regions were given")
		return c.res
	}
	c.descriptor()
	for _, why := range in.Unread {
		c.res.Missed("%s", why)
	}
	for i, f := range in.Tree.Files {
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s", f.Path)
			break
		}
		c.res.Seen.Files++
		c.res.Seen.Bytes += int64(len(f.Text))
		c.file(f, in.Found(i))
	}
	c.res.Looked = fmt.Sprintf("%s, allowed: %s; %s used, %s only named in tests, lists or text", findings.Count(c.res.Seen.Files, "file"), strings.Join(c.permit.names, ", "), findings.Count(len(c.res.Detected.Regions), "region"), findings.Count(c.mentions, "region"))
	slices.Sort(c.res.Detected.Regions)
	return c.res
}

type checker struct {
	res      findings.Result
	atlas    *atlas
	permit   *permit
	in       Input
	names    []string
	seen     map[string]bool
	mentions int
	listed   []inList // of the file at hand
}

func (c *checker) descriptor() {
	d := c.in.Descriptor
	if d == nil || d.Region == "" {
		c.res.Missed("the region in %s could not be read", microapp.Name)
		return
	}
	if slices.Contains(c.permit.names, d.Region) {
		return
	}
	line, col := c.in.File.Place("region")
	at := findings.At{Path: microapp.Name, Line: line, Column: col, Quote: c.in.File.Quote(line, col), Key: d.Region}
	if len(c.permit.names) == 1 {
		at.Edits = c.replace(c.in.File.File, line, col, d.Region, c.permit.names[0])
	}
	c.res.Add(findings.New("region_not_allowed", at, "region", d.Region, "allowed", c.permit.list()))
}

// replace is the edit that puts one name in the place of another, if it stands
// where it should.
func (c *checker) replace(f tree.File, line, col int, old, now string) []core.Edit {
	r := []rune(string(f.Line(line)))
	if line == 0 || col < 1 || col-1+len(old) > len(r) || !strings.EqualFold(string(r[col-1:col-1+len(old)]), old) {
		return nil
	}
	return []core.Edit{{Kind: core.EditReplace, Path: f.Path, Line: line, Column: col, End: col + len(old), Old: string(r[col-1 : col-1+len(old)]), New: now}}
}

// file judges the names in one file.
func (c *checker) file(f tree.File, hits []names.Hit) {
	role := lex.RoleOf(f.Path)
	if len(hits) == 0 || f.Path == microapp.Name || role == lex.Borrowed {
		return
	}
	var j *judge
	c.listed = c.listed[:0]
	weakFrom := len(c.names) - len(keyNames())
	for _, h := range hits {
		from, to := int(h.From), int(h.To)
		if int(h.Name) >= weakFrom && role != lex.App {
			continue
		}
		if j == nil {
			j = newJudge(f)
		}
		if int(h.Name) >= weakFrom {
			if x, from, to := c.atlas.weakAfter(j, to); x != nil && j.spans.At(from).Kind != lex.Remark {
				c.used(f, x, from, to, true)
			}
			continue
		}
		c.name(j, role, c.names[h.Name], from, to)
	}
	c.lists(f)
}

// choices is from how many regions in the lists of a file these are what could
// be chosen, not what is used.
const choices = 5

// lists reports the regions that stand in lists of settings.
func (c *checker) lists(f tree.File) {
	distinct := map[string]bool{}
	for _, l := range c.listed {
		distinct[l.region.name] = true
	}
	for _, l := range c.listed {
		switch {
		case len(distinct) >= choices:
			c.mentions++
		case l.use == setting:
			c.used(f, l.region, l.from, l.to, true)
		default:
			c.wordOnly(f, l.region, l.from)
		}
	}
}

// inList is a region that is one of a list of settings.
type inList struct {
	region   *region
	from, to int
	use      use
}

// name judges one name: of a region or the end of a host.
func (c *checker) name(j *judge, role lex.Role, name string, from, to int) {
	host, start := hostAt(j.file.Text, from, to)
	if providers := c.atlas.clouds[name]; providers != nil {
		if x := c.atlas.inHost(host, name); x != nil && below(host, name) && c.counts(j, role, from) {
			c.used(j.file, x, start, 0, false)
		}
		return
	}
	if _, ok := c.atlas.places[name]; ok {
		if p, ok := c.atlas.placeOf(host); ok && p.host == name && c.counts(j, role, from) {
			c.called(j.file, p, host, start)
		}
		return
	}
	if c.inKnownHost(host) {
		return // judged at the end of the host
	}
	x := c.pick(j, c.atlas.names[name])
	switch u := j.use(from, to); {
	case u == nothing:
	case u == mention || role != lex.App || u == bare && records(j.file):
		c.mentions++
	case j.list:
		c.listed = append(c.listed, inList{x, from, to, u})
	case u == setting:
		c.used(j.file, x, from, to, true)
	default:
		c.wordOnly(j.file, x, from)
	}
}

// records reports whether a file holds rows of data.
func records(f tree.File) bool { return f.Ext() == ".sql" || f.Ext() == ".csv" || f.Ext() == ".tsv" }

// counts reports whether an address in this place is one that the app calls.
func (c *checker) counts(j *judge, role lex.Role, from int) bool {
	kind := j.spans.At(from).Kind
	_, start := hostAt(j.file.Text, from, from)
	inSentence := kind == lex.Text && j.code && j.file.Text[start-1] == ' '
	if role != lex.App || kind == lex.Remark || kind == lex.Code && j.code || inSentence {
		c.mentions++
		return false
	}
	return true
}

func (c *checker) inKnownHost(host string) bool {
	if !strings.Contains(host, ".") {
		return false
	}
	for rest, more := host, true; more; _, rest, more = strings.Cut(rest, ".") {
		if c.atlas.clouds[rest] != nil {
			return true
		}
		if _, ok := c.atlas.places[rest]; ok {
			return true
		}
	}
	return false
}

// pick chooses among regions of the same name: by the provider that the file
// speaks of, else the first.
func (c *checker) pick(j *judge, list []*region) *region {
	for _, x := range list {
		if len(list) > 1 && !x.weak && j.speaksOf(x.provider.name) {
			return x
		}
	}
	return list[0]
}

// used takes note of a region that the app uses, and reports it once a file if
// it is not allowed. Exact says that the name from..to stands alone.
func (c *checker) used(f tree.File, x *region, from, to int, exact bool) {
	if !slices.Contains(c.res.Detected.Regions, x.name) {
		c.res.Detected.Regions = append(c.res.Detected.Regions, x.name)
	}
	if c.permit.allows(x) || !c.once(f.Path, x.name) {
		return
	}
	at := c.at(f, from, x.name)
	if now, ok := c.permit.only(x.provider.name); ok && exact && zoneEnd(f.Text, to) == to {
		at.Edits = c.replace(f, at.Line, at.Column, string(f.Text[from:to]), now)
	}
	c.res.Add(findings.New("region_reference", at, "path", f.Path, "region", x.name, "allowed", c.permit.list()))
}

// wordOnly notes a region that stands in the code, of which nobody can tell
// whether it is used.
func (c *checker) wordOnly(f tree.File, x *region, from int) {
	if c.permit.allows(x) || !c.once(f.Path, x.name) {
		return
	}
	c.res.Add(findings.New("region_mentioned", c.at(f, from, x.name), "path", f.Path, "region", x.name, "allowed", c.permit.list()))
}

// called reports a host in a country where nothing may be, unless the
// organisation has approved the vendor for one of the allowed regions.
func (c *checker) called(f tree.File, p place, host string, from int) {
	if c.permit.inCountries(p.countries) || c.approved(host) || !c.once(f.Path, p.host) {
		return
	}
	c.res.Add(findings.New("region_host", c.at(f, from, p.host), "path", f.Path, "host", host, "service", p.title, "countries", countries(p.countries), "allowed", c.permit.list()))
}

func countries(list []string) string {
	if len(list) > 3 {
		return "other countries"
	}
	return strings.Join(list, ", ")
}

func (c *checker) approved(host string) bool {
	return slices.ContainsFunc(c.in.Vendors, func(v core.Vendor) bool {
		return v.State == core.VendorApproved && slices.ContainsFunc(v.Hosts, func(h string) bool { return below(host, strings.TrimPrefix(h, "*.")) }) &&
			slices.ContainsFunc(v.Regions, func(r string) bool { return slices.Contains(c.permit.names, r) })
	})
}

func (c *checker) once(path, name string) bool {
	key := path + "\x00" + name
	if c.seen[key] {
		return false
	}
	c.seen[key] = true
	return true
}

func (c *checker) at(f tree.File, offset int, key string) findings.At {
	line, col := f.Place(offset)
	return findings.At{Path: f.Path, Line: line, Column: col, Quote: f.Quote(line, col), Key: cmp.Or(key, "region")}
}
