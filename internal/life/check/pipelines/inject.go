package pipelines

import (
	"regexp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// sinks are inputs of actions that run their text as code.
var sinks = map[string][]string{
	"8398a7/action-slack": {"custom_payload"}, "actions/github-script": {"script"}, "appleboy/ssh-action": {"script"}, "azure/cli": {"inlinescript"},
	"azure/powershell": {"inlinescript"}, "devorbitus/yq-action-output": {"cmd"}, "gautamkrishnar/blog-post-workflow": {"item_exec"}, "mikefarah/yq": {"cmd"},
	"sergeysova/jq-action": {"cmd"}, "amadevus/pwsh-script": {"script"}, "jannekem/run-python-script-action": {"script"},
	"cardinalby/js-eval-action": {"expression"}, "addnab/docker-run-action": {"options", "run"}, "tibdex/backport": {"body_template", "head_template", "labels_template", "title_template"},
}

// injection reports values that become part of a script: one finding for a
// step, whatever the number of values, by the worst of them.
func (c *checker) injection(s *step) {
	scripts := []*yaml.Node{s.run}
	if r, ok := refOf(s.uses); ok {
		for _, p := range yamltree.Pairs(s.with) {
			if slices.Contains(sinks[r.name], strings.ToLower(p.Key.Value)) {
				scripts = append(scripts, yamltree.Plain(p.Value))
			}
		}
	}
	for _, n := range scripts {
		c.script(s, n)
	}
}

// danger says who can choose a value.
type danger int

const (
	harmless danger = iota
	ours            // what an earlier step or a setting says
	insiders        // people who may write to the project, or start the pipeline
	strangers
)

var dangerCodes = map[danger]string{ours: "pipeline_output_in_script", insiders: "pipeline_value_in_script", strangers: "pipeline_injection"}

func (c *checker) script(s *step, n *yaml.Node) {
	text := yamltree.Text(n)
	if !strings.Contains(text, "${{") {
		return
	}
	worst, what := harmless, ""
	var where findings.At
	m := injectionMender{step: s, node: n, text: text, whole: n == s.run}
	cursor := s.job.flow.cursor(n)
	for _, e := range expressions(text) {
		line, column := cursor.next(e.raw)
		for _, name := range flows(e.node) {
			d := s.dangerOf(name)
			if d == harmless {
				continue
			}
			if d > worst {
				worst, what, where = d, name, s.job.flow.spot(line, column)
			}
			m.mend(e, name, line, column)
		}
	}
	if worst == harmless {
		return
	}
	where.Edits = m.edits()
	c.sayAt(dangerCodes[worst], where, "value", what)
}

// strangersSay are ends of names that a person without rights chooses.
var strangersSay = set("title body message name email label description page_name default_branch text head_ref head_branch display_title homepage full_name login slug html_url clone_url ssh_url git_url path topics label_name summary original_title")

// fixed are ends of names whose values have a shape that can do no harm.
var fixed = regexp.MustCompile(`^(id|number|node_id|sha|.*_sha|.*_id|.*_at|.*_count|state|status|conclusion|action|draft|merged|locked|private|fork|size|type|run_number|run_attempt|before|after|event|event_name|ref_type|site_admin|deleted|created|forced|merge_commit_sha|author_association|position|line|additions|deletions|changed_files|prerelease|admin|.*enabled|visibility|number_of_.*|watchers|stargazers|forks|open_issues)$`)

// fixedOf are values of the github context that strangers cannot choose.
var fixedOf = set("github.action_path github.job github.repository github.repository_id github.repository_owner github.repository_owner_id github.repositoryurl github.run_attempt github.run_id github.run_number github.server_url github.api_url github.graphql_url github.sha github.token github.triggering_actor github.actor_id github.workspace github.workflow_sha github.event_name github.event_path github.action github.action_ref github.action_repository github.ref_type github.ref_protected github.retention_days github.secret_source github.env github.path github.workflow github.workflow_ref github.actor")

// dangerOf says who can choose the value of a name.
func (s *step) dangerOf(name string) danger {
	head, rest, _ := strings.Cut(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch head {
	case "github":
		return s.githubDanger(name, last)
	case "secrets", "runner", "job", "strategy":
		return harmless
	case "inputs":
		return s.inputDanger(rest)
	case "env":
		if s.envIsFixed(rest) {
			return harmless
		}
		return ours
	case "matrix":
		return s.matrixDanger(rest)
	case "needs":
		if strings.HasSuffix(name, ".result") {
			return harmless
		}
	case "steps":
		if last == "outcome" || last == "conclusion" {
			return harmless
		}
	}
	return ours
}

func (s *step) githubDanger(name, last string) danger {
	switch {
	case name == "github.head_ref", name == "github.event", name == "github":
		return strangers
	case fixedOf[name]:
		return harmless
	case !strings.HasPrefix(name, "github.event"):
		return insiders // ref, ref_name, base_ref
	case strings.HasPrefix(name, "github.event.inputs."):
		return s.inputDanger(strings.TrimPrefix(name, "github.event.inputs."))
	case strings.HasPrefix(name, "github.event.client_payload"), strings.HasPrefix(name, "github.event.release"), strings.HasPrefix(name, "github.event.repository."):
		if fixed.MatchString(last) || strings.HasPrefix(name, "github.event.repository.") {
			return harmless
		}
		return insiders
	case strings.HasSuffix(name, ".head.ref"), strangersSay[last] && !strings.HasSuffix(name, "user.login") && !strings.HasSuffix(name, ".html_url") && !strings.HasSuffix(name, "full_name"):
		return strangers
	case fixed.MatchString(last):
		return harmless
	}
	return insiders
}

// inputDanger is for inputs of a workflow or an action: their type may leave
// no room for harm.
func (s *step) inputDanger(name string) danger {
	w := s.job.flow
	if w.action {
		return insiders
	}
	found := false
	for _, trigger := range []string{"workflow_dispatch", "workflow_call"} {
		for _, p := range yamltree.Pairs(yamltree.Get(w.triggers[trigger], "inputs")) {
			if !strings.EqualFold(p.Key.Value, name) {
				continue
			}
			found = true
			switch yamltree.Text(yamltree.Get(p.Value, "type")) {
			case "boolean", "number", "choice":
			default:
				return insiders
			}
		}
	}
	if found {
		return harmless
	}
	return insiders
}

// envIsFixed reports whether a variable's value is written down, with nothing
// put into it.
func (s *step) envIsFixed(name string) bool {
	for _, n := range []*yaml.Node{s.body, s.job.body, s.job.flow.root} {
		for _, p := range yamltree.Pairs(yamltree.Get(n, "env")) {
			if strings.EqualFold(p.Key.Value, name) {
				return s.textIsFixed(yamltree.Text(p.Value))
			}
		}
	}
	return false
}

func (s *step) textIsFixed(text string) bool {
	for _, e := range expressions(text) {
		if e.node == nil {
			return false
		}
		for _, name := range flows(e.node) {
			if strings.HasPrefix(name, "env.") || s.dangerOf(name) != harmless {
				return false
			}
		}
	}
	return true
}

func (s *step) matrixDanger(name string) danger {
	m := yamltree.Get(s.job.body, "strategy", "matrix")
	if m == nil {
		return harmless
	}
	head, _, _ := strings.Cut(name, ".")
	values := s.job.matrix(name)
	if m.Kind == yaml.ScalarNode || (len(values) == 0 && strings.Contains(yamltree.Text(yamltree.Get(m, head)), "${{")) {
		return insiders
	}
	for _, v := range values {
		if strings.Contains(yamltree.Text(v), "${{") && !s.textIsFixed(yamltree.Text(v)) {
			return insiders
		}
	}
	if strings.Contains(yamltree.Text(yamltree.Get(m, "include")), "${{") {
		return insiders
	}
	return harmless
}

// cursor finds one text after another in the lines of a node, so that a text
// that is there twice is found at both places.
type cursor struct {
	f        *file
	n        *yaml.Node
	line     int
	from     int // characters of the line that are behind us
	lastLine int
}

func (f *file) cursor(n *yaml.Node) *cursor {
	return &cursor{f: f, n: n, line: n.Line, from: max(0, n.Column-1), lastLine: n.Line + strings.Count(n.Value, "\n") + 50}
}

// next returns the next place of a text, or the node's own.
func (c *cursor) next(text string) (line, column int) {
	first, _, _ := strings.Cut(text, "\n")
	for l, from := c.line, c.from; l <= c.lastLine; l, from = l+1, 0 {
		runes := []rune(c.f.line(l))
		if from > len(runes) {
			continue
		}
		if i := strings.Index(string(runes[from:]), first); i >= 0 {
			column = from + len([]rune(string(runes[from:])[:i])) + 1
			c.line, c.from = l, column
			return l, column
		}
	}
	return c.n.Line, c.n.Column
}

// injectionMender moves values out of a script into its environment.
type injectionMender struct {
	step  *step
	node  *yaml.Node
	text  string
	whole bool // it is a step's run: other inputs have no environment to take from
	swaps []core.Edit
	vars  []string // NAME: ${{ value }}
	names map[string]string
	done  map[int]bool
	cant  bool
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_-]*(\.[a-z_][a-z0-9_-]*)+$`)

func (m *injectionMender) mend(e expression, name string, line, column int) {
	if m.done[e.from] {
		m.cant = true // two values in one expression
		return
	}
	if m.done == nil {
		m.done, m.names = map[int]bool{}, map[string]string{}
	}
	m.done[e.from] = true
	bare := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(e.raw, "${{"), "}}"))
	if !m.whole || m.step.shell() != "bash" && m.step.shell() != "sh" || !plainName.MatchString(strings.ToLower(bare)) || strings.Contains(m.text, "<<") || m.inFlow() {
		m.cant = true
		return
	}
	inQuotes, ok := quoting(m.text[:e.from])
	if !ok || e.from == 0 {
		m.cant = true
		return
	}
	variable, isNew := m.variable(name), true
	if strings.HasPrefix(name, "env.") {
		variable, isNew = bare[len("env."):], false
	}
	if old, twice := m.names[variable]; twice && old != name {
		m.cant = true
		return
	} else if !twice && isNew {
		m.vars = append(m.vars, variable+": "+e.raw)
	}
	m.names[variable] = name
	new := "${" + variable + "}"
	if !inQuotes {
		new = `"` + new + `"`
	}
	edit, ok := m.step.job.flow.replace(line, column, e.raw, new)
	m.cant = m.cant || !ok
	m.swaps = append(m.swaps, edit)
}

// inFlow reports whether the script is written in a way that quotes of our own
// could break.
func (m *injectionMender) inFlow() bool {
	return m.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.FoldedStyle|yaml.FlowStyle) != 0 || yamltree.Flow(m.step.body)
}

func (m *injectionMender) variable(name string) string {
	name = strings.TrimPrefix(name, "github.event.")
	return strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(name))
}

// edits are the swaps and the lines of env, or nothing if any part is unsure.
func (m *injectionMender) edits() []core.Edit {
	f, body := m.step.job.flow.file, m.step.body
	run := yamltree.Key(body, "run")
	if m.cant || len(m.swaps) == 0 || run == nil || f.shift != nil {
		return nil
	}
	if len(m.vars) == 0 {
		return m.swaps
	}
	if env := yamltree.Key(body, "env"); env != nil {
		pairs := yamltree.Pairs(yamltree.Get(body, "env"))
		if len(pairs) == 0 || yamltree.Flow(yamltree.Get(body, "env")) || pairs[0].Key.Line != env.Line+1 {
			return nil
		}
		for _, p := range pairs {
			if _, taken := m.names[p.Key.Value]; taken {
				return nil
			}
		}
		return append(m.swaps, f.after(env.Line, prefixed(indent(pairs[0].Key.Column), m.vars)...)...)
	}
	at := indent(run.Column)
	return append(m.swaps, f.after(f.blockEnd(run), append([]string{at + "env:"}, prefixed(at+"  ", m.vars)...)...)...)
}

func prefixed(prefix string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = prefix + l
	}
	return out
}

// blockEnd returns the last line of what stands under a key.
func (f *file) blockEnd(key *yaml.Node) int {
	last := key.Line
	for n := key.Line + 1; n <= len(f.lines); n++ {
		line := f.line(n)
		t := strings.TrimLeft(line, " ")
		if strings.TrimSpace(t) == "" {
			continue
		}
		if len(line)-len(t) < key.Column {
			return last
		}
		last = n
	}
	return last
}

// quoting says how text that comes next in a shell script is quoted: in double
// quotes or not at all. It reports false within single quotes.
func quoting(before string) (double, ok bool) {
	single := false
	for i := 0; i < len(before); i++ {
		switch c := before[i]; {
		case single:
			single = c != '\''
		case c == '\\':
			i++
		case c == '"':
			double = !double
		case c == '\'' && !double:
			single = true
		case c == '#' && !double && (i == 0 || before[i-1] == ' ' || before[i-1] == '\n'):
			if end := strings.IndexByte(before[i:], '\n'); end >= 0 {
				i += end
			} else {
				return false, false // in a comment
			}
		}
	}
	return double, !single
}
