package cli

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

type policyCheckCmd struct {
	Dir    string `arg:"" optional:"" help:"A governance folder, or any folder with .rego files; default this one." default:"."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 2 if there is a fault.
func (c *policyCheckCmd) Run(ctx context.Context, std IO) error {
	src, err := source(std, c.Dir)
	if err != nil {
		return err
	}
	set, err := src.Compile(ctx)
	if terr := policy.CompileTests(src.Files); err == nil {
		err = terr
	}
	if err != nil {
		return faulty(err)
	}
	if c.Format == "json" {
		return printJSON(std, struct {
			OK     bool   `json:"ok"`
			Files  int    `json:"files"`
			Policy string `json:"policy_revision"`
		}{true, len(src.Files), set.Revision()})
	}
	_, err = fmt.Fprintf(std.Out, "%s: no faults.\nPolicy revision: %s\n", counted(len(src.Files), "policy file"), set.Revision())
	return err
}

// faulty says how many faults there are.
func faulty(err error) error {
	e := *core.AsError(err)
	if n := len(e.Problems); n > 0 {
		e.Msg = fmt.Sprintf("The policies have %d faults:", n)
	}
	return &e
}
