package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

type auditProveCmd struct {
	Event string `arg:"" help:"The event's id."`
	Out   string `short:"o" help:"File to write; - for standard output; default EVENT.tlog-proof." placeholder:"FILE"`
	Key   string `help:"Verifier key of the log, kept elsewhere; default the one in the folder, or the server's." placeholder:"VKEY"`
	logFlags
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command. A proof that does not hold under the key is not
// written: exit code 1.
func (c *auditProveCmd) Run(ctx context.Context, std IO, p Programs) error {
	text, key, err := c.proof(ctx, std, p)
	if err != nil {
		return err
	}
	proven, err := openProof(text, key)
	if err != nil {
		return err
	}
	if c.Out == "-" {
		_, err := std.Out.Write(text)
		return err
	}
	proven.File = c.Out
	if proven.File == "" {
		proven.File = proven.Event + ".tlog-proof"
	}
	err = writeWhole(std, proven.File, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err != nil {
		return err
	}
	return proven.print(std, c.Format)
}

// proof gets the proof file, and the key to hold it against.
func (c *auditProveCmd) proof(ctx context.Context, std IO, p Programs) (text []byte, key string, err error) {
	if !c.asks() {
		at, err := c.place(std, c.Key)
		if err != nil {
			return nil, "", err
		}
		return p.Prove(ctx, at, c.Event)
	}
	var proof, served bytes.Buffer
	if err := c.fetch(ctx, std, &proof, map[string]string{"event": c.Event, "leaf": "true"}, "log", "proof"); err != nil {
		return nil, "", err
	}
	if c.Key == "" {
		if err := c.fetch(ctx, std, &served, nil, "log", "key"); err != nil {
			return nil, "", err
		}
		return proof.Bytes(), string(bytes.TrimSpace(served.Bytes())), nil
	}
	return proof.Bytes(), c.Key, nil
}

// proven is what a proof file shows.
type proven struct {
	File   string `json:"file"`
	OK     bool   `json:"ok"`
	Event  string `json:"event"`
	Action string `json:"action"`
	At     int64  `json:"at"` // microseconds
	Index  int64  `json:"index"`
	Size   int64  `json:"log_size"`
	Origin string `json:"log"`
	Bytes  int    `json:"bytes"`
}

// openProof verifies a proof file that holds its leaf. Errors: Invalid for a key
// that is none, Unreadable for what is no such file, Blocked for a proof that
// does not hold.
func openProof(text []byte, key string) (proven, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return proven{}, core.Errorf(core.Invalid, "%.60q is not a verifier key.", key).Hinted("Give the log's public key; it is in keys/audit.vkey, or served at /api/v1/log/key.").At("key")
	}
	p, err := audit.ParseProof(string(text))
	if err != nil {
		return proven{}, err
	}
	var leaf struct {
		ID     string `json:"id"`
		Action string `json:"action"`
		At     int64  `json:"at"`
	}
	if json.Unmarshal(p.Extra, &leaf) != nil || leaf.ID == "" {
		return proven{}, core.Errorf(core.Unreadable, "The proof does not hold the event that it is about.").Hinted("Take it with: paddock audit prove.")
	}
	c, err := p.Verify(p.Extra, verifier)
	if err != nil {
		e := *core.AsError(err)
		e.Code = core.Blocked
		return proven{}, &e
	}
	return proven{OK: true, Event: leaf.ID, Action: leaf.Action, At: leaf.At, Index: p.Index, Size: c.Size, Origin: c.Origin, Bytes: len(text)}, nil
}

func (p proven) print(std IO, format string) error {
	if format == "json" {
		return printJSON(std, p)
	}
	_, err := fmt.Fprintf(std.Out, "%s: %d bytes.\nThe event %s (%s, %s) is entry %d of %s, under its signed checkpoint of %d entries.\n",
		p.File, p.Bytes, p.Event, p.Action, core.Moment(p.At).UTC().Format("2006-01-02 15:04:05"), p.Index, p.Origin, p.Size)
	return err
}

type auditCheckCmd struct {
	File   string `arg:"" help:"A .tlog-proof file that paddock audit prove has written."`
	Key    string `help:"Verifier key of the log." placeholder:"VKEY" required:""`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if the proof does not hold, 2 if it
// cannot be read.
func (c *auditCheckCmd) Run(std IO) error {
	b, err := readFile(std, c.File, maxCheckpoint)
	if err != nil {
		return err
	}
	proven, err := openProof(b, c.Key)
	if err != nil {
		return err
	}
	proven.File = c.File
	return proven.print(std, c.Format)
}
