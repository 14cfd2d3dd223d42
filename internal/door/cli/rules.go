package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check/code"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

type rulesCmd struct {
	List rulesListCmd `cmd:"" default:"withargs" help:"List what the checks can find: code, check, severity, languages, title."`
	Test rulesTestCmd `cmd:"" help:"Try rules about code on their own examples: Paddock's, or those in a folder."`
	Docs rulesDocsCmd `cmd:"" help:"Print a rule with its examples, or all of them."`
}

// ownRules are an organisation's rules about code, beside Paddock's.
type ownRules struct {
	Governance string `help:"Governance folder: the rules in its folder rules/, too." placeholder:"DIR"`
}

// book reads them; it is empty without a folder. Errors: Unreadable, Invalid.
func (o ownRules) book(std IO) (*rulebook.Book, error) {
	if o.Governance == "" {
		return &rulebook.Book{}, nil
	}
	dir := std.path(o.Governance)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, core.Errorf(core.Unreadable, "The folder %q cannot be read.", o.Governance).Hinted("Give the folder that holds paddock.yaml.").At("--governance")
	}
	b, err := rulebook.OwnIn(os.DirFS(dir), catalog.RulesDir)
	if err == nil && b == nil {
		b = &rulebook.Book{}
	}
	return b, err
}

type rulesListCmd struct {
	ownRules
	Check  string `help:"Only those of one check, such as code." placeholder:"NAME"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// ruleRow is one line of the list.
type ruleRow struct {
	Code      string        `json:"code"`
	Check     string        `json:"check"`
	Severity  core.Severity `json:"severity"`
	Languages []string      `json:"languages,omitempty"`
	CWE       int           `json:"cwe,omitempty"`
	Title     string        `json:"title"`
}

// Run implements the command.
func (c *rulesListCmd) Run(_ context.Context, std IO) error {
	own, err := c.book(std)
	if err != nil {
		return err
	}
	rules := map[string]rulebook.Rule{}
	for _, r := range rulebook.Builtin().Rules {
		rules[r.Code] = r
	}
	rows := []ruleRow{}
	for _, t := range findings.All() {
		if c.Check == "" || t.Check == c.Check {
			r := rules[t.Code]
			rows = append(rows, ruleRow{t.Code, t.Check, t.Severity, r.Languages(), r.CWE, t.Title})
		}
	}
	for _, r := range own.Rules {
		if c.Check == "" || c.Check == "code" {
			rows = append(rows, ruleRow{r.Code, "code", core.Severity(r.Severity), r.Languages(), r.CWE, r.Title})
		}
	}
	if len(rows) == 0 {
		return core.Errorf(core.NotFound, "No check is called %q.", c.Check).Hinted("See the names by `paddock rules list`.").At("check")
	}
	if c.Format == "json" {
		return printJSON(std, rows)
	}
	w := tabwriter.NewWriter(std.Out, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Code, r.Check, r.Severity, strings.Join(r.Languages, ","), r.Title)
	}
	return w.Flush()
}

type rulesTestCmd struct {
	ownRules
	Dir string `arg:"" optional:"" help:"A folder with rule files (*.yaml); default Paddock's own rules."`
}

// Run implements the command: exit code 1 if a rule does otherwise than its
// examples say, 2 if the rules cannot be read or tried.
func (c *rulesTestCmd) Run(ctx context.Context, std IO) error {
	if !syntax.Available {
		return core.Errorf(core.Unreadable, "%v.", syntax.ErrNone).Hinted("Build Paddock with a C compiler, as `make build` does.")
	}
	if c.Dir != "" && c.Governance != "" {
		return core.Errorf(core.Invalid, "Both a folder of rules and --governance say what is tried.").Hinted("Give one of them.")
	}
	book := rulebook.Builtin()
	var err error
	if c.Governance != "" {
		if book, err = c.book(std); err != nil {
			return err
		}
	}
	if c.Dir != "" {
		if book, err = rulebook.Load(os.DirFS(std.path(c.Dir)), "."); err != nil {
			return err
		}
	}
	if len(book.Rules) == 0 {
		return core.Errorf(core.Invalid, "The folder %q has no rules.", cmp.Or(c.Dir, c.Governance+"/"+catalog.RulesDir)).Hinted("Put files such as `mine.yaml` into it; see `paddock rules docs`.")
	}
	examples := code.Examples(ctx, book)
	wrong := 0
	for _, x := range examples {
		if !x.Right() {
			wrong++
			fmt.Fprintln(std.Out, wrongExample(x))
		}
	}
	fmt.Fprintf(std.Out, "%d rules, %d examples, %d wrong\n", len(book.Rules), len(examples), wrong)
	if wrong > 0 {
		return exitCode(1)
	}
	return nil
}

func wrongExample(x code.Example) string {
	what := "is found, and must not be"
	if x.Bad {
		what = "is not found, and must be"
	}
	return fmt.Sprintf("%s: this %s %s:\n    %s", x.Code, x.In, what, strings.ReplaceAll(strings.TrimSpace(x.Text), "\n", "\n    "))
}

type rulesDocsCmd struct {
	ownRules
	Code   string `arg:"" optional:"" help:"A code; default all rules about code."`
	Format string `help:"How to print: ${enum}." enum:"markdown" default:"markdown"`
}

// Run implements the command. Errors: NotFound with the nearest code.
func (c *rulesDocsCmd) Run(_ context.Context, std IO) error {
	own, err := c.book(std)
	if err != nil {
		return err
	}
	found := false
	for _, r := range slices.Concat(rulebook.Builtin().Rules, own.Rules) {
		if c.Code == "" || r.Code == c.Code {
			found = true
			ruleDocs(std.Out, r)
		}
	}
	if found {
		return nil
	}
	if t, ok := findings.Lookup(c.Code); ok {
		f := findings.Sample(t)
		fmt.Fprintf(std.Out, "## %s\n\n%s (%s, %s)\n\n%s %s\n", t.Code, t.Title, t.Check, t.Severity, f.What, f.Why)
		return nil
	}
	return core.Errorf(core.NotFound, "There is no rule with the code %q.", c.Code).Hinted("%s", nearestCode(c.Code))
}

func ruleDocs(w io.Writer, r rulebook.Rule) {
	f := findings.Sample(findings.OfRule(r))
	fmt.Fprintf(w, "## %s\n\n%s (%s; CWE-%d; %s)\n\n%s %s\n\n", r.Code, r.Title, r.Severity, r.CWE, strings.Join(r.Languages(), ", "), f.What, f.Why)
	for i, step := range f.Fix {
		fmt.Fprintf(w, "%d. %s\n", i+1, step)
	}
	ruleExamples(w, "Found", r.Bad)
	ruleExamples(w, "Not found", r.Good)
	fmt.Fprintln(w)
}

func ruleExamples(w io.Writer, head string, set map[string][]string) {
	for _, in := range slices.Sorted(maps.Keys(set)) {
		for _, text := range set[in] {
			fmt.Fprintf(w, "\n%s:\n\n```%s\n%s\n```\n", head, in, strings.TrimSpace(text))
		}
	}
}
