package policy

import (
	"errors"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/paddock-dev/paddock/internal/core"
)

// The largest set of policies that is read.
const (
	MaxFile  = 1 << 20 // bytes of one file
	MaxFiles = 2000
	MaxTotal = 16 << 20 // bytes of all files
)

// modules parses all .rego files, each as Rego v1 or, where that fails, as v0.
// It reports the faults of all files.
func modules(files map[string][]byte) (map[string]*ast.Module, []*core.Error) {
	names, total := regoFiles(files), 0
	for _, name := range names {
		if total += len(files[name]); len(files[name]) > MaxFile {
			return nil, []*core.Error{core.Errorf(core.TooLarge, "The policy file is %d bytes long; at most %d are read.", len(files[name]), MaxFile).
				Hinted("Split it into smaller files.").At(name)}
		}
	}
	if len(names) > MaxFiles || total > MaxTotal {
		return nil, []*core.Error{core.Errorf(core.TooLarge, "The policies are too many: at most %d files and %d bytes are read.", MaxFiles, MaxTotal)}
	}
	read := make([]*ast.Module, len(names))
	wrong := make([][]*core.Error, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			read[i], wrong[i] = module(name, string(files[name]))
			return nil
		})
	}
	_ = group.Wait() // faults are no errors of the group
	out := map[string]*ast.Module{}
	for i, name := range names {
		if read[i] != nil {
			out[name] = read[i]
		}
	}
	return out, slices.Concat(wrong...)
}

// module reads one file. A reader that panics, away from whoever would catch it,
// has not read it.
func module(name, text string) (m *ast.Module, faults []*core.Error) {
	defer func() {
		if p := recover(); p != nil {
			m, faults = nil, []*core.Error{core.Errorf(core.Invalid, "The policy file cannot be read.").Hinted("Write it in a simpler way.").At(name)}
		}
	}()
	m, err := parse(name, text)
	switch {
	case err != nil:
		return nil, regoFaults(err)
	case m == nil:
		return nil, []*core.Error{core.Errorf(core.Invalid, "The policy file is empty.").Hinted("Start it with a package line, or delete it.").At(name)}
	}
	return m, nil
}

// parse reads one module. Errors are of the v1 reading, which is what new
// policies are written in.
func parse(name, text string) (*ast.Module, error) {
	m, _, err := parseAs(name, text)
	return m, err
}

// parseAs is parse, and says in which version the module is written.
func parseAs(name, text string) (*ast.Module, ast.RegoVersion, error) {
	m, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
	if err == nil {
		return m, ast.RegoV1, nil
	}
	if old, oldErr := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV0, ProcessAnnotation: true}); oldErr == nil {
		return old, ast.RegoV0, nil
	}
	return nil, ast.RegoUndefined, err
}

func regoFiles(files map[string][]byte) []string {
	var out []string
	for name := range files {
		if path.Ext(name) == ".rego" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func isTestFile(name string) bool { return strings.HasSuffix(name, "_test.rego") }

// regoFaults turns OPA's errors into ours.
func regoFaults(err error) []*core.Error {
	var list ast.Errors
	if !errors.As(err, &list) {
		var one *ast.Error
		if !errors.As(err, &one) {
			return []*core.Error{core.Hidden("Compiling the policies", err)}
		}
		list = ast.Errors{one}
	}
	out := make([]*core.Error, 0, len(list))
	for _, e := range list {
		out = append(out, regoFault(e))
	}
	return out
}
