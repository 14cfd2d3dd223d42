package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/recall"
)

type decisionCmd struct {
	Show    decisionShowCmd    `cmd:"" help:"Print what a gate answered, by which rules, for whom and when."`
	Replay  decisionReplayCmd  `cmd:"" help:"Decide again by the same rules, and say what differs."`
	Explain decisionExplainCmd `cmd:"" help:"Say why a gate answered so, and what would have to change."`
}

// decisionFlags say which decision, and where it is kept.
type decisionFlags struct {
	ID string `arg:"" help:"The decision's id; it is in the audit log, in the events gate.decide."`
	logFlags
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// look asks the server for a part of the API, or looks into the data folder.
func look[T any](ctx context.Context, f decisionFlags, std IO, p Programs, part string, here func(*recall.Recall, core.ID) (T, error)) (out T, err error) {
	if f.asks() {
		var b bytes.Buffer
		if err := f.fetch(ctx, std, &b, nil, strings.Fields("decisions "+f.ID+" "+part)...); err != nil {
			return out, err
		}
		if err := json.Unmarshal(b.Bytes(), &out); err != nil {
			return out, &core.Error{Code: core.Unreadable, Msg: "The server's answer is no decision.", Hint: "Check the address: it should be a Paddock of this version.", Err: err}
		}
		return out, nil
	}
	at, err := f.place(std, "")
	if err != nil {
		return out, err
	}
	err = p.Recall(ctx, at.Data, at.Database, func(r *recall.Recall) (err error) {
		out, err = here(r, core.ID(f.ID))
		return err
	})
	return out, err
}

type decisionShowCmd struct{ decisionFlags }

// Run implements the command.
func (c *decisionShowCmd) Run(ctx context.Context, std IO, p Programs) error {
	d, err := look(ctx, c.decisionFlags, std, p, "", func(r *recall.Recall, id core.ID) (recall.Shown, error) { return r.Show(ctx, id) })
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, d)
	}
	return writeShown(std.Out, d)
}

func writeShown(w io.Writer, d recall.Shown) error {
	about := d.Subject
	if d.App != "" {
		about = d.App + ", " + about
	}
	fmt.Fprintf(w, "%s: %s\n  about   %s\n  by      %s, %s\n  at      %s\n", d.Gate, d.Result, about, d.By, d.Door, d.At)
	fmt.Fprintf(w, "  policy  %s\n  input   %s\n", d.Policy, d.Digest)
	if d.TookMicro > 0 {
		fmt.Fprintf(w, "  took    %d µs\n", d.TookMicro)
	}
	writeVerdicts(w, d.Verdicts)
	for _, a := range d.Approvals {
		word := "yes"
		if !a.Yes {
			word = "no"
		}
		fmt.Fprintf(w, "  %s said %s as %s at %s\n", a.By, word, a.Role, a.At)
	}
	if d.State != "" {
		fmt.Fprintf(w, "  the request for approval is %s\n", d.State)
	}
	writeFired(w, d.Fired)
	return nil
}

type decisionReplayCmd struct{ decisionFlags }

// Run implements the command: exit code 1 if the answer differs.
func (c *decisionReplayCmd) Run(ctx context.Context, std IO, p Programs) error {
	r, err := look(ctx, c.decisionFlags, std, p, "replay", func(r *recall.Recall, id core.ID) (recall.Replayed, error) { return r.Replay(ctx, id) })
	if err != nil {
		return err
	}
	if c.Format == "json" {
		err = printJSON(std, r)
	} else if r.Same {
		fmt.Fprintf(std.Out, "The same rules give the same answer.\nPolicy revision: %s\n", r.Policy)
	} else {
		fmt.Fprintf(std.Out, "The same rules give another answer.\nPolicy revision: %s\n", r.Policy)
		for _, d := range r.Differences {
			fmt.Fprintf(std.Out, "  %s\n", d)
		}
	}
	if err == nil && !r.Same {
		return exitCode(1)
	}
	return err
}

type decisionExplainCmd struct{ decisionFlags }

// Run implements the command.
func (c *decisionExplainCmd) Run(ctx context.Context, std IO, p Programs) error {
	e, err := look(ctx, c.decisionFlags, std, p, "explain", func(r *recall.Recall, id core.ID) (recall.Explained, error) { return r.Explain(ctx, id) })
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, e)
	}
	fmt.Fprintf(std.Out, "%s answered %s.\n", e.Gate, e.Result)
	if len(e.Because) == 0 {
		fmt.Fprintln(std.Out, "No rule had anything to say.")
	}
	for _, b := range e.Because {
		became := ""
		if b.Became != "" {
			became = " (" + b.Became + ")"
		}
		fmt.Fprintf(std.Out, "\n%s %s%s: %s\n  by %s", b.Answer, b.Code, became, b.Said, b.Rule)
		if b.Place != "" {
			fmt.Fprintf(std.Out, " at %s", b.Place)
		}
		fmt.Fprintln(std.Out)
		writeReads(std.Out, b.Reads)
	}
	if len(e.Change) > 0 {
		fmt.Fprintln(std.Out, "\nWhat would have to change:")
	}
	for _, x := range e.Change {
		fmt.Fprintf(std.Out, "  %s\n", x)
	}
	return nil
}
