package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// fetch takes the pack from a running server. Errors: those of the server.
func (c *evidenceExportCmd) fetch(ctx context.Context, std IO, w io.Writer) error {
	token, err := c.token(std)
	if err != nil {
		return err
	}
	base, err := url.Parse(c.Server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return core.Errorf(core.Invalid, "The server %q is not like http://localhost:8420.", c.Server).At("server")
	}
	to := base.JoinPath("api/v1/apps", c.What, "evidence")
	q := url.Values{}
	if evidence.IsPeriod(c.What) {
		to = base.JoinPath("api/v1/evidence")
		q.Set("period", c.What)
	}
	for name, v := range map[string]string{"from": c.From, "to": c.To} {
		if v != "" {
			q.Set(name, v)
		}
	}
	to.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		return core.Hidden("Asking the server", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	// A token goes to the server that was named, and to no other.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The server %s does not answer.", c.Server), Hint: "Is it running? Check the address.", Err: err}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	n, err := io.Copy(w, resp.Body)
	if err != nil || resp.ContentLength >= 0 && n != resp.ContentLength {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The pack broke off after %d bytes.", n), Hint: "Try again.", Err: err}
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
