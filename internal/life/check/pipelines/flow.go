package pipelines

import (
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// timeLimits reports jobs that may run for six hours before they are stopped:
// once for a file.
func (c *checker) timeLimits(w *workflow) {
	var first *job
	var edits []core.Edit
	exact, n := true, 0
	for _, j := range w.jobs {
		if hasLike(j.body, "timeout") || yamltree.Has(j.body, "uses") || len(j.steps) == 0 {
			continue
		}
		if n++; first == nil {
			first = j
		}
		key := yamltree.Key(j.body, "runs-on")
		if key == nil || yamltree.Flow(j.body) || w.shift != nil {
			exact = false
			continue
		}
		edits = append(edits, w.after(w.blockEnd(key), indent(key.Column)+"timeout-minutes: 30")...)
	}
	if first == nil {
		return
	}
	at := w.at(first.key)
	if exact {
		at.Edits = edits
	}
	c.sayAt("pipeline_no_time_limit", at, "count", findings.Count(n, "job"))
}

// hasLike reports whether a mapping has a key that begins so: one with a slip
// in it is there, and is a finding of its own.
func hasLike(n *yaml.Node, start string) bool {
	for _, p := range yamltree.Pairs(n) {
		if strings.HasPrefix(p.Key.Value, start) {
			return true
		}
	}
	return false
}

// twice reports a workflow that runs twice for each change: when it is pushed,
// and because the change is open.
func (c *checker) twice(w *workflow) {
	push, pull := w.has("push"), w.has("pull_request")
	if !push || !pull {
		return
	}
	body := w.triggers["push"]
	if yamltree.Has(body, "branches") || yamltree.Has(body, "tags") || yamltree.Has(body, "branches-ignore") || yamltree.Has(body, "paths") || yamltree.Has(w.root, "concurrency") {
		return
	}
	for _, j := range w.jobs {
		if yamltree.Has(j.body, "if") {
			return
		}
	}
	at := w.at(w.triggerNode("push"))
	if list := w.on; list != nil && yamltree.Flow(list) && scalarsOnly(list) {
		at.Edits = w.mainOnly(list)
	}
	c.sayAt("pipeline_runs_twice", at)
}

func scalarsOnly(n *yaml.Node) bool {
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode || c.Line != n.Line {
			return false
		}
	}
	return true
}

// mainOnly turns "on: [push, pull_request]" into a push to main, and the rest. It
// stays one line, as another finding may put rights after it.
func (w *workflow) mainOnly(list *yaml.Node) []core.Edit {
	key := yamltree.Key(w.root, "on")
	line := w.line(list.Line)
	_, value, ok := strings.Cut(line, ":")
	if key == nil || !ok || key.Line != list.Line || strings.Contains(value, "#") || strings.TrimSpace(value) == "" {
		return nil
	}
	all := []string{"push: {branches: [main]}"}
	for _, n := range list.Content {
		if n.Value != "push" {
			all = append(all, n.Value+": {}")
		}
	}
	edit, ok := w.replace(list.Line, key.Column, ":"+value, ": {"+strings.Join(all, ", ")+"}")
	return edits(ok, edit)
}

// publishers are actions that hand out what was built.
var publishers = set("pypa/gh-action-pypi-publish rubygems/release-gem jreleaser/release-action goreleaser/goreleaser-action softprops/action-gh-release ncipollo/release-action googleapis/release-please-action redhat-actions/push-to-registry aws-actions/amazon-ecs-deploy-task-definition aws-actions/aws-cloudformation-github-deploy azure/aci-deploy azure/container-apps-deploy-action azure/functions-action cloudflare/wrangler-action google-github-actions/deploy-appengine google-github-actions/deploy-cloudrun google-github-actions/deploy-cloud-functions release-drafter/release-drafter")

// caching is how an action of a name keeps a cache: by default, or when an
// input asks for it; and the input that turns it off.
type caching struct {
	on       bool   // without any input
	ask      string // the input that turns it on, when on is false
	off      string // the input that turns it off
	offValue string
	since    int    // the first version that is on without any input
	until    int    // the first version that is off without any input
	needs    string // on only together with this input
}

var cachers = map[string]caching{
	"actions/cache":              {on: true, off: "lookup-only", offValue: "true"},
	"actions/setup-java":         {ask: "cache"},
	"actions/setup-go":           {on: true, off: "cache", offValue: "false"},
	"actions/setup-node":         {on: true, ask: "cache", off: "package-manager-cache", offValue: "false", since: 5},
	"docker/setup-buildx-action": {on: true, off: "cache-binary", offValue: "false", needs: "version"},
	"actions/setup-python":       {ask: "cache"}, "actions/setup-dotnet": {ask: "cache"},
	"astral-sh/setup-uv": {on: true, ask: "enable-cache", off: "enable-cache", offValue: "false", until: 10}, "swatinem/rust-cache": {on: true, off: "lookup-only", offValue: "true"},
	"ruby/setup-ruby": {ask: "bundler-cache"}, "pyo3/maturin-action": {ask: "sccache"}, "mlugg/setup-zig": {on: true, off: "use-cache", offValue: "false"},
	"oven-sh/setup-bun": {on: true, off: "no-cache", offValue: "true"}, "determinatesystems/magic-nix-cache-action": {on: true, off: "use-gha-cache", offValue: "false"},
	"graalvm/setup-graalvm": {ask: "cache"}, "gradle/actions/setup-gradle": {on: true, off: "cache-disabled", offValue: "true"},
	"actions-rust-lang/setup-rust-toolchain": {on: true, off: "cache", offValue: "false"}, "mozilla-actions/sccache-action": {on: true},
	"nix-community/cache-nix-action": {on: true}, "jdx/mise-action": {on: true, off: "cache", offValue: "false"},
	"ramsey/composer-install": {on: true, off: "ignore-cache", offValue: "yes"}, "awalsh128/cache-apt-pkgs-action": {on: true},
}

// releaseCaches reports caches that a release is built from: any branch can
// fill them.
func (c *checker) releaseCaches(w *workflow) {
	released := w.releases()
	for _, j := range w.jobs {
		publishes := released
		for _, s := range j.steps {
			r, _ := refOf(s.uses)
			publishes = publishes || publishers[r.repo] || r.repo == "docker/build-push-action" && yamltree.True(s.input("push"))
		}
		if !publishes {
			continue
		}
		for _, s := range j.steps {
			c.releaseCache(s)
		}
	}
}

// releases reports whether a workflow is started by a release or a tag.
func (w *workflow) releases() bool {
	push := w.triggers["push"]
	for _, n := range yamltree.Items(yamltree.Get(push, "branches")) {
		if strings.Contains(strings.ToLower(yamltree.Text(n)), "release") {
			return true
		}
	}
	return w.has("release") || yamltree.Has(push, "tags")
}

func (c *checker) releaseCache(s *step) {
	r, ok := refOf(s.uses)
	if !ok {
		return
	}
	how, known := cachers[r.name]
	if !known {
		if how, known = cachers[r.repo]; !known || r.name == "actions/cache/save" {
			return
		}
	}
	on := how.on && how.byDefault(s.major(r)) && (how.needs == "" || s.input(how.needs) != nil) || how.ask != "" && said(s.input(how.ask))
	if how.off != "" {
		if n := s.input(how.off); n != nil && turnsOff(yamltree.Text(n), how.offValue) {
			on = false
		}
	}
	if !on || yamltree.Has(s.body, "if") && strings.Contains(yamltree.Text(yamltree.Get(s.body, "if")), "!") {
		return
	}
	w := s.job.flow
	at := w.at(s.uses)
	if key := yamltree.Key(s.body, "uses"); how.off != "" && how.on && key != nil && s.input(how.off) == nil && !yamltree.Flow(s.body) {
		line := how.off + ": " + how.offValue
		if with := yamltree.Key(s.body, "with"); with == nil {
			at.Edits = w.after(s.uses.Line, indent(key.Column)+"with:", indent(key.Column)+"  "+line)
		} else if pairs := yamltree.Pairs(s.with); len(pairs) > 0 && !yamltree.Flow(s.with) && pairs[0].Key.Line == with.Line+1 {
			at.Edits = w.after(with.Line, indent(pairs[0].Key.Column)+line)
		}
	}
	c.sayAt("pipeline_release_cache", at, "action", r.as)
}

// said reports whether an input asks for something: it is there, and not false.
func said(n *yaml.Node) bool {
	t := strings.ToLower(yamltree.Text(n))
	return t != "" && t != "false" && t != "no" && !strings.Contains(t, "${{")
}

// byDefault reports whether a version keeps a cache without being asked. One
// that nobody knows may.
func (c caching) byDefault(major int) bool {
	return major == 0 || (c.since == 0 || major >= c.since) && (c.until == 0 || major < c.until)
}

var majorOf = regexp.MustCompile(`^v?([0-9]{1,3})(\.|$)`)

// major is the first number of the version that a step uses, from its name or
// from the note behind it; 0 if neither says.
func (s *step) major(r reference) int {
	text := r.ref
	if _, note, ok := strings.Cut(s.job.flow.line(s.uses.Line), "#"); ok && r.hashed() {
		text = strings.TrimSpace(note)
	}
	if m := majorOf.FindStringSubmatch(firstWord(text)); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return w
}

// turnsOff reports whether a value is the one that turns a cache off, or an
// expression that decides it while it runs.
func turnsOff(text, off string) bool {
	return strings.EqualFold(text, off) || off == "yes" && (text == "true" || text == "1") || strings.Contains(text, "${{")
}

// scans judges steps that look like a scan and are none.
func (c *checker) scans(w *workflow) {
	for _, j := range w.jobs {
		starts, ends := (*step)(nil), false
		for _, s := range j.steps {
			if s.isUse("github/codeql-action/init") {
				starts = s
			}
			ends = ends || s.isUse("github/codeql-action/analyze")
			c.scanStep(s)
		}
		if starts != nil && !ends {
			c.say("pipeline_scan_unfinished", w, starts.uses)
		}
	}
}

func (c *checker) scanStep(s *step) {
	w := s.job.flow
	name := strings.ToLower(yamltree.Text(yamltree.Get(s.body, "name")))
	if s.isUse("github/codeql-action") && strings.Contains(name, "secret") {
		c.say("pipeline_scan_misnamed", w, yamltree.Get(s.body, "name"), "name", yamltree.Text(yamltree.Get(s.body, "name")))
	}
	if s.isUse("snyk/actions") && !strings.Contains(string(w.File.Text), "SNYK_TOKEN") {
		c.say("pipeline_scan_no_key", w, s.uses, "action", "snyk/actions", "key", "SNYK_TOKEN")
	}
	if s.isUse("aws-actions/configure-aws-credentials") && s.input("role-to-assume") != nil && s.input("aws-access-key-id") == nil && !strings.Contains(string(w.File.Text), "id-token") {
		c.say("pipeline_identity_missing", w, s.uses, "action", "aws-actions/configure-aws-credentials")
	}
}

// dependabot judges the settings of the program that raises versions.
func (c *checker) dependabot(f *file) {
	w := &workflow{file: f, root: f.Root()}
	for _, u := range yamltree.Items(yamltree.Get(w.root, "updates")) {
		eco := yamltree.Text(yamltree.Get(u, "package-ecosystem"))
		if n := yamltree.Get(u, "insecure-external-code-execution"); yamltree.Text(n) == "allow" {
			at := w.at(n)
			if e, ok := w.replace(n.Line, n.Column, "allow", "deny"); ok {
				at.Edits = []core.Edit{e}
			}
			c.sayAt("pipeline_update_runs_code", at)
		}
		days := yamltree.Get(u, "cooldown", "default-days")
		n, _ := strconv.Atoi(yamltree.Text(days))
		if eco != "" && n < 3 && !yamltree.Has(u, "multi-ecosystem-group") {
			at := w.at(keyOr(days, yamltree.Get(u, "package-ecosystem")))
			if key := yamltree.Key(u, "package-ecosystem"); days != nil {
				e, ok := w.replace(days.Line, days.Column, yamltree.Text(days), "7")
				at.Edits = edits(ok && scalarOnOneLine(days), e)
			} else if !yamltree.Has(u, "cooldown") && !yamltree.Flow(u) {
				at.Edits = w.after(w.blockEnd(key), indent(key.Column)+"cooldown:", indent(key.Column)+"  default-days: 7")
			}
			c.sayAt("pipeline_update_at_once", at, "kind", eco)
		}
	}
}
