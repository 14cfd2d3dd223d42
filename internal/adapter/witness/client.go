// Package witness speaks to witnesses over HTTP: c2sp.org/tlog-witness.
package witness

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// most bounds an answer in bytes.
const most = 64 << 10

// Client posts to witnesses. Make one with New.
type Client struct{ http *http.Client }

// New returns a client. It keeps connections and follows no redirects.
func New() *Client {
	return &Client{&http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 2, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Post sends body and returns what the witness answers, whatever its status.
// The context bounds how long it takes. Errors: Unavailable.
func (c *Client) Post(ctx context.Context, address, body string) (status int, mediaType, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return 0, "", "", core.Errorf(core.Unavailable, "the address %q is wrong: %w", address, err)
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	req.Header.Set("User-Agent", "Paddock")
	res, err := c.http.Do(req)
	if err != nil {
		return 0, "", "", &core.Error{Code: core.Unavailable, Msg: why(err), Err: err}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return 0, "", "", core.Errorf(core.Unavailable, "the answer broke off: %w", err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(b), nil
}

// why says in a few words what went wrong; the rest is for the log.
func why(err error) string {
	var op *net.OpError
	var dns *net.DNSError
	var u *url.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &dns):
		return "its name is not known"
	case errors.As(err, &op):
		return "no connection"
	case errors.As(err, &u) && u.Timeout():
		return "no answer in time"
	}
	return "the connection failed"
}
