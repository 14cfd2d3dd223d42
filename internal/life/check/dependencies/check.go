package dependencies

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// Input is what is checked, and against what.
type Input struct {
	Set  *lockfile.Set
	Data Data
	VEX  VEX
	Now  time.Time
}

// Check holds every package of every project against the database.
//
// A package of high or critical severity, or of unknown severity, blocks;
// lower ones, and packages used for building only, are cautions. A package
// made to do harm always blocks. Holes that the statements of VEX set aside do not
// count; they are listed apart. All that one package of the app brings in is one
// finding, because it is one thing to change.
func Check(ctx context.Context, in Input) (findings.Result, []core.SetAside) {
	c := &checker{in: in, kinds: map[string]*kind{}}
	for i := range in.Set.Projects {
		p := &in.Set.Projects[i]
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s", p.List())
			break
		}
		c.project(p)
	}
	for _, fault := range in.Set.Faults {
		c.res.Missed("%s", fault)
	}
	for _, g := range in.Set.Gaps {
		c.res.Missed("%s", g.Text())
	}
	c.account()
	return c.res, c.aside
}

type checker struct {
	in       Input
	aside    []core.SetAside
	res      findings.Result
	packages int
	lists    int
	kinds    map[string]*kind
	broken   error             // the database could not be read
	known    map[string]*names // well-known packages, once somebody has asked
}

// kind is what was seen of one ecosystem.
type kind struct {
	packages int
	strange  []string // packages whose versions cannot be compared
}

// account says what was looked at, and what could not be.
func (c *checker) account() {
	d, names := c.in.Data, []string{}
	for name := range c.kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	if d.Fault != nil {
		c.res.Missed("%s", d.Fault.Msg)
	}
	if c.broken != nil {
		c.res.Missed("%s", core.AsError(c.broken).Msg)
	}
	c.res.Seen.Packages, c.res.Seen.Data = c.packages, d.Date(names)
	var dates []string
	for _, name := range names {
		k := c.kinds[name]
		source := core.DataSource{Ecosystem: name, Packages: k.packages}
		if len(k.strange) > 0 {
			c.res.Seen.Unmatched += len(k.strange)
			c.res.Missed("%s of %s could not be compared, because the version is not a plain number: %s", findings.Count(len(k.strange), "package"), name, few(k.strange, 3))
		}
		e, ok := osv.Ecosystem{}, false
		if d.DB != nil {
			e, ok = d.DB.Ecosystem(name)
		}
		switch {
		case d.DB == nil:
		case !ok:
			c.res.Seen.Unmatched += k.packages - len(k.strange)
			c.res.Missed("there is no data about %s, so nothing is known of its %s; whoever runs Paddock can bring it in with paddock vulndb import", name, findings.Count(k.packages, "package"))
		default:
			source.Records, source.Date = e.Records, e.Newest
			dates = append(dates, name+" of "+e.Newest)
			if d.stale(e.Newest, c.in.Now) {
				c.res.Missed("the data about %s is of %s, which is more than %s old", name, e.Newest, findings.Count(d.MaxAge, "day"))
			}
			if e.Unreadable > 0 {
				c.res.Missed("%s about %s could not be read when the data came in: %s", findings.Count(e.Unreadable, "record"), name, few(e.Examples, 3))
			}
		}
		c.res.Seen.Sources = append(c.res.Seen.Sources, source)
	}
	if d.DB != nil {
		c.res.Seen.Rules, c.res.Seen.RulesDigest = d.DB.Records(), d.DB.Digest()
	}
	c.res.Looked = fmt.Sprintf("%s in %s, against %s", findings.Count(c.packages, "package"), findings.Count(c.lists, "list"), d.About())
	if len(dates) > 0 && !d.Starter {
		c.res.Looked += "; " + strings.Join(dates, ", ")
	}
	if n := len(c.aside); n > 0 {
		c.res.Looked += fmt.Sprintf("; %s set aside by VEX", findings.Count(n, "known hole"))
	}
}

// few joins the first names of a list.
func few(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], ", "), len(list)-n)
}

func (c *checker) project(p *lockfile.Project) {
	lists(&c.res, p)
	c.lookalikes(p)
	if !p.Locked {
		return
	}
	c.lists++
	c.holes(p)
	c.scripts(p)
}
