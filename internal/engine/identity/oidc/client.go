package oidc

import (
	"errors"
	"io"
	"net/http"
)

// errTooLong is what reading an answer ends with that is too long.
var errTooLong = errors.New("the answer is too long")

// newClient returns a client that waits and reads with patience, and follows no
// redirect: a provider's addresses are those that it published.
func newClient(base http.RoundTripper) *http.Client {
	if base == nil {
		base = http.DefaultTransport
	}
	return &http.Client{Transport: bounded{base}, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// bounded bounds every answer.
type bounded struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.base.RoundTrip(r)
	if err == nil {
		resp.Body = &short{rest: resp.Body, left: maxAnswer}
	}
	return resp, err
}

// short is a body that fails when it is too long.
type short struct {
	rest io.ReadCloser
	left int
}

// Read implements io.Reader.
func (s *short) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errTooLong
	}
	n, err := s.rest.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}

// Close implements io.Closer.
func (s *short) Close() error { return s.rest.Close() }
