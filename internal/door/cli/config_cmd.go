package cli

import (
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Read the configuration as the server would, and report every fault."`
	Show  configShowCmd  `cmd:"" help:"Print the configuration in force."`
}

type configCheckCmd struct {
	Config
	File   fileConfig `help:"Configuration file (YAML)." placeholder:"FILE"`
	Format string     `help:"text or json." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *configCheckCmd) Run(std IO) error {
	err := c.Validate()
	if c.Format == "json" {
		return jsonVerdict(std, err)
	}
	if err == nil {
		fmt.Fprintln(std.Out, "The configuration is good.")
	}
	return err
}

type configShowCmd struct {
	Config
	File   fileConfig `help:"Configuration file (YAML)." placeholder:"FILE"`
	Format string     `help:"text (YAML) or json." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *configShowCmd) Run(std IO) error {
	if c.Format == "json" {
		return printJSON(std, c.Config)
	}
	b, err := yaml.Marshal(c.Config)
	if err != nil {
		return core.Hidden("Printing the configuration", err)
	}
	_, err = std.Out.Write(b)
	return err
}

// printJSON writes v, indented, to standard output.
func printJSON(std IO, v any) error {
	enc := json.NewEncoder(std.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// problem is an error as JSON.
type problem struct {
	OK       bool      `json:"ok"`
	Code     core.Code `json:"code,omitempty"`
	Message  string    `json:"message,omitempty"`
	Hint     string    `json:"hint,omitempty"`
	Field    string    `json:"field,omitempty"`
	Problems []problem `json:"problems,omitempty"`
}

// jsonVerdict prints whether err is nil, and err, as JSON; the exit code is err's.
func jsonVerdict(std IO, err error) error {
	if err == nil {
		return printJSON(std, problem{OK: true})
	}
	e := core.AsError(err)
	if perr := printJSON(std, problemOf(e)); perr != nil {
		return perr
	}
	return exitCode(core.OutcomeOf(e.Code).Exit)
}

func problemOf(e *core.Error) problem {
	p := problem{Code: e.Code, Message: e.Msg, Hint: e.Hint, Field: e.Field}
	for _, sub := range e.Problems {
		p.Problems = append(p.Problems, problemOf(sub))
	}
	return p
}
