package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
)

type policyWhatIfCmd struct {
	Dir     string `arg:"" help:"The governance folder, as it would be."`
	Against string `help:"What to ask about: ${enum}." enum:"fleet,decisions" default:"fleet"`
	Since   string `help:"How far back decisions are taken, in days." default:"90d"`
	Data    string `help:"The server's data folder; the server may run." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Most   int    `help:"Lines of each kind to print as text." default:"20"`
	Fail   bool   `help:"Exit with 1 if anything would be newly blocked."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// WhatIfOptions say what is compared with what.
type WhatIfOptions struct {
	Dir       string // the governance folder
	Data      string // the data folder
	Database  string // address of PostgreSQL; "" for the folder's own
	Decisions bool   // ask about past decisions, not about apps
	Days      int    // how far back decisions are taken
}

// maxDays is how far back decisions are taken at most: ten years.
const maxDays = 3660

// Run implements the command.
func (c *policyWhatIfCmd) Run(ctx context.Context, std IO, p Programs) error {
	days, err := daysOf(c.Since)
	if err != nil {
		return err
	}
	database, err := c.Address(std.path)
	if err != nil {
		return err
	}
	r, err := p.WhatIf(ctx, WhatIfOptions{Dir: std.path(c.Dir), Data: std.path(c.Data), Database: database, Decisions: c.Against == "decisions", Days: days})
	if err != nil {
		return err
	}
	if c.Format == "json" {
		err = printJSON(std, r)
	} else {
		printWhatIf(std, r, c.Against, c.Most)
	}
	if err == nil && c.Fail && r.Counts[whatif.Blocked] > 0 {
		return exitCode(1)
	}
	return err
}

func daysOf(since string) (int, error) {
	days, err := strconv.Atoi(strings.TrimSuffix(since, "d"))
	if err != nil || days < 1 || days > maxDays {
		return 0, core.Errorf(core.Invalid, "--since is %q, which is no number of days.", since).Hinted("Write it like 90d; at most %dd.", maxDays)
	}
	return days, nil
}

// kindWords says each kind to people.
func kindWords(k whatif.Kind) string {
	return strings.ReplaceAll(string(k), "_", " ")
}

func printWhatIf(std IO, r *whatif.Report, against string, most int) {
	what := map[string]string{"fleet": "questions about the apps", "decisions": "past decisions"}[against]
	fmt.Fprintf(std.Out, "Asked %d %s: %d answers stay the same.\n", r.Asked, what, r.Same)
	for _, k := range whatif.Kinds {
		if n := r.Counts[k]; n > 0 {
			fmt.Fprintf(std.Out, "\n%s: %d\n", kindWords(k), n)
			printShifts(std, r.Shifts, k, most)
		}
	}
	for _, group := range []struct {
		title string
		list  []whatif.Tally
	}{{"by rule", r.Rules}, {"by owner", r.Owners}, {"by classification", r.Class}} {
		if len(group.list) > 0 {
			fmt.Fprintf(std.Out, "\n%s\n", group.title)
			printTallies(std, group.list, most)
		}
	}
}

func printShifts(std IO, list []whatif.Shift, k whatif.Kind, most int) {
	n := 0
	for _, s := range list {
		if s.Kind != k {
			continue
		}
		if n++; n > most {
			continue
		}
		name := s.App
		if s.Decision != "" {
			name = strings.TrimSpace(name + " " + string(s.Decision))
		}
		fmt.Fprintf(std.Out, "  %s  %s  %s  %s\n", name, s.Gate, strings.Join(s.Rules, " "), s.Why)
	}
	if n > most {
		fmt.Fprintf(std.Out, "  and %d more; --most prints more, --format json all\n", n-most)
	}
}

func printTallies(std IO, list []whatif.Tally, most int) {
	for _, t := range list[:min(most, len(list))] {
		var parts []string
		for _, k := range whatif.Kinds {
			if n := t.Counts[k]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, kindWords(k)))
			}
		}
		fmt.Fprintf(std.Out, "  %s: %s\n", t.Name, strings.Join(parts, ", "))
	}
	if len(list) > most {
		fmt.Fprintf(std.Out, "  and %d more\n", len(list)-most)
	}
}
