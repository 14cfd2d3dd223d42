package secrets

import (
	"context"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check searches every file of a tree. The redactor takes what was found out
// of the words of other checks.
func (s *Scanner) Check(ctx context.Context, t *tree.Tree) (findings.Result, Redactor) {
	res := findings.Result{Looked: fmt.Sprintf("%s, %d bytes, %d rules", findings.Count(len(t.Files), "file"), t.Bytes, len(s.rules))}
	var values []string
	for _, f := range t.Files {
		if ctx.Err() != nil {
			res.Missed("the time ran out before %s", f.Path)
			break
		}
		found, more := s.scan(f)
		res.Findings = append(res.Findings, found...)
		values = append(values, more...)
	}
	slices.Sort(values)
	return res, Redactor{slices.Compact(values)}
}
