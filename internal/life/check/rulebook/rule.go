package rulebook

import "slices"

// Rule is one rule.
type Rule struct {
	Code     string            `yaml:"code"`
	Severity string            `yaml:"severity"` // error stops the merge, warning does not
	CWE      int               `yaml:"cwe"`      // the weakness, by its number in the Common Weakness Enumeration
	Hide     bool              `yaml:"hide"`     // the place holds a secret: it is not quoted
	Title    string            `yaml:"title"`
	What     string            `yaml:"what"`
	Why      string            `yaml:"why"`
	Fix      []string          `yaml:"fix"`
	Then     []string          `yaml:"then"` // steps after an exact edit
	Example  map[string]string `yaml:"example"`
	Match    []Match           `yaml:"match"` // any of these
	// Bad must match, Good must not; texts by language.
	Bad  map[string][]string `yaml:"bad"`
	Good map[string][]string `yaml:"good"`

	Place string `yaml:"-"` // its file, of an organisation's own
}

// Match is one way to find a place. Exactly one of Call, Assign, Pair, Text,
// Tag, Query, Statement, Instruction, Line and Route says what is looked for;
// everything else must hold too.
type Match struct {
	In       []string `yaml:"in"`       // js, python, go, sh, sql, docker, html, text
	Severity string   `yaml:"severity"` // in place of the rule's
	Path     Regexp   `yaml:"path"`     // the file's path
	NotPath  Regexp   `yaml:"not_path"`
	File     Regexp   `yaml:"file"` // the file's text
	NotFile  Regexp   `yaml:"not_file"`
	Around   Regexp   `yaml:"around"` // the text of the function around it
	NotNear  Regexp   `yaml:"not_near"`
	Words    []string `yaml:"words"` // one of these words must be in the file
	Holds    []string `yaml:"holds"` // one of these texts must be in the file, letter by letter

	Call        []string `yaml:"call"`        // dotted names, after imports are resolved; * stands for anything
	Assign      []string `yaml:"assign"`      // what is set
	Pair        []string `yaml:"pair"`        // keys of objects, keyword arguments, JSX attributes
	Text        Regexp   `yaml:"text"`        // fixed text in code
	Tag         []string `yaml:"tag"`         // tags of a page
	Query       string   `yaml:"query"`       // of the syntax tree; @at is the place
	Statement   Regexp   `yaml:"statement"`   // an SQL statement, without comments, in one line
	Instruction Regexp   `yaml:"instruction"` // a Dockerfile instruction in one line
	Line        Regexp   `yaml:"line"`        // a line of any text
	Route       bool     `yaml:"route"`       // a route that asks nobody who they are, while others do

	Args  []Cond          `yaml:"args"`  // of the call or the tag: all must hold
	Value *Cond           `yaml:"value"` // of what is set
	Where map[string]Cond `yaml:"where"` // of other captures of the query
	Clean Regexp          `yaml:"clean"` // functions that make a value harmless here
	Also  []Match         `yaml:"also"`  // one of these must be found in the same file
	Once  bool            `yaml:"once"`  // one finding for each file is enough
	Name  string          `yaml:"name"`  // how to call the place, if not by its own name
	Mend  *Mend           `yaml:"mend"`
}

// Cond is what must hold of a value.
type Cond struct {
	At   *int     `yaml:"at"`   // which argument, from 0; negative from the end
	Any  bool     `yaml:"any"`  // any argument
	Key  string   `yaml:"key"`  // a keyword argument, or a property of the argument
	Is   []string `yaml:"is"`   // tainted, leads, built, dynamic, constant, text, true, false, absent, present, function, object, empty
	Text Regexp   `yaml:"text"` // its fixed text, or the fixed text it begins with
	Code Regexp   `yaml:"code"` // how it is written
	Not  *Cond    `yaml:"not"`
	Or   []Cond   `yaml:"or"`
}

// Mend is the exact change that heals a place: other text for its value, or
// another name for what is called. The value of a call is its first argument,
// or the one named or counted here.
type Mend struct {
	Value string `yaml:"value"`
	Call  string `yaml:"call"`
	Key   string `yaml:"key"` // the argument of this name
	At    int    `yaml:"at"`  // which argument, from 0; negative from the end
}

// Source says where text of strangers comes from in one language.
type Source struct {
	In    []string `yaml:"in"`
	Words []string `yaml:"words"` // one of them is in each file with such a source
	With  []string `yaml:"with"`  // and one of these texts, letter by letter
	Path  Regexp   `yaml:"path"`  // dotted names
	// Params are the parameters of functions that handle requests: names of the
	// decorators that make a function one.
	Params Regexp `yaml:"params"`
}

// Languages returns where the rule looks, in order, each once.
func (r Rule) Languages() []string {
	var out []string
	for _, in := range places {
		for _, m := range r.Match {
			if slices.Contains(m.In, in) && !slices.Contains(out, in) {
				out = append(out, in)
			}
		}
	}
	return out
}
