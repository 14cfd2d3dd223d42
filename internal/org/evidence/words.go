package evidence

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// name notes people who are named in the pack.
func (b *builder) name(ids ...core.ID) {
	for _, id := range ids {
		if id != "" {
			b.people[id] = true
		}
	}
}

// who is a person's e-mail, or the id of somebody who is no longer known.
func (b *builder) who(ctx context.Context, id core.ID) string {
	if id == "" {
		return ""
	}
	if name, ok := b.names[id]; ok {
		return name
	}
	p, err := b.Source.Apps.Person(ctx, id)
	name := p.Email
	if err != nil || name == "" {
		name = string(id)
	}
	b.names[id] = name
	return name
}

// reasons tells in plain words why a gate answered as it did.
func reasons(d core.Decision) []string {
	var out []string
	for _, r := range d.Verdicts.Deny {
		out = append(out, "Denied: "+r.Message)
	}
	for _, n := range d.Verdicts.Approve {
		out = append(out, fmt.Sprintf("Needs a yes of %s: %s", n.Role, n.Reason))
	}
	if len(out) == 0 {
		out = append(out, "No rule stood against it.")
	}
	return append(out, "policy "+short(d.PolicyRevision))
}

func said(a core.Approval, who string) string {
	word := "Yes"
	if !a.Yes {
		word = "No"
	}
	text := fmt.Sprintf("%s by %s as %s, %s", word, who, a.Role, day(moment(a.At)))
	if a.Note != "" {
		text += ": " + a.Note
	}
	return text
}

func looked(r core.Report) []string {
	out := []string{fmt.Sprintf("%d checks, %d findings", len(r.Checks), len(r.Findings))}
	for _, f := range r.Findings {
		if f.Blocking && len(out) < 4 {
			out = append(out, f.What)
		}
	}
	for i, s := range r.SetAside {
		if i == 5 {
			return append(out, fmt.Sprintf("and %d more known holes that are set aside", len(r.SetAside)-i))
		}
		out = append(out, s.String())
	}
	return out
}

func until(ended int64) string {
	if ended == 0 {
		return "still running at the export"
	}
	return "until " + day(moment(ended))
}

func money(amount float64, currency string) string { return fmt.Sprintf("%.2f %s", amount, currency) }

func overBudget(c Cost) string {
	switch {
	case c.Budget <= 0:
		return "no budget"
	case c.Amount > c.Budget:
		return "over budget"
	}
	return "within budget"
}

// day shortens a moment to the second.
func day(at string) string {
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return at
	}
	return t.Format("2006-01-02 15:04:05")
}

// short keeps the first digits of a digest or commit.
func short(s string) string {
	prefix := ""
	if rest, ok := strings.CutPrefix(s, "sha256:"); ok {
		prefix, s = "sha256:", rest
	}
	if len(s) > 12 {
		s = s[:12]
	}
	return prefix + s
}

// hexOf returns the digits of a digest such as sha256:12ab.
func hexOf(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

func documentName(folder, digest string) string { return folder + "/" + hexOf(digest) + ".json" }

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
