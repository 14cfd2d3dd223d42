package pipelines

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func check(files ...tree.File) findings.Result {
	return Check(context.Background(), Input{Tree: &tree.Tree{Files: files}})
}

func flowFile(text string) tree.File {
	return tree.File{Path: ".github/workflows/ci.yml", Text: []byte(text)}
}

// listed lists findings as "line:column code".
func listed(res findings.Result) []string {
	var out []string
	for _, f := range res.Findings {
		out = append(out, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Code))
	}
	slices.Sort(out)
	return out
}

func published(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/published/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPublishedPipeline holds what is said of the pipeline that people paste
// from the published guide: its dashes and its indentation, each by line and
// column, and then what it would do wrong even if it were written right.
func TestPublishedPipeline(t *testing.T) {
	res := check(flowFile(string(published(t, "microapp-ci.github.yaml"))))
	want := []string{
		"1:15 pipeline_dash_text", "5:5 pipeline_dash", "5:16 pipeline_dash", "11:20 pipeline_dash", "19:26 pipeline_dash",
		"4:1 pipeline_indent",
		"2:6 pipeline_runs_twice", "3:1 pipeline_permissions_missing", "4:1 pipeline_no_time_limit",
		"7:9 pipeline_action_unpinned", "7:9 pipeline_key_kept",
		"9:6 pipeline_npm_not_installed",
		"10:9 pipeline_scan_misnamed", "11:7 pipeline_scan_unfinished", "11:7 pipeline_action_old", "11:7 pipeline_action_unpinned",
		"15:7 pipeline_action_unknown", "15:7 pipeline_scan_no_key",
		"19:7 pipeline_action_unknown",
	}
	slices.Sort(want)
	if got := listed(res); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, f := range res.Findings {
		if strings.HasPrefix(f.Code, "pipeline_dash") && (len(f.Edits) != 1 || f.Edits[0].Old != "\u2011" || f.Edits[0].New != "-") {
			t.Errorf("%d:%d has no exact edit: %+v", f.Line, f.Column, f.Edits)
		}
	}
}

// TestPublishedPipelineMended follows the steps for dashes and indentation, and
// finds a pipeline that can be read, whose other faults are still said.
func TestPublishedPipelineMended(t *testing.T) {
	text := string(published(t, "microapp-ci.github.yaml"))
	for range 4 {
		text = mended(t, flowFile(text))
	}
	left := listed(check(flowFile(text)))
	for _, s := range left {
		for _, gone := range []string{"pipeline_dash", "pipeline_indent", "pipeline_unreadable", "pipeline_key_kept", "pipeline_no_time_limit", "pipeline_runs_twice"} {
			if strings.Contains(s, gone) {
				t.Errorf("still there: %s\n%s", s, text)
			}
		}
	}
	if !slices.ContainsFunc(left, func(s string) bool { return strings.HasSuffix(s, "pipeline_scan_unfinished") }) {
		t.Errorf("the faults behind the faults are gone: %v", left)
	}
}

// TestPublishedStep holds what is said of the published sign-in step: it is a
// part, with look-alike dashes, of a version that no machine runs, without the
// right that it needs. That it keeps no key is right, and nothing is said.
func TestPublishedStep(t *testing.T) {
	res := check(flowFile(string(published(t, "oidc-step.github.yaml"))))
	want := []string{"1:1 pipeline_part_only", "2:28 pipeline_dash", "2:32 pipeline_dash", "4:5 pipeline_dash", "4:8 pipeline_dash",
		"2:7 pipeline_action_old", "2:7 pipeline_action_unpinned", "2:7 pipeline_identity_missing"}
	slices.Sort(want)
	if got := listed(res); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// mended applies every exact edit of a file at once, as --fix does: from the
// bottom up, so that places stay true.
func mended(t *testing.T, f tree.File) string {
	t.Helper()
	var edits []core.Edit
	for _, x := range check(f).Findings {
		edits = append(edits, x.Edits...)
	}
	return strings.Join(applied(strings.Split(string(f.Text), "\n"), edits), "\n")
}

// applied does what edits say to lines.
func applied(lines []string, edits []core.Edit) []string {
	lines = slices.Clone(lines)
	adds, gone := map[int][]string{}, map[int]bool{}
	slices.SortStableFunc(edits, func(a, b core.Edit) int { return b.Column - a.Column })
	for _, e := range edits {
		switch e.Kind {
		case core.EditReplace:
			r := []rune(lines[e.Line-1])
			if string(r[e.Column-1:e.End-1]) != e.Old {
				panic("line " + lines[e.Line-1] + " does not hold " + e.Old)
			}
			lines[e.Line-1] = string(r[:e.Column-1]) + e.New + string(r[e.End-1:])
		case core.EditDelete:
			gone[e.Line] = true
		case core.EditAdd:
			adds[e.Line] = append(adds[e.Line], e.New)
		}
	}
	var out []string
	for i, l := range lines {
		if !gone[i+1] {
			out = append(out, l)
		}
		out = append(out, adds[i+1]...)
	}
	return append(out, adds[0]...)
}
