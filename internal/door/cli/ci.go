package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

type ciCmd struct {
	Connect ciConnectCmd `cmd:"" help:"Show this pipeline to the app's owner, who then confirms it. Run it in the pipeline."`
	Login   ciLoginCmd   `cmd:"" help:"Exchange this pipeline's token for a short-lived access token. Run it in the pipeline."`
	Report  ciReportCmd  `cmd:"" help:"Bring what a tool found in a commit, as SARIF."`
	List    ciListCmd    `cmd:"" help:"List the pipelines that may act for an app, and those that ask to."`
	Confirm ciConfirmCmd `cmd:"" help:"Let a pipeline act for an app that you own."`
	Remove  ciRemoveCmd  `cmd:"" help:"End a pipeline and its access tokens at once."`
}

// job is a run of a pipeline, as its forge tells it by variables.
type job struct {
	Server   string `help:"The Paddock server." required:"" env:"PADDOCK_SERVER" placeholder:"URL"`
	Audience string `help:"What the forge's token is made out to; default the server. It is audience in the identity settings." env:"PADDOCK_AUDIENCE" placeholder:"NAME"`
}

// The variables in which forges say how a job gets its ID token.
const (
	githubURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	githubToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
	gitlabToken = "PADDOCK_ID_TOKEN"
)

// idToken asks the forge for the job's ID token.
func (j job) idToken(ctx context.Context, std IO) (string, error) {
	env := func(name string) string {
		if std.Env == nil {
			return ""
		}
		v, _ := std.Env(name)
		return v
	}
	if token := env(gitlabToken); token != "" {
		return token, nil
	}
	from, secret := env(githubURL), env(githubToken)
	if from == "" || secret == "" {
		return "", core.Errorf(core.Unauthorized, "This job has no ID token.").
			Hinted("On GitHub, give the job the permission id-token: write. On GitLab, add id_tokens: %s with aud: to the job.", gitlabToken)
	}
	audience := j.Audience
	if audience == "" {
		audience = strings.TrimSuffix(j.Server, "/")
	}
	u, err := url.Parse(from)
	if err != nil || u.Host == "" {
		return "", core.Errorf(core.Invalid, "The variable %s is no address.", githubURL)
	}
	q := u.Query()
	q.Set("audience", audience)
	u.RawQuery = q.Encode()
	var got struct {
		Value string `json:"value"`
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", core.Hidden("Asking for the ID token", err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	if status, err := call(req, &got); err != nil || status != http.StatusOK || got.Value == "" {
		return "", (&core.Error{Code: core.Unavailable, Msg: "GitHub did not give the job's ID token.", Err: err}).Hinted("Run the job again.")
	}
	return got.Value, nil
}

// call sends a request that follows no redirect, and reads a JSON answer.
func call(req *http.Request, into any) (status int, err error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return resp.StatusCode, err
	}
	return resp.StatusCode, json.Unmarshal(b, into)
}

// address returns an address of the server.
func (j job) address(path ...string) (string, error) {
	base, err := url.Parse(j.Server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return "", core.Errorf(core.Invalid, "The server %q is not like https://paddock.example.org.", j.Server).At("server")
	}
	return base.JoinPath(path...).String(), nil
}

// silent is the error of a server that does not answer as one.
func (j job) silent(err error) error {
	return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The server %s does not answer.", j.Server), Hint: "Is it running? Check the address.", Err: err}
}

type ciConnectCmd struct {
	job
	App    string `help:"Name of the app." required:""`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *ciConnectCmd) Run(ctx context.Context, std IO) error {
	to, err := c.address("api/v1/pipelines")
	if err != nil {
		return err
	}
	token, err := c.idToken(ctx, std)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"app": c.App, "token": token})
	if err != nil {
		return core.Hidden("Showing the token", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return core.Hidden("Showing the token", err)
	}
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return c.silent(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	var got struct {
		Repository   string `json:"repository"`
		RepositoryID string `json:"repository_id"`
		Ref          string `json:"ref"`
		Environment  string `json:"environment,omitempty"`
		Event        string `json:"event"`
		Workflow     string `json:"workflow"`
		Next         string `json:"next"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&got); err != nil {
		return c.silent(err)
	}
	if c.Format == "json" {
		return printJSON(std, got)
	}
	_, err = fmt.Fprintf(std.Out, "%s (id %s), %s, workflow %s, set off by %s.\n%s\n", got.Repository, got.RepositoryID, got.Ref, got.Workflow, got.Event, got.Next)
	return err
}

type ciLoginCmd struct {
	job
	App       string   `help:"Name of the app; needed only when the pipeline is connected to several."`
	Scope     []string `help:"What the token is to be for: app.read, report.add, app.deploy; default all that it may be." placeholder:"SCOPE"`
	TokenFile string   `help:"Write the access token to this file, for --token-file of later steps; on GitHub it goes to later steps as PADDOCK_TOKEN." placeholder:"FILE"`
}

// Run implements the command. The token is printed nowhere: on GitHub it is masked
// first, and then given to later steps of the job.
func (c *ciLoginCmd) Run(ctx context.Context, std IO) error {
	to, err := c.address("oauth/token")
	if err != nil {
		return err
	}
	onward, err := c.onward(std)
	if err != nil {
		return err
	}
	token, err := c.idToken(ctx, std)
	if err != nil {
		return err
	}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "subject_token": {token}, "subject_token_type": {"urn:ietf:params:oauth:token-type:id_token"}}
	if c.App != "" {
		form.Set("audience", c.App)
	}
	if len(c.Scope) > 0 {
		form.Set("scope", strings.Join(c.Scope, " "))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return core.Hidden("Exchanging the token", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var got struct {
		Token       string `json:"access_token"`
		Seconds     int    `json:"expires_in"`
		Scope       string `json:"scope"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Reason      string `json:"reason"`
		Hint        string `json:"hint"`
		Title       string `json:"title"` // of a problem, where the request did not get so far
		Fix         string `json:"fix"`
	}
	status, err := call(req, &got)
	switch {
	case err != nil:
		return c.silent(err)
	case got.Error == "temporarily_unavailable" || status >= 500:
		return core.Errorf(core.Unavailable, "%s", got.Description).Hinted("%s", got.Hint)
	case status == http.StatusTooManyRequests:
		return core.Errorf(core.RateLimited, "%s", got.Title).Hinted("%s", got.Fix)
	case status != http.StatusOK || got.Token == "":
		return core.Errorf(core.Forbidden, "%s", got.Description).Hinted("%s", got.Hint).At(got.Reason)
	}
	if err := onward(got.Token); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.Out, "Signed in for %d minutes: %s.\n", got.Seconds/60, got.Scope)
	return err
}

// onward returns how the token reaches later steps: a file for it alone, or
// GitHub's file of variables.
func (c *ciLoginCmd) onward(std IO) (func(token string) error, error) {
	variables := ""
	if std.Env != nil {
		variables, _ = std.Env("GITHUB_ENV")
	}
	write := func(name string, flags int, text string) error {
		f, err := os.OpenFile(name, flags|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return (&core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The file %q cannot be written: %s.", name, cause(err)), Err: err}).Hinted("Choose another file with --token-file.")
		}
		if _, err = f.WriteString(text); err != nil {
			f.Close()
			return core.Hidden("Writing the token", err)
		}
		return f.Close()
	}
	switch {
	case c.TokenFile != "":
		return func(token string) error {
			mask(std, variables, token)
			return write(std.path(c.TokenFile), os.O_TRUNC, token+"\n")
		}, nil
	case variables != "":
		return func(token string) error {
			mask(std, variables, token)
			return write(variables, os.O_APPEND, "PADDOCK_TOKEN="+token+"\n")
		}, nil
	}
	return nil, core.Errorf(core.Invalid, "There is nowhere to put the access token.").Hinted("Name a file: --token-file paddock.token.").At("token-file")
}

// mask has GitHub hide the token in the job's log.
func mask(std IO, onGitHub, token string) {
	if onGitHub != "" {
		fmt.Fprintf(std.Out, "::add-mask::%s\n", token)
	}
}
