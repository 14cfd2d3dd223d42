package cli

import (
	"context"
	"fmt"
	"io"
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
	Server
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
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
	err = writeWhole(std, out, func(f io.Writer) error {
		if c.Server.Server != "" {
			return c.fetchPack(ctx, std, f)
		}
		database, err := c.Database.Address(std.path)
		if err == nil {
			_, err = p.Export(ctx, std.path(c.Data), database, scope, f)
		}
		return err
	})
	if err != nil {
		return err
	}
	return tellPack(ctx, std, out, c.Format)
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

// tellPack prints what was written, after reading it back.
func tellPack(ctx context.Context, std IO, out, format string) error {
	f, size, err := openPack(std, out)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := evidence.Verify(ctx, f, size, "")
	if err != nil {
		return err
	}
	if format == "json" {
		return printJSON(std, struct {
			File   string                    `json:"file"`
			Bytes  int64                     `json:"bytes"`
			OK     bool                      `json:"ok"`
			Counts map[string]evidence.Count `json:"counts"`
			Key    string                    `json:"key"`
		}{out, size, r.OK, r.Counts, r.Key})
	}
	about := fmt.Sprintf("%d apps", r.Counts["apps"].Asked)
	if r.Grant != "" {
		about = fmt.Sprintf("%d approvals", r.Counts["approvals"].Asked)
	}
	fmt.Fprintf(std.Out, "%s: %d bytes, %s, %d decisions, %d events.\n", out, size, about, r.Counts["decisions"].Asked, r.Counts["events"].Asked)
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

// fetchPack takes the pack from a running server. Errors: those of the server.
func (c *evidenceExportCmd) fetchPack(ctx context.Context, std IO, w io.Writer) error {
	q := map[string]string{"from": c.From, "to": c.To}
	if evidence.IsPeriod(c.What) {
		q["period"] = c.What
		return c.fetch(ctx, std, w, q, "evidence")
	}
	return c.fetch(ctx, std, w, q, "apps", c.What, "evidence")
}
