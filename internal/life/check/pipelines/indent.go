package pipelines

import "strings"

// Keys of a workflow by the level they stand at.
var (
	topKeys  = set("name on permissions env defaults concurrency jobs run-name")
	jobKeys  = set("runs-on steps needs strategy container services outputs environment timeout-minutes permissions defaults concurrency if env name continue-on-error uses with secrets")
	stepKeys = set("name uses run with env if id shell working-directory continue-on-error timeout-minutes")
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// indented gives a workflow, or a part of one, back the indentation that it
// lost. It returns nil as the second value for a text that has its own.
//
// A part of a workflow, such as one step from a web page, gets the lines
// around it that make it a whole.
func indented(lines []string) ([]string, *shift) {
	jobs, deeper, part := false, false, false
	content := 0
	for _, line := range lines {
		t := strings.TrimSpace(line)
		if t == "" || strings.HasPrefix(t, "#") {
			continue
		}
		content++
		if content == 1 {
			part = strings.HasPrefix(t, "- ") && line[0] == '-'
		}
		switch key := keyOf(line); {
		case key == "jobs":
			jobs = true
		case (key == "steps" || key == "runs-on") && jobs:
			deeper = true
		}
	}
	if !part && !deeper {
		return nil, nil
	}
	m := &mender{s: &shift{}}
	if part {
		m.put("on: push", "jobs:", "  part:", "    runs-on: ubuntu-latest", "    steps:")
		m.level = inStep
	}
	moved := false
	for i, line := range lines {
		by := m.indent(line)
		moved = moved || by > 0
		m.out = append(m.out, strings.Repeat(" ", by)+line)
		m.s.lines, m.s.columns = append(m.s.lines, i+1), append(m.s.columns, by)
	}
	if !moved {
		return nil, nil
	}
	return m.out, m.s
}

// keyOf returns the key that a line at the left margin begins with.
func keyOf(line string) string {
	key, _, ok := strings.Cut(line, ":")
	if !ok || strings.TrimSpace(key) != key || strings.HasPrefix(key, "#") {
		return ""
	}
	return strings.Trim(key, `"'`)
}

type level int

const (
	atTop level = iota
	inOn
	inJobs  // jobs: was seen, no job yet
	inJob   // a job's own keys
	inStep  // a step's own keys
	inInput // below with: or env: of a step
	inEvent // below an event of on:
)

// mender walks through flat lines and knows at which level each belongs.
type mender struct {
	level level
	s     *shift
	out   []string
}

func (m *mender) put(lines ...string) {
	for _, line := range lines {
		m.out = append(m.out, line)
		m.s.lines, m.s.columns = append(m.s.lines, 0), append(m.s.columns, 0)
	}
}

// indent returns by how much a line moves to the right.
func (m *mender) indent(line string) int {
	t := strings.TrimSpace(line)
	if t == "" {
		return 0
	}
	if strings.HasPrefix(t, "- ") {
		switch m.level {
		case inJob, inStep, inInput:
			m.level = inStep
			if key := keyOf(strings.TrimPrefix(t, "- ")); key == "with" || key == "env" {
				m.level = inInput
			}
			return 6
		case inOn, inEvent:
			return 6
		}
		return 0
	}
	key := keyOf(strings.TrimRight(line, "\r"))
	switch {
	case m.level <= inOn && topKeys[key] || m.level == inEvent && topKeys[key]:
		m.level = map[string]level{"on": inOn, "jobs": inJobs}[key]
		return 0
	case m.level == inOn || m.level == inEvent:
		return m.event(t, key)
	case m.level == inJobs || m.level == inJob || m.level == inStep || m.level == inInput:
		return m.below(t, key)
	}
	return 0
}

func (m *mender) event(t, key string) int {
	if m.level == inEvent && (key == "branches" || key == "tags" || key == "types" || key == "paths" || key == "branches-ignore" || key == "paths-ignore") {
		return 4
	}
	if key == "" || !strings.HasSuffix(t, ":") {
		return 4
	}
	m.level = inEvent
	return 2
}

func (m *mender) below(t, key string) int {
	switch {
	case m.level == inJobs:
		m.level = inJob
		return 2
	case m.level == inJob && !jobKeys[key] && strings.HasSuffix(t, ":"):
		return 2 // the next job
	case m.level == inJob:
		return 4
	case stepKeys[key]:
		m.level = inStep
		if key == "with" || key == "env" {
			m.level = inInput
		}
		return 8
	case m.level == inStep && strings.HasSuffix(t, ":") && key != "":
		m.level = inJob
		if jobKeys[key] {
			return 4
		}
		return 2
	}
	return 10
}
