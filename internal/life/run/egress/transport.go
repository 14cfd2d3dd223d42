package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Times and sizes of one call.
const (
	dialTimeout   = 5 * time.Second
	answerTimeout = 30 * time.Second // until the vendor's headers are there
	callTimeout   = 60 * time.Second // the whole call
	maxHeader     = 64 << 10
	maxRequest    = 10 << 20
	maxResponse   = 25 << 20
)

// errAddress says that a name led to an address the gateway does not open.
type errAddress struct{ addr string }

func (e errAddress) Error() string { return "address not allowed: " + e.addr }

// newTransport makes the connections of one app. The address is judged after
// the name was resolved, at the moment of connecting, so that a name which
// changes its address between look-up and use gains nothing.
func newTransport(roots *x509.CertPool, private func(host, port string) bool) *http.Transport {
	return &http.Transport{
		Proxy: nil, // never the server's own proxy settings
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			named := private(host, port)
			d := net.Dialer{Timeout: dialTimeout, ControlContext: func(_ context.Context, network, addr string, _ syscall.RawConn) error {
				return guard(network, addr, named)
			}}
			return d.DialContext(ctx, network, addr)
		},
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  answerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    4,
		MaxConnsPerHost:        32,
		IdleConnTimeout:        30 * time.Second,
	}
}

func guard(network, addr string, private bool) error {
	to, err := netip.ParseAddrPort(addr)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("cannot judge %s %s", network, addr)
	}
	if !mayConnect(to.Addr(), private) {
		return errAddress{to.Addr().String()}
	}
	return nil
}
