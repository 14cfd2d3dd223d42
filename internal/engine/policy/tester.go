package policy

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestTimeout is the time that one test may take.
const TestTimeout = 5 * time.Second

// TestResult is the outcome of one test rule.
type TestResult struct {
	Package string        `json:"package"`
	Name    string        `json:"name"`
	Place   string        `json:"place"` // file:line:column
	Pass    bool          `json:"pass"`
	Skipped bool          `json:"skipped,omitempty"`
	Problem string        `json:"problem,omitempty"` // why it did not pass
	Took    time.Duration `json:"took"`
}

// Test runs the test_ rules of all files with OPA's own test runner. Results
// are sorted by package and name. An error means that the tests could not run at all.
func Test(ctx context.Context, files map[string][]byte) ([]TestResult, error) {
	out, _, err := test(ctx, files, nil)
	return out, err
}

// CompileTests finds the faults of all files, tests included, as Test would.
func CompileTests(files map[string][]byte) error {
	mods, faults := modules(files)
	if faults = append(faults, packageFaults(mods)...); len(faults) > 0 {
		return core.Join(core.Invalid, "The policies have faults:", faults)
	}
	_, err := compile(mods)
	return err
}

// test runs the tests, and tells tracer, if there is one, what they run. It
// returns the modules as well.
func test(ctx context.Context, files map[string][]byte, tracer *cover.Cover) ([]TestResult, map[string]*ast.Module, error) {
	mods, faults := modules(files)
	if faults = append(faults, packageFaults(mods)...); len(faults) > 0 {
		return nil, nil, core.Join(core.Invalid, "The policies have faults:", faults)
	}
	c, mods, err := newCompiler(mods)
	if err != nil {
		return nil, nil, err
	}
	runner := tester.NewRunner().SetCompiler(c).SetModules(mods).SetTimeout(TestTimeout).RaiseBuiltinErrors(true)
	if tracer != nil {
		runner.SetCoverageQueryTracer(tracer).SetCoverageRuns(nil)
	}
	results, err := runner.RunTests(ctx, nil)
	if err != nil {
		return nil, nil, core.Join(core.Invalid, "The policies have faults:", regoFaults(err))
	}
	var out []TestResult
	for r := range results {
		out = append(out, testResult(r))
	}
	slices.SortFunc(out, func(a, b TestResult) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name))
	})
	return out, mods, ctx.Err()
}

func testResult(r *tester.Result) TestResult {
	t := TestResult{Package: r.Package, Name: r.Name, Place: place((*ast.Location)(r.Location)), Pass: r.Pass(), Skipped: r.Skip, Took: r.Duration}
	switch {
	case r.Error != nil:
		t.Problem = plainCause(r.Error)
	case r.Fail && r.FailedAt != nil:
		t.Problem = "This line did not hold: " + r.FailedAt.String() + " (" + place(r.FailedAt.Location) + ")"
	case r.Fail:
		t.Problem = "The test did not hold."
	}
	return t
}
