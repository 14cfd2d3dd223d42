package pipelines

import (
	"regexp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// gitlabGlobal are keys of a GitLab pipeline that are no jobs.
var gitlabGlobal = set("default image services stages variables cache before_script after_script include workflow spec pages:deploy")

// gitlabKeys are what a job may hold.
var gitlabKeys = set("after_script allow_failure artifacts before_script cache coverage dast_configuration dependencies environment extends hooks identity id_tokens image inherit interruptible manual_confirmation needs only except pages parallel publish release resource_group retry rules run script secrets services stage start_in tags timeout trigger variables when inputs")

// strangersVars are variables that a person without rights can choose.
var strangersVars = regexp.MustCompile(`\$\{?(CI_MERGE_REQUEST_TITLE|CI_MERGE_REQUEST_DESCRIPTION|CI_COMMIT_MESSAGE|CI_COMMIT_TITLE|CI_COMMIT_DESCRIPTION|CI_COMMIT_REF_NAME|CI_COMMIT_BRANCH|CI_MERGE_REQUEST_SOURCE_BRANCH_NAME|CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME|CI_COMMIT_TAG_MESSAGE|CI_COMMIT_AUTHOR|CI_COMMIT_TAG)\b\}?`)

// scanJobs are names of jobs that guard the app.
var scanJobs = regexp.MustCompile(`(?i)(sast|secret[_ -]?(detection|scan|s)|dependency[_ -]?scan|container[_ -]?scan|licen[cs]e[_ -]?scan|security|semgrep|gitleaks|trivy|snyk|paddock)`)

// gitlab judges a GitLab pipeline.
func (c *checker) gitlab(f *file) {
	w := &workflow{file: f}
	for _, root := range f.Roots {
		w.root = root
		if yamltree.Has(root, "spec") && len(yamltree.Pairs(root)) == 1 {
			continue // the inputs of a component
		}
		c.gitlabDoc(w)
	}
}

func (c *checker) gitlabDoc(w *workflow) {
	for _, n := range includes(w.root) {
		c.include(w, n)
	}
	c.gitlabImages(w, w.root)
	c.gitlabImages(w, yamltree.Get(w.root, "default"))
	c.gitlabStored(w, w.root)
	c.gitlabScripts(w, w.root)
	c.gitlabScripts(w, yamltree.Get(w.root, "default"))
	for _, p := range yamltree.Pairs(w.root) {
		body := yamltree.Plain(p.Value)
		if gitlabGlobal[p.Key.Value] || body == nil || body.Kind != yaml.MappingNode {
			continue
		}
		c.jobs++
		c.gitlabJob(w, p.Key, body)
	}
}

func includes(root *yaml.Node) []*yaml.Node {
	n := yamltree.Get(root, "include")
	if n != nil && n.Kind == yaml.MappingNode {
		return []*yaml.Node{n}
	}
	return yamltree.Items(n)
}

// include judges a file that a pipeline takes in.
func (c *checker) include(w *workflow, n *yaml.Node) {
	n = yamltree.Plain(n)
	local, remote := yamltree.Text(yamltree.Get(n, "local")), yamltree.Text(yamltree.Get(n, "remote"))
	if n != nil && n.Kind == yaml.ScalarNode {
		if text := n.Value; strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
			remote = text
		} else {
			local = text
		}
	}
	switch project, component := yamltree.Text(yamltree.Get(n, "project")), yamltree.Text(yamltree.Get(n, "component")); {
	case remote != "":
		if !yamltree.Has(n, "integrity") {
			c.say("pipeline_include_remote", w, n, "name", remote)
		}
	case project != "":
		if ref := yamltree.Text(yamltree.Get(n, "ref")); ref == "" || slices.Contains([]string{"main", "master", "develop", "HEAD"}, ref) {
			c.say("pipeline_include_remote", w, n, "name", project)
		}
	case component != "":
		if _, version, _ := strings.Cut(component, "@"); version == "" || version == "~latest" || version == "main" || version == "master" {
			c.say("pipeline_include_remote", w, n, "name", component)
		}
	case local != "" && !strings.ContainsAny(local, "*$"):
		if _, ok := c.tree.Find(strings.TrimPrefix(local, "/")); !ok {
			c.say("pipeline_include_missing", w, n, "name", local)
		}
	}
}

func (c *checker) gitlabJob(w *workflow, key, body *yaml.Node) {
	hidden := strings.HasPrefix(key.Value, ".")
	if !hidden && !yamltree.Has(body, "script") && !yamltree.Has(body, "run") && !yamltree.Has(body, "extends") && !yamltree.Has(body, "trigger") && len(includes(w.root)) == 0 && !yamltree.Has(body, "<<") {
		c.say("pipeline_part_missing", w, key, "name", "script")
	}
	if !hidden {
		c.gitlabUnknown(w, body)
	}
	c.gitlabImages(w, body)
	c.gitlabStored(w, body)
	c.gitlabScripts(w, body)
	c.gitlabIgnored(w, key, body)
	for _, p := range yamltree.Items(yamltree.Get(body, "artifacts", "paths")) {
		if t := strings.TrimSuffix(strings.TrimPrefix(yamltree.Text(p), "./"), "/"); t == "." || t == "" || t == "*" || t == "**" || t == "**/*" || t == ".env" || t == ".git" || t == ".npmrc" || t == "$CI_PROJECT_DIR" {
			c.say("pipeline_artifact_wide", w, p, "name", yamltree.Text(p))
		}
	}
}

// gitlabUnknown reports keys of a job that are one slip away from a known one.
func (c *checker) gitlabUnknown(w *workflow, body *yaml.Node) {
	known := make([]string, 0, len(gitlabKeys))
	for k := range gitlabKeys {
		known = append(known, k)
	}
	slices.Sort(known)
	for i := 0; i+1 < len(body.Content); i += 2 {
		k := body.Content[i]
		if gitlabKeys[k.Value] || k.Value == "<<" || strings.HasPrefix(k.Value, ".") {
			continue
		}
		near := core.Nearest(k.Value, known)
		if near == "" {
			continue
		}
		at := w.at(k)
		if e, ok := w.replace(k.Line, k.Column, k.Value, near); ok && !yamltree.Has(body, near) {
			at.Edits = []core.Edit{e}
		}
		c.sayAt("pipeline_key_unknown", at, "name", k.Value)
	}
}

// gitlabImages judges the images of a job or of all jobs.
func (c *checker) gitlabImages(w *workflow, n *yaml.Node) {
	one := func(img *yaml.Node) {
		if name := yamltree.Get(img, "name"); name != nil {
			img = name
		}
		img = yamltree.Plain(img)
		text := yamltree.Text(img)
		if text == "" || img.Kind != yaml.ScalarNode {
			return
		}
		if strings.HasPrefix(text, "docker:") && strings.Contains(text, "dind") {
			c.say("pipeline_docker_root", w, img, "name", text)
		}
		if !strings.ContainsAny(text, "$@") && !strings.HasPrefix(text, "docker:") {
			c.image(w, img, text)
		}
	}
	one(yamltree.Get(n, "image"))
	for _, s := range yamltree.Items(yamltree.Get(n, "services")) {
		one(s)
	}
}

// gitlabStored reports keys of a cloud that are written into the pipeline, or
// that a script logs in with.
func (c *checker) gitlabStored(w *workflow, n *yaml.Node) {
	for _, p := range yamltree.Pairs(yamltree.Get(n, "variables")) {
		if longLived.MatchString(p.Key.Value) {
			c.say("pipeline_stored_key", w, p.Key, "name", p.Key.Value)
			return
		}
	}
	if yamltree.Has(n, "id_tokens") {
		return
	}
	for _, line := range scriptLines(n) {
		text := yamltree.Text(line)
		for _, name := range []string{"AWS_SECRET_ACCESS_KEY", "AZURE_CLIENT_SECRET", "GCP_SA_KEY", "GOOGLE_CREDENTIALS", "GCLOUD_SERVICE_KEY"} {
			if strings.Contains(text, "$"+name) || strings.Contains(text, "${"+name) {
				c.say("pipeline_stored_key", w, line, "name", name)
				return
			}
		}
	}
}

// scriptLines returns the items of a job's scripts.
func scriptLines(n *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for _, key := range []string{"before_script", "script", "after_script"} {
		for _, item := range yamltree.Items(yamltree.Get(n, key)) {
			item = yamltree.Plain(item)
			if item != nil && item.Kind == yaml.SequenceNode {
				out = append(out, yamltree.Items(item)...)
				continue
			}
			if item != nil {
				out = append(out, item)
			}
		}
	}
	return out
}

// evaluated are ways in which a shell reads a text a second time.
var evaluated = regexp.MustCompile(`\b(eval|bash\s+-c|sh\s+-c|python3?\s+-c|node\s+-e|xargs|ssh\s)`)

func (c *checker) gitlabScripts(w *workflow, n *yaml.Node) {
	for _, line := range scriptLines(n) {
		text := yamltree.Text(line)
		if m, ok := downloads(text); ok {
			l, col := w.cursor(line).next(firstWords(m))
			c.sayAt("pipeline_download_run", w.spot(l, col))
		}
		// A shell does not read the value of a variable as code, unless it is told to.
		if m := strangersVars.FindStringSubmatch(text); m != nil && evaluated.MatchString(text) {
			l, col := w.cursor(line).next(m[0])
			c.sayAt("pipeline_injection", w.spot(l, col), "value", m[1])
		}
		if strings.Contains(text, "--privileged") {
			c.say("pipeline_docker_root", w, line, "name", "--privileged")
		}
	}
}

// gitlabIgnored reports a scan whose result nobody has to heed.
func (c *checker) gitlabIgnored(w *workflow, key, body *yaml.Node) {
	n := yamltree.Get(body, "allow_failure")
	if !yamltree.True(n) || !scanJobs.MatchString(key.Value) {
		return
	}
	at := w.at(n)
	if k := yamltree.Key(body, "allow_failure"); k != nil && k.Line == n.Line && !yamltree.Flow(body) && len(body.Content) > 2 && w.shift == nil {
		at.Edits = deleteLines(w.file, k.Line)
	}
	c.sayAt("pipeline_scan_ignored", at, "name", key.Value)
}

// inherited holds the files that every app is made with against what is there.
func (c *checker) inherited(want map[string][]byte) {
	paths := make([]string, 0, len(want))
	for p := range want {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, path := range paths {
		f, ok := c.tree.Find(path)
		switch {
		case !ok:
			c.sayAt("pipeline_inherited_missing", findings.At{Path: path, Key: "missing", Edits: fresh(path, want[path])}, "path", path)
		case !same(f.Text, want[path]):
			code := "pipeline_inherited_changed"
			if weakened(f) {
				code = "pipeline_inherited_weak"
			}
			at := findings.At{Path: path, Line: firstDifference(f.Text, want[path]), Key: "changed", Edits: restore(f, want[path])}
			at.Quote = f.Quote(at.Line, 1)
			c.sayAt(code, at, "path", path)
		}
	}
}

// same compares two texts without regard to the end of their lines.
func same(a, b []byte) bool { return slices.Equal(textLines(a), textLines(b)) }

func textLines(b []byte) []string {
	return strings.Split(strings.TrimRight(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), "\n")
}

func firstDifference(a, b []byte) int {
	x, y := textLines(a), textLines(b)
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return i + 1
		}
	}
	return min(len(x), len(y))
}

// runsCheck is the line that does the work of the inherited pipeline.
var runsCheck = regexp.MustCompile(`(?m)^\s*(?:-\s+)?(?:run:\s*)?["']?[^#\n]*\bpaddock(?:@\S+)?["']?\s+check\b[^#\n]*$`)

// weakened reports whether a pipeline no longer runs the check, or goes on
// whatever it says.
func weakened(f tree.File) bool {
	line := runsCheck.FindString(string(f.Text))
	if line == "" || strings.Contains(line, "||") || strings.Contains(line, "; true") || strings.Contains(line, "|| :") {
		return true
	}
	for _, off := range []string{"continue-on-error: true", "allow_failure: true", "if: false", "when: never", "when: manual", "if: ${{ false }}"} {
		if strings.Contains(string(f.Text), off) {
			return true
		}
	}
	return false
}

func fresh(path string, text []byte) []core.Edit {
	var out []core.Edit
	for _, line := range textLines(text) {
		out = append(out, core.Edit{Kind: core.EditAdd, Path: path, New: line})
	}
	return out
}

// maxRestore bounds the lines of a file that is mended line by line.
const maxRestore = 300

// restore returns the edits that make a file what it was, or nothing for one
// that is too long to compare.
func restore(f tree.File, want []byte) []core.Edit {
	if len(f.Text) == 0 {
		return fresh(f.Path, want)
	}
	a, b := textLines(f.Text), textLines(want)
	if len(a) > maxRestore || len(b) > maxRestore {
		return nil
	}
	var out []core.Edit
	for _, h := range hunks(a, b) {
		old, new := a[h.from:h.to], b[h.newFrom:h.newTo]
		if len(old) == 0 && h.from == 0 { // nothing to add after: the first line makes room
			old, new = a[:1], append(slices.Clone(new), a[0])
		}
		line := h.from
		for i := range old {
			line = h.from + i + 1
			switch {
			case i >= len(new):
				out = append(out, core.Edit{Kind: core.EditDelete, Path: f.Path, Line: line})
			case old[i] != new[i] && old[i] != "":
				out = append(out, core.Edit{Kind: core.EditReplace, Path: f.Path, Line: line, Column: 1, End: len([]rune(old[i])) + 1, Old: old[i], New: new[i]})
			case old[i] != new[i]:
				out = append(out, core.Edit{Kind: core.EditDelete, Path: f.Path, Line: line}, core.Edit{Kind: core.EditAdd, Path: f.Path, Line: line, New: new[i]})
			}
		}
		for i := len(old); i < len(new); i++ {
			out = append(out, core.Edit{Kind: core.EditAdd, Path: f.Path, Line: line, New: new[i]})
		}
	}
	return out
}

// hunk is a run of lines that differ.
type hunk struct{ from, to, newFrom, newTo int }

// hunks compares two short texts by their longest common lines.
func hunks(a, b []string) []hunk {
	n := make([][]int, len(a)+1)
	for i := range n {
		n[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	var out []hunk
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		h := hunk{from: i, newFrom: j}
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && a[i] == b[j]) {
			if j == len(b) || i < len(a) && n[i+1][j] >= n[i][j+1] {
				i++
			} else {
				j++
			}
		}
		h.to, h.newTo = i, j
		out = append(out, h)
	}
	return out
}
