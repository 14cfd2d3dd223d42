package egress

import (
	"net/netip"
	"strings"
)

// canonicalHost returns host in the one form that lists are compared in: lower
// case, no final dot, an address in its usual spelling. It refuses what no
// list can name: empty labels, non-ASCII letters, address zones.
func canonicalHost(host string) (string, bool) {
	if trimmed, ok := strings.CutPrefix(host, "["); ok {
		host, ok = strings.CutSuffix(trimmed, "]")
		if !ok {
			return "", false
		}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().String(), addr.Zone() == ""
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "" || len(host) > 253 {
		return "", false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", false
		}
	}
	return host, true
}

// matchHost reports whether a canonical host is the one a list entry names:
// the same host, or for "*.example.com" one label below example.com. A wild
// card never matches an address.
func matchHost(entry, host string) bool {
	if parent, ok := strings.CutPrefix(entry, "*."); ok {
		parent, ok = canonicalHost(parent)
		label, rest, cut := strings.Cut(host, ".")
		_, notAddress := netip.ParseAddr(host)
		return ok && cut && label != "" && rest == parent && notAddress != nil && strings.Contains(parent, ".")
	}
	entry, ok := canonicalHost(entry)
	return ok && entry == host
}

// splitEntry parts a list entry into host and port; the port is "" if none is
// named.
func splitEntry(entry string) (host, port string) {
	if strings.HasPrefix(entry, "[") {
		end := strings.IndexByte(entry, ']')
		if end < 0 {
			return entry, ""
		}
		return entry[:end+1], strings.TrimPrefix(entry[end+1:], ":")
	}
	if strings.Count(entry, ":") != 1 {
		return entry, "" // a bare name, or an IPv6 address
	}
	host, port, _ = strings.Cut(entry, ":")
	return host, port
}

// names reports whether one of the entries names exactly host and port.
func names(entries []string, host, port string) bool {
	for _, e := range entries {
		h, p := splitEntry(e)
		if p == port && matchHost(h, host) && !strings.HasPrefix(h, "*.") {
			return true
		}
	}
	return false
}
