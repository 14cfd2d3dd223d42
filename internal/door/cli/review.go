package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type reviewCmd struct {
	List   reviewListCmd   `cmd:"" help:"The access reviews and how far they are."`
	Open   reviewOpenCmd   `cmd:"" help:"Open the review of this quarter before Paddock does."`
	Show   reviewShowCmd   `cmd:"" help:"The rights in a review that wait for a decision."`
	Decide reviewDecideCmd `cmd:"" help:"Say that a right stays or goes."`
	Export reviewExportCmd `cmd:"" help:"All rights of a review with what was decided, as a CSV file for auditors."`
}

type reviewListCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *reviewListCmd) Run(ctx context.Context, std IO) error {
	var got struct {
		Items []view.Review `json:"items"`
	}
	if err := c.get(ctx, std, &got, "reviews"); err != nil || c.Format == "json" {
		return orPrint(std, err, got.Items)
	}
	if len(got.Items) == 0 {
		fmt.Fprintln(std.Out, "There is no access review yet. Paddock opens one each quarter; paddock review open does it now.")
	}
	for _, r := range got.Items {
		printReview(std.Out, r)
	}
	return nil
}

func printReview(w io.Writer, r view.Review) {
	late := ""
	if r.Overdue {
		late = ", OVERDUE"
	}
	fmt.Fprintf(w, "%s: due %s%s. %d rights, %d open, %d unused, %d kept, %d removed, %d to go.\n", r.Name, r.Due.Format(time.DateOnly), late, r.Rights, r.Open, r.Unused, r.Kept, r.Removed, r.Pending)
}

type reviewOpenCmd struct{ home }

// Run implements the command.
func (c *reviewOpenCmd) Run(ctx context.Context, std IO) error {
	var r view.Review
	if err := c.server().send(ctx, std, "", nil, &r, nil, "reviews"); err != nil {
		return err
	}
	printReview(std.Out, r)
	return nil
}

type reviewShowCmd struct {
	Review string `arg:"" help:"The quarter, such as 2026-Q4."`
	All    bool   `help:"Also what is decided."`
	Unused bool   `help:"Only what was not used for 90 days."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *reviewShowCmd) Run(ctx context.Context, std IO) error {
	review, rights, err := reviewed(ctx, std, c.home, c.Review, !c.All, c.Unused)
	if err != nil || c.Format == "json" {
		return orPrint(std, err, view.RightPage{Review: review, Items: rights})
	}
	printReview(std.Out, review)
	for _, r := range rights {
		used := "never used"
		if r.Used != nil {
			used = "used " + r.Used.Format(time.DateOnly)
		}
		if r.Unused {
			used += ", remove it?"
		}
		if r.Decision != "" {
			used = r.Decision + " (" + r.By + ": " + r.Reason + ")"
		}
		fmt.Fprintf(std.Out, "%s  %s: %s (%s); %s\n", r.ID, r.Person, r.Words, r.From, used)
	}
	return nil
}

// reviewed takes all rights of a review that match.
func reviewed(ctx context.Context, std IO, h home, name string, open, unused bool) (review view.Review, rights []view.Right, err error) {
	q := map[string]string{"limit": "200"}
	if open {
		q["open"] = "true"
	}
	if unused {
		q["unused"] = "true"
	}
	for {
		var text bytes.Buffer
		var page view.RightPage
		if err := h.server().fetch(ctx, std, &text, q, "reviews", name); err != nil {
			return review, nil, err
		}
		if err := json.Unmarshal(text.Bytes(), &page); err != nil {
			return review, nil, core.Errorf(core.Unavailable, "The server's answer cannot be read.").Hinted("Is it of the same version as this program?")
		}
		rights = append(rights, page.Items...)
		if review = page.Review; page.Next == "" {
			return review, rights, nil
		}
		q["after"] = page.Next
	}
}

type reviewDecideCmd struct {
	ID       string `arg:"" help:"Id of the right, from paddock review show."`
	Decision string `arg:"" help:"keep or remove." enum:"keep,remove"`
	Reason   string `required:"" help:"Why; auditors read it." placeholder:"TEXT"`
	home
}

// Run implements the command.
func (c *reviewDecideCmd) Run(ctx context.Context, std IO) error {
	text, err := json.Marshal(map[string]string{"decision": c.Decision, "reason": c.Reason})
	if err != nil {
		return core.Hidden("Writing the decision", err)
	}
	var r view.Right
	if err := c.server().send(ctx, std, "application/json", text, &r, nil, "reviews", "rights", c.ID); err != nil {
		return err
	}
	switch {
	case r.Decision == string(core.ReviewKeep):
		fmt.Fprintf(std.Out, "%s keeps %s.\n", r.Person, r.Words)
	case r.Gone != nil:
		fmt.Fprintf(std.Out, "%s no longer has %s.\n", r.Person, r.Words)
	default:
		fmt.Fprintf(std.Out, "%s still has %s: its origin is %s. A ticket asks for its end, and the review watches until it is gone.\n", r.Person, r.Words, r.From)
	}
	return nil
}

type reviewExportCmd struct {
	Review string `arg:"" help:"The quarter, such as 2026-Q4."`
	Out    string `short:"o" help:"File to write; default paddock-review-QUARTER.csv." placeholder:"FILE"`
	home
}

// Run implements the command.
func (c *reviewExportCmd) Run(ctx context.Context, std IO) error {
	review, rights, err := reviewed(ctx, std, c.home, c.Review, false, false)
	if err != nil {
		return err
	}
	if c.Out == "" {
		c.Out = "paddock-review-" + review.Name + ".csv"
	}
	err = writeWhole(std, c.Out, func(f io.Writer) error {
		w := csv.NewWriter(f)
		_ = w.Write([]string{"id", "person", "kind", "app", "name", "from", "last_used", "unused", "decision", "by", "at", "reason", "gone"})
		for _, r := range rights {
			_ = w.Write([]string{string(r.ID), r.Person, r.Kind, r.App, r.Name, r.From, stamped(r.Used), fmt.Sprint(r.Unused), r.Decision, r.By, stamped(r.At), r.Reason, stamped(r.Gone)})
		}
		w.Flush()
		return w.Error()
	})
	if err == nil {
		fmt.Fprintf(std.Out, "%s: %d rights, all that the review of %s holds.\n", c.Out, len(rights), review.Name)
		if len(rights) != review.Rights {
			err = core.Errorf(core.Conflict, "The review holds %d rights, and %d came: it changed meanwhile.", review.Rights, len(rights)).Hinted("Export it again.")
		}
	}
	return err
}

func stamped(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
