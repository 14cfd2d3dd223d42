package rulebook

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Regexp is a pattern that is compiled when it is first used. The zero value
// is no pattern.
type Regexp struct {
	src   string
	get   func() *regexp.Regexp
	texts func() literals
}

// Pattern makes one; it panics, when used, on a bad pattern.
func Pattern(src string) Regexp {
	return Regexp{src, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(src) }), textsOf(src)}
}

// Set reports whether there is a pattern.
func (r Regexp) Set() bool { return r.get != nil }

// String returns the pattern.
func (r Regexp) String() string { return r.src }

// Match reports whether the pattern is found; no pattern is found nowhere.
func (r Regexp) Match(b []byte) bool { return r.get != nil && r.get().Match(b) }

// MatchString is Match for a string.
func (r Regexp) MatchString(s string) bool { return r.get != nil && r.get().MatchString(s) }

// Find returns where the first match begins and ends, or nil.
func (r Regexp) Find(b []byte) []int {
	if r.get == nil {
		return nil
	}
	return r.get().FindIndex(b)
}

const maxPattern = 2_000

// UnmarshalYAML reads a pattern and refuses one that is not well formed.
func (r *Regexp) UnmarshalYAML(n *yaml.Node) error {
	var src string
	if err := n.Decode(&src); err != nil {
		return err
	}
	if len(src) > maxPattern {
		return fmt.Errorf("line %d: the pattern is longer than %d characters", n.Line, maxPattern)
	}
	if _, err := syntax.Parse(src, syntax.Perl); err != nil {
		return fmt.Errorf("line %d: the pattern %q cannot be read: %w", n.Line, src, err)
	}
	*r = Pattern(src)
	return nil
}
