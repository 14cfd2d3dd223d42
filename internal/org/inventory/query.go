package inventory

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of a query, and of what is read from a bill.
const (
	maxQuery      = 300
	maxConditions = 8
)

// Query asks for a component by name, and for versions of it.
type Query struct {
	Ecosystem  string // empty for any
	Name       string
	Conditions []Condition // all must hold; none means every version
}

// Condition compares a version.
type Condition struct {
	Op      string // < <= > >= = !=
	Version string
	column  int
}

var operators = []string{"<=", ">=", "!=", "==", "<", ">", "="} // longest first

// Parse reads a query:
//
//	lodash < 4.17.21
//	npm:lodash >=4.0.0, <4.17.21
//	pkg:npm/%40angular/core@12.0.0
//	@angular/core = 12.0.0
//
// A name without an ecosystem is looked for in all of them. Errors: Invalid,
// with the column of the fault in Field ("q:8").
func Parse(text string) (Query, error) {
	p := &parser{text: text}
	q, err := p.query()
	if err != nil {
		return Query{}, err
	}
	return q, q.comparable(p)
}

// String writes the query in its own language.
func (q Query) String() string {
	s := q.Name
	if q.Ecosystem != "" {
		s = q.Ecosystem + ":" + s
	}
	for i, c := range q.Conditions {
		if i > 0 {
			s += ","
		}
		s += " " + c.Op + " " + c.Version
	}
	return s
}

type parser struct {
	text string
	pos  int
}

func (p *parser) fail(at int, hint, format string, args ...any) error {
	return core.Errorf(core.Invalid, format, args...).At("q:"+itoa(utf8.RuneCountInString(p.text[:at])+1)).Hinted("%s", hint)
}

const example = `Write a name, and versions if you like: lodash < 4.17.21`

func (p *parser) query() (q Query, err error) {
	switch {
	case len(p.text) > maxQuery:
		return q, core.Errorf(core.TooLarge, "The query has %d characters; %d are read.", len(p.text), maxQuery).At("q")
	case !utf8.ValidString(p.text):
		return q, core.Errorf(core.Invalid, "The query is not text.").At("q").Hinted(example)
	}
	for i, r := range p.text {
		if unicode.IsControl(r) && r != '\t' {
			return q, p.fail(i, "Leave it out.", "The query has a control character.")
		}
	}
	p.space()
	if p.pos == len(p.text) {
		return q, p.fail(0, example, "The query is empty.")
	}
	if strings.HasPrefix(p.rest(), "pkg:") {
		return p.purl()
	}
	start := p.pos
	name := p.until(" \t<>=!,")
	if name == "" {
		return q, p.fail(start, example, "The query starts with %q, where the name of a component belongs.", p.peek())
	}
	q.Ecosystem, q.Name = splitEcosystem(name)
	if q.Ecosystem != "" && !known(q.Ecosystem) {
		return q, p.fail(start, "The ecosystems are "+strings.Join(Ecosystems(), ", ")+". "+core.DidYouMean(q.Ecosystem, Ecosystems()),
			"There is no ecosystem %q.", q.Ecosystem)
	}
	if at := strings.LastIndex(q.Name, "@"); at > 0 { // lodash@4.17.20
		q.Conditions = append(q.Conditions, Condition{"=", q.Name[at+1:], start + len(name) - len(q.Name) + at + 1})
		q.Name = q.Name[:at]
		if q.Conditions[0].Version == "" {
			return q, p.fail(p.pos, "Write the version after the @, or leave the @ out.", "There is no version after the %q.", "@")
		}
	}
	q.Name = normal(q.Ecosystem, q.Name)
	if q.Name == "" || q.Name == "/" {
		return q, p.fail(start, example, "The query has no name of a component.")
	}
	return p.conditions(q)
}

func (p *parser) conditions(q Query) (Query, error) {
	for {
		p.space()
		if p.pos == len(p.text) {
			return q, nil
		}
		at := p.pos
		op := ""
		for _, o := range operators {
			if strings.HasPrefix(p.rest(), o) {
				op = o
				break
			}
		}
		if op == "" {
			return q, p.fail(at, "Write one of < <= > >= = != before a version.", "There is no comparison before %q.", p.word())
		}
		p.pos += len(op)
		p.space()
		from := p.pos
		version := p.until(" \t,<>=!")
		if version == "" {
			return q, p.fail(from, "Write a version after it, such as 4.17.21.", "There is no version after %q.", op)
		}
		if op == "==" {
			op = "="
		}
		q.Conditions = append(q.Conditions, Condition{op, version, from})
		if len(q.Conditions) > maxConditions {
			return q, p.fail(at, "Leave some out.", "The query has more than %d comparisons.", maxConditions)
		}
		p.space()
		if strings.HasPrefix(p.rest(), ",") {
			p.pos++
			p.space()
			if p.pos == len(p.text) {
				return q, p.fail(p.pos, "Write another comparison, or leave the comma out.", "The query ends with a comma.")
			}
		}
	}
}

func (p *parser) purl() (q Query, err error) {
	start := p.pos
	word := p.until(" \t<>,")
	if word == "" || strings.ContainsAny(word, "<>") {
		return q, p.fail(start, example, "The package URL is empty.")
	}
	c, err := ParsePURL(word)
	if err != nil {
		return q, p.fail(start, "A package URL looks like pkg:npm/lodash@4.17.20.", "%q is not a package URL.", word)
	}
	q.Ecosystem, q.Name = c.Ecosystem, c.Name
	if c.Version != "" {
		q.Conditions = []Condition{{"=", c.Version, start}}
	}
	return p.conditions(q)
}

// comparable refuses versions that the named ecosystem cannot read, because an
// order over them would be a guess.
func (q Query) comparable(p *parser) error {
	if q.Ecosystem == "" {
		return nil
	}
	for _, c := range q.Conditions {
		if c.Op != "=" && c.Op != "!=" && !readable(q.Ecosystem, c.Version) {
			return p.fail(c.column, "Write it as "+q.Ecosystem+" does.", "%q is not a version of %s.", c.Version, q.Ecosystem)
		}
	}
	return nil
}

func (p *parser) rest() string { return p.text[p.pos:] }

func (p *parser) space() {
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t') {
		p.pos++
	}
}

func (p *parser) until(stops string) string {
	i := strings.IndexAny(p.rest(), stops)
	if i < 0 {
		i = len(p.rest())
	}
	s := p.text[p.pos : p.pos+i]
	p.pos += i
	return s
}

func (p *parser) peek() string {
	r, _ := utf8.DecodeRuneInString(p.rest())
	return string(r)
}

func (p *parser) word() string {
	if w, _, ok := strings.Cut(p.rest(), " "); ok {
		return w
	}
	return p.rest()
}

// splitEcosystem takes "npm:lodash" apart; group:artifact of Maven stays whole.
func splitEcosystem(name string) (ecosystem, rest string) {
	before, after, ok := strings.Cut(name, ":")
	if !ok || strings.ContainsAny(before, "./@") {
		return "", name
	}
	e := strings.ToLower(before)
	if full, ok := ecosystemAliases[e]; ok {
		e = full
	}
	return e, after
}

var ecosystemAliases = map[string]string{"go": "golang", "python": "pypi", "pip": "pypi", "rust": "cargo", "crates": "cargo", "ruby": "gem", "rubygems": "gem", "php": "composer", "packagist": "composer", "java": "maven", "dotnet": "nuget"}

func known(ecosystem string) bool { return slices.Contains(Ecosystems(), ecosystem) }
