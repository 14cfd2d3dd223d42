package pipelines

import (
	"context"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// auditOf maps our codes to the audits of zizmor that say the same.
var auditOf = map[string]string{
	"pipeline_injection": "template-injection", "pipeline_value_in_script": "template-injection", "pipeline_output_in_script": "template-injection",
	"pipeline_permissions_missing": "excessive-permissions", "pipeline_permissions_all": "excessive-permissions", "pipeline_permissions_read_all": "excessive-permissions", "pipeline_permissions_shared": "excessive-permissions",
	"pipeline_trigger_strangers": "dangerous-triggers", "pipeline_key_kept": "artipacked", "pipeline_secrets_inherit": "secrets-inherit", "pipeline_env_file": "github-env",
	"pipeline_action_unknown": "typosquat-uses", "pipeline_action_archived": "archived-uses", "pipeline_action_unpinned": "unpinned-uses", "pipeline_image_unpinned": "unpinned-images",
	"pipeline_secrets_all": "overprovisioned-secrets", "pipeline_secret_shown": "unredacted-secrets", "pipeline_condition_always": "unsound-condition", "pipeline_condition_part": "unsound-contains",
	"pipeline_bot_believed": "bot-conditions", "pipeline_unsafe_commands": "insecure-commands", "pipeline_packages_loose": "adhoc-packages", "pipeline_release_cache": "cache-poisoning",
	"pipeline_update_runs_code": "dependabot-execution", "pipeline_update_at_once": "dependabot-cooldown", "pipeline_pin_differs": "ref-version-mismatch", "pipeline_publish_key": "use-trusted-publishing",
}

type score struct{ want, found, extra int }

// TestZizmorCorpus holds our rules against what zizmor says of its own test
// data. Where we differ on purpose, the numbers below say so.
func TestZizmorCorpus(t *testing.T) {
	b, err := os.ReadFile("testdata/zizmor/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, line := range strings.Split(string(b), "\n") {
		w := strings.Fields(line)
		if len(w) == 0 || w[0] == "#" {
			continue
		}
		want[w[0]] = append(want[w[0]], strings.Join(w[1:], " "))
	}
	scores := map[string]*score{}
	of := func(audit string) *score {
		if scores[audit] == nil {
			scores[audit] = &score{}
		}
		return scores[audit]
	}
	clean, flagged := 0, 0
	for _, name := range sortedKeys(want) {
		extra := compare(t, name, want[name], of)
		if want[name][0] == "" {
			clean++
			if extra > 0 {
				flagged++
			}
		}
	}
	total := score{}
	for _, audit := range sortedKeys(scores) {
		s := scores[audit]
		t.Logf("%-24s %3d of %3d found, %2d more", audit, s.found, s.want, s.extra)
		if slices.Contains(mapped(), audit) {
			total.want, total.found, total.extra = total.want+s.want, total.found+s.found, total.extra+s.extra
		}
	}
	t.Logf("of the audits that we do: %d of %d found, %d more; of %d clean files, %d flagged", total.found, total.want, total.extra, clean, flagged)
	if total.found < 147 || total.extra > 14 || flagged > 0 {
		t.Error("fewer found or more false alarms than before")
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func mapped() []string {
	var out []string
	for _, a := range auditOf {
		out = append(out, a)
	}
	return out
}

var ignoreNote = regexp.MustCompile(`zizmor:\s*ignore\[([^\]]*)\]`)

// compare counts what was found of what was wanted in one file, and returns
// how much more was said.
func compare(t *testing.T, name string, want []string, of func(string) *score) int {
	t.Helper()
	text, err := os.ReadFile("testdata/zizmor/" + name)
	if err != nil {
		t.Fatal(err)
	}
	at := ".github/workflows/" + name
	switch base := path.Base(strings.ReplaceAll(name, "__", "/")); base {
	case "action.yml":
		at = "a/action.yml"
	case "dependabot.yml":
		at = ".github/dependabot.yml"
	}
	res := Check(context.Background(), Input{Tree: &tree.Tree{Files: []tree.File{{Path: at, Text: text}}}})
	lines := strings.Split(string(text), "\n")
	got := map[string]map[int]bool{}
	for _, f := range res.Findings {
		audit := auditOf[f.Code]
		if audit == "" || ignored(lines, f, audit) {
			continue
		}
		if got[audit] == nil {
			got[audit] = map[int]bool{}
		}
		got[audit][f.Line] = true
	}
	for _, w := range want {
		l, audit, ok := strings.Cut(w, " ")
		if !ok {
			continue
		}
		line, _ := strconv.Atoi(l)
		of(audit).want++
		if near(got[audit], line) || audit == "excessive-permissions" && len(got[audit]) > 0 { // we say once for a file what it says for each job
			of(audit).found++
		} else if os.Getenv("MISSES") != "" && slices.Contains(mapped(), audit) {
			t.Logf("MISS %s:%d %s | %s", name, line, audit, lines[min(line, len(lines))-1])
		}
	}
	extra := 0
	for audit, at := range got {
		for line := range at {
			if !slices.ContainsFunc(want, func(w string) bool {
				l, a, _ := strings.Cut(w, " ")
				n, _ := strconv.Atoi(l)
				return a == audit && n >= line-3 && n <= line+8
			}) {
				extra++
				of(audit).extra++
				if os.Getenv("MISSES") != "" {
					t.Logf("MORE %s:%d %s | %s", name, line, audit, lines[line-1])
				}
			}
		}
	}
	return extra
}

// near reports whether a line or one close to it is there: zizmor points at
// the whole step where we point at a part of it, and we say once for a step
// what it says for each value in it.
func near(at map[int]bool, line int) bool {
	for n := line - 8; n <= line+4; n++ {
		if at[n] {
			return true
		}
	}
	return false
}

func ignored(lines []string, f core.Finding, audit string) bool {
	for n := max(1, f.Line-1); n <= min(len(lines), f.Line+3); n++ {
		if m := ignoreNote.FindStringSubmatch(lines[n-1]); m != nil && strings.Contains(m[1], audit) {
			return true
		}
	}
	return false
}
