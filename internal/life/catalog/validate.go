package catalog

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Validation is the outcome of a check of a whole governance tree.
type Validation struct {
	Revision *Revision
	Tests    []policy.TestResult
	Cases    []policy.CaseResult
	Coverage policy.Coverage // empty unless the settings have a floor
}

// Validate loads a tree and runs the tests and cases of its policies. It is what
// `paddock catalog validate` and a push to the governance repository run: an
// error means that the tree must not take effect. A failed test or case is a fault, and
// so is an exemption that lasts too long, counted from now.
func Validate(ctx context.Context, fsys fs.FS, revision string, now time.Time) (Validation, error) {
	running := startTests(ctx, fsys)
	defer running.stop()
	rev, err := Load(ctx, fsys, revision)
	if err != nil {
		return Validation{}, err
	}
	v := Validation{Revision: rev}
	soon, err := rev.CheckExemptions(now)
	if err != nil {
		return v, err
	}
	rev.Warnings = append(rev.Warnings, soon...)
	if err := v.test(ctx, running); err != nil {
		return v, err
	}
	failed := v.uncovered()
	for _, t := range v.Tests {
		if !t.Pass && !t.Skipped {
			failed = append(failed, core.Errorf(core.Invalid, "The policy test %s.%s does not pass. %s", t.Package, t.Name, t.Problem).
				Hinted("Correct the policy or the test.").At(t.Place))
		}
	}
	cases, err := Cases(fsys, "policies")
	if err != nil {
		return v, err
	}
	if v.Cases, err = rev.Policy.Cases(ctx, cases); err != nil {
		return v, err
	}
	failed = append(failed, caseFaults(v.Cases)...)
	failed = append(failed, rev.codeFaults(ctx)...)
	return v, core.Join(core.Invalid, "The governance repository has faults:", failed)
}

// running is a run of the policy tests, which takes about as long as loading the
// tree and goes on beside it.
type running struct {
	files map[string][]byte
	tests []policy.TestResult
	err   error
	done  chan struct{}
	stop  context.CancelFunc
}

func startTests(ctx context.Context, fsys fs.FS) *running {
	r := &running{done: make(chan struct{})}
	ctx, r.stop = context.WithCancel(ctx)
	go func() {
		defer close(r.done)
		defer func() { // nobody else would catch it here
			if p := recover(); p != nil {
				r.err = core.Hidden("Running the policy tests", fmt.Errorf("panic: %v", p))
			}
		}()
		if r.files, r.err = PolicyFiles(fsys); r.err == nil {
			r.tests, r.err = policy.Test(ctx, r.files)
		}
	}()
	return r
}

// test takes the results of the tests, and measures what they cover where there is
// a floor.
func (v *Validation) test(ctx context.Context, r *running) error {
	if v.Revision.Settings.Policy.CoverageFloor > 0 {
		r.stop() // they are run once more, slower
	}
	<-r.done
	if v.Tests = r.tests; v.Revision.Settings.Policy.CoverageFloor == 0 || r.files == nil {
		return r.err
	}
	var err error
	v.Tests, v.Coverage, err = policy.TestCovered(ctx, r.files)
	return err
}

// uncovered says that the tests run too few lines of the rules, and which files
// have most that are not run.
func (v *Validation) uncovered() []*core.Error {
	floor := v.Revision.Settings.Policy.CoverageFloor
	if floor == 0 || v.Coverage.Percent >= float64(floor) {
		return nil
	}
	worst := slices.Clone(v.Coverage.Files)
	slices.SortStableFunc(worst, func(a, b policy.FileCoverage) int { return (b.Lines - b.Covered) - (a.Lines - a.Covered) })
	where := ""
	for i, f := range worst {
		if i < 3 && f.Covered < f.Lines {
			where += fmt.Sprintf(" %s: lines %s.", f.File, strings.Join(f.Missing, ", "))
		}
	}
	return []*core.Error{core.Errorf(core.Invalid, "The policy tests run %.1f%% of the rules' lines; the floor is %d%%.", v.Coverage.Percent, floor).
		Hinted("Add tests.%s", where).At(SettingsFile)}
}

// ValidateDir validates a folder on disk. Links that lead out of it are refused.
func ValidateDir(ctx context.Context, dir string, now time.Time) (Validation, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Validation{}, &core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("The folder %q cannot be read.", dir),
			Hint: "Give the folder that holds paddock.yaml.", Field: dir, Err: err}
	}
	defer root.Close()
	return Validate(ctx, root.FS(), "working folder", now)
}

// FormatErrors writes an error for people to read: one fault after the other,
// its place first, then what is wrong, then what to do. It returns "" for nil.
func FormatErrors(err error) string {
	if err == nil {
		return ""
	}
	e := core.AsError(err)
	if len(e.Problems) == 0 {
		return formatFault(e)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", e.Msg)
	for _, p := range e.Problems {
		b.WriteString("\n" + formatFault(p))
	}
	return b.String()
}

func formatFault(e *core.Error) string {
	s := e.Msg + "\n"
	if e.Field != "" {
		s = e.Field + "\n  " + s
	}
	if e.Hint != "" {
		s += "  " + e.Hint + "\n"
	}
	return s
}
