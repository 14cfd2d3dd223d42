package cli

import "context"

// TourOptions say how the tour runs.
type TourOptions struct {
	JSON    bool
	Data    string
	Stay    bool
	Workerd string
}

type tourCmd struct {
	JSON    bool   `name:"json" help:"Print one JSON object for each step: step, ok, ms, evidence."`
	Data    string `help:"Keep the data folder here; default a temporary one." placeholder:"DIR"`
	Stay    bool   `help:"Stay up after the last step, and print the address and a sign-in link."`
	Workerd string `help:"The workerd program; default: looked for in node_modules and PATH." env:"PADDOCK_WORKERD"`
}

// Run implements the command.
func (c *tourCmd) Run(ctx context.Context, std IO, p Programs) error {
	o := TourOptions(*c)
	o.Data = std.path(o.Data)
	return p.Tour(ctx, o, std)
}
