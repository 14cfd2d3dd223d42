package oidc

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// errTooLong is what reading an answer ends with that is too long.
var errTooLong = errors.New("the answer is too long")

// newClient returns a client that waits and reads with patience, and follows no
// redirect: a provider's addresses are those that it published.
func newClient(base http.RoundTripper, clock core.Clock) (*http.Client, *bounded) {
	if base == nil {
		base = http.DefaultTransport
	}
	t := &bounded{base: base, clock: clock, kept: map[string]answer{}}
	return &http.Client{Transport: t, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, t
}

// bounded bounds every answer, and keeps a key set for a while: a token whose key
// is not known makes one request each keysPause at most, whoever sends it.
type bounded struct {
	base  http.RoundTripper
	clock core.Clock

	mu   sync.Mutex
	keys string // address of the key set
	kept map[string]answer
}

type answer struct {
	at     time.Time
	status int
	kind   string
	body   []byte
	err    error
}

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	isKeys := b.keys != "" && r.Method == http.MethodGet && r.URL.String() == b.keys
	if !isKeys {
		b.mu.Unlock()
		resp, err := b.base.RoundTrip(r)
		if err == nil {
			resp.Body = &short{rest: resp.Body, left: maxAnswer}
		}
		return resp, err
	}
	defer b.mu.Unlock()
	now := b.clock.Now()
	a, ok := b.kept[b.keys]
	if !ok || now.Sub(a.at) >= keysPause || now.Before(a.at) {
		a = b.fetch(r)
		a.at = now
		b.kept = map[string]answer{b.keys: a}
	}
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {a.kind}}, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body))}, nil
}

func (b *bounded) fetch(r *http.Request) answer {
	resp, err := b.base.RoundTrip(r)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(&short{rest: resp.Body, left: maxKeys})
	return answer{status: resp.StatusCode, kind: resp.Header.Get("Content-Type"), body: body, err: err}
}

// watch tells where the key set is.
func (b *bounded) watch(keys string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keys = keys
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
