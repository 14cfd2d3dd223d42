package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Server is a running server that a command asks, instead of reading a data
// folder itself.
type Server struct {
	Server    string `help:"Ask a running server instead, for example http://localhost:8420." placeholder:"URL"`
	Token     string `hidden:"" env:"PADDOCK_TOKEN"`
	TokenFile string `help:"File with the access token for --server; default the variable PADDOCK_TOKEN." placeholder:"FILE"`
}

// maxToken bounds a file with an access token.
const maxToken = 4 << 10

// token returns the access token for a server.
func (s Server) token(std IO) (string, error) {
	if s.TokenFile != "" {
		b, err := readFile(std, s.TokenFile, maxToken)
		return strings.TrimSpace(string(b)), err
	}
	if s.Token == "" {
		return "", core.Errorf(core.Unauthorized, "There is no access token for the server.").Hinted("Make one on the page Access tokens. Give it with --token-file FILE, or in the variable PADDOCK_TOKEN.")
	}
	return s.Token, nil
}

// fetch takes a file from the server's API; empty values of q are left out.
// Errors: those of the server.
func (s Server) fetch(ctx context.Context, std IO, w io.Writer, q map[string]string, path ...string) error {
	resp, err := s.ask(ctx, std, http.MethodGet, "", nil, q, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(w, resp.Body)
	if err != nil || resp.ContentLength >= 0 && n != resp.ContentLength {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The file broke off after %d bytes.", n), Hint: "Try again.", Err: err}
	}
	return nil
}

// send posts a file to the server's API and reads the answer, which is JSON.
// Errors: those of the server.
func (s Server) send(ctx context.Context, std IO, mediaType string, file []byte, out any, q map[string]string, path ...string) error {
	resp, err := s.ask(ctx, std, http.MethodPost, mediaType, file, q, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswers)).Decode(out); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The server's answer cannot be read.", Hint: "Is it of the same version as this program?", Err: err}
	}
	return nil
}

// post sends JSON to the server's API and reads the answer into out, unless that is
// nil. Errors: those of the server.
func (s Server) post(ctx context.Context, std IO, body []byte, out any, path ...string) error {
	resp, err := s.ask(ctx, std, http.MethodPost, "application/json", body, nil, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswers)).Decode(out); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The server's answer cannot be read.", Hint: "Is it of the same version as this program?", Err: err}
	}
	return nil
}

// ask sends one request; an answer that is no success is an error.
func (s Server) ask(ctx context.Context, std IO, method, mediaType string, body []byte, q map[string]string, path []string) (*http.Response, error) {
	req, err := s.request(ctx, std, method, mediaType, body, q, path)
	if err != nil {
		return nil, err
	}
	return s.do(req)
}

// request makes a request to the API; empty values of q are left out.
func (s Server) request(ctx context.Context, std IO, method, mediaType string, body []byte, q map[string]string, path []string) (*http.Request, error) {
	token, err := s.token(std)
	if err != nil {
		return nil, err
	}
	base, err := s.base()
	if err != nil {
		return nil, err
	}
	to := base.JoinPath(append([]string{"api/v1"}, path...)...)
	values := url.Values{}
	for name, v := range q {
		if v != "" {
			values.Set(name, v)
		}
	}
	to.RawQuery = values.Encode()
	req, err := http.NewRequestWithContext(ctx, method, to.String(), bytes.NewReader(body))
	if err != nil {
		return nil, core.Hidden("Asking the server", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if mediaType != "" {
		req.Header.Set("Content-Type", mediaType)
	}
	return req, nil
}

// base is the server's address.
func (s Server) base() (*url.URL, error) {
	base, err := url.Parse(s.Server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, core.Errorf(core.Invalid, "The server %q is not like http://localhost:8420.", s.Server).At("server")
	}
	return base, nil
}

// public takes what the server shows to everybody, without a token.
func (s Server) public(ctx context.Context, w io.Writer, path ...string) error {
	base, err := s.base()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath(path...).String(), nil)
	if err != nil {
		return core.Hidden("Asking the server", err)
	}
	resp, err := s.do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(w, io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The server's answer broke off.", Hint: "Try again.", Err: err}
	}
	return nil
}

// do sends a request; an answer that is no success is an error.
func (s Server) do(req *http.Request) (*http.Response, error) {
	resp, err := s.hear(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, refused(resp)
	}
	return resp, nil
}

// hear sends a request to the server that was named, and to no other: a token must
// not follow a redirection. Errors: Unavailable without an answer.
func (s Server) hear(req *http.Request) (*http.Response, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return nil, &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The server %s does not answer.", s.Server), Hint: "Is it running? Check the address.", Err: err}
	}
	return resp, nil
}

// What is read of a server's answer, and of a refusal, in bytes.
const (
	maxAnswers = 16 << 20
	maxAnswer  = 1 << 20
)

// refused turns a server's answer into the error that it stands for.
func refused(resp *http.Response) error {
	var p struct {
		Title  string    `json:"title"`
		Code   core.Code `json:"code"`
		Fix    string    `json:"fix"`
		Field  string    `json:"field"`
		Errors []struct {
			Pointer string `json:"pointer"`
			Message string `json:"message"`
			Fix     string `json:"fix"`
		} `json:"errors"`
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if json.Unmarshal(b, &p) != nil || p.Code == "" {
		return core.Errorf(core.Unavailable, "The server answered %s.", resp.Status).Hinted("Check the address: it should be a Paddock.")
	}
	e := &core.Error{Code: p.Code, Msg: p.Title, Hint: p.Fix, Field: p.Field}
	for _, one := range p.Errors {
		e.Problems = append(e.Problems, &core.Error{Code: p.Code, Msg: one.Message, Hint: one.Fix, Field: one.Pointer})
	}
	return e
}
