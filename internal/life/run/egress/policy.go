package egress

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Policy is what one app may reach.
type Policy struct {
	AppID      core.ID
	AppName    string
	DataRegion string        // where the app's data may go
	Vendors    []core.Vendor // declared by the app; state and regions are checked at every call
	Hosts      []string      // further hosts that policy allows, reached without a credential
	KBps       int           // outbound kilobytes a second; 0 for no limit
}

// target is where a call wants to go, in canonical form.
type target struct{ scheme, host, port string }

// address is host and port as a URL has them, without a usual port.
func (t target) address() string {
	if !t.defaultPort() {
		return net.JoinHostPort(t.host, t.port)
	}
	if strings.Contains(t.host, ":") {
		return "[" + t.host + "]"
	}
	return t.host
}

func (t target) defaultPort() bool {
	return t.scheme == "https" && t.port == "443" || t.scheme == "http" && t.port == "80"
}

// refusal is a no, in words for the app's maker.
type refusal struct {
	Code string `json:"error"`
	Host string `json:"host"`
	What string `json:"what"`
	Why  string `json:"why"`
	Fix  string `json:"fix"`
}

func refuse(host, why, fix string) *refusal {
	return &refusal{Code: "egress_refused", Host: host, What: fmt.Sprintf("The call to %s was stopped.", host), Why: why, Fix: fix}
}

// parseTarget reads the absolute URL of a call.
func parseTarget(u *url.URL) (target, *refusal) {
	shown := u.Host
	if shown == "" {
		shown = "an unnamed host"
	}
	host, ok := canonicalHost(u.Hostname())
	if !ok || u.Scheme != "https" && u.Scheme != "http" {
		return target{}, refuse(shown, "The address is not a plain web address.", "Use https:// and a host name in plain letters.")
	}
	t := target{scheme: u.Scheme, host: host, port: u.Port()}
	if t.port == "" {
		t.port = map[string]string{"https": "443", "http": "80"}[t.scheme]
	}
	return t, nil
}

// decide answers whether the app may call t, and as which vendor's customer;
// the vendor is nil for a host that policy allows by itself.
func (p Policy) decide(t target) (*core.Vendor, *refusal) {
	for i := range p.Vendors {
		v := &p.Vendors[i]
		if entryMatches(v.Hosts, t.host) {
			return v, p.checkVendor(v, t)
		}
	}
	if entryMatches(p.Hosts, t.host) {
		return nil, checkPort(t, p.Hosts, nil, nil)
	}
	return nil, refuse(t.host, "The host is not on the list of this app's vendors.",
		"Add its vendor under vendors: in microapp.yaml. A new vendor needs approval first.")
}

func (p Policy) checkVendor(v *core.Vendor, t target) *refusal {
	if v.State != core.VendorApproved {
		return refuse(t.host, fmt.Sprintf("The vendor %s is not approved.", v.Name), "Ask for the vendor's approval on the Vendors page.")
	}
	if !slices.Contains(v.Regions, p.DataRegion) {
		return refuse(t.host, fmt.Sprintf("The vendor %s does not keep data in %s.", v.Name, p.DataRegion),
			"Choose a vendor that serves this region, or ask the platform team.")
	}
	return checkPort(t, v.Hosts, v.AllowPrivate, v.PlainHTTP)
}

// checkPort allows the usual port of https, and others and plain http only
// where the record names them.
func checkPort(t target, hosts, private, plain []string) *refusal {
	if t.scheme == "http" && !names(plain, t.host, "") && !names(plain, t.host, t.port) {
		return refuse(t.host, "The call does not use https.", "Use https:// in the address.")
	}
	if t.defaultPort() || names(hosts, t.host, t.port) || names(private, t.host, t.port) || names(plain, t.host, t.port) {
		return nil
	}
	return refuse(t.host, fmt.Sprintf("Port %s of this host is not allowed.", t.port), "Leave the port out of the address, or ask the platform team.")
}

func entryMatches(entries []string, host string) bool {
	return slices.ContainsFunc(entries, func(e string) bool {
		h, _ := splitEntry(strings.TrimSpace(e))
		return matchHost(h, host)
	})
}

// namesPrivate reports whether a vendor record of the app opens exactly
// host:port on a private network.
func (p Policy) namesPrivate(host, port string) bool {
	return slices.ContainsFunc(p.Vendors, func(v core.Vendor) bool {
		return v.State == core.VendorApproved && names(v.AllowPrivate, host, port)
	})
}
