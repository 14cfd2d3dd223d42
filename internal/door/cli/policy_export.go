package cli

import (
	"context"
	"fmt"
)

type policyExportCmd struct {
	Dir         string `arg:"" optional:"" default:"." help:"The governance folder; default this one."`
	To          string `required:"" enum:"kubernetes,vap,gatekeeper" help:"What to write: ${enum}. kubernetes is one app's namespace; vap and gatekeeper are for the whole cluster."`
	App         string `help:"The folder of the app, with its microapp.yaml. For --to kubernetes." placeholder:"DIR"`
	Environment string `help:"The app's environment." default:"production"`
	Target      string `help:"The target in paddock.yaml; default the first one in the app's region." placeholder:"NAME"`
}

// ExportOptions says what to write for others to enforce.
type ExportOptions struct {
	Governance  string // folder
	To          string // kubernetes, vap or gatekeeper
	App         string // folder, for kubernetes
	Environment string
	Target      string
}

// Run implements the command: YAML on standard output, for kubectl apply -f -.
func (c *policyExportCmd) Run(ctx context.Context, std IO, p Programs) error {
	text, leftOut, err := p.ExportPolicy(ctx, ExportOptions{Governance: std.path(c.Dir), To: c.To, App: std.path(c.App), Environment: c.Environment, Target: c.Target})
	if err != nil {
		return err
	}
	for _, what := range leftOut {
		fmt.Fprintf(std.Err, "warning: %s\n", what)
	}
	_, err = std.Out.Write(text)
	return err
}
