package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type governanceStatusCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *governanceStatusCmd) Run(ctx context.Context, std IO) error {
	var g view.Governance
	if err := c.get(ctx, std, &g, "governance"); err != nil || c.Format == "json" {
		return orPrint(std, err, g)
	}
	a := g.InForce
	fmt.Fprintf(std.Out, "In force: %s since %s, by %s (%s).\nPolicy revision: %s\n", a.Commit, a.At.Format(time.RFC3339), orNobody(a.By), a.How, a.Policy)
	if len(a.Halted) > 0 {
		fmt.Fprintf(std.Out, "Halted, they only warn: %s. Raise their halt_above to enforce them.\n", strings.Join(a.Halted, ", "))
	}
	if g.MainAhead {
		fmt.Fprintln(std.Out, "The main branch holds another commit. Revert there what was rolled back before you push again.")
	}
	for _, w := range g.Warnings {
		fmt.Fprintln(std.Out, "Note: "+w)
	}
	for _, ch := range g.Open {
		word := "can be published"
		if !ch.OK {
			word = "has faults"
		}
		fmt.Fprintf(std.Out, "Change %d (%s) of %s %s.\n", ch.Number, ch.Branch, ch.Author, word)
	}
	return nil
}

type governanceHistoryCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *governanceHistoryCmd) Run(ctx context.Context, std IO) error {
	var l struct {
		Items []view.Activation `json:"items"`
	}
	if err := c.get(ctx, std, &l, "governance", "history"); err != nil || c.Format == "json" {
		return orPrint(std, err, l)
	}
	for _, a := range l.Items {
		fmt.Fprintf(std.Out, "%4d  %.10s  %s  %-8s  %s", a.Number, a.Commit, a.At.Format(time.RFC3339), a.How, orNobody(a.By))
		if len(a.Halted) > 0 {
			fmt.Fprintf(std.Out, "  halted: %s", strings.Join(a.Halted, ", "))
		}
		fmt.Fprintln(std.Out)
	}
	return nil
}

type governanceShowCmd struct {
	Number int    `arg:"" help:"Number of the governance change."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *governanceShowCmd) Run(ctx context.Context, std IO) error {
	var g view.GovernanceChange
	if err := c.get(ctx, std, &g, "governance", "changes", fmt.Sprint(c.Number)); err != nil || c.Format == "json" {
		return orPrint(std, err, g)
	}
	fmt.Fprintf(std.Out, "Governance change %d (%s) of %s is %s, at %s.\n", g.Number, g.Branch, g.Author, g.State, g.Head)
	says(std.Out, g.Says)
	return nil
}

type governancePublishCmd struct {
	Number int    `arg:"" help:"Number of the governance change, as the push of its branch said it."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command: exit code 1 if the gate does not let it pass, or not
// yet.
func (c *governancePublishCmd) Run(ctx context.Context, std IO) error {
	return c.act(ctx, std, c.Format, nil, "governance", "changes", fmt.Sprint(c.Number), "publish")
}

type governanceRollbackCmd struct {
	To     string `help:"A commit that was in force, at least 7 of its digits; default the one before." placeholder:"COMMIT"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command: exit codes as for publish.
func (c *governanceRollbackCmd) Run(ctx context.Context, std IO) error {
	body, err := json.Marshal(map[string]string{"to": c.To})
	if err != nil {
		return core.Hidden("Asking for a rollback", err)
	}
	return c.act(ctx, std, c.Format, body, "governance", "rollback")
}

func (h home) get(ctx context.Context, std IO, out any, path ...string) error {
	var b strings.Builder
	if err := h.server().fetch(ctx, std, &b, nil, path...); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(b.String()), out); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The server's answer cannot be read.", Hint: "Is it of the same version as this program?", Err: err}
	}
	return nil
}

func (h home) act(ctx context.Context, std IO, format string, body []byte, path ...string) error {
	mediaType := ""
	if body != nil {
		mediaType = "application/json"
	}
	var p view.Published
	if err := h.server().send(ctx, std, mediaType, body, &p, nil, path...); err != nil || format == "json" {
		return orPrint(std, err, p)
	}
	says(std.Out, p.Says)
	return nil
}

func says(w io.Writer, lines []string) {
	for _, line := range lines {
		if line != "" {
			fmt.Fprintln(w, line)
		}
	}
}

func orPrint(std IO, err error, v any) error {
	if err != nil {
		return err
	}
	return printJSON(std, v)
}

func orNobody(email string) string {
	if email == "" {
		return "the start"
	}
	return email
}
