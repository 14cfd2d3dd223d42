package cli

import (
	"context"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check the audit log offline, from the stored bytes."`
}

type auditVerifyCmd struct {
	Data       string   `help:"The server's data folder, or a copy of it." default:"paddock-data" env:"PADDOCK_DATA"`
	Key        string   `help:"Verifier key of the log, kept elsewhere; default the one in the folder." placeholder:"VKEY"`
	Checkpoint []string `help:"File with a checkpoint that was kept elsewhere: shows whether the log was cut back. May be repeated." placeholder:"FILE" sep:"none"`
	Format     string   `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *auditVerifyCmd) Run(ctx context.Context, std IO) error {
	var known []string
	for _, path := range c.Checkpoint {
		b, err := readFile(std, path, maxCheckpoint)
		if err != nil {
			return err
		}
		known = append(known, string(b))
	}
	r, err := verify.Folder(ctx, std.path(c.Data), c.Key, known...)
	if err != nil {
		return err
	}
	return report(std, c.Format, r, r.OK)
}

// maxCheckpoint bounds a checkpoint file.
const maxCheckpoint = 64 << 10
