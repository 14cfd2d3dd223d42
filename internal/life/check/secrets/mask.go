package secrets

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

const dots = "........"

// Mask shows at most the first four characters of a secret, fewer of a short
// one, and dots that do not tell its length.
func Mask(value string) string {
	r := []rune(value)
	return string(r[:min(4, len(r)/4)]) + dots
}

// quote returns the line of a hit with every secret in it masked. A secret
// over several lines shows only its mask.
func quote(f tree.File, line, column int, h hit, values []string) string {
	if strings.Contains(h.value, "\n") {
		return Mask(strings.TrimLeft(h.value, "-"))
	}
	return tree.Shorten(maskAll(string(f.Line(line)), values), column)
}

// maskAll masks each value, longest first, so that one inside another does
// not leave a rest.
func maskAll(s string, values []string) string {
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, func(a, b string) int { return len(b) - len(a) })
	for _, v := range sorted {
		if len(v) < 4 {
			continue
		}
		if strings.Contains(s, v) { // making the mask costs more than looking
			s = strings.ReplaceAll(s, v, Mask(v))
		}
		for part := range strings.SplitSeq(v, "\n") {
			if part = strings.TrimSpace(part); len(part) > 20 && part != v {
				s = strings.ReplaceAll(s, part, Mask(part))
			}
		}
	}
	return s
}

// Redactor takes the secrets of one tree out of other findings' words. It
// holds the values, so it must not outlive the check.
type Redactor struct{ values []string }

// Clean masks every secret in what a finding quotes and says.
func (r Redactor) Clean(f core.Finding) core.Finding {
	if len(r.values) == 0 {
		return f
	}
	f.What, f.Quote, f.Details = maskAll(f.What, r.values), maskAll(f.Quote, r.values), maskAll(f.Details, r.values)
	f.Fix = slices.Clone(f.Fix)
	for i := range f.Fix {
		f.Fix[i] = maskAll(f.Fix[i], r.values)
	}
	return f
}
