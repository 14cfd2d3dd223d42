package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type approvalCmd struct {
	List    approvalListCmd    `cmd:"" help:"List requests that wait, first those that you may answer."`
	Explain approvalExplainCmd `cmd:"" help:"Say why these people are asked, and why others are not."`
	Answer  approvalAnswerCmd  `cmd:"" help:"Say yes or no to exactly one digest."`
}

type approvalListCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *approvalListCmd) Run(ctx context.Context, std IO) error {
	var l struct {
		Items []view.Approval `json:"items"`
	}
	if err := c.get(ctx, std, &l, "approvals"); err != nil || c.Format == "json" {
		return orPrint(std, err, l)
	}
	if len(l.Items) == 0 {
		fmt.Fprintln(std.Out, "Nothing waits for an approval that you can see.")
	}
	for _, a := range l.Items {
		fmt.Fprintf(std.Out, "%s  %s\n", a.ID, a.Subject)
		for _, n := range a.Needs {
			fmt.Fprintf(std.Out, "  %s: %d of %d%s\n", n.Role, n.Have, n.Quorum, map[bool]string{true: ", overdue"}[n.Overdue])
		}
		fmt.Fprintf(std.Out, "  %s\n", or(a.WhyYou, a.WhyNot))
	}
	return nil
}

type approvalExplainCmd struct {
	ID     string `arg:"" help:"The request's id; paddock approval list shows it."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *approvalExplainCmd) Run(ctx context.Context, std IO) error {
	var a view.ApprovalExplained
	if err := c.get(ctx, std, &a, "approvals", c.ID, "explain"); err != nil || c.Format == "json" {
		return orPrint(std, err, a)
	}
	writeExplained(std.Out, a)
	return nil
}

func writeExplained(w io.Writer, a view.ApprovalExplained) {
	fmt.Fprintf(w, "%s: %s\nFor exactly %s.\n", a.Subject, a.State, a.Digest)
	for i, n := range a.Why {
		s := a.Needs[i]
		fmt.Fprintf(w, "\n%s: %d of %d have said yes. %s\n", n.Role, s.Have, s.Quorum, s.Reason)
		if s.Overdue {
			fmt.Fprintf(w, "  Overdue since %s.\n", s.Due.Format("2006-01-02 15:04 MST"))
		}
		for _, r := range n.Rules {
			fmt.Fprintf(w, "  asked by %s\n", r)
		}
		for _, x := range s.Answers {
			fmt.Fprintf(w, "  %s said %s%s%s\n", x.By, map[bool]string{true: "yes", false: "no"}[x.Yes], map[bool]string{true: " in the place of " + x.For}[x.For != ""], map[bool]string{true: ", which counts no more"}[!x.Counts])
		}
		for _, p := range n.May {
			fmt.Fprintf(w, "  %s can answer: %s.\n", p.Person, p.Why)
		}
		for _, p := range n.Lack {
			fmt.Fprintf(w, "  %s cannot answer: %s.\n", p.Person, p.Why)
		}
		if len(n.May) == 0 && s.Have < s.Quorum {
			fmt.Fprintln(w, "  Nobody can answer this now. It stays closed, and the platform team finds somebody.")
		}
	}
	if len(a.Kept) > 0 {
		fmt.Fprintln(w, "\nMay not answer:")
	}
	for _, p := range a.Kept {
		fmt.Fprintf(w, "  %s %s.\n", p.Person, p.Why)
	}
}

type approvalAnswerCmd struct {
	ID     string `arg:"" help:"The request's id."`
	Digest string `help:"What you looked at, whole: the commit or the digest." required:""`
	Yes    bool   `help:"Say yes." xor:"answer" required:""`
	No     bool   `help:"Say no; give a note." xor:"answer" required:""`
	Note   string `help:"What the person who asked should read."`
	home
}

// Run implements the command.
func (c *approvalAnswerCmd) Run(ctx context.Context, std IO) error {
	body, err := json.Marshal(map[string]any{"yes": c.Yes, "note": c.Note, "digest": c.Digest})
	if err != nil {
		return core.Hidden("Answering", err)
	}
	if err := c.server().post(ctx, std, body, nil, "approvals", c.ID); err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "Your %s is recorded, for exactly %s.\n", map[bool]string{true: "yes", false: "no"}[c.Yes], c.Digest)
	return nil
}
