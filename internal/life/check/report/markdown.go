package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Markdown writes a report as one comment for a change's page. Text from the
// app's files stands in code spans, so that it cannot become markup.
func Markdown(w io.Writer, r core.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n", headlineMarkdown(r))
	groups := Groups(r)
	for _, g := range groups[:min(maxGroups, len(groups))] {
		markdownGroup(&b, g)
	}
	if more := groups[min(maxGroups, len(groups)):]; len(more) > 0 {
		fmt.Fprintf(&b, "\n... and %s:\n\n", findings.Count(len(more), "more cause"))
		for _, g := range more {
			fmt.Fprintf(&b, "- %s: %s (%s)\n", word(g.First()), g.Title, findings.Count(len(g.Findings), "place"))
		}
	}
	b.WriteString("\n| Check | Result | What was looked at |\n|---|---|---|\n")
	for _, c := range r.Checks {
		looked := lookedAt(c)
		if len(c.Incomplete) > 0 {
			looked += "; not looked at: " + strings.Join(c.Incomplete[:min(maxPlaces, len(c.Incomplete))], "; ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", plain(c.Name), c.Verdict, plain(looked))
	}
	b.WriteString("\n")
	for _, s := range append(looked(r), waived(r)...) {
		fmt.Fprintf(&b, "- %s\n", plain(s))
	}
	for _, s := range r.SetAside {
		fmt.Fprintf(&b, "- %s\n", plain(s.String()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func headlineMarkdown(r core.Report) string { return plain(headline(r)) }

func markdownGroup(b *strings.Builder, g Group) {
	f := g.First()
	fmt.Fprintf(b, "\n### %s: %s\n\n%s\n\n", word(f), g.Title, prose(f.What))
	for _, f := range g.Findings[:min(maxPlaces, len(g.Findings))] {
		if f.Path != "" {
			fmt.Fprintf(b, "- %s", span(place(f)))
			if f.Quote != "" {
				fmt.Fprintf(b, ": %s", span(findings.Clean(f.Quote, 300)))
			}
			b.WriteByte('\n')
		}
	}
	if more := len(g.Findings) - maxPlaces; more > 0 {
		fmt.Fprintf(b, "- and %s\n", findings.Count(more, "more place"))
	}
	fmt.Fprintf(b, "\nWhy: %s\n\n", prose(f.Why))
	for i, step := range f.Fix {
		fmt.Fprintf(b, "%d. %s\n", i+1, prose(step))
	}
}

// span writes a code span whose fence is longer than any in the text.
func span(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

var markup = strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;", "#", "\\#", "|", "\\|", "!", "\\!", "@", "&#64;")

// plain escapes all markup.
func plain(s string) string {
	return strings.ReplaceAll(markup.Replace(findings.Clean(s, 1000)), "`", "\\`")
}

// prose escapes markup outside of code spans.
func prose(s string) string {
	parts := strings.Split(findings.Clean(s, 1000), "`")
	if len(parts)%2 == 0 {
		return plain(s)
	}
	for i := 0; i < len(parts); i += 2 {
		parts[i] = markup.Replace(parts[i])
	}
	return strings.Join(parts, "`")
}
