package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// person is somebody with a browser and an access token.
type person struct {
	base, email, token string
	browser            *http.Client
}

// newPerson makes a browser for which every name below localhost is this
// machine, as it is for real ones.
func newPerson(base, email string) *person {
	jar, _ := cookiejar.New(nil) // never fails without options
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	t := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(addr); err == nil && (host == "localhost" || strings.HasSuffix(host, ".localhost")) {
			addr = net.JoinHostPort("127.0.0.1", port)
		}
		return dialer.DialContext(ctx, network, addr)
	}}
	return &person{base: base, email: email, browser: &http.Client{Jar: jar, Transport: t, Timeout: 60 * time.Second}}
}

// signIn uses a one-time link through the page, and makes an access token.
func (p *person) signIn(ctx context.Context, link string) error {
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	form := url.Values{"token": {u.Query().Get("token")}}
	status, text, err := p.send(ctx, http.MethodPost, p.base+"/sign-in", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("signing in as %s: %d %v %.300s", p.email, status, err, text)
	}
	var made struct {
		Value string `json:"value"`
	}
	err = p.call(ctx, http.MethodPost, "/tokens", map[string]any{"name": "bench", "scope": "write", "days": 1}, &made)
	p.token = made.Value
	return err
}

// call asks the API. body nil sends none; out nil reads none.
func (p *person) call(ctx context.Context, method, path string, body, out any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	status, text, err := p.send(ctx, method, p.base+"/api/v1"+path, "application/json", in)
	if err != nil {
		return err
	}
	if status >= 400 {
		return fmt.Errorf("%s %s is answered %d: %s", method, path, status, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal([]byte(text), out)
}

// send makes one request and follows redirects.
func (p *person) send(ctx context.Context, method, address, kind string, body io.Reader) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return 0, "", err
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	switch {
	case !strings.HasPrefix(address, p.base+"/api/"):
		req.Header.Set("Accept", "text/html,*/*") // as a browser asks for a page
	case p.token != "":
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	resp, err := p.browser.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	return resp.StatusCode, string(b), err
}
