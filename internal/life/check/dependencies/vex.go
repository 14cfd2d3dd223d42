package dependencies

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// VEX is the statements that a check honours, and for what.
type VEX struct {
	Set         *openvex.Set // nil for none
	App, Commit string
}

// clear takes out of a match the holes that statements set aside. A package made
// to do harm stays, whatever anybody says of it.
func (c *checker) clear(pkg lockfile.Package, m osv.Match) osv.Match {
	vex := c.in.VEX
	if vex.Set == nil || len(m.Advisories) == 0 || (hole{match: m}).malicious() {
		return m
	}
	u, err := openvex.ParsePURL(pkg.PURL())
	if err != nil {
		return m // nothing can be said of a package without a URL
	}
	sub := openvex.Subject{App: vex.App, Commit: vex.Commit, Component: core.Component{Ecosystem: u.Type, Name: u.Name, Version: pkg.Version}}
	var left []osv.Advisory
	for _, a := range m.Advisories {
		j, ok := vex.Set.Judge(sub, append([]string{a.ID}, a.Aliases...), c.in.Now)
		if !ok || !j.SetAside {
			left = append(left, a)
			continue
		}
		by := j.By
		c.aside = append(c.aside, core.SetAside{Package: pkg.PURL(),
			Vulnerability: a.ID, Status: by.Status, Justification: by.Justification, Impact: findings.Clean(by.Impact, 1000),
			Author: findings.Clean(by.Author, 200), Document: findings.Clean(by.Document, 200), From: by.From, At: by.Time.Format(time.RFC3339)})
	}
	m.Advisories = left
	return m
}
