package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type personLinksCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *personLinksCmd) Run(ctx context.Context, std IO) error {
	var l struct {
		Items []view.AccountLink `json:"items"`
	}
	if err := c.get(ctx, std, &l, "account-links"); err != nil || c.Format == "json" {
		return orPrint(std, err, l)
	}
	for _, x := range l.Items {
		fmt.Fprintf(std.Out, "%-9s %s and %s: %s\n", x.State, x.A, x.B, x.Reason)
	}
	return nil
}

type personLinkCmd struct {
	A         string `arg:"" help:"E-mail of one account."`
	B         string `arg:"" help:"E-mail of the other."`
	Different bool   `help:"They are two humans."`
	Reason    string `help:"How you know." required:""`
	home
}

// Run implements the command.
func (c *personLinkCmd) Run(ctx context.Context, std IO) error {
	body, err := json.Marshal(map[string]any{"a": c.A, "b": c.B, "same": !c.Different, "reason": c.Reason})
	if err != nil {
		return core.Hidden("Linking accounts", err)
	}
	if err := c.server().post(ctx, std, body, nil, "account-links"); err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s and %s are %s.\n", c.A, c.B, map[bool]string{true: "two humans", false: "one human"}[c.Different])
	return nil
}

type personAddressCmd struct {
	Person string `arg:"" help:"E-mail of the person's account."`
	Email  string `arg:"" help:"A further address that they commit under."`
	Remove bool   `help:"Take it away."`
	home
}

// Run implements the command.
func (c *personAddressCmd) Run(ctx context.Context, std IO) error {
	body, err := json.Marshal(map[string]any{"person": c.Person, "email": c.Email, "remove": c.Remove})
	if err != nil {
		return core.Hidden("Setting an address", err)
	}
	if err := c.server().post(ctx, std, body, nil, "addresses"); err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s is %s an address of %s.\n", strings.ToLower(c.Email), map[bool]string{true: "no longer", false: "now"}[c.Remove], c.Person)
	return nil
}
