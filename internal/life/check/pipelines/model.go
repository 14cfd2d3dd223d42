package pipelines

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// workflow is a file of GitHub Actions: a workflow, or a composite action,
// which is a workflow of one job without triggers.
type workflow struct {
	*file
	root     *yaml.Node
	on       *yaml.Node // nil for an action
	triggers map[string]*yaml.Node
	jobs     []*job
	action   bool
}

type job struct {
	flow  *workflow
	id    string
	key   *yaml.Node // nil for an action
	body  *yaml.Node
	steps []*step
}

type step struct {
	job  *job
	body *yaml.Node
	uses *yaml.Node
	run  *yaml.Node
	with *yaml.Node
	n    int
}

// readWorkflow makes sense of a document; what has another shape is left out,
// and actionlint has said so.
func readWorkflow(f *file) *workflow {
	w := &workflow{file: f, root: f.Root(), triggers: map[string]*yaml.Node{}}
	if f.kind == actionFile {
		w.action = true
		j := &job{flow: w, body: yamltree.Get(w.root, "runs")}
		j.read()
		w.jobs = []*job{j}
		return w
	}
	// "on" without quotes is a boolean to some readers of YAML; yaml.v3 keeps
	// its text.
	if w.on = yamltree.Get(w.root, "on"); w.on == nil {
		w.on = yamltree.Get(w.root, "true")
	}
	for _, p := range yamltree.Pairs(w.on) {
		w.triggers[p.Key.Value] = yamltree.Plain(p.Value)
	}
	for _, n := range yamltree.Items(w.on) {
		w.triggers[yamltree.Text(n)] = nil
	}
	for _, p := range yamltree.Pairs(yamltree.Get(w.root, "jobs")) {
		j := &job{flow: w, id: p.Key.Value, key: p.Key, body: yamltree.Plain(p.Value)}
		j.read()
		w.jobs = append(w.jobs, j)
	}
	return w
}

func (j *job) read() {
	var walk func(items []*yaml.Node, depth int)
	walk = func(items []*yaml.Node, depth int) {
		for _, n := range items {
			n = yamltree.Plain(n)
			if par := yamltree.Get(n, "parallel"); par != nil && depth < 4 {
				walk(yamltree.Items(par), depth+1)
				continue
			}
			s := &step{job: j, body: n, n: len(j.steps), uses: yamltree.Get(n, "uses"), run: yamltree.Get(n, "run"), with: yamltree.Get(n, "with")}
			j.steps = append(j.steps, s)
		}
	}
	walk(yamltree.Items(yamltree.Get(j.body, "steps")), 0)
}

func (w *workflow) has(triggers ...string) bool {
	for _, t := range triggers {
		if _, ok := w.triggers[t]; ok {
			return true
		}
	}
	return false
}

// onlyCalled reports whether other workflows alone start this one.
func (w *workflow) onlyCalled() bool { return len(w.triggers) == 1 && w.has("workflow_call") }

// reference is an action named by owner/repository/path@ref.
type reference struct {
	name string // owner/repository/path, in lower case
	repo string // owner/repository, in lower case
	as   string // the name as it is written
	ref  string
}

// refOf reads what a step or job uses. It reports false for anything but an
// action or workflow of another repository.
func refOf(n *yaml.Node) (reference, bool) {
	text := yamltree.Text(n)
	if strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") || strings.HasPrefix(text, "$/") || strings.HasPrefix(text, "docker://") || strings.Contains(text, "${{") {
		return reference{}, false
	}
	name, ref, _ := strings.Cut(text, "@")
	parts := strings.Split(name, "/")
	if len(parts) < 2 || parts[0] == "" || parts[1] == "" || strings.ContainsAny(name, " \t\n") {
		return reference{}, false
	}
	low := strings.ToLower(name)
	return reference{name: low, repo: strings.ToLower(parts[0] + "/" + parts[1]), as: name, ref: ref}, true
}

// hashed reports whether a reference names one commit.
func (r reference) hashed() bool { return isHex(r.ref, 40) || isHex(r.ref, 64) }

func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for _, c := range s {
		if !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return false
		}
	}
	return true
}

// isUse reports whether a step uses an action, by owner/repository or with a
// path behind it.
func (s *step) isUse(name string) bool {
	r, ok := refOf(s.uses)
	name = strings.ToLower(name)
	return ok && (r.name == name || strings.HasPrefix(r.name, name+"/"))
}

// input returns what is written for an input of an action.
func (s *step) input(name string) *yaml.Node { return yamltree.Get(s.with, name) }

// shell returns the shell that a step's script runs in: bash, sh, pwsh,
// python and so on, or "" if it cannot be known.
func (s *step) shell() string {
	for _, n := range []*yaml.Node{yamltree.Get(s.body, "shell"), yamltree.Get(s.job.body, "defaults", "run", "shell"), yamltree.Get(s.job.flow.root, "defaults", "run", "shell")} {
		if t := yamltree.Text(n); t != "" {
			return shellName(t)
		}
	}
	for _, label := range s.job.runners() {
		switch l := strings.ToLower(label); {
		case strings.Contains(l, "windows"):
			return "pwsh"
		case strings.Contains(l, "ubuntu"), strings.Contains(l, "macos"), strings.Contains(l, "linux"):
			return "bash"
		}
	}
	if s.job.flow.action {
		return ""
	}
	return ""
}

func shellName(t string) string {
	words := strings.Fields(t)
	if len(words) == 0 {
		return ""
	}
	t = strings.ToLower(words[0][strings.LastIndexAny(words[0], `/\`)+1:])
	return strings.TrimSuffix(t, ".exe")
}

// runners returns the labels of the machines a job runs on, those of its
// matrix too.
func (j *job) runners() []string {
	var out []string
	on := yamltree.Get(j.body, "runs-on")
	if labels := yamltree.Get(on, "labels"); labels != nil {
		on = labels
	}
	for _, n := range yamltree.Items(on) {
		text := yamltree.Text(n)
		if name, ok := strings.CutPrefix(strings.Join(strings.Fields(strings.Trim(strings.TrimSpace(text), "${} ")), ""), "matrix."); ok {
			for _, v := range j.matrix(name) {
				out = append(out, yamltree.Text(v))
			}
			continue
		}
		out = append(out, text)
	}
	return out
}

// matrix returns the values of a matrix key as far as they are written down.
func (j *job) matrix(name string) []*yaml.Node {
	m := yamltree.Get(j.body, "strategy", "matrix")
	head, rest, _ := strings.Cut(name, ".")
	var out []*yaml.Node
	take := func(n *yaml.Node) {
		if rest != "" {
			n = yamltree.Get(n, strings.Split(rest, ".")...)
		}
		if n = yamltree.Plain(n); n != nil {
			out = append(out, n)
		}
	}
	v := yamltree.Get(m, head)
	for _, n := range yamltree.Items(v) {
		take(n)
	}
	for _, n := range yamltree.Items(yamltree.Get(m, "include")) {
		take(yamltree.Get(n, head))
	}
	return out
}
