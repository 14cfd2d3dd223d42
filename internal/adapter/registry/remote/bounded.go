package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

var errPlain = errors.New("plain HTTP is for this machine only")

// bounded refuses plain connections to other machines and cuts long answers off.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !loopback(r.URL.Hostname()) {
		return nil, errPlain
	}
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, MaxBlob+1), resp.Body}
	return resp, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func check(digest string) error {
	hex, ok := strings.CutPrefix(digest, "sha256:")
	if !ok || len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		return core.Errorf(core.Invalid, "%.100q is not a digest; want sha256: and 64 hexadecimal digits.", digest)
	}
	return nil
}

func damaged(digest string) error {
	return core.Errorf(core.Unreadable, "The registry gives other bytes than those of %s.", digest).
		Hinted("Build the app again, and ask who can write to the registry.")
}
