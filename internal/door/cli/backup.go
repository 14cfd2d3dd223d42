package cli

import (
	"context"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
)

// Outcome is what a long command did or found. Good is false if something does
// not verify.
type Outcome interface {
	result
	Good() bool
}

// BackupOptions say what to back up and where to.
type BackupOptions struct {
	Data     string
	Database string // of PostgreSQL; "" for SQLite in the data folder
	To       string
	Keys     bool
	Told     func(phase string, done, all int64)
}

// RestoreOptions say what to bring back and where to.
type RestoreOptions struct {
	From, To   string
	Database   string // of PostgreSQL, as the owner; "" for SQLite in the data folder
	ServerRole string // given its rights there, if named
	Key        string
	Checkpoint string // its text
	Accept     bool
	Told       func(phase string, done, all int64)
}

type backupCmd struct {
	Make   backupMakeCmd   `cmd:"" default:"withargs" help:"Copy a living installation, and verify the copy. This is what paddock backup does by itself."`
	Verify backupVerifyCmd `cmd:"" help:"Show that a backup can be restored: unpack it into a temporary folder and look it over."`
}

type backupMakeCmd struct {
	Data string `help:"The server's data folder." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	To     string `required:"" help:"Where to: a new folder, or a new file that ends in .tar, .tar.gz or .tar.zst." placeholder:"PLACE"`
	Keys   string `help:"The secret keys: ${enum}. A copy with them opens every secret." enum:"include,leave-out" default:"include"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if the copy does not verify, or
// something is at the place.
func (c *backupMakeCmd) Run(ctx context.Context, std IO, p Programs) error {
	from, err := c.Address(std.path)
	if err != nil {
		return err
	}
	o := BackupOptions{Data: std.path(c.Data), Database: from, To: filepath.Clean(std.path(c.To)), Keys: c.Keys == "include"}
	return std.long(ctx, c.Format, func(told func(string, int64, int64)) (Outcome, error) {
		o.Told = told
		return p.Backup(ctx, o)
	})
}

type backupVerifyCmd struct {
	From   string `arg:"" help:"The backup: a folder or an archive."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if its records do not verify, 2 if it
// is no backup, or a damaged one.
func (c *backupVerifyCmd) Run(ctx context.Context, std IO, p Programs) error {
	return std.long(ctx, c.Format, func(told func(string, int64, int64)) (Outcome, error) {
		return p.Drill(ctx, filepath.Clean(std.path(c.From)), told)
	})
}

type restoreCmd struct {
	From string `required:"" help:"The backup: a folder or an archive." placeholder:"PLACE"`
	To   string `required:"" help:"The data folder to make; it must not be there, or be empty." placeholder:"DIR"`
	Database
	ServerRole string `help:"Role that the server will sign in to PostgreSQL as; it is given its rights." placeholder:"ROLE"`
	Checkpoint string `help:"File with a checkpoint that was kept elsewhere: shows what the backup does not have." placeholder:"FILE"`
	Key        string `help:"Verifier key of the log, kept elsewhere; default the one in the backup." placeholder:"VKEY"`
	Accept     bool   `name:"accept-problems" help:"Restore also what does not verify."`
	Format     string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if the records do not verify or
// something is at the place, 2 if the backup is none, or a damaged one.
func (c *restoreCmd) Run(ctx context.Context, std IO, p Programs) error {
	into, err := c.Address(std.path)
	if err != nil {
		return err
	}
	o := RestoreOptions{From: filepath.Clean(std.path(c.From)), To: filepath.Clean(std.path(c.To)), Database: into, ServerRole: c.ServerRole, Key: c.Key, Accept: c.Accept}
	if c.Checkpoint != "" {
		b, err := readFile(std, c.Checkpoint, maxCheckpoint)
		if err != nil {
			return err
		}
		o.Checkpoint = string(b)
	}
	return std.long(ctx, c.Format, func(told func(string, int64, int64)) (Outcome, error) {
		o.Told = told
		return p.Restore(ctx, o)
	})
}

// long runs a command that takes its time: progress goes to standard error if
// that is a terminal, the outcome to standard output. With an outcome that says
// why, it is printed before the error.
func (std IO) long(ctx context.Context, format string, do func(told func(phase string, done, all int64)) (Outcome, error)) error {
	bar := std.progress()
	out, err := do(bar.told)
	bar.end()
	if err == nil {
		return report(std, format, out, out.Good())
	}
	if core.CodeOf(err) == core.Blocked && out != nil {
		if perr := report(std, format, out, true); perr != nil {
			return perr
		}
		if format == "json" {
			return exitCode(1)
		}
	}
	return err
}
