package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type grantCmd struct {
	Request grantRequestCmd `cmd:"" help:"Ask for access to an app, for a while."`
	List    grantListCmd    `cmd:"" help:"List your grants, or everybody's."`
	Show    grantShowCmd    `cmd:"" help:"Show a grant, and what was done under it."`
	Drop    grantDropCmd    `cmd:"" help:"End your own access now, or take back a request."`
	Revoke  grantRevokeCmd  `cmd:"" help:"End somebody's access now."`
	Extend  grantExtendCmd  `cmd:"" help:"Ask for a grant that carries on one of yours."`
	Export  grantExportCmd  `cmd:"" help:"Write the evidence of a grant: a signed file that verifies without a server."`
}

// grantFlags are those of every command about grants.
type grantFlags struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// do posts to the API and prints the grant.
func (f grantFlags) do(ctx context.Context, std IO, body any, path ...string) error {
	b := []byte(nil)
	mediaType := ""
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			return core.Hidden("Asking the server", err)
		}
		mediaType = "application/json"
	}
	var g view.GrantDetail
	err := f.server().send(ctx, std, mediaType, b, &g, nil, append([]string{"grants"}, path...)...)
	return f.print(std, err, g)
}

func (f grantFlags) print(std IO, err error, g view.GrantDetail) error {
	if err != nil || f.Format == "json" {
		return orPrint(std, err, g)
	}
	fmt.Fprintf(std.Out, "%s: %s of %s for %s is %s.\n", g.ID, g.Role, g.App, g.Person, g.State)
	if g.Environment != "" {
		fmt.Fprintf(std.Out, "  only in %s\n", g.Environment)
	}
	switch g.State {
	case core.GrantPending:
		fmt.Fprintf(std.Out, "  waits for an answer until %s\n", g.Lapses.Format(time.RFC3339))
	case core.GrantActive, core.GrantScheduled, core.GrantExpired, core.GrantRevoked:
		fmt.Fprintf(std.Out, "  from %s to %s\n", g.Starts.Format(time.RFC3339), g.Expires.Format(time.RFC3339))
	}
	if !g.Ended.IsZero() {
		fmt.Fprintf(std.Out, "  ended %s (%s)\n", g.Ended.Format(time.RFC3339), g.Cause)
	}
	fmt.Fprintf(std.Out, "  reason  %s\n", g.Reason)
	if g.Ticket != "" {
		fmt.Fprintf(std.Out, "  ticket  %s\n", g.Ticket)
	}
	for _, a := range g.Acts {
		fmt.Fprintf(std.Out, "  %s  %-14s %s %s\n", a.At.Format(time.RFC3339), a.Action, a.Code, a.Detail)
	}
	return nil
}

type grantRequestCmd struct {
	App         string         `arg:"" help:"Name of the app."`
	Role        core.GrantRole `help:"viewer, editor, deployer, operator, owner, data-reader or data-writer." required:"" placeholder:"ROLE"`
	For         string         `help:"How long: 30m, 2h, 1d." required:"" placeholder:"TIME"`
	Reason      string         `help:"What you will do, and why." required:"" placeholder:"TEXT"`
	Ticket      string         `help:"Number of the ticket." placeholder:"TICKET"`
	Environment string         `help:"Only this target, for the role deployer." placeholder:"TARGET"`
	Start       string         `help:"When it is to begin: 2026-11-30T09:00:00Z, '2026-11-30 09:00', 09:00, tomorrow or in 2h; default as soon as it is approved." placeholder:"TIME"`
	Draft       bool           `help:"Only keep it; nobody is asked."`
	grantFlags
}

// Run implements the command: exit code 1 if the rules refuse it.
func (c *grantRequestCmd) Run(ctx context.Context, std IO) error {
	start, err := startTime(c.Start, time.Now())
	if err != nil {
		return err
	}
	return c.do(ctx, std, view.NewGrant{App: c.App, Role: c.Role, Environment: c.Environment, Reason: c.Reason, Ticket: c.Ticket, For: c.For, Start: start, Draft: c.Draft})
}

type grantListCmd struct {
	All bool `help:"Everybody's: for the roles platform, security and auditor."`
	grantFlags
}

// Run implements the command.
func (c *grantListCmd) Run(ctx context.Context, std IO) error {
	q := map[string]string{}
	if c.All {
		q["all"] = "true"
	}
	var b bytes.Buffer
	var l struct {
		Items []view.Grant `json:"items"`
		Next  string       `json:"next_cursor,omitempty"`
	}
	err := c.server().fetch(ctx, std, &b, q, "grants")
	if err == nil && json.Unmarshal(b.Bytes(), &l) != nil {
		err = core.Errorf(core.Unavailable, "The server's answer cannot be read.").Hinted("Is it of the same version as this program?")
	}
	if err != nil || c.Format == "json" {
		return orPrint(std, err, l)
	}
	if len(l.Items) == 0 {
		fmt.Fprintln(std.Out, "There are no grants.")
	}
	for _, g := range l.Items {
		fmt.Fprintf(std.Out, "%s  %-9s  %-11s  %s  %s\n", g.ID, g.State, g.Role, g.App, g.Person)
	}
	return nil
}

type grantShowCmd struct {
	ID string `arg:"" help:"The grant's id."`
	grantFlags
}

// Run implements the command.
func (c *grantShowCmd) Run(ctx context.Context, std IO) error {
	var g view.GrantDetail
	err := c.get(ctx, std, &g, "grants", c.ID)
	return c.print(std, err, g)
}

type grantDropCmd struct {
	ID       string `arg:"" help:"The grant's id."`
	Withdraw bool   `help:"It is a draft or a request: take it back."`
	grantFlags
}

// Run implements the command.
func (c *grantDropCmd) Run(ctx context.Context, std IO) error {
	if c.Withdraw {
		return c.do(ctx, std, nil, c.ID, "withdraw")
	}
	return c.do(ctx, std, nil, c.ID, "drop")
}

type grantRevokeCmd struct {
	ID  string `arg:"" help:"The grant's id."`
	Why string `help:"Told to the person who loses the access." required:"" placeholder:"TEXT"`
	grantFlags
}

// Run implements the command.
func (c *grantRevokeCmd) Run(ctx context.Context, std IO) error {
	return c.do(ctx, std, map[string]string{"why": c.Why}, c.ID, "revoke")
}

type grantExtendCmd struct {
	ID     string `arg:"" help:"The grant's id."`
	For    string `help:"How long, from the approval on: 30m, 2h, 1d." required:"" placeholder:"TIME"`
	Reason string `help:"Why it takes longer." required:"" placeholder:"TEXT"`
	Ticket string `help:"Number of the ticket; default that of the grant." placeholder:"TICKET"`
	grantFlags
}

// Run implements the command.
func (c *grantExtendCmd) Run(ctx context.Context, std IO) error {
	return c.do(ctx, std, view.Extension{For: c.For, Reason: c.Reason, Ticket: c.Ticket}, c.ID, "extend")
}
