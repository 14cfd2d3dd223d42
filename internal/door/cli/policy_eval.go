package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

type policyEvalCmd struct {
	gateInput
	rulesIn
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 unless the answer is allow.
func (c *policyEvalCmd) Run(ctx context.Context, std IO) error {
	doc, err := c.read(std)
	if err != nil {
		return err
	}
	set, err := c.rules(ctx, std)
	if err != nil {
		return err
	}
	a, err := set.Answer(ctx, core.Gate(c.Gate), doc)
	if err != nil {
		return err
	}
	result := policy.ResultOf(a.Verdicts)
	if c.Format == "json" {
		err = printJSON(std, struct {
			Result core.Result `json:"result"`
			core.Verdicts
			Fired  []core.Fired `json:"fired"`
			Policy string       `json:"policy_revision"`
		}{result, a.Verdicts, a.Fired, set.Revision()})
	} else {
		fmt.Fprintf(std.Out, "%s: %s\n", c.Gate, result)
		writeVerdicts(std.Out, a.Verdicts)
		writeFired(std.Out, a.Fired)
	}
	if err == nil && result != core.Allow {
		return exitCode(1)
	}
	return err
}

func writeVerdicts(w io.Writer, v core.Verdicts) {
	for _, l := range []struct {
		word string
		list []core.Reason
	}{{"deny", v.Deny}, {"warn", v.Warn}} {
		for _, r := range l.list {
			fmt.Fprintf(w, "  %-7s %s: %s\n", l.word, r.Code, r.Message)
			if r.Fix != "" {
				fmt.Fprintf(w, "          Fix: %s\n", r.Fix)
			}
		}
	}
	for _, n := range v.Approve {
		fmt.Fprintf(w, "  approve %s: %s\n", n.Role, n.Reason)
	}
}

func writeFired(w io.Writer, list []core.Fired) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(w, "Rules that fired:")
	for _, f := range list {
		became := ""
		if f.Became != "" {
			became = " (" + f.Became + ")"
		}
		fmt.Fprintf(w, "  %-7s %s, by %s at %s%s\n", f.Answer, f.Code, f.Rule, f.Place, became)
	}
}
