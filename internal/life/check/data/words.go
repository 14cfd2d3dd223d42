package data

import (
	_ "embed" // the words
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lex"
)

//go:embed words/words.txt
var wordsText string

// categories are those of a descriptor, in the order of reports.
func categories() []string {
	return []string{"contact", "identity", "health", "payment", "credentials", "children"}
}

// least is the least classification that fits a category; the starter's rules
// hold the same table.
func least(category string) core.Classification {
	switch category {
	case "contact":
		return core.InternalUse
	case "health":
		return core.PHI
	}
	return core.Restricted
}

// lexicon is what is known of names. It does not change once it is made.
type lexicon struct {
	date   string
	sure   map[string]string // category by name
	maybe  map[string]string
	person map[string]bool
	thing  map[string]bool
	not    map[string]bool
}

func load() (*lexicon, error) {
	l := &lexicon{sure: map[string]string{}, maybe: map[string]string{}, person: map[string]bool{}, thing: map[string]bool{}, not: map[string]bool{}}
	for line := range strings.Lines(wordsText) {
		if date, ok := strings.CutPrefix(line, "# date: "); ok {
			l.date = strings.TrimSpace(date)
		}
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		kind, rest, _ := strings.Cut(line, " ")
		how, _, _ := strings.Cut(rest, " ")
		for name := range strings.SplitSeq(strings.TrimPrefix(strings.TrimPrefix(rest, "sure "), "maybe "), ", ") {
			switch {
			case kind == "person":
				l.person[name] = true
			case kind == "thing":
				l.thing[name] = true
			case kind == "not":
				l.not[name] = true
			case how == "sure" && slices.Contains(categories(), kind):
				l.sure[name] = kind
			case how == "maybe" && slices.Contains(categories(), kind):
				l.maybe[name] = kind
			default:
				return nil, fmt.Errorf("data: %q cannot be read", line)
			}
		}
	}
	return l, nil
}

func digest() string { return findings.Digest([]byte(wordsText)) }

var accents = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "á", "a", "í", "i", "ó", "o", "ú", "u", "ñ", "n", "ç", "c",
	"É", "E", "î", "i", "ô", "o", "û", "u")

// parts splits a name into words without accents.
func parts(name string) []string { return lex.Words(accents.Replace(name)) }

// verbs are first words of names that say what is done, or whether.
var verbs = []string{"is", "has", "num", "on", "handle", "set", "get", "show", "send", "use", "enable", "allow", "require", "requires", "toggle", "can", "should", "with", "no", "validate", "check", "update", "reset", "hide", "disable", "verify"}

// find returns the category of a name and whether it is sure: all of its words,
// else its last ones.
func (l *lexicon) find(name string) (category string, sure bool) {
	w := parts(name)
	if len(w) == 0 || len(w) > 8 {
		return "", false
	}
	if len(w) > 1 && slices.Contains(verbs, w[0]) && !(w[0] == "is" && w[1] == "minor") {
		return "", false
	}
	for i := range w {
		if len(w)-i < 2 && i > 0 && (l.not[w[len(w)-1]]) {
			break
		}
		if c := l.sure[strings.Join(w[i:], " ")]; c != "" {
			return c, true
		}
	}
	if len(w) > 1 && (l.not[w[len(w)-1]] || l.not[strings.Join(w[len(w)-2:], " ")]) {
		return "", false
	}
	if c := l.sure[strings.Join(w, "")]; c != "" && len(w) > 1 {
		return c, true
	}
	for i := range w {
		if c := l.maybe[strings.Join(w[i:], " ")]; c != "" {
			if i == 0 {
				return c, false
			}
			if w[i-1] != "profile" && (l.person[strings.Join(w[:i], " ")] || l.person[w[i-1]]) { // customer_name
				return c, true
			}
		}
	}
	return "", false
}

// about reports whether the name of a table, type or form is about people, and
// whether it is about things.
func (l *lexicon) about(entity string) (person, thing bool) {
	w := parts(entity)
	for i := len(w) - 1; i >= 0; i-- { // the last word counts most: UserSettings is about settings
		if l.thing[w[i]] {
			return false, true
		}
		if l.person[w[i]] || i > 0 && l.person[w[i-1]+" "+w[i]] {
			return true, false
		}
	}
	return false, false
}
