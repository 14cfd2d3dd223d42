package cli

import (
	"context"
	"io/fs"
	"os"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// rulesIn is the folder of policies that a command works on.
type rulesIn struct {
	Dir string `name:"in" help:"A governance folder, or any folder with .rego files; default this one." default:"." placeholder:"DIR"`
}

// source reads the rules of a governance folder with their bindings, rollout and
// exemptions; of another folder all .rego files.
func source(std IO, dir string) (catalog.RuleSource, error) {
	var src catalog.RuleSource
	governed, err := inFolder(std, dir, func(fsys fs.FS, governed bool) (err error) {
		if governed {
			src, err = catalog.Rules(fsys)
		}
		return err
	})
	if err == nil && !governed {
		src.Files, err = regoFiles(std, dir)
	}
	if err == nil && len(src.Files) == 0 {
		err = core.Errorf(core.Invalid, "The folder %q holds no .rego file.", dir).Hinted("Name the governance folder with --in DIR.")
	}
	return src, err
}

// rules compiles them.
func (c rulesIn) rules(ctx context.Context, std IO) (*policy.Set, error) {
	src, err := source(std, c.Dir)
	if err != nil {
		return nil, err
	}
	return src.Compile(ctx)
}

// inFolder opens a folder, and says whether it holds a governance repository.
func inFolder(std IO, dir string, fn func(fsys fs.FS, governed bool) error) (governed bool, err error) {
	root, err := os.OpenRoot(std.path(dir))
	if err != nil {
		return false, unreadable(dir, err)
	}
	defer root.Close()
	_, err = root.Stat(catalog.SettingsFile)
	return err == nil, fn(root.FS(), err == nil)
}

// gateInput is what the commands that ask a gate are given.
type gateInput struct {
	Gate  string `arg:"" help:"A gate, such as app.deploy."`
	Input string `arg:"" optional:"" help:"File with the input as JSON, only the keys that matter; default standard input." default:"-"`
}

// read returns the whole input: the rest is empty.
func (g gateInput) read(std IO) ([]byte, error) {
	var b []byte
	var err error
	if g.Input == "-" {
		b, err = readAll(std.In, policy.MaxInput)
	} else {
		b, err = readFile(std, g.Input, policy.MaxInput)
	}
	if err != nil {
		return nil, err
	}
	return policy.Fill(core.Gate(g.Gate), b)
}
