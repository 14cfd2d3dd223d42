package main

import (
	"context"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// newRule is the rule that is previewed.
const newRule = `
deny contains {
	"code": "sensitive_without_two_owners",
	"message": sprintf("The app %s holds sensitive data and has one owner.", [input.app.name]),
	"fix": "Name a co-owner in microapp.yaml.",
} if {
	input.app.classification in {"restricted", "phi"}
	count(input.app.co_owners) == 0
}
`

// revision is the starter governance repository, with more appended to the rules
// of a merge.
func revision(ctx context.Context, more string) (*catalog.Revision, error) {
	files, err := starter(more)
	if err != nil {
		return nil, err
	}
	return catalog.Load(ctx, files, "bench")
}

func starter(more string) (fstest.MapFS, error) {
	files := fstest.MapFS{}
	err := fs.WalkDir(governance.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(governance.FS(), name)
		if strings.HasSuffix(name, "gates/change_merge.rego") {
			text = append(text, more...)
		}
		files[name] = &fstest.MapFile{Data: text}
		return err
	})
	return files, err
}

// naive is OPA alone, with the same rules: prepared queries, and nothing
// remembered.
type naive struct{ queries []rego.PreparedEvalQuery }

func newNaive(ctx context.Context, rev *catalog.Revision, gate core.Gate) (naive, error) {
	var out naive
	for _, query := range []string{"data.paddock." + string(gate) + ".deny", "data.paddock." + string(gate) + ".approve", "data.policy.container.allow"} {
		options := []func(*rego.Rego){rego.Query(query), rego.StrictBuiltinErrors(true)}
		for name, text := range rev.Policy.Source().Files {
			m, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV1})
			if err != nil {
				m, err = ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV0})
			}
			if err != nil {
				return out, err
			}
			options = append(options, rego.ParsedModule(m))
		}
		q, err := rego.New(options...).PrepareForEval(ctx)
		if err != nil {
			return out, err
		}
		out.queries = append(out.queries, q)
	}
	return out, nil
}

// ask evaluates one input, which is JSON as it comes.
func (n naive) ask(ctx context.Context, doc []byte) error {
	v, err := ast.ValueFromReader(strings.NewReader(string(doc)))
	if err != nil {
		return err
	}
	for i, q := range n.queries {
		in := v
		if i == len(n.queries)-1 { // the bound policy sees the app
			in = v.(ast.Object).Get(ast.StringTerm("app")).Value
		}
		if _, err := q.Eval(ctx, rego.EvalParsedInput(in)); err != nil {
			return err
		}
	}
	return nil
}
