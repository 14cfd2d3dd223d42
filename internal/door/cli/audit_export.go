package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/export"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// LogQuery narrows the audit log; empty fields match everything.
type LogQuery struct {
	Actor  string    // e-mail or id of a person, name of an app, or of a part of Paddock
	App    string    // name
	Gate   string    //
	Action string    //
	Code   string    //
	From   time.Time // the first moment; zero for the beginning
	To     time.Time // the moment after the last; zero for now
}

type auditExportCmd struct {
	As     string `help:"Form of the file: ${enum}." enum:"ocsf,csv" default:"ocsf"`
	Actor  string `help:"Who acted: e-mail or id of a person, name of an app, or of a part of Paddock."`
	App    string `help:"Name of an app."`
	Gate   string `help:"A gate, such as app.deploy."`
	Action string `help:"An action, such as gate.decide."`
	Code   string `help:"An outcome, such as ok or denied."`
	From   string `help:"First day or moment: 2026-11-01, 2026-11, or 2026-11-01T08:00:00Z." placeholder:"TIME"`
	To     string `help:"Last day, included; or the moment after the last." placeholder:"TIME"`
	Out    string `short:"o" help:"File to write; - for standard output; default a name of the day." placeholder:"FILE"`
	logFlags
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command. With --out - nothing but the events is printed.
func (c *auditExportCmd) Run(ctx context.Context, std IO, p Programs) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	fill := func(w io.Writer) error {
		if c.asks() {
			return c.fetch(ctx, std, w, map[string]string{"format": c.As, "actor": q.Actor, "app": q.App, "gate": q.Gate, "action": q.Action, "code": q.Code,
				"from": moment(q.From), "to": moment(q.To)}, "events", "export")
		}
		at, err := c.place(std, "")
		if err == nil {
			err = p.ExportLog(ctx, at, q, c.As, w)
		}
		return err
	}
	if c.Out == "-" {
		return fill(std.Out)
	}
	out := c.Out
	if out == "" {
		ending := ".jsonl"
		if c.As == "csv" {
			ending = ".csv"
		}
		out = "paddock-audit-" + time.Now().UTC().Format(time.DateOnly) + ending
	}
	if err := writeWhole(std, out, fill); err != nil {
		return err
	}
	return c.tell(std, out)
}

// tell prints what was written, after reading it back.
func (c *auditExportCmd) tell(std IO, out string) error {
	f, err := os.Open(std.path(out))
	if err != nil {
		return unreadable(out, err)
	}
	defer f.Close()
	s, err := export.Check(c.As, f)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, struct {
			File string `json:"file"`
			OK   bool   `json:"ok"`
			export.Summary
		}{out, true, s})
	}
	_, err = fmt.Fprintf(std.Out, "%s: all %d events that match, of a log of %d entries.\nQuery: %s\nThis export is in the log as audit.export %s.\n", out, s.Population, s.LogSize, s.Query, s.ID)
	return err
}

func (c *auditExportCmd) query() (LogQuery, error) {
	q := LogQuery{Actor: c.Actor, App: c.App, Gate: c.Gate, Action: c.Action, Code: c.Code}
	var err error
	if q.From, _, err = moments(c.From, "from"); err != nil {
		return q, err
	}
	if _, q.To, err = moments(c.To, "to"); err != nil {
		return q, err
	}
	if c.From != "" && c.To != "" && !q.From.Before(q.To) {
		return q, core.Errorf(core.Invalid, "The time ends (%s) before it begins (%s).", c.To, c.From).Hinted("Choose a later end.").At("to")
	}
	return q, nil
}

// moments reads a moment, or a period as evidence packs have it; "" is no bound.
func moments(text, field string) (first, past time.Time, err error) {
	if text == "" {
		return first, past, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, at, nil
	}
	s, err := evidence.ParsePeriod(text)
	if err != nil {
		return first, past, core.Errorf(core.Invalid, "%.40q is not a time.", text).Hinted("Write for example 2026-11-01, 2026-11 or 2026-11-01T08:00:00Z.").At(field)
	}
	return s.From, s.To, nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
