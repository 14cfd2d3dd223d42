package cli

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

type policyFmtCmd struct {
	Dir    string `arg:"" optional:"" help:"A governance folder, or any folder with .rego files; default this one." default:"."`
	Check  bool   `help:"Change nothing; list the files that would change, and end with exit code 1."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command. A file that cannot be read leaves all as they are:
// exit code 2.
func (c *policyFmtCmd) Run(std IO) error {
	files, err := regoFiles(std, c.Dir)
	if err != nil {
		return err
	}
	changed := []string{}
	var faults []*core.Error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out, err := policy.Format(name, files[name])
		if err != nil {
			e := core.AsError(err)
			faults = append(faults, append(e.Problems, alone(e)...)...)
			continue
		}
		if !bytes.Equal(out, files[name]) {
			changed, files[name] = append(changed, name), out
		}
	}
	if err := core.Join(core.Invalid, "The policies have faults:", faults); err != nil {
		return err
	}
	if !c.Check {
		if err := rewrite(std, c.Dir, changed, files); err != nil {
			return err
		}
	}
	if err := c.tell(std, changed); err != nil {
		return err
	}
	if c.Check && len(changed) > 0 {
		return exitCode(1)
	}
	return nil
}

func (c *policyFmtCmd) tell(std IO, changed []string) error {
	if c.Format == "json" {
		return printJSON(std, struct {
			OK      bool     `json:"ok"`
			Changed []string `json:"changed"`
		}{!c.Check || len(changed) == 0, changed})
	}
	for _, name := range changed {
		fmt.Fprintln(std.Out, name)
	}
	return nil
}

// alone is an error that holds no others.
func alone(e *core.Error) []*core.Error {
	if len(e.Problems) > 0 {
		return nil
	}
	return []*core.Error{e}
}

// rewrite writes files anew, inside of the folder only.
func rewrite(std IO, dir string, names []string, files map[string][]byte) error {
	root, err := os.OpenRoot(std.path(dir))
	if err != nil {
		return unreadable(dir, err)
	}
	defer root.Close()
	for _, name := range names {
		if err := root.WriteFile(name, files[name], 0o644); err != nil {
			return &core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("%q cannot be written: %s.", name, cause(err)), Hint: "Check who owns it.", Err: err}
		}
	}
	return nil
}
