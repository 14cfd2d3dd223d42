package pipelines

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// permissions reports rights that nobody asked for: the default ones, all of
// them, or rights to change things given to every job at once.
func (c *checker) permissions(w *workflow) {
	top := yamltree.Get(w.root, "permissions")
	topKey := yamltree.Key(w.root, "permissions")
	all := len(w.jobs) > 0
	for _, j := range w.jobs {
		own := yamltree.Key(j.body, "permissions")
		all = all && own != nil
		c.broad(w, own, yamltree.Get(j.body, "permissions"))
	}
	if !all { // else the jobs' own say what they may
		c.broad(w, topKey, top)
	}
	switch {
	case topKey == nil && !all && !w.onlyCalled() && len(w.jobs) > 0:
		at := w.at(keyOr(yamltree.Key(w.root, "jobs"), w.root))
		at.Edits = w.leastRights()
		c.sayAt("pipeline_permissions_missing", at)
	case top != nil && top.Kind == yaml.MappingNode && len(w.jobs) > 1:
		for _, p := range yamltree.Pairs(top) {
			if yamltree.Text(p.Value) == "write" {
				c.say("pipeline_permissions_shared", w, p.Key, "scope", p.Key.Value)
			}
		}
	}
}

func (c *checker) broad(w *workflow, key, value *yaml.Node) {
	switch text := yamltree.Text(value); text {
	case "write-all":
		c.sayAt("pipeline_permissions_all", w.readsOnly(key, value, text))
	case "read-all":
		c.sayAt("pipeline_permissions_read_all", w.readsOnly(key, value, text))
	}
}

// readsOnly is a place where all rights are given, with the edit that leaves the
// right to read the code; only where nothing seems to need more.
func (w *workflow) readsOnly(key, value *yaml.Node, text string) findings.At {
	at := w.at(key)
	if w.needsOnlyCode() && scalarOnOneLine(value) {
		if e, ok := w.replace(value.Line, value.Column, text, "{contents: read}"); ok && value.Style == 0 {
			at.Edits = []core.Edit{e}
		}
	}
	return at
}

func keyOr(a, b *yaml.Node) *yaml.Node {
	if a != nil {
		return a
	}
	return b
}

// readers are actions that need no more than to read the code.
var readers = set("actions/checkout actions/cache actions/setup-node actions/setup-go actions/setup-python actions/setup-java actions/setup-dotnet actions/upload-artifact actions/download-artifact ruby/setup-ruby pnpm/action-setup oven-sh/setup-bun astral-sh/setup-uv denoland/setup-deno hashicorp/setup-terraform dtolnay/rust-toolchain golangci/golangci-lint-action codecov/codecov-action")

// leastRights is the edit that gives a workflow the right to read its code, and
// nothing else; only where nothing in it seems to need more.
func (w *workflow) leastRights() []core.Edit {
	on := yamltree.Key(w.root, "on")
	if on == nil {
		on = yamltree.Key(w.root, "true")
	}
	if on == nil || on.Column != 1 || !w.needsOnlyCode() {
		return nil
	}
	for _, j := range w.jobs {
		if yamltree.Has(j.body, "permissions") {
			return nil
		}
	}
	return w.after(w.blockEnd(on), "permissions:", "  contents: read")
}

// needsOnlyCode reports whether nothing in a workflow seems to need more than to
// read the code: it names no token, and runs nothing that is known to write.
func (w *workflow) needsOnlyCode() bool {
	if text := strings.ToLower(string(w.File.Text)); strings.Contains(text, "github_token") || strings.Contains(text, "github.token") {
		return false
	}
	for _, j := range w.jobs {
		if yamltree.Has(j.body, "uses") {
			return false
		}
		for _, s := range j.steps {
			r, ok := refOf(s.uses)
			run := yamltree.Text(s.run)
			if s.uses != nil && (!ok || !readers[r.repo]) || strings.Contains(run, "git push") || strings.Contains(run, "gh ") {
				return false
			}
		}
	}
	return true
}

// triggers reports events that run with the project's secrets on behalf of a
// stranger.
func (c *checker) triggers(w *workflow) {
	for _, t := range []string{"pull_request_target", "workflow_run"} {
		if !w.has(t) || t == "pull_request_target" && w.onlyLabels() {
			continue
		}
		c.say("pipeline_trigger_strangers", w, w.triggerNode(t), "trigger", t)
	}
}

// onlyLabels reports whether all that a workflow does is to set labels.
func (w *workflow) onlyLabels() bool {
	return len(w.jobs) == 1 && len(w.jobs[0].steps) == 1 && w.jobs[0].steps[0].isUse("actions/labeler")
}

// triggerNode is where an event is named.
func (w *workflow) triggerNode(name string) *yaml.Node {
	if k := yamltree.Key(w.on, name); k != nil {
		return k
	}
	for _, n := range yamltree.Items(w.on) {
		if yamltree.Text(n) == name {
			return n
		}
	}
	return w.on
}

// strangersCode are parts of expressions that name code of a stranger.
var strangersCode = []string{"github.event.pull_request.head.sha", "github.event.pull_request.head.ref", "github.event.pull_request.head.repo", "github.head_ref", "github.event.workflow_run.head_sha",
	"github.event.workflow_run.head_branch", "github.event.workflow_run.head_commit", "github.event.workflow_run.head_repository", "refs/pull/", "github.event.pull_request.merge_commit_sha", "github.event.number"}

// untrustedCheckout reports a step that fetches a stranger's code where the
// project's secrets are.
func (c *checker) untrustedCheckout(s *step) {
	w := s.job.flow
	if !w.has("pull_request_target", "workflow_run", "issue_comment") {
		return
	}
	for _, n := range []*yaml.Node{s.input("ref"), s.input("repository")} {
		if s.isUse("actions/checkout") && containsAny(yamltree.Text(n), strangersCode) {
			c.say("pipeline_strangers_code", w, n)
			return
		}
	}
	run := yamltree.Text(s.run)
	if strings.Contains(run, "gh pr checkout") || (strings.Contains(run, "git fetch") || strings.Contains(run, "git checkout")) && containsAny(run, strangersCode) {
		c.say("pipeline_strangers_code", w, s.run)
	}
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// kept reports a checkout that leaves the project's key on disk.
func (c *checker) kept(s *step) {
	if !s.isUse("actions/checkout") {
		return
	}
	if n := s.input("persist-credentials"); n != nil {
		return // false is good, true is on purpose
	}
	for _, other := range s.job.steps {
		if run := yamltree.Text(other.run); strings.Contains(run, "git push") || strings.Contains(run, "git submodule") || strings.Contains(run, "git fetch") {
			return // the key is needed
		}
	}
	w := s.job.flow
	at := w.at(s.uses)
	key := yamltree.Key(s.body, "uses")
	with := yamltree.Key(s.body, "with")
	switch pairs := yamltree.Pairs(s.with); {
	case key == nil || yamltree.Flow(s.body) || w.action:
	case with == nil:
		at.Edits = w.after(s.uses.Line, indent(key.Column)+"with:", indent(key.Column)+"  persist-credentials: false")
	case len(pairs) > 0 && !yamltree.Flow(s.with) && pairs[0].Key.Line == with.Line+1:
		at.Edits = w.after(with.Line, indent(pairs[0].Key.Column)+"persist-credentials: false")
	}
	c.sayAt("pipeline_key_kept", at)
}

// callers reports reusable workflows that are given every secret there is.
func (c *checker) callers(w *workflow) {
	for _, j := range w.jobs {
		if n := yamltree.Get(j.body, "secrets"); yamltree.Text(n) == "inherit" && yamltree.Has(j.body, "uses") {
			c.say("pipeline_secrets_inherit", w, n)
		}
	}
}

// ownRunner reports a machine of one's own that strangers' changes run on.
func (c *checker) ownRunner(j *job) {
	w := j.flow
	if w.action || !w.has("pull_request", "pull_request_target", "issue_comment", "workflow_run", "issues", "fork", "discussion") {
		return
	}
	for _, label := range j.runners() {
		if strings.EqualFold(label, "self-hosted") {
			c.say("pipeline_own_runner", w, yamltree.Get(j.body, "runs-on"))
			return
		}
	}
}

// envFile reports writes to the job's environment where strangers' values may
// be in what is written.
func (c *checker) envFile(s *step) {
	w := s.job.flow
	if !w.has("pull_request_target", "workflow_run", "issue_comment") && !w.action {
		return
	}
	text := yamltree.Text(s.run)
	if !strings.Contains(text, "GITHUB_ENV") && !strings.Contains(text, "GITHUB_PATH") {
		return
	}
	cursor := w.cursor(s.run)
	for _, line := range strings.Split(text, "\n") {
		name, ok := envWrite(line)
		if !ok || !variesIn(line) {
			continue
		}
		l, col := cursor.next(strings.TrimSpace(line))
		c.sayAt("pipeline_env_file", w.spot(l, col), "name", name)
		return
	}
}

// envWrite reports whether a line of a script writes to GITHUB_ENV or
// GITHUB_PATH.
func envWrite(line string) (string, bool) {
	for _, name := range []string{"GITHUB_ENV", "GITHUB_PATH"} {
		i := strings.Index(line, name)
		if i < 0 || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		before := line[:i]
		if strings.Contains(before, ">") || strings.Contains(before, "tee ") || strings.Contains(strings.ToLower(before), "-filepath") || strings.Contains(before, "Add-Content") {
			return name, true
		}
	}
	return "", false
}

// variesIn reports whether what a line writes is more than text that is
// written down in it.
func variesIn(line string) bool {
	cut := strings.IndexAny(line, ">|")
	if cut < 0 {
		return true
	}
	what := strings.TrimSpace(strings.TrimLeft(line[:cut], " {("))
	cmd, rest, _ := strings.Cut(what, " ")
	if cmd != "echo" && cmd != "printf" && !strings.HasPrefix(what, `"`) && !strings.HasPrefix(what, "'") {
		return true
	}
	inSingle := false
	for i := range len(rest) {
		switch {
		case rest[i] == '\'':
			inSingle = !inSingle
		case !inSingle && (rest[i] == '`' || rest[i] == '$' && i+1 < len(rest) && rest[i+1] != ' ') && !strings.HasPrefix(rest[i:], "${{"):
			return true
		}
	}
	return false
}
