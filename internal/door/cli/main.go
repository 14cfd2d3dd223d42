package cli

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/alecthomas/kong"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/engine/recall"
	"github.com/paddock-dev/paddock/internal/org/advice"
	"github.com/paddock-dev/paddock/internal/org/erasure"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// IO is the world around a command.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(name string) (string, bool)
	Dir      string     // the working directory; relative paths start here
	Clock    core.Clock // nil means the machine's
}

// now is the time.
func (std IO) now() time.Time {
	if std.Clock == nil {
		return core.SystemClock{}.Now()
	}
	return std.Clock.Now()
}

// path returns p as seen from the working directory; "" stays "".
func (std IO) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(std.Dir, p)
}

// Programs are the commands that need the whole house; internal/app builds them.
type Programs struct {
	Version string
	Serve   func(ctx context.Context, c Config, std IO) error
	Tour    func(ctx context.Context, o TourOptions, std IO) error
	Check   func(ctx context.Context, o CheckOptions) (Checked, error)
	Vulns   Vulns
	Bill    func(ctx context.Context, o BillOptions) (Bill, error)
	Link    func(ctx context.Context, dataDir, database, email string) (link string, err error)
	// Seal makes codes for the day when nobody can sign in; Sealed lists them.
	Seal    func(ctx context.Context, dataDir, database, email string, n int) (codes []string, err error)
	Sealed  func(ctx context.Context, dataDir, database string) ([]Sealed, error)
	Prepare func(ctx context.Context, o PrepareOptions) (version int64, err error)
	Backup  func(ctx context.Context, o BackupOptions) (Outcome, error)
	Drill   func(ctx context.Context, from string, told func(phase string, done, all int64)) (Outcome, error)
	Restore func(ctx context.Context, o RestoreOptions) (Outcome, error)
	Migrate func(ctx context.Context, o MigrateOptions) (Outcome, error)
	// Erase takes a person out of the records; only to look, it says what that would be.
	Erase func(ctx context.Context, o EraseOptions) (erasure.Result, error)
	// Recall looks back at decisions in a data folder; database is the address of
	// PostgreSQL, "" for the folder's own.
	Recall func(ctx context.Context, dataDir, database string, look func(*recall.Recall) error) error
	// Prove returns the proof of one event with the event's leaf in it, and the
	// log's verifier key.
	Prove func(ctx context.Context, at LogPlace, event string) (proof []byte, key string, err error)
	// ExportLog writes events in a form (ocsf, csv), and records that it was done.
	ExportLog func(ctx context.Context, at LogPlace, q LogQuery, format string, w io.Writer) error
	// Reindex lists the parts of artifacts again, and says what it did.
	Reindex func(ctx context.Context, c Config, all bool) (string, error)
	// Components finds the apps that hold a component.
	Components func(ctx context.Context, dataDir, database, query, where string) (HeldIn, error)
	// WhatIf says what a governance folder would mean if it were in force.
	WhatIf func(ctx context.Context, o WhatIfOptions) (*whatif.Report, error)
	// ExportPolicy writes an organisation's rules for others to enforce, and says
	// what it left out.
	ExportPolicy func(ctx context.Context, o ExportOptions) (text []byte, leftOut []string, err error)
	// Advise proposes changes to the rules from past decisions.
	Advise func(ctx context.Context, o WhatIfOptions) ([]advice.Proposal, error)
	// PastRules finds the policies of former revisions in a data folder.
	PastRules func(dataDir string) fsck.Rules
	// Export writes an evidence pack from a data folder; database is the address
	// of PostgreSQL, "" for the folder's own.
	Export func(ctx context.Context, dataDir, database string, scope evidence.Scope, w io.Writer) (evidence.Summary, error)
}

// commands is the grammar of the command line.
type commands struct {
	Serve      serveCmd      `cmd:"" help:"Run the control plane: pages, API, git, jobs and apps, in one process."`
	Tour       tourCmd       `cmd:"" help:"Walk the whole road against a server of its own, and verify each step."`
	Check      checkCmd      `cmd:"" help:"Check an app's files, as the gate would."`
	Rules      rulesCmd      `cmd:"" help:"What the checks look for."`
	Audit      auditCmd      `cmd:"" help:"The audit log."`
	Evidence   evidenceCmd   `cmd:"" help:"Evidence packs."`
	Report     reportCmd     `cmd:"" help:"Signed reports of paddock check."`
	Backup     backupCmd     `cmd:"" help:"Copies of a living installation."`
	Restore    restoreCmd    `cmd:"" help:"Bring a backup back as a data folder, and verify it."`
	Migrate    migrateCmd    `cmd:"" help:"Move an installation to another database."`
	Database   databaseCmd   `cmd:"" help:"PostgreSQL instead of the database file in the data folder."`
	Person     personCmd     `cmd:"" help:"People's records."`
	Approval   approvalCmd   `cmd:"" help:"Requests for approval."`
	Absence    absenceCmd    `cmd:"" help:"When you are away, and who answers for you."`
	Fsck       fsckCmd       `cmd:"" help:"Recompute everything that is stored and report what does not hold."`
	Config     configCmd     `cmd:"" help:"The server's configuration."`
	Catalog    catalogCmd    `cmd:"" help:"Templates and the governance repository."`
	Governance governanceCmd `cmd:"" help:"The rules in force: publish, roll back, carry to other sites."`
	Grant      grantCmd      `cmd:"" help:"Access to an app, for a while."`
	SCIM       scimCmd       `cmd:"" name:"scim" help:"People that sign-in providers bring."`
	Decision   decisionCmd   `cmd:"" help:"Decisions of gates."`
	Policy     policyCmd     `cmd:"" help:"Policies."`
	Admission  admissionCmd  `cmd:"" help:"Kubernetes clusters that ask whether a workload may run."`
	Sbom       sbomCmd       `cmd:"" help:"Components of apps."`
	Vulndb     vulndbCmd     `cmd:"" name:"vulndb" help:"What is known of holes in packages."`
	CI         ciCmd         `cmd:"" name:"ci" help:"Pipelines of GitHub and GitLab that act for an app."`
	Review     reviewCmd     `cmd:"" help:"Access reviews: who may do what, and should they still."`
	Issuer     issuerCmd     `cmd:"" help:"Identity tokens of apps, for services that know them by these."`
	Token      tokenCmd      `cmd:"" help:"Access tokens for the API and for git."`
	BreakGlass glassCmd      `cmd:"" name:"break-glass" help:"Codes for the safe, for the day when nobody can sign in."`
	Link       linkCmd       `cmd:"" help:"Print a new one-time sign-in link for a person."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Hook       hookCmd       `cmd:"" hidden:"" help:"Called by git."`
}

// Main runs one command and returns its exit code. It changes nothing outside
// of what the command does, so that tests run it as a function.
func Main(ctx context.Context, args []string, std IO, programs Programs) int {
	exited := -1
	parser, err := kong.New(grammar(args), kong.Name("paddock"),
		kong.Description("Paddock lets people who are not engineers ship small apps safely.\n\n"+
			"Exit codes: 0 done, 1 blocked or denied, 2 wrong usage or unreadable input, 3 a fault of Paddock's own."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Writers(std.Out, std.Err), kong.Exit(func(code int) { exited = code }),
		kong.Resolvers(environment(std)),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std), kong.Bind(programs))
	if err != nil {
		return fail(std, core.Hidden("Starting", err))
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help was asked for and has been printed
	}
	if err != nil {
		return misuse(std, err)
	}
	return end(std, k, k.Run())
}

// end reports how a command ended. With --format json standard output holds one
// JSON document also when the command failed.
func end(std IO, k *kong.Context, err error) int {
	var code exitCode
	if err != nil && !errors.As(err, &code) && wantsJSON(k) {
		if perr := printJSON(std, problemOf(core.AsError(err))); perr != nil {
			return fail(std, perr)
		}
	}
	return fail(std, err)
}

// wantsJSON reports whether the command was called with --format json.
func wantsJSON(k *kong.Context) bool {
	if k == nil || k.Selected() == nil {
		return false
	}
	for _, flag := range k.Selected().Flags {
		if flag.Name == "format" {
			if list, several := k.FlagValue(flag).([]string); several {
				return slices.Contains(list, "json")
			}
			return k.FlagValue(flag) == "json"
		}
	}
	return false
}
