package cli

import (
	"context"
	"io"
	"io/fs"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/baseline"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
	checkreport "github.com/paddock-dev/paddock/internal/life/check/report"
)

// CheckOptions say what is checked, and by which rules.
type CheckOptions struct {
	Dir        string // the working directory
	Target     string // a folder, a commit, or two commits as A..B
	Governance string // a folder; "" for the built-in one
	Vulns      VulnDB // what is known of holes in packages
	Staged     bool   // what is staged, in place of the folder
	History    bool   // the commits too
	Since      string // a commit: only files changed since are looked at one by one
	Baseline   *baseline.List
	Told       func(phase string, done, all int64) // may be nil
	Outside    []*outside.Log                      // what other tools found in the same app
	App        string                              // its name on the server; "" for its own
	Lent       *Lent                               // a server's rules, in place of Governance
	Fallback   bool                                // a server was to lend rules, and nobody could get them
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
	Target     string   `arg:"" optional:"" name:"path|rev..rev" default:"." help:"A folder (default this one), a commit, or two commits as A..B: then only what is new in B is reported."`
	Governance string   `help:"Governance folder; default the built-in one." placeholder:"DIR"`
	Staged     bool     `help:"Check what is staged for the next commit." xor:"what"`
	History    bool     `help:"Look for secrets in all commits, too."`
	Since      string   `help:"Look only at what changed since a commit: lint, secrets and code at those files, dependencies and licences if a list of packages did. The report says so." placeholder:"REV" xor:"what"`
	Sarif      []string `help:"SARIF file of another tool about this app; its results count the same. May be given again." placeholder:"FILE" sep:"none"`
	checkPrint
	vulnPlace
	VulnMaxAge int `name:"vulndb-max-age" help:"Data about known holes that is older leaves the check incomplete; 0 sets no bound." env:"PADDOCK_VULNDB_MAX_AGE" placeholder:"DAYS"`
	checkFix
	checkBaseline
	checkAttest
	checkServer
	Sbom    string `help:"Write the list of the app's parts (CycloneDX), as the check sbom made it." placeholder:"FILE"`
	Explain string `help:"Explain a code, and check nothing." placeholder:"CODE"`
	Watch   bool   `help:"Check again whenever a file changes, until interrupted."`
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
	if err := c.fits(); err != nil {
		return err
	}
	if c.Watch {
		return c.watch(ctx, std, p, prints)
	}
	return c.once(ctx, std, p, prints)
}

// fits refuses flags that say nothing together.
func (c *checkCmd) fits() error {
	if c.Dry && !c.Fix {
		return core.Errorf(core.Invalid, "--dry-run says what --fix would do.").Hinted("Give both, or neither.")
	}
	if c.Watch && (c.Fix || c.Write != "") {
		return core.Errorf(core.Invalid, "--watch only looks; it does not go with --fix or --write-baseline.").Hinted("Leave one of them out.")
	}
	if err := c.checkAttest.fits(); err != nil {
		return err
	}
	return c.checkBaseline.fits()
}

func (c *checkCmd) once(ctx context.Context, std IO, p Programs, prints []printed) error {
	got, err := c.look(ctx, std, p)
	if err != nil {
		return err
	}
	if c.Fix {
		if done, err := c.mend(std, got); err != nil || c.Dry {
			return err
		} else if done {
			if got, err = c.look(ctx, std, p); err != nil {
				return err
			}
		}
	}
	if c.Write != "" {
		return c.write(std, got.Report)
	}
	if err := c.print(std, prints, got.Report); err != nil {
		return err
	}
	if err := c.parts(std, got.Report); err != nil {
		return err
	}
	bundle, err := c.attest(std, got)
	if err != nil {
		return err
	}
	if err := c.bring(ctx, std, got, bundle); err != nil {
		return err
	}
	if code := checkreport.ExitCode(got.Report); code != 0 {
		return exitCode(code)
	}
	return nil
}

// parts writes the list of parts.
func (c *checkCmd) parts(std IO, r core.Report) error {
	if c.Sbom == "" {
		return nil
	}
	if len(r.SBOM) == 0 {
		return core.Errorf(core.Unreadable, "The checks made no list of parts, so %q was not written.", c.Sbom).Hinted("See what the check sbom says.")
	}
	return writeWhole(std, c.Sbom, func(w io.Writer) error { _, err := w.Write(r.SBOM); return err })
}

func (c *checkCmd) vulns(std IO) VulnDB {
	v := c.place(std)
	v.MaxAge = c.VulnMaxAge
	return v
}

// progress shows how far the checks are to somebody who reads the text at a
// terminal; anybody else's output stays as it is.
func (c *checkCmd) progress(std IO) *bar {
	if std.Env != nil {
		if v, _ := std.Env("CI"); v != "" {
			return &bar{}
		}
	}
	if c.Watch || !c.toStdout("text") {
		return &bar{}
	}
	return std.progress()
}

// look runs the checks once.
func (c *checkCmd) look(ctx context.Context, std IO, p Programs) (Checked, error) {
	known, err := c.read(std)
	if err != nil {
		return Checked{}, err
	}
	others, err := otherTools(std, c.Sarif)
	if err != nil {
		return Checked{}, err
	}
	lent, fallback, err := c.lend(ctx, std)
	if err != nil {
		return Checked{}, err
	}
	bar := c.progress(std)
	defer bar.end()
	return p.Check(ctx, CheckOptions{Dir: std.Dir, Target: c.Target, Governance: std.path(c.Governance), Vulns: c.vulns(std), Outside: others, Staged: c.Staged, History: c.History, Since: c.Since, Baseline: known, Told: bar.told,
		App: c.App, Lent: lent, Fallback: fallback})
}
