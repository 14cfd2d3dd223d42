package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type absenceCmd struct {
	List absenceListCmd `cmd:"" help:"List when you are away, and for whom you answer."`
	Set  absenceSetCmd  `cmd:"" help:"Say that you are away, and who answers for you."`
	End  absenceEndCmd  `cmd:"" help:"End an absence now."`
}

type absenceListCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *absenceListCmd) Run(ctx context.Context, std IO) error {
	var a view.Absences
	if err := c.get(ctx, std, &a, "absences"); err != nil || c.Format == "json" {
		return orPrint(std, err, a)
	}
	if len(a.Own)+len(a.AnswersFor) == 0 {
		fmt.Fprintln(std.Out, "You are not away, and answer for nobody.")
	}
	for _, x := range a.Own {
		fmt.Fprintf(std.Out, "%s  away %s to %s, %s answers for you: %s\n", x.ID, x.From.Format("2006-01-02 15:04"), x.Until.Format("2006-01-02 15:04"), or(x.Delegate, "nobody"), x.Reason)
	}
	for _, x := range a.AnswersFor {
		fmt.Fprintf(std.Out, "You answer for %s from %s to %s.\n", x.Person, x.From.Format("2006-01-02 15:04"), x.Until.Format("2006-01-02 15:04"))
	}
	return nil
}

type absenceSetCmd struct {
	From     string `help:"First day, YYYY-MM-DD in UTC; default now."`
	Until    string `help:"Last day, YYYY-MM-DD in UTC." required:""`
	Delegate string `help:"E-mail of who answers for you; default nobody."`
	Reason   string `help:"Such as: holiday." required:""`
	home
}

// Run implements the command.
func (c *absenceSetCmd) Run(ctx context.Context, std IO) error {
	body, err := json.Marshal(view.NewAbsence{Delegate: c.Delegate, From: c.From, Until: c.Until, Reason: c.Reason})
	if err != nil {
		return core.Hidden("Setting an absence", err)
	}
	var x view.Absence
	if err := c.server().post(ctx, std, body, &x, "absences"); err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s: you are away until %s, and %s answers for you.\n", x.ID, x.Until.Format("2006-01-02 15:04"), or(x.Delegate, "nobody"))
	return nil
}

type absenceEndCmd struct {
	ID string `arg:"" help:"The absence's id; paddock absence list shows it."`
	home
}

// Run implements the command.
func (c *absenceEndCmd) Run(ctx context.Context, std IO) error {
	if err := c.server().post(ctx, std, nil, nil, "absences", c.ID, "end"); err != nil {
		return err
	}
	fmt.Fprintln(std.Out, "The absence has ended.")
	return nil
}
