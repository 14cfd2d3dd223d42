package egress

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestMatchHost(t *testing.T) {
	for _, c := range []struct {
		entry, host string
		want        bool
	}{
		{"api.example.com", "api.example.com", true},
		{"API.Example.COM.", "api.example.com", true},
		{"api.example.com", "example.com", false},
		{"example.com", "api.example.com", false},
		{"example.com", "badexample.com", false},
		{"*.example.com", "api.example.com", true},
		{"*.example.com", "example.com", false},
		{"*.example.com", "a.b.example.com", false},
		{"*.example.com", "api.example.com.evil.org", false},
		{"*.com", "example.com", false},
		{"*", "example.com", false},
		{"", "", false},
		{"*.0.0.1", "127.0.0.1", false},
		{"127.0.0.1", "127.0.0.1", true},
		{"::1", "::1", true},
		{"[::1]", "::1", true},
	} {
		if got := matchHost(c.entry, c.host); got != c.want {
			t.Errorf("matchHost(%q, %q) = %v", c.entry, c.host, got)
		}
	}
}

func TestCanonicalHost(t *testing.T) {
	for in, want := range map[string]string{
		"Api.Example.com.": "api.example.com", "127.0.0.1": "127.0.0.1", "::ffff:127.0.0.1": "127.0.0.1", "[::1]": "::1",
		"a..b": "", "": "", ".": "", "exämple.com": "", "a b": "", "a@b": "", "fe80::1%eth0": "", "a/b": "", "[::1": "", "a\x00b": "",
		strings.Repeat("a", 64) + ".com": "",
	} {
		got, ok := canonicalHost(in)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("canonicalHost(%q) = %q, want %q", in, got, want)
		}
	}
}

// NEW-2: after a name is resolved, only public addresses are opened.
func TestAddresses(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
		"100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1",
		"fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "fe80::1%lo",
	} {
		addr := netip.MustParseAddr(text)
		if mayConnect(addr, false) {
			t.Errorf("%s may be connected to", text)
		}
	}
	for _, text := range []string{"1.1.1.1", "93.184.215.14", "::ffff:8.8.8.8", "2606:4700:4700::1111", "2a00:1450::1"} {
		if !mayConnect(netip.MustParseAddr(text), false) {
			t.Errorf("%s may not be connected to", text)
		}
	}
	for text, want := range map[string]bool{"127.0.0.1": true, "10.1.2.3": true, "::1": true, "fd00::1": true, "::ffff:127.0.0.1": true,
		"169.254.169.254": false, "fe80::1": false, "0.0.0.0": false, "224.0.0.1": false, "64:ff9b::7f00:1": false, "1.1.1.1": true} {
		if got := mayConnect(netip.MustParseAddr(text), true); got != want {
			t.Errorf("named private %s: %v", text, got)
		}
	}
}

func TestDecide(t *testing.T) {
	p := Policy{DataRegion: "eu", Hosts: []string{"extra.example.org"}, Vendors: []core.Vendor{
		{Name: "good", State: core.VendorApproved, Regions: []string{"eu"}, Hosts: []string{"api.good.com", "*.good.net", "odd.good.com:8443"}},
		{Name: "waiting", State: core.VendorPending, Regions: []string{"eu"}, Hosts: []string{"waiting.com"}},
		{Name: "blocked", State: core.VendorBlocked, Regions: []string{"eu"}, Hosts: []string{"blocked.com"}},
		{Name: "american", State: core.VendorApproved, Regions: []string{"us"}, Hosts: []string{"us.com"}},
		{Name: "nowhere", State: core.VendorApproved, Hosts: []string{"nowhere.com"}},
		{Name: "local", State: core.VendorApproved, Regions: []string{"eu"}, Hosts: []string{"127.0.0.1"}, AllowPrivate: []string{"127.0.0.1:9000"}, PlainHTTP: []string{"127.0.0.1"}},
	}}
	for in, why := range map[string]string{
		"https://api.good.com/x":            "",
		"https://API.GOOD.COM./x":           "",
		"https://a.good.net/":               "",
		"https://odd.good.com:8443/":        "",
		"https://extra.example.org/":        "",
		"http://127.0.0.1:9000/":            "",
		"https://api.good.com:443/":         "",
		"http://api.good.com/":              "does not use https",
		"https://api.good.com:22/":          "Port 22",
		"https://odd.good.com:8444/":        "Port 8444",
		"https://a.b.good.net/":             "not on the list",
		"https://good.net/":                 "not on the list",
		"https://api.good.com@evil.org/":    "not on the list",
		"https://evil.org/?api.good.com":    "not on the list",
		"https://waiting.com/":              "not approved",
		"https://blocked.com/":              "not approved",
		"https://us.com/":                   "does not keep data in eu",
		"https://nowhere.com/":              "does not keep data in eu",
		"http://127.0.0.1:9001/":            "Port 9001",
		"http://0x7f000001:9000/":           "not on the list",
		"http://[::ffff:127.0.0.1]:9000/":   "",
		"http://[::1]:9000/":                "not on the list",
		"http://169.254.169.254/":           "not on the list",
		"ftp://api.good.com/":               "not a plain web address",
		"https:///x":                        "not a plain web address",
		"https://xn--e1afmkfd.example.org/": "not on the list",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		target, no := parseTarget(u)
		if no == nil {
			_, no = p.decide(target)
		}
		if why == "" && no != nil || why != "" && (no == nil || !strings.Contains(no.Why, why)) {
			t.Errorf("%s: %+v, want %q", in, no, why)
		}
	}
}

// A host that matches an entry is canonical, and is that entry or one label below it.
func FuzzHost(f *testing.F) {
	for _, s := range [][2]string{{"*.example.com", "api.example.com"}, {"127.0.0.1", "::ffff:127.0.0.1"}, {"[::1]", "::1"}, {"*.", "a."}, {"*.*.com", "a.*.com"},
		{"exämple.com", "xn--exmple-cua.com"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, entry, given string) {
		host, ok := canonicalHost(given)
		if !ok {
			return
		}
		if again, ok := canonicalHost(host); !ok || again != host {
			t.Fatalf("%q is not canonical: %q", host, again)
		}
		if !matchHost(entry, host) {
			return
		}
		if parent, wild := strings.CutPrefix(entry, "*."); wild {
			p, _ := canonicalHost(parent)
			if !strings.HasSuffix(host, "."+p) || strings.Count(host, ".") != strings.Count(p, ".")+1 {
				t.Errorf("%q matches %q", entry, host)
			}
		} else if c, _ := canonicalHost(entry); c != host {
			t.Errorf("%q matches %q", entry, host)
		}
	})
}
