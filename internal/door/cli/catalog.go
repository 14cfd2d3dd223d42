package cli

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

type catalogCmd struct {
	Validate catalogValidateCmd `cmd:"" help:"Read a governance folder as the server would, run its policy tests, and report every fault."`
}

type catalogValidateCmd struct {
	Dir    string `arg:"" help:"The folder that holds paddock.yaml."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// validation is the outcome of catalog validate as JSON.
type validation struct {
	OK        bool      `json:"ok"`
	Templates int       `json:"templates"`
	Vendors   int       `json:"vendors"`
	Courses   int       `json:"courses"`
	Policy    string    `json:"policy_revision"`
	Tests     int       `json:"tests"`
	Warnings  []problem `json:"warnings"`
}

// Run implements the command. A fault in the folder is unreadable input: exit
// code 2.
func (c *catalogValidateCmd) Run(ctx context.Context, std IO) error {
	v, err := catalog.ValidateDir(ctx, std.path(c.Dir), core.SystemClock{}.Now())
	if err != nil {
		return err
	}
	r := v.Revision
	if c.Format == "json" {
		out := validation{OK: true, Templates: len(r.Templates), Vendors: len(r.Vendors), Courses: len(r.Courses),
			Policy: r.Policy.Revision(), Tests: len(v.Tests), Warnings: []problem{}}
		for _, w := range r.Warnings {
			out.Warnings = append(out.Warnings, problemOf(w))
		}
		return printJSON(std, out)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(std.Err, "warning: %s\n", w.Error())
	}
	_, err = fmt.Fprintf(std.Out, "The governance folder is good: %s, %s, %s, %s.\nPolicy revision: %s\n",
		counted(len(r.Templates), "template"), counted(len(r.Vendors), "vendor"), counted(len(r.Courses), "course"),
		counted(len(v.Tests), "policy test"), r.Policy.Revision())
	return err
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
