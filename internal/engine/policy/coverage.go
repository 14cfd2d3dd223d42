package policy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
)

// Coverage says which lines of the rules the tests have run. Lines of tests do
// not count.
type Coverage struct {
	Percent float64        `json:"percent"` // of the lines that can run; 100 where there is none
	Lines   int            `json:"lines"`   // lines that can run
	Covered int            `json:"covered"` // lines that ran
	Files   []FileCoverage `json:"files"`   // by name
}

// FileCoverage is the coverage of one file.
type FileCoverage struct {
	File    string   `json:"file"`
	Percent float64  `json:"percent"`
	Lines   int      `json:"lines"`
	Covered int      `json:"covered"`
	Missing []string `json:"missing"` // lines that did not run: "7", "9-12"
}

// TestCovered runs the tests as Test does, and says what they cover, by OPA's own
// measure.
func TestCovered(ctx context.Context, files map[string][]byte) ([]TestResult, Coverage, error) {
	c := cover.New()
	results, mods, err := test(ctx, files, c)
	if err != nil {
		return nil, Coverage{}, err
	}
	deciding := map[string]*ast.Module{}
	for name, m := range mods {
		if !isTestFile(name) && !strings.HasPrefix(name, contractFile) {
			deciding[name] = m
		}
	}
	return results, coverageOf(c.Report(deciding), deciding), nil
}

func coverageOf(r cover.Report, deciding map[string]*ast.Module) Coverage {
	out := Coverage{Files: []FileCoverage{}}
	for name := range deciding {
		f := r.Files[name]
		one := FileCoverage{File: name, Lines: f.CoveredLines + f.NotCoveredLines, Covered: f.CoveredLines, Missing: []string{}}
		one.Percent = percent(one.Covered, one.Lines)
		for _, m := range f.NotCovered {
			one.Missing = append(one.Missing, lines(m.Start.Row, m.End.Row))
		}
		out.Lines += one.Lines
		out.Covered += one.Covered
		out.Files = append(out.Files, one)
	}
	slices.SortFunc(out.Files, func(a, b FileCoverage) int { return cmp.Compare(a.File, b.File) })
	out.Percent = percent(out.Covered, out.Lines)
	return out
}

func percent(part, all int) float64 {
	if all == 0 {
		return 100
	}
	return 100 * float64(part) / float64(all)
}

func lines(from, to int) string {
	if from == to {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}
