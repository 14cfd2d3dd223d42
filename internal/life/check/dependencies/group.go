package dependencies

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// group is all holes that come with one package that the app asks for: one thing
// to change.
type group struct {
	ask   lockfile.Ask // the zero value if nobody knows what brings the packages in
	asked bool
	own   *hole // the asked package itself, if it has holes
	holes []hole
}

// groups adds one finding for each package that does harm, and one for each
// group of other holes.
func (c *checker) groups(p *lockfile.Project, found []hole) {
	var order []int
	by := map[int]*group{}
	for _, h := range found {
		if h.malicious() {
			c.harm(p, h)
			continue
		}
		key := -2 - h.index // without an ask, each package stands for itself
		ask, asked := p.Brings(h.pkg)
		if asked {
			key = h.pkg.By
		}
		g := by[key]
		if g == nil {
			g = &group{ask: ask, asked: asked}
			by[key] = g
			order = append(order, key)
		}
		g.holes = append(g.holes, h)
		if asked && ask.Package == h.index {
			own := h
			g.own = &own
		}
	}
	for _, key := range order {
		c.finding(p, by[key])
	}
}

// finding adds the finding of a group. Its fingerprint holds the packages and
// the advisories, so that an exemption covers what was known and no more.
func (c *checker) finding(p *lockfile.Project, g *group) {
	slices.SortStableFunc(g.holes, func(a, b hole) int { return strings.Compare(a.pkg.Key(), b.pkg.Key()) })
	h := g.holes[0]
	if g.own != nil {
		h = *g.own
	}
	code, fixed := "dependency_indirect_flaw", 0
	var keys, details, names []string
	grave, indirect := false, []hole{}
	for _, one := range g.holes {
		grave = grave || one.grave()
		details = append(details, one.details())
		for _, a := range one.match.Advisories {
			keys = append(keys, one.pkg.Key()+" "+a.ID)
		}
		if one.match.Fixed != "" {
			fixed++
		}
		if g.own == nil || one.index != g.own.index {
			indirect = append(indirect, one)
			names = append(names, findings.Verbatim(one.pkg.Name)+" "+one.pkg.Version)
		}
	}
	switch {
	case fixed == 0:
		code = "dependency_no_fix"
	case !g.asked || g.own != nil && g.own.match.Fixed != "":
		code = "dependency_known_flaw"
	}
	direct, file := h.pkg.Name, p.List()
	if g.asked {
		direct, file = g.ask.Name, g.ask.File.Path
	}
	at := c.place(p, h, g)
	at.Key, at.Details = direct+"\x00"+strings.Join(keys, "\x00"), strings.Join(details, ". ")
	words := []string{"package", h.pkg.Name, "version", h.pkg.Version, "fixed", written(p, h.match.Fixed), "direct", direct, "file", file, "lock", sums(p), "command", refresh(p),
		"packages", few(names, 3), "update", update(p, indirect)}
	if code == "dependency_indirect_flaw" && update(p, indirect) == "" {
		code = "dependency_indirect_stuck"
	}
	if code == "dependency_known_flaw" {
		at.Edits = raise(p, g, h)
		if len(indirect) > 0 && g.own != nil {
			code = "dependency_flaws"
		}
	}
	f := complete(findings.New(code, at, words...))
	if !grave {
		f.Severity, f.Blocking = core.Caution, false
	}
	c.res.Add(f)
}

// harm adds the finding of a package that was made to do harm.
func (c *checker) harm(p *lockfile.Project, h hole) {
	ask, asked := p.Brings(h.pkg)
	at := c.place(p, h, &group{ask: ask, asked: asked})
	at.Key, at.Details = h.pkg.Key(), h.details()
	direct, file := h.pkg.Name, p.List()
	if asked {
		direct, file = ask.Name, ask.File.Path
	}
	c.res.Add(complete(findings.New("dependency_malicious", at, "package", h.pkg.Name, "version", h.pkg.Version, "direct", direct, "file", file, "command", refresh(p))))
}
