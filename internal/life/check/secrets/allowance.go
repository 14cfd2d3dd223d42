package secrets

import (
	"regexp"
	"strings"
	"sync"
)

// allowance is one list of exceptions of the rule file: by path, by pattern
// over the secret, the match or the line, and by stop words in the secret.
type allowance struct {
	all     bool // every kind given must match, not just one
	target  string
	paths   func() (*regexp.Regexp, error)
	regexes func() (*regexp.Regexp, error)
	stop    func() *words
}

func newAllowance(e allowEntry) *allowance {
	a := &allowance{all: e.Condition == "AND" || e.Condition == "&&", target: e.RegexTarget, paths: lazily(anyOf(e.Paths)), regexes: lazily(anyOf(e.Regexes))}
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
func (a *allowance) path(name string) (bool, error) {
	if a.paths == nil || a.all && (a.regexes != nil || a.stop != nil) {
		return false, nil
	}
	re, err := a.paths()
	return err == nil && re.MatchString(name), err
}

// value reports whether a secret found in this match and line is allowed.
func (a *allowance) value(name, secret, match, line string) (bool, error) {
	var given, met int
	check := func(p func() (*regexp.Regexp, error), s string) error {
		if p == nil {
			return nil
		}
		given++
		re, err := p()
		if err == nil && re.MatchString(s) {
			met++
		}
		return err
	}
	target := secret
	switch a.target {
	case "match":
		target = match
	case "line":
		target = line
	}
	if err := check(a.regexes, target); err != nil {
		return false, err
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
	if err := check(a.paths, name); err != nil {
		return false, err
	}
	return given > 0 && met == given, nil
}
