package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

type policyExplainCmd struct {
	gateInput
	rulesIn
	All    bool   `help:"Also the rules that had nothing to say."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command. It explains an answer of any kind with exit code 0.
func (c *policyExplainCmd) Run(ctx context.Context, std IO) error {
	doc, err := c.read(std)
	if err != nil {
		return err
	}
	set, err := c.rules(ctx, std)
	if err != nil {
		return err
	}
	tried, err := set.Explain(ctx, core.Gate(c.Gate), doc)
	if err != nil {
		return err
	}
	a, err := set.Answer(ctx, core.Gate(c.Gate), doc)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, struct {
			Result core.Result    `json:"result"`
			Tried  []policy.Tried `json:"tried"`
		}{policy.ResultOf(a.Verdicts), tried})
	}
	fmt.Fprintf(std.Out, "%s: %s. %s tried.\n", c.Gate, policy.ResultOf(a.Verdicts), counted(len(tried), "rule"))
	quiet := 0
	for _, t := range tried {
		if !t.Fired && !c.All {
			quiet++
			continue
		}
		writeTried(std.Out, t)
	}
	if quiet > 0 {
		fmt.Fprintf(std.Out, "%s had nothing to say; --all shows why.\n", counted(quiet, "rule"))
	}
	return nil
}

func writeTried(w io.Writer, t policy.Tried) {
	fmt.Fprintf(w, "\n%s at %s\n", t.Rule, t.Place)
	if t.Fired {
		for i, said := range t.Said {
			fmt.Fprintf(w, "  fired: %s %s. %s\n", t.Answer, t.Codes[i], said)
		}
		writeReads(w, t.Reads)
		return
	}
	if t.Failed == nil {
		fmt.Fprintln(w, "  did not fire")
		return
	}
	fmt.Fprintf(w, "  did not fire: this line did not hold (%s)\n    %s\n", t.Failed.Place, t.Failed.Text)
	writeReads(w, t.Failed.Reads)
}

func writeReads(w io.Writer, reads []policy.Read) {
	for _, r := range reads {
		value := r.Value
		if !r.There {
			value = "not there"
		}
		fmt.Fprintf(w, "  it reads %s: %s\n", r.Path, strings.TrimSpace(value))
	}
}
