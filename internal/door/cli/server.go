package cli

import (
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
	token, err := s.token(std)
	if err != nil {
		return err
	}
	base, err := url.Parse(s.Server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return core.Errorf(core.Invalid, "The server %q is not like http://localhost:8420.", s.Server).At("server")
	}
	to := base.JoinPath(append([]string{"api/v1"}, path...)...)
	values := url.Values{}
	for name, v := range q {
		if v != "" {
			values.Set(name, v)
		}
	}
	to.RawQuery = values.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		return core.Hidden("Asking the server", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	// A token goes to the server that was named, and to no other.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The server %s does not answer.", s.Server), Hint: "Is it running? Check the address.", Err: err}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	n, err := io.Copy(w, resp.Body)
	if err != nil || resp.ContentLength >= 0 && n != resp.ContentLength {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The file broke off after %d bytes.", n), Hint: "Try again.", Err: err}
	}
	return nil
}

// maxAnswer bounds a refusal that is read.
const maxAnswer = 64 << 10

// refused turns a server's answer into the error that it stands for.
func refused(resp *http.Response) error {
	var p struct {
		Title string    `json:"title"`
		Code  core.Code `json:"code"`
		Fix   string    `json:"fix"`
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if json.Unmarshal(b, &p) != nil || p.Code == "" {
		return core.Errorf(core.Unavailable, "The server answered %s.", resp.Status).Hinted("Check the address: it should be a Paddock.")
	}
	return &core.Error{Code: p.Code, Msg: p.Title, Hint: p.Fix}
}
