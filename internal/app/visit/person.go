package visit

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

	"github.com/paddock-dev/paddock/internal/core"
)

// Person is somebody with a browser (cookies) and an access token.
type Person struct {
	Email   string
	Token   string
	Browser *http.Client
	Base    string // the server's address
}

// NewPerson makes a browser that follows redirects and resolves every name
// below localhost to this machine.
func NewPerson(base, email string) *Person {
	jar, _ := cookiejar.New(nil) // never fails without options
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	t := &http.Transport{Proxy: nil, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err == nil && (host == "localhost" || strings.HasSuffix(host, ".localhost")) {
			addr = net.JoinHostPort("127.0.0.1", port)
		}
		return dialer.DialContext(ctx, network, addr)
	}}
	return &Person{Email: email, Base: base, Browser: &http.Client{Jar: jar, Transport: t, Timeout: 60 * time.Second}}
}

// Problem is what the API answers when it refuses.
type Problem struct {
	Title  string    `json:"title"`
	Code   core.Code `json:"code"`
	Fix    string    `json:"fix"`
	Status int       `json:"status"`
	Errors []struct {
		Pointer string `json:"pointer"`
		Message string `json:"message"`
		Fix     string `json:"fix"`
	} `json:"errors"`
}

// Error implements error.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Title)
	for _, e := range p.Errors {
		s += " " + e.Pointer + " " + e.Message
	}
	return s
}

// Call asks the API. body nil sends none; out nil reads none. A refusal is a
// *Problem.
func (p *Person) Call(ctx context.Context, method, path string, body, out any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, p.Base+"/api/v1"+path, in)
	if err != nil {
		return err
	}
	if p.Token != "" {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := p.Browser.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 400 {
		pr := &Problem{Status: resp.StatusCode, Title: string(b)}
		_ = json.Unmarshal(b, pr)
		return pr
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = b
		return nil
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

// Refused demands that err is a refusal of the given code, and returns it.
func Refused(err error, code core.Code) (*Problem, error) {
	pr, ok := err.(*Problem)
	if !ok {
		return nil, core.Errorf(core.Blocked, "this should have been refused as %s, but: %v", code, err)
	}
	return pr, Must(pr.Code == code, "refused as %s, not as %s: %s", pr.Code, code, pr.Title)
}

// Open signs the person in by a one-time link, through the page, and makes an
// access token.
func (p *Person) Open(ctx context.Context, link string) error {
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	if _, _, err := p.Page(ctx, link); err != nil {
		return err
	}
	resp, err := p.Browser.PostForm(p.Base+"/sign-in", url.Values{"token": {u.Query().Get("token")}})
	if err != nil {
		return err
	}
	resp.Body.Close()
	if err := Must(resp.StatusCode == http.StatusOK && resp.Request.URL.Path == "/", "signing in as %s led to %s (%d)", p.Email, resp.Request.URL.Path, resp.StatusCode); err != nil {
		return err
	}
	if p.Token != "" {
		return nil
	}
	var made struct {
		Value string `json:"value"`
	}
	err = p.Call(ctx, "POST", "/tokens", map[string]any{"name": "tour", "scope": "write", "days": 365}, &made)
	p.Token = made.Value
	return err
}

// Page loads an address as a browser does and returns its status and text.
func (p *Person) Page(ctx context.Context, address string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Accept", "text/html,*/*")
	return p.do(req)
}

func (p *Person) do(req *http.Request) (int, string, error) {
	resp, err := p.Browser.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	return resp.StatusCode, string(b), err
}

// Send posts JSON to an app's own address.
func (p *Person) Send(ctx context.Context, address string, body any) (int, string, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(b))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	return p.do(req)
}
