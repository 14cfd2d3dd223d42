package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/schema"
)

// TimeBudget is the time that policy has to answer for one gate.
const TimeBudget = 500 * time.Millisecond

// contract gives a schema of the input to a package and those below it, so that
// OPA's type checker knows it. data.paddock gets the whole input; the package of
// a gate gets what that gate fills. Other packages keep an input of their own.
const contract = `# METADATA
# scope: subpackages
# schemas:
# - input: schema.%s
package %s
`

// contractFile is how the names of the contracts' files begin.
const contractFile = "paddock-input-contract"

// contracts adds the contracts to modules, and returns their schemas.
func contracts(mods map[string]*ast.Module) (*ast.SchemaSet, error) {
	schemas := ast.NewSchemaSet()
	add := func(name, pkg string, s map[string]any) error {
		file := contractFile + "-" + name + ".rego"
		m, err := parse(file, fmt.Sprintf(contract, name, pkg))
		if err != nil {
			return core.Hidden("Reading the input contract", err)
		}
		mods[file] = m
		schemas.Put(ast.MustParseRef("schema."+name), s)
		return nil
	}
	err := add("gate", "paddock", schema.Of(Input{}, schema.Options{Tag: "json", AllRequired: true}))
	if err == nil {
		err = add(string(Authz), "paddock."+string(Authz), authoritySchema())
	}
	for _, g := range core.Gates {
		if err == nil {
			err = add(strings.ReplaceAll(string(g), ".", "_"), "paddock."+string(g), inputSchema(g))
		}
	}
	return schemas, err
}

// Compile makes a set of policies ready to decide. files are all .rego files
// by their path, tests included; other files are ignored. It reports every
// fault it can, each with file:line:column. The set is safe for concurrent use.
func Compile(ctx context.Context, files map[string][]byte, bindings []Binding, rollout Rollout, exempt ...Exemption) (*Set, error) {
	mods, faults := modules(files)
	for _, b := range bindings {
		faults = append(faults, bindingFaults(b)...)
	}
	faults = append(faults, packageFaults(mods)...)
	if len(faults) > 0 {
		return nil, core.Join(core.Invalid, "The policies have faults:", faults)
	}
	deciding := map[string]*ast.Module{}
	for name, m := range mods {
		if !isTestFile(name) {
			deciding[name] = m
		}
	}
	compiler, err := compile(deciding)
	if err != nil {
		return nil, err
	}
	s := &Set{bindings: bindings, rollout: rollout, exemptions: exempt, files: files, budget: TimeBudget,
		revision: Revision(files, bindings, rollout, exempt...)}
	known := codes(deciding, bindings)
	faults = slices.Concat(rolloutFaults(rollout, known), exemptionFaults(exempt, known), missingRules(compiler, bindings))
	if len(faults) > 0 {
		return nil, core.Join(core.Invalid, "The policies have faults:", faults)
	}
	return s, s.prepare(ctx, compiler)
}

// compile type-checks the modules and makes them ready to run. It adds the
// contract module to mods.
func compile(mods map[string]*ast.Module) (*ast.Compiler, error) {
	c, mods, err := newCompiler(mods)
	if err != nil {
		return nil, err
	}
	c.Compile(mods)
	if c.Failed() {
		return nil, core.Join(core.Invalid, "The policies have faults:", regoFaults(c.Errors))
	}
	return c, nil
}

func newCompiler(mods map[string]*ast.Module) (*ast.Compiler, map[string]*ast.Module, error) {
	with := maps.Clone(mods)
	schemas, err := contracts(with)
	if err != nil {
		return nil, nil, err
	}
	return ast.NewCompiler().WithCapabilities(capabilities()).WithSchemas(schemas).WithUseTypeCheckAnnotations(true).SetErrorLimit(50), with, nil
}

// Revision names policies by content: "sha256:" and 64 hex digits over the rules,
// bindings, rollout and exemptions. Tests do not change it. It compiles nothing.
func Revision(files map[string][]byte, bindings []Binding, rollout Rollout, exempt ...Exemption) string {
	h := sha256.New()
	for _, name := range regoFiles(files) {
		if !isTestFile(name) {
			fmt.Fprintf(h, "file %q %d\n%s\n", name, len(files[name]), files[name])
		}
	}
	for _, b := range bindings {
		fmt.Fprintf(h, "binding %q\n", fmt.Sprint(b.Query, b.Gates, b.Input, b.Code, b.Message, b.Fix))
	}
	line := func(format string, args ...any) { fmt.Fprintf(h, format, args...) }
	rollout.digestLines(line)
	exemptionLines(exempt, line)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
