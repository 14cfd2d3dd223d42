package cli

import (
	"context"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check the audit log offline, from the stored bytes."`
	Export auditExportCmd `cmd:"" help:"Write events as OCSF JSON lines or CSV, with their number and the query."`
	Prove  auditProveCmd  `cmd:"" help:"Write the proof that one event is in the log, as a .tlog-proof file."`
	Check  auditCheckCmd  `cmd:"" help:"Check such a proof, with no server and no network."`
}

type auditVerifyCmd struct {
	Data       string   `help:"The server's data folder, or a copy of it; beside a database it is where the log's key lies." default:"paddock-data" env:"PADDOCK_DATA"`
	Database   string   `help:"Address of a PostgreSQL database to read instead of the folder: postgres://role@host:5432/name. The password may stand in PGPASSWORD or PGPASSFILE." placeholder:"URL"`
	Key        string   `help:"Verifier key of the log, kept elsewhere; default the one in the folder." placeholder:"VKEY"`
	Checkpoint []string `help:"File with a checkpoint that was kept elsewhere: shows whether the log was cut back. May be repeated." placeholder:"FILE" sep:"none"`
	Format     string   `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if the log is damaged, 2 if it cannot
// be read.
func (c *auditVerifyCmd) Run(ctx context.Context, std IO) error {
	bar := std.progress()
	o := verify.Options{Key: c.Key, Progress: func(done, all int64) { bar.told("events", done, all) }}
	for _, path := range c.Checkpoint {
		b, err := readFile(std, path, maxCheckpoint)
		if err != nil {
			return err
		}
		o.Known = append(o.Known, string(b))
	}
	r, err := verify.Check(ctx, verify.Place{Dir: std.path(c.Data), URL: c.Database}, o)
	bar.end()
	if err != nil {
		return err
	}
	return report(std, c.Format, r, r.OK)
}

// maxCheckpoint bounds a checkpoint file.
const maxCheckpoint = 64 << 10
