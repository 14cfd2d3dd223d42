package cli

import (
	"strings"
	"testing"
)

// Without a provider the server serves its own machine only, however the address
// is spelled.
func TestListenSpellings(t *testing.T) {
	base := Config{Data: "d", AppDomain: "apps.localhost", Admin: "a@b.example"}
	for _, listen := range []string{"0.0.0.0:80", ":80", "[::]:80", "[::0]:80", "[0:0:0:0:0:0:0:0]:80", "[::ffff:0.0.0.0]:80", "[::ffff:192.0.2.1]:80", "192.0.2.1:80", "10.0.0.1:80", "0:80",
		"0x0:80", "00.0.0.0:80", "2130706433:80", "127.1:80", "127.0.0.1.example.org:80", "localhost.example.org:80", "localhost.:80", "LOCALHOST.evil:80", "paddock:80", "*:80",
		"[fe80::1%eth0]:80", "[2001:db8::1]:80", "169.254.1.1:80", "255.255.255.255:80", "128.0.0.1:80", "[::2]:80"} {
		c := base
		c.Listen = listen
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "listen") {
			t.Errorf("%s: taken (%v)", listen, err)
		}
		c.Identity, c.BaseURL = "identity.yaml", "https://paddock.example.org"
		if err := c.Validate(); err != nil && !strings.Contains(err.Error(), "host:port") {
			t.Errorf("%s with a provider: %v", listen, err)
		}
	}
	for _, listen := range []string{"127.0.0.1:80", "localhost:80", "[::1]:80", "127.8.8.8:80", "[::ffff:127.0.0.1]:80"} {
		c := base
		c.Listen = listen
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", listen, err)
		}
	}
}

func TestSignInNeedsHTTPS(t *testing.T) {
	for url, good := range map[string]bool{"": false, "http://paddock.example.org": false, "https://paddock.example.org": true, "http://localhost:8420": true} {
		c := Config{Data: "d", AppDomain: "apps.localhost", Admin: "a@b.example", Listen: "127.0.0.1:1", Identity: "identity.yaml", BaseURL: url}
		if err := c.Validate(); (err == nil) != good {
			t.Errorf("%q: %v", url, err)
		}
	}
	for proxy, good := range map[string]bool{"10.0.0.0/8": true, "2001:db8::/32": true, "10.1.2.3/32": true, "10.1.2.3": false, "0.0.0.0/0": false, "::/0": false, "proxy": false} {
		c := Config{Data: "d", AppDomain: "apps.localhost", Admin: "a@b.example", Listen: "127.0.0.1:1", TrustedProxies: []string{proxy}}
		if err := c.Validate(); (err == nil) != good {
			t.Errorf("%q: %v", proxy, err)
		}
	}
}
