package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/paddock-dev/paddock/internal/core"
)

// IO is the world around a command.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(name string) (string, bool)
	Dir      string // the working directory; relative paths start here
}

// Programs are the commands that need the whole house; internal/app builds them.
type Programs struct {
	Version string
	Serve   func(ctx context.Context, c Config, std IO) error
	Tour    func(ctx context.Context, o TourOptions, std IO) error
	Check   func(ctx context.Context, dir, governance string) (core.Report, error)
	Link    func(ctx context.Context, dataDir, email string) (link string, err error)
}

// commands is the grammar of the command line.
type commands struct {
	Serve    serveCmd    `cmd:"" help:"Run the control plane: pages, API, git, jobs and apps, in one process."`
	Tour     tourCmd     `cmd:"" help:"Walk the whole road against a server of its own, and verify each step."`
	Check    checkCmd    `cmd:"" help:"Check an app's folder, as the gate would."`
	Audit    auditCmd    `cmd:"" help:"The audit log."`
	Evidence evidenceCmd `cmd:"" help:"Evidence packs."`
	Fsck     fsckCmd     `cmd:"" help:"Recompute everything that is stored and report what does not hold."`
	Config   configCmd   `cmd:"" help:"The server's configuration."`
	Catalog  catalogCmd  `cmd:"" help:"Templates and the governance repository."`
	Policy   policyCmd   `cmd:"" help:"Policies."`
	Link     linkCmd     `cmd:"" help:"Print a new one-time sign-in link for a person."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
	Hook     hookCmd     `cmd:"" hidden:"" help:"Called by git."`
}

// Main runs one command and returns its exit code.
func Main(ctx context.Context, args []string, std IO, programs Programs) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("paddock"),
		kong.Description("Paddock lets people who are not engineers ship small apps safely."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(std.Out, std.Err), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std), kong.Bind(programs))
	if err != nil {
		return fail(std, core.Hidden("Starting", err))
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help was asked for and has been printed
	}
	if err != nil {
		fmt.Fprintf(std.Err, "paddock: %s\nTry: paddock %s--help\n", plain(err), about(args))
		return 2
	}
	return fail(std, k.Run())
}

// fail prints an error, if there is one, and returns its exit code.
func fail(std IO, err error) int {
	if err == nil {
		return 0
	}
	var code exitCode
	if errors.As(err, &code) {
		return int(code) // the command has said all there is to say
	}
	e := core.AsError(err)
	fmt.Fprintf(std.Err, "paddock: %s\n", e.Error())
	if e.Code == core.Internal && e.Err != nil {
		fmt.Fprintf(std.Err, "  cause: %v\n", e.Err)
	}
	return core.OutcomeOf(e.Code).Exit
}

// exitCode ends a command whose output is complete.
type exitCode int

// Error implements error.
func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// plain turns kong's message into one sentence.
func plain(err error) string {
	s := err.Error()
	return strings.TrimSuffix(s, ".") + "."
}

// about names the command that a usage error is about.
func about(args []string) string {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		for _, known := range []string{"serve", "tour", "check", "audit", "evidence", "fsck", "config", "catalog", "policy", "link"} {
			if args[0] == known {
				return known + " "
			}
		}
	}
	return ""
}
