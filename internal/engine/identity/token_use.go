package identity

import (
	"context"
	"net"
	"net/netip"

	"github.com/paddock-dev/paddock/internal/core"
)

// Token returns whose access token it is, with the token, which says what it is
// good for: see authz.Covers. The person's rights are as they are now; if the
// token is bound to apps, they count only there. at is where it is used; its
// address is kept shortened to its network. Errors: Unauthorized.
func (s *Service) Token(ctx context.Context, token core.Secret, at core.Use) (who core.Person, c core.Credential, err error) {
	who, c, err = s.holder(ctx, core.CredToken, token)
	if err != nil {
		return core.Person{}, core.Credential{}, err
	}
	who.Only = c.Apps
	return who, c, s.usedAt(ctx, c, core.Use{Door: at.Door, From: Network(at.From)})
}

// Network shortens an address, with or without a port, to the network that it is
// in: 24 bits of IPv4, 48 of IPv6. It is "" for what is no address.
func Network(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	ip = ip.Unmap().WithZone("")
	bits := 48
	if ip.Is4() {
		bits = 24
	}
	network, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}
