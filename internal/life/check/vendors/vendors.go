// Package vendors holds what an app says of the firms it calls against what
// its code shows and what the organisation has approved (NEW-3).
package vendors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// Check reports declared vendors that are unknown, not approved or given
// foreign hosts, and hosts in code and pages that are not declared. The first
// three block; an undeclared host is a caution, because the running app cannot
// reach it anyway.
func Check(set *script.Set, file microapp.File, d *core.Descriptor, known []core.Vendor) findings.Result {
	c := &checker{file: file, known: known}
	if d == nil {
		c.res.Missed("the vendors in %s could not be read", microapp.Name)
		d = &core.Descriptor{}
	} else {
		c.declared(d)
		c.detected(set, d)
	}
	for _, f := range set.Faults {
		c.res.Missed("%s could not be read, because of a typing error", f.File.Path)
	}
	for _, why := range set.Unread {
		c.res.Missed("%s", why)
	}
	c.res.Looked = fmt.Sprintf("%s listed, %s in %s", findings.Count(len(d.Vendors), "vendor"), findings.Count(c.hosts, "host"), findings.Count(set.Files, "file"))
	return c.res
}

type checker struct {
	res   findings.Result
	file  microapp.File
	known []core.Vendor
	hosts int
}

func (c *checker) declared(d *core.Descriptor) {
	for i, use := range d.Vendors {
		at := c.at(use.Name, "vendors", strconv.Itoa(i), "name")
		v, ok := c.vendor(use.Name)
		switch {
		case !ok:
			c.res.Add(findings.New("vendor_unknown", at, "vendor", use.Name, "approved", c.approved()))
			continue
		case v.State != core.VendorApproved:
			c.res.Add(findings.New("vendor_not_approved", at, "vendor", use.Name, "state", state(v.State), "approved", c.approved()))
		}
		for j, host := range use.Hosts {
			if !covers(v.Hosts, host) {
				at := c.at(use.Name+" "+host, "vendors", strconv.Itoa(i), "hosts", strconv.Itoa(j))
				c.res.Add(findings.New("vendor_host_unknown", at, "vendor", use.Name, "host", host))
			}
		}
	}
}

// detected reports each undeclared host once, at its first place.
func (c *checker) detected(set *script.Set, d *core.Descriptor) {
	var allowed []string
	for _, use := range d.Vendors {
		allowed = append(allowed, use.Hosts...)
	}
	allowed = append(allowed, d.Guardrails.Egress...)
	seen := map[string]bool{}
	for _, call := range append(scriptCalls(set), pageCalls(set)...) {
		if seen[call.host] {
			continue
		}
		seen[call.host] = true
		c.hosts++
		if !covers(allowed, call.host) {
			c.res.Add(findings.New("vendor_undeclared", call.at(), "host", call.host, "path", call.file.Path))
		}
	}
}

func (c *checker) at(key string, path ...string) findings.At {
	line, col := c.file.Place(path...)
	return findings.At{Path: microapp.Name, Line: line, Column: col, Quote: c.file.Quote(line, col), Key: key}
}

func (c *checker) vendor(name string) (core.Vendor, bool) {
	i := slices.IndexFunc(c.known, func(v core.Vendor) bool { return v.Name == name })
	if i < 0 {
		return core.Vendor{}, false
	}
	return c.known[i], true
}

func (c *checker) approved() string {
	var names []string
	for _, v := range c.known {
		if v.State == core.VendorApproved {
			names = append(names, v.Name)
		}
	}
	if len(names) == 0 {
		return "none yet"
	}
	slices.Sort(names)
	return "`" + strings.Join(names, "`, `") + "`"
}

func state(s core.VendorState) string {
	if s == core.VendorPending {
		return "waiting for review"
	}
	return string(s)
}

// covers reports whether a list of hosts holds a host: by name, or as one
// level below *.name. Ports do not count.
func covers(list []string, host string) bool {
	host = withoutPort(host)
	for _, h := range list {
		h = withoutPort(h)
		if h == host {
			return true
		}
		if parent, ok := strings.CutPrefix(h, "*."); ok {
			if _, rest, _ := strings.Cut(host, "."); rest == parent {
				return true
			}
		}
	}
	return false
}

func withoutPort(h string) string {
	h, _, _ = strings.Cut(strings.ToLower(h), ":")
	return h
}
