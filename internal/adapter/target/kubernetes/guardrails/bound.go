package guardrails

import (
	_ "embed"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/paddock-dev/paddock/internal/core"
)

//go:embed rego/bound.rego
var boundRego string

// Bound is an allow-style policy that an organisation has bound to gates, with
// the part "app" of their input.
type Bound struct {
	Query   string            // data.policy.container.allow
	Code    string            // of the refusal
	Message string            // what people read
	Fix     string            // what they can do
	Warn    bool              // a refusal is only said, not enforced
	Files   map[string]string // the organisation's policies by path
}

// Bind returns the template and the constraint of a bound policy. The policy is
// not changed but for the name of its package, which Gatekeeper wants below lib.
// Errors: Invalid, if it needs other packages, which Gatekeeper does not have.
func Bind(b Bound) (templates, constraints Object, err error) {
	steps := strings.Split(b.Query, ".")
	libs, version, err := libraries(b, strings.Join(steps[:len(steps)-1], "."))
	if err != nil {
		return nil, nil, err
	}
	kind := "PaddockBound"
	for _, s := range steps[1:] {
		for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == '_' }) {
			kind += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	rego := strings.ReplaceAll(boundRego, "POLICY", strings.Join(steps[1:], "."))
	message := strings.TrimSpace(b.Code + ": " + b.Message + " " + b.Fix)
	c := constraint(kind, gatekeeperKinds, Object{"message": message})
	if b.Warn {
		c["spec"].(Object)["enforcementAction"] = "warn"
	}
	return template(kind, version, rego, libs, map[string]Object{"message": {"type": "string"}}), c, nil
}

// libraries returns the files of a package below data.lib, and the version of
// Rego that they are all written in.
func libraries(b Bound, pkg string) (libs []string, version string, err error) {
	for _, v := range []struct {
		name string
		rego ast.RegoVersion
	}{{"v1", ast.RegoV1}, {"v0", ast.RegoV0}} {
		if libs, err = librariesIn(b, pkg, v.rego); err == nil {
			return libs, v.name, nil
		}
	}
	return nil, "", err
}

func librariesIn(b Bound, pkg string, version ast.RegoVersion) ([]string, error) {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(b.Files)) {
		if !strings.HasSuffix(name, ".rego") || strings.HasSuffix(name, "_test.rego") || !inPackage(b.Files[name], pkg) {
			continue
		}
		m, err := ast.ParseModuleWithOpts(name, b.Files[name], ast.ParserOptions{RegoVersion: version})
		if err != nil {
			return nil, (&core.Error{Code: core.Invalid, Msg: "The policy " + b.Query + " is written in two versions of Rego.",
				Hint: "Write all files of its package in one version.", Err: err}).At(name)
		}
		if err := move(m, pkg, name); err != nil {
			return nil, err
		}
		text, err := format.AstWithOpts(m, format.Opts{RegoVersion: version, ParserOptions: &ast.ParserOptions{RegoVersion: version}})
		if err != nil {
			return nil, core.Hidden("Writing the policy "+b.Query, err)
		}
		out = append(out, string(text))
	}
	if out == nil {
		return nil, core.Errorf(core.Invalid, "No policy has the package of %s.", b.Query).Hinted("Correct the query in paddock.yaml.")
	}
	return out, nil
}

// inPackage reports whether a file, of either version, is of that package.
func inPackage(text, pkg string) bool {
	for _, version := range []ast.RegoVersion{ast.RegoV1, ast.RegoV0} {
		if m, err := ast.ParseModuleWithOpts("", text, ast.ParserOptions{RegoVersion: version}); err == nil && m != nil {
			return m.Package.Path.String() == pkg
		}
	}
	return false
}

// move puts a module, and what it says of its own package, below data.lib.
func move(m *ast.Module, pkg, name string) error {
	own := m.Package.Path
	below := func(r ast.Ref) ast.Ref {
		return slices.Concat(ast.Ref{ast.DefaultRootDocument, ast.StringTerm("lib")}, r[1:])
	}
	var foreign *core.Error
	moved, err := ast.TransformRefs(m, func(r ast.Ref) (ast.Value, error) {
		switch {
		case !r[0].Equal(ast.DefaultRootDocument) || r.Equal(own):
			return r, nil
		case !r.HasPrefix(own):
			foreign = core.Errorf(core.Invalid, "The policy %s reads %s, which Gatekeeper does not have.", pkg, r).
				Hinted("Export policies that read only their input.").At(name)
			return r, nil
		}
		return below(r), nil
	})
	if err != nil {
		return core.Hidden("Reading the policy "+pkg, err)
	}
	if foreign != nil {
		return foreign
	}
	moved.(*ast.Module).Package.Path = below(own)
	return nil
}
