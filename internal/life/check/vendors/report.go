package vendors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// report holds what was used against what is declared.
func (c *checker) report(readable bool) {
	var egress []string
	egress = append(egress, c.d.Guardrails.Egress...)
	for _, d := range c.d.Vendors {
		egress = append(egress, d.Hosts...)
	}
	touched := map[int]bool{} // lines that an edit changes; 0 is the end of the file
	for _, u := range c.order {
		if u.vendor != nil || u.firm >= 0 {
			c.res.Detected.Vendors = append(c.res.Detected.Vendors, u.name)
		}
		missing := slices.DeleteFunc(slices.Clone(u.hosts), func(h string) bool { return covers(egress, h) })
		if !readable || len(missing) == 0 && (len(u.hosts) > 0 || c.listed(u) >= 0) {
			continue
		}
		at := c.place(u.first)
		if edits := c.edits(u, missing); len(edits) > 0 && !touched[edits[0].Line] {
			at.Edits = edits
			touched[edits[0].Line] = edits[0].Kind == core.EditReplace || edits[0].Line == 0
		}
		c.undeclared(u, missing, at)
	}
	slices.Sort(c.res.Detected.Vendors)
	c.unused()
}

func (c *checker) undeclared(u *use, missing []string, at findings.At) {
	if u.vendor == nil && u.firm < 0 {
		c.res.Add(findings.New("vendor_undeclared", at, "host", u.first.host, "path", u.first.file.Path))
		return
	}
	title, purpose := u.name, ""
	if u.firm >= 0 {
		title, purpose = c.book.firms[u.firm].title, c.book.firms[u.firm].purpose
	}
	if u.vendor != nil {
		title, purpose = u.vendor.Title, u.vendor.Purpose
	}
	if title == "" {
		title = u.name
	}
	how := strings.Join(missing[:min(3, len(missing))], ", ")
	if how == "" {
		how = strings.Join(u.packs[:min(3, len(u.packs))], ", ")
	}
	at.Details = purpose
	code := "vendor_detected"
	if u.vendor == nil {
		code = "vendor_new"
	}
	c.res.Add(findings.New(code, at, "vendor", title, "name", u.name, "how", how, "path", u.first.file.Path, "approved", c.approved()))
}

// edits are what declares a vendor of the organisation, or more of its hosts. A
// list that has no line of its own for each entry gets all of them at once, since
// it can be changed only once.
func (c *checker) edits(u *use, missing []string) []core.Edit {
	if u.vendor == nil || u.vendor.State != core.VendorApproved || slices.ContainsFunc(missing, func(h string) bool { return !covers(u.vendor.Hosts, h) }) {
		return nil
	}
	if i := c.listed(u); i >= 0 {
		return c.file.Append(quoted(missing), "vendors", strconv.Itoa(i), "hosts")
	}
	edits := c.file.Append([]string{entry(u, missing)}, "vendors")
	if len(edits) == 0 || edits[0].Kind == core.EditAdd && edits[0].Line > 0 {
		return edits
	}
	return c.file.Append(c.entries(), "vendors")
}

// entries are those of all vendors that are used, approved and not declared.
func (c *checker) entries() (out []string) {
	var egress []string
	for _, d := range c.d.Vendors {
		egress = append(egress, d.Hosts...)
	}
	egress = append(egress, c.d.Guardrails.Egress...)
	for _, u := range c.order {
		missing := slices.DeleteFunc(slices.Clone(u.hosts), func(h string) bool { return covers(egress, h) })
		ok := u.vendor != nil && u.vendor.State == core.VendorApproved && c.listed(u) < 0 && (len(missing) > 0 || len(u.hosts) == 0) &&
			!slices.ContainsFunc(missing, func(h string) bool { return !covers(u.vendor.Hosts, h) })
		if ok {
			out = append(out, entry(u, missing))
		}
	}
	return out
}

// entry is a vendor as it stands in a descriptor, on one line. If no host was
// seen, it has all that the organisation knows.
func entry(u *use, hosts []string) string {
	if len(hosts) == 0 {
		hosts = u.vendor.Hosts
	}
	return fmt.Sprintf("{name: %s, hosts: [%s]}", u.vendor.Name, strings.Join(quoted(hosts), ", "))
}

func quoted(hosts []string) []string {
	out := slices.Clone(hosts)
	for i, h := range out {
		if strings.HasPrefix(h, "*") || strings.Contains(h, ":") {
			out[i] = strconv.Quote(h)
		}
	}
	return out
}

// listed returns where a vendor stands in the descriptor's list, or -1.
func (c *checker) listed(u *use) int {
	return slices.IndexFunc(c.d.Vendors, func(d core.VendorUse) bool {
		return u.vendor != nil && d.Name == u.vendor.Name || u.firm >= 0 && d.Name == c.book.firms[u.firm].name
	})
}

// unused notes declared vendors of which nothing was seen.
func (c *checker) unused() {
	for i, d := range c.d.Vendors {
		seen := slices.ContainsFunc(c.order, func(u *use) bool {
			return c.listed(u) == i || slices.ContainsFunc(u.hosts, func(h string) bool { return covers(d.Hosts, h) })
		})
		if _, known := c.vendor(d.Name); !seen && known {
			c.res.Add(findings.New("vendor_unused", c.at(d.Name, "vendors", strconv.Itoa(i), "name"), "vendor", d.Name))
		}
	}
}

// place is where a call stands. What follows the host of an address is not
// quoted: for some services it is all that is needed to get in.
func (c *checker) place(x call) findings.At {
	line, col := x.file.Place(x.offset)
	at := findings.At{Path: x.file.Path, Line: line, Column: col, Quote: x.file.Quote(line, col), Key: x.host + x.pack}
	if x.host != "" {
		text := x.file.Text
		end := x.end
		for end < len(text) && strings.IndexByte(" \t\r\n\"'`<>)", text[end]) < 0 {
			end++
		}
		if rest := string(text[x.end:end]); len(rest) > 8 {
			at.Quote = strings.ReplaceAll(at.Quote, rest, "/...")
		}
	}
	return at
}
