// Package vendors holds what an app says of the firms it calls against what
// its code shows and what the organisation has approved (NEW-3): addresses in
// code and settings, tags of pages, packages that call a firm, and what
// pipelines upload.
package vendors

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
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
	Descriptor *core.Descriptor // nil if it could not be read
	Known      []core.Vendor    // of the organisation
}

// Check reports declared vendors that are unknown, not approved or given
// foreign hosts, and what code and pages call that is not declared. The first
// three block; an undeclared call is a caution, because the running app cannot
// reach it anyway. A vendor that is declared and never called gets a note.
func Check(ctx context.Context, in Input) findings.Result {
	b, err := load()
	if err != nil {
		var res findings.Result
		res.Missed("the list of vendors could not be read")
		return res
	}
	c := &checker{book: b, file: in.File, known: in.Known, used: map[string]*use{}}
	c.res.Seen.Rules, c.res.Seen.RulesDigest, c.res.Seen.Data = len(b.firms), digest(), b.date
	c.d = in.Descriptor
	if c.d == nil {
		c.res.Missed("the vendors in %s could not be read", microapp.Name)
		c.d = &core.Descriptor{}
	} else {
		c.declared()
	}
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
		if f.Path == microapp.Name {
			continue
		}
		for _, call := range b.detect(f, in.Found(i)) {
			c.take(call)
		}
	}
	c.report(in.Descriptor != nil)
	c.res.Looked = fmt.Sprintf("%s listed, %s and %s in %s", findings.Count(len(c.d.Vendors), "vendor"), findings.Count(len(c.res.Detected.Vendors), "known vendor"),
		findings.Count(c.hosts, "host"), findings.Count(c.res.Seen.Files, "file"))
	return c.res
}

type checker struct {
	res   findings.Result
	book  *book
	file  microapp.File
	d     *core.Descriptor
	known []core.Vendor
	used  map[string]*use // by the vendor's name, or by host if nobody knows it
	order []*use
	hosts int
}

// use is one vendor, or one unknown host, as the app uses it.
type use struct {
	name   string       // of the vendor; the host if nobody knows it
	vendor *core.Vendor // of the organisation; nil if it has none
	firm   int          // of the book, or -1
	first  call
	hosts  []string // that are called, each once
	packs  []string
}

func (c *checker) declared() {
	for i, use := range c.d.Vendors {
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

// take puts a call to those of the same vendor.
func (c *checker) take(x call) {
	u := use{name: x.host, firm: x.firm, first: x, vendor: c.ownerOf(x)}
	switch {
	case u.vendor != nil:
		u.name = u.vendor.Name
	case x.firm >= 0:
		u.name = c.book.firms[x.firm].name
	}
	at := c.used[u.name]
	if at == nil {
		at = &u
		c.used[u.name] = at
		c.order = append(c.order, at)
	}
	if x.host != "" && !slices.Contains(at.hosts, x.host) {
		at.hosts = append(at.hosts, x.host)
		c.hosts++
	}
	if x.pack != "" && !slices.Contains(at.packs, x.pack) {
		at.packs = append(at.packs, x.pack)
	}
}

// ownerOf returns the organisation's record of who is called: by host, else by
// name, else by a host of the same firm.
func (c *checker) ownerOf(x call) *core.Vendor {
	for i, v := range c.known {
		if x.host != "" && covers(v.Hosts, x.host) {
			return &c.known[i]
		}
	}
	if x.firm < 0 {
		return nil
	}
	f := c.book.firms[x.firm]
	for i, v := range c.known {
		if v.Name == f.name || slices.ContainsFunc(v.Hosts, func(h string) bool {
			n, ok := c.book.of(strings.TrimPrefix(withoutPort(h), "*."))
			return ok && n == x.firm
		}) {
			return &c.known[i]
		}
	}
	return nil
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
