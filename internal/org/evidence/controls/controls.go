package controls

import "strings"

// Framework is one catalogue of controls.
type Framework struct {
	ID, Title string
	Controls  []Control
}

// Control is one control, and what is evidence for it.
type Control struct {
	ID       string
	Title    string // in our words
	Evidence []Source
	Missing  string // what a pack does not show
}

// Source is one thing in a pack that is evidence.
type Source struct {
	Kind    string   // of records; the file follows from it
	Actions []string // only events of these actions; "x.*" for all that begin so
	Results []string // only decisions with these "GATE RESULT"
	Shows   string
}

// Facts are what a pack holds.
type Facts struct {
	Records map[string]int // by kind
	Actions map[string]int // events by action
	Results map[string]int // decisions by "GATE RESULT"
}

// Mapped is a framework held against a pack.
type Mapped struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Controls []MappedControl `json:"controls"`
}

// MappedControl is a control held against a pack.
type MappedControl struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Evidence []MappedSource `json:"evidence"`
	Found    int            `json:"found"` // records in total
	Missing  string         `json:"not_covered"`
}

// MappedSource is one source with its count.
type MappedSource struct {
	Kind  string `json:"kind"`
	Shows string `json:"shows"`
	Only  string `json:"only,omitempty"` // which of the kind's records count
	Count int    `json:"count"`
}

// Evaluate counts the evidence for every control.
func Evaluate(f Facts) []Mapped {
	var out []Mapped
	for _, fw := range Frameworks() {
		m := Mapped{ID: fw.ID, Title: fw.Title}
		for _, c := range fw.Controls {
			mc := MappedControl{ID: c.ID, Title: c.Title, Missing: c.Missing}
			for _, s := range c.Evidence {
				n := f.count(s)
				mc.Evidence = append(mc.Evidence, MappedSource{s.Kind, s.Shows, strings.Join(append(append([]string{}, s.Actions...), s.Results...), ", "), n})
				mc.Found += n
			}
			m.Controls = append(m.Controls, mc)
		}
		out = append(out, m)
	}
	return out
}

func (f Facts) count(s Source) int {
	if len(s.Actions)+len(s.Results) == 0 {
		return f.Records[s.Kind]
	}
	n := 0
	for _, want := range s.Actions {
		n += matching(f.Actions, want)
	}
	for _, want := range s.Results {
		n += matching(f.Results, want)
	}
	return n
}

// matching adds up the counts whose names are like want, where one * at an end
// stands for anything.
func matching(counts map[string]int, want string) int {
	n := 0
	for name, c := range counts {
		prefix, after := strings.CutSuffix(want, "*")
		suffix, before := strings.CutPrefix(want, "*")
		if name == want || after && strings.HasPrefix(name, prefix) || before && strings.HasSuffix(name, suffix) {
			n += c
		}
	}
	return n
}

// Frameworks lists every framework, in the order of the page.
func Frameworks() []Framework { return []Framework{soc2(), iso27001(), hipaa(), owasp()} }
