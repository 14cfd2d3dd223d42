package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type tokenCmd struct {
	List   tokenListCmd   `cmd:"" help:"List access tokens in force, with their last use."`
	Make   tokenMakeCmd   `cmd:"" help:"Make an access token that reaches no further than the one you come with."`
	Revoke tokenRevokeCmd `cmd:"" help:"End an access token now."`
}

// asked is a server that must be named, because tokens are only there.
func (s Server) asked() error {
	if s.Server == "" {
		return core.Errorf(core.Invalid, "The server is missing.").Hinted("Name it with --server http://localhost:8420.").At("server")
	}
	return nil
}

type tokenListCmd struct {
	Server
	All    bool   `help:"Everybody's; for the platform team."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *tokenListCmd) Run(ctx context.Context, std IO) error {
	if err := c.asked(); err != nil {
		return err
	}
	path := []string{"tokens"}
	if c.All {
		path = []string{"people", "tokens"}
	}
	var out struct {
		Items []view.Token `json:"items"`
	}
	var b strings.Builder
	if err := c.fetch(ctx, std, &b, nil, path...); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(b.String()), &out); err != nil {
		return core.Hidden("Reading the server's answer", err)
	}
	if c.Format == "json" {
		return printJSON(std, out.Items)
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tSCOPE\tFOR\tENDS\tLAST USED")
	for _, t := range out.Items {
		where, used := "all apps", "never"
		if t.Provider != "" {
			where = "people of " + t.Provider
		} else if len(t.Apps) > 0 {
			where = strings.Join(t.Apps, ",")
		}
		if !t.LastUsed.IsZero() {
			used = strings.TrimSpace(t.LastUsed.UTC().Format("2006-01-02 15:04") + " " + t.LastDoor + " " + t.LastFrom)
		}
		name := t.Name
		if t.Owner != "" {
			name += " (" + t.Owner + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, name, t.Scope, where, t.Expires.UTC().Format("2006-01-02"), used)
	}
	return w.Flush()
}

type tokenMakeCmd struct {
	Name     string   `arg:"" help:"Where you will use it."`
	Scope    []string `help:"What it is good for, several with commas: ${enum}." enum:"read,write,git,checks,deploy,opa,scim" required:"" placeholder:"SCOPE"`
	App      []string `help:"Only for this app; may be repeated."`
	Provider string   `help:"With the scope scim: the sign-in provider whose people it brings."`
	Days     int      `help:"Days until it ends." default:"90"`
	Server
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command. Alone on standard output stands the token.
func (c *tokenMakeCmd) Run(ctx context.Context, std IO) error {
	if err := c.asked(); err != nil {
		return err
	}
	body, err := json.Marshal(view.NewToken{Name: c.Name, Scopes: c.Scope, Apps: c.App, Provider: c.Provider, Days: c.Days})
	if err != nil {
		return core.Hidden("Asking", err)
	}
	var made struct {
		view.Token
		Value string `json:"value"`
	}
	if err := c.send(ctx, std, "application/json", body, &made, nil, "tokens"); err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, made)
	}
	fmt.Fprintf(std.Err, "The token %s ends on %s. It is shown only now.\n", made.Name, made.Expires.UTC().Format("2006-01-02"))
	_, err = fmt.Fprintln(std.Out, made.Value)
	return err
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"Id of the token, from paddock token list."`
	Server
}

// Run implements the command.
func (c *tokenRevokeCmd) Run(ctx context.Context, std IO) error {
	if err := c.asked(); err != nil {
		return err
	}
	resp, err := c.ask(ctx, std, http.MethodDelete, "", nil, nil, []string{"tokens", c.ID})
	if err != nil {
		return err
	}
	resp.Body.Close()
	_, err = fmt.Fprintf(std.Err, "The token %s has ended.\n", c.ID)
	return err
}
