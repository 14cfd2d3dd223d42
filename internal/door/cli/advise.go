package cli

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/org/advice"
)

type policyAdviseCmd struct {
	Since string `help:"How far back decisions are taken, in days." default:"90d"`
	Data  string `help:"The server's data folder; the server may run." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Most   int    `help:"Apps of each proposal to print as text." default:"20"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *policyAdviseCmd) Run(ctx context.Context, std IO, p Programs) error {
	days, err := daysOf(c.Since)
	if err != nil {
		return err
	}
	database, err := c.Address(std.path)
	if err != nil {
		return err
	}
	list, err := p.Advise(ctx, WhatIfOptions{Data: std.path(c.Data), Database: database, Days: days})
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, struct {
			Proposals []advice.Proposal `json:"proposals"`
		}{list})
	}
	if len(list) == 0 {
		fmt.Fprintln(std.Out, "Nothing to propose.")
	}
	for i, one := range list {
		if i > 0 {
			fmt.Fprintln(std.Out)
		}
		c.print(std, one)
	}
	return nil
}

func (c *policyAdviseCmd) print(std IO, p advice.Proposal) {
	what := map[advice.Kind]string{advice.EnforceRule: "Enforce " + p.Rule, advice.DropExemption: "Take out the exemption of " + p.App + " from " + p.Rule,
		advice.AddRule: "Add a rule about " + p.Rule, advice.TeachFinding: "Teach " + p.Rule}[p.Kind]
	fmt.Fprintf(std.Out, "%s\n%s\n", what, p.Text)
	for _, r := range []struct {
		title  string
		report *whatif.Report
	}{{"decisions that would have been blocked:", p.Decisions}, {"apps that would be blocked now:", p.Fleet}} {
		if r.report != nil && r.report.Counts[whatif.Blocked] > 0 {
			fmt.Fprintln(std.Out, r.title)
			printShifts(std, r.report.Shifts, whatif.Blocked, c.Most)
		}
	}
	fmt.Fprintf(std.Out, "\n%s", p.Diff)
}
