package code

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Example is one example of a rule, and whether the rule found it.
type Example struct {
	Code, In, Text string
	Bad            bool // must be found
	Found          bool
}

// Right reports whether the rule does with it as it should.
func (x Example) Right() bool { return x.Bad == x.Found }

var exampleFiles = map[string]string{"js": "a.tsx", "python": "a.py", "go": "a.go", "sh": "a.sh", "sql": "a.sql", "docker": "Dockerfile", "html": "a.html", "text": "a.ejs"}

// Examples tries the rules of a book on their own examples, in order. The
// sources of Paddock's own book hold as well.
func Examples(ctx context.Context, b *rulebook.Book) []Example {
	e := New(b)
	if b != rulebook.Builtin() {
		e = New(&rulebook.Book{Sources: rulebook.Builtin().Sources}, b)
	}
	var out []Example
	for _, r := range b.Rules {
		for _, bad := range []bool{true, false} {
			set := r.Good
			if bad {
				set = r.Bad
			}
			for _, in := range slices.Sorted(maps.Keys(set)) {
				for _, text := range set[in] {
					out = append(out, Example{r.Code, in, text, bad, slices.Contains(e.Codes(ctx, in, text), r.Code)})
				}
			}
		}
	}
	return out
}

// Codes returns the codes found in a text of a language, as rules name them.
// A text in Go may leave out its package.
func (e *Engine) Codes(ctx context.Context, in, text string) []string {
	if in == "go" && !strings.HasPrefix(text, "package") {
		text = "package a\nimport (\"net/http\"; \"crypto/tls\"; \"io\")\n" + text
	}
	var codes []string
	for _, f := range e.Check(ctx, &tree.Tree{Files: []tree.File{{Path: exampleFiles[in], Text: []byte(text)}}}).Findings {
		codes = append(codes, f.Code)
	}
	return codes
}
