package cli

import (
	"fmt"
	"os"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/fix"
)

// checkFix is about mending what has an exact mend.
type checkFix struct {
	Fix bool `help:"Make the changes that findings say exactly, then check again."`
	Dry bool `name:"dry-run" help:"With --fix: print the changes as a diff, and make none."`
}

// mend makes the exact edits of a report's findings, or prints them as a diff.
// It reports whether a file was changed.
func (c *checkFix) mend(std IO, got Checked) (bool, error) {
	if got.Root == "" {
		return false, core.Errorf(core.Invalid, "Only a folder can be mended, and this is none.").Hinted("Name a folder, without --staged.")
	}
	root, err := os.OpenRoot(got.Root)
	if err != nil {
		return false, unreadable(got.Root, err)
	}
	defer func() { _ = root.Close() }() // what was written is synced file by file
	plan := fix.Make(root, got.Report.Findings)
	for _, r := range plan.Refused {
		fmt.Fprintf(std.Err, "paddock: %s in %s is left as it is: %s.\n", r.Finding.Code, findings.Clean(r.Finding.Path, 200), r.Why)
	}
	if c.Dry {
		return false, plan.Diff(std.Out)
	}
	done, refused, err := plan.Apply(root)
	for _, line := range refused {
		fmt.Fprintf(std.Err, "paddock: %s. It is left as it is.\n", line)
	}
	n := 0
	for _, f := range done {
		n += f.Findings
		fmt.Fprintf(std.Err, "paddock: changed %s (%s).\n", findings.Clean(f.Path, 200), findings.Count(f.Findings, "finding"))
	}
	if len(done) == 0 && err == nil {
		fmt.Fprintln(std.Err, "paddock: nothing could be mended by a program. The steps of each finding say what to do.")
	}
	return len(done) > 0, err
}
