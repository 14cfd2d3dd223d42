package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

type evidenceExportCmd struct {
	What string `arg:"" name:"app|period" help:"An app's name, or a period: 2026, 2026-Q3, 2026-11, 2026-11-01..2026-11-30."`
	From string `help:"Of an app: the first day, or another period." placeholder:"DAY"`
	To   string `help:"Of an app: the last day, included." placeholder:"DAY"`
	Out  string `short:"o" help:"File to write; default a name of the scope and the day." placeholder:"FILE"`
	Data string `help:"The server's data folder; the server may run." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Server    string `help:"Ask a running server instead, for example http://localhost:8420." placeholder:"URL"`
	Token     string `hidden:"" env:"PADDOCK_TOKEN"`
	TokenFile string `help:"File with the access token for --server; default the variable PADDOCK_TOKEN." placeholder:"FILE"`
	Format    string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *evidenceExportCmd) Run(ctx context.Context, std IO, p Programs) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	out := c.Out
	if out == "" {
		out = scope.FileName(time.Now())
	}
	path := std.path(out)
	f, err := os.CreateTemp(filepath.Dir(path), ".paddock-evidence-*")
	if err != nil {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%q cannot be written: %s.", out, cause(err)), Hint: "Name another file with --out.", Err: err}
	}
	defer os.Remove(f.Name())
	if c.Server != "" {
		err = c.fetch(ctx, std, f)
	} else {
		var database string
		if database, err = c.Database.Address(std.path); err == nil {
			_, err = p.Export(ctx, std.path(c.Data), database, scope, f)
		}
	}
	if err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return core.Hidden("Writing the pack", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%q cannot be written: %s.", out, cause(err)), Hint: "Name another file with --out.", Err: err}
	}
	return c.tell(ctx, std, out)
}

// scope reads what the pack is to be about.
func (c *evidenceExportCmd) scope() (evidence.Scope, error) {
	if !evidence.IsPeriod(c.What) {
		return evidence.ForApp(c.What, c.From, c.To)
	}
	if c.From+c.To != "" {
		return evidence.Scope{}, core.Errorf(core.Invalid, "--from and --to are for one app; %q is a period already.", c.What).Hinted("Write for example 2026-11-01..2026-11-30.")
	}
	return evidence.ParsePeriod(c.What)
}

// tell prints what was written, after reading it back.
func (c *evidenceExportCmd) tell(ctx context.Context, std IO, out string) error {
	f, size, err := openPack(std, out)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := evidence.Verify(ctx, f, size, "")
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, struct {
			File   string                    `json:"file"`
			Bytes  int64                     `json:"bytes"`
			OK     bool                      `json:"ok"`
			Counts map[string]evidence.Count `json:"counts"`
			Key    string                    `json:"key"`
		}{out, size, r.OK, r.Counts, r.Key})
	}
	fmt.Fprintf(std.Out, "%s: %d bytes, %d apps, %d decisions, %d events.\n", out, size, r.Counts["apps"].Asked, r.Counts["decisions"].Asked, r.Counts["events"].Asked)
	if !r.OK {
		fmt.Fprintln(std.Out)
		if err := r.WriteText(std.Out); err != nil {
			return err
		}
		return exitCode(1)
	}
	fmt.Fprintf(std.Out, "It verifies. Fingerprint of the key: %s\n", r.Fingerprint)
	return nil
}

// maxToken bounds a file with an access token.
const maxToken = 4 << 10

// token returns the access token for a server.
func (c *evidenceExportCmd) token(std IO) (string, error) {
	if c.TokenFile != "" {
		b, err := readFile(std, c.TokenFile, maxToken)
		return strings.TrimSpace(string(b)), err
	}
	if c.Token == "" {
		return "", core.Errorf(core.Unauthorized, "There is no access token for the server.").Hinted("Make one on the page Access tokens. Give it with --token-file FILE, or in the variable PADDOCK_TOKEN.")
	}
	return c.Token, nil
}
