package cli

import (
	"context"
	"io/fs"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
	checkreport "github.com/paddock-dev/paddock/internal/life/check/report"
)

// CheckOptions say what is checked, and by which rules.
type CheckOptions struct {
	Dir        string         // the working directory
	Target     string         // a folder, a commit, or two commits as A..B
	Governance string         // a folder; "" for the built-in one
	Vulns      VulnDB         // what is known of holes in packages
	Outside    []*outside.Log // what other tools found in the same app
}

// Checked is a report and what it came from.
type Checked struct {
	Report   core.Report
	Root     string // the folder that was checked; "" if it was none
	Files    fs.FS  // what was checked
	Started  time.Time
	Finished time.Time
}

type checkCmd struct {
	Target     string   `arg:"" optional:"" name:"path|rev..rev" default:"." help:"A folder (default this one), a commit, or two commits as A..B."`
	Governance string   `help:"Governance folder; default the built-in one." placeholder:"DIR"`
	Sarif      []string `help:"SARIF file of another tool about this app; its results count the same. May be given again." placeholder:"FILE" sep:"none"`
	Explain    string   `help:"Explain a code, and check nothing." placeholder:"CODE"`
	checkPrint
	vulnPlace
	VulnMaxAge int `name:"vulndb-max-age" help:"Data about known holes that is older leaves the check incomplete; 0 sets no bound." env:"PADDOCK_VULNDB_MAX_AGE" placeholder:"DAYS"`
}

// Run implements the command: exit code 0 pass, 1 blocked, 2 if something could
// not be looked at.
func (c *checkCmd) Run(ctx context.Context, std IO, p Programs) error {
	if c.Explain != "" {
		return c.explain(std, c.Explain)
	}
	prints, err := c.prints()
	if err != nil {
		return err
	}
	others, err := otherTools(std, c.Sarif)
	if err != nil {
		return err
	}
	got, err := p.Check(ctx, CheckOptions{Dir: std.Dir, Target: c.Target, Governance: std.path(c.Governance), Vulns: c.vulns(std), Outside: others})
	if err != nil {
		return err
	}
	if err := c.print(std, prints, got.Report); err != nil {
		return err
	}
	if code := checkreport.ExitCode(got.Report); code != 0 {
		return exitCode(code)
	}
	return nil
}

func (c *checkCmd) vulns(std IO) VulnDB {
	v := c.place(std)
	v.MaxAge = c.VulnMaxAge
	return v
}
