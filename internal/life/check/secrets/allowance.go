package secrets

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// allowance is one list of exceptions of the rule file: by path, by pattern
// over the secret, the match or the line, and by stop words in the secret.
type allowance struct {
	all     bool // every kind given must match, not just one
	target  string
	paths   []rulebook.Regexp // each looks for its letters first, for most paths are nobody's exception
	regexes func() (*regexp.Regexp, error)
	stop    func() *words
}

func newAllowance(e allowEntry) *allowance {
	a := &allowance{all: e.Condition == "AND" || e.Condition == "&&", target: e.RegexTarget, regexes: lazily(anyOf(e.Regexes))}
	for _, p := range e.Paths {
		a.paths = append(a.paths, rulebook.Pattern(p))
	}
	if len(e.StopWords) > 0 {
		low := make([]string, len(e.StopWords))
		for i, w := range e.StopWords {
			low[i] = strings.ToLower(w)
		}
		a.stop = sync.OnceValue(func() *words { return newWords(low) })
	}
	return a
}

func anyOf(patterns []string) string {
	if len(patterns) == 0 {
		return ""
	}
	return "(?:" + strings.Join(patterns, "|") + ")"
}

// path reports whether the path alone is enough to allow.
func (a *allowance) path(name string) bool {
	return (!a.all || a.regexes == nil && a.stop == nil) && a.place(name)
}

// place reports whether the path is one of the list's.
func (a *allowance) place(name string) bool {
	if len(a.paths) == 0 {
		return false
	}
	text := rulebook.NewText([]byte(name))
	return slices.ContainsFunc(a.paths, func(p rulebook.Regexp) bool { return p.In(text) })
}

// value reports whether a secret found in this match and line is allowed.
func (a *allowance) value(name, secret, match, line string) (bool, error) {
	var given, met int
	if a.regexes != nil {
		given++
		target := secret
		switch a.target {
		case "match":
			target = match
		case "line":
			target = line
		}
		re, err := a.regexes()
		if err != nil {
			return false, err
		}
		if re.MatchString(target) {
			met++
		}
	}
	if a.stop != nil {
		given++
		if len(a.stop().find(secret, nil)) > 0 {
			met++
		}
	}
	if !a.all {
		return met > 0, nil
	}
	if len(a.paths) > 0 {
		given++
		if a.place(name) {
			met++
		}
	}
	return given > 0 && met == given, nil
}
