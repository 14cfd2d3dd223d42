package egress

import "net/netip"

// special are the address ranges that are not the public internet, from the
// IANA special-purpose registries (RFC 6890 and its updates), with those that
// carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo).
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

// nearby are the special ranges that a vendor record may open: this machine
// and private networks. Link-local addresses, where clouds keep their machine
// credentials, are never among them.
var nearby = prefixes("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")

// globalUnicast is the only part of IPv6 that is routed in public.
var globalUnicast = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// mayConnect reports whether the gateway may open a connection to addr.
// private is true when a vendor record names exactly this host and port.
func mayConnect(addr netip.Addr, private bool) bool {
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	if private && within(nearby, addr) {
		return true
	}
	if addr.Is6() && !globalUnicast.Contains(addr) {
		return false
	}
	return !within(special, addr)
}

func within(ranges []netip.Prefix, addr netip.Addr) bool {
	for _, p := range ranges {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
