package dependencies

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// VEX is the statements that a check honours, and for what.
type VEX struct {
	Set         *openvex.Set // nil for none
	App, Commit string
	Now         time.Time
}

// clear takes out of a match the holes that statements set aside. A package made
// to do harm stays, whatever anybody says of it.
func (c *checker) clear(pkg lockfile.Package, m match) match {
	if c.vex.Set == nil || m.malicious() {
		return m
	}
	sub := openvex.Subject{App: c.vex.App, Commit: c.vex.Commit, Component: core.Component{Ecosystem: "npm", Name: pkg.Name, Version: pkg.Version}}
	var left []*advisory
	for _, a := range m.advisories {
		j, ok := c.vex.Set.Judge(sub, append([]string{a.id}, a.aliases...), c.vex.Now)
		if !ok || !j.SetAside {
			left = append(left, a)
			continue
		}
		by := j.By
		c.aside = append(c.aside, core.SetAside{Package: pkg.PURL(),
			Vulnerability: a.id, Status: by.Status, Justification: by.Justification, Impact: findings.Clean(by.Impact, 1000),
			Author: findings.Clean(by.Author, 200), Document: findings.Clean(by.Document, 200), From: by.From, At: by.Time.Format(time.RFC3339)})
	}
	m.advisories = left
	return m
}
