package cli

import (
	"context"
	"os"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

type evidenceCmd struct {
	Export evidenceExportCmd `cmd:"" help:"Write an evidence pack: of one app, or of everything in a period."`
	Verify evidenceVerifyCmd `cmd:"" help:"Check an evidence pack, with no server and no network."`
	Sample evidenceSampleCmd `cmd:"" help:"Draw a sample from a pack, the same one for the same seed."`
}

type evidenceVerifyCmd struct {
	File   string `arg:"" help:"The pack, a .zip file."`
	Key    string `help:"Verifier key of the audit log, kept elsewhere; default the one in the pack." placeholder:"VKEY"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if the pack does not verify, 2 if it
// cannot be read.
func (c *evidenceVerifyCmd) Run(ctx context.Context, std IO) error {
	f, size, err := openPack(std, c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := evidence.Verify(ctx, f, size, c.Key)
	if err != nil {
		return err
	}
	return report(std, c.Format, r, r.OK)
}

// openPack opens a pack that somebody named. Errors: Unreadable.
func openPack(std IO, path string) (*os.File, int64, error) {
	f, err := os.Open(std.path(path))
	if err != nil {
		return nil, 0, unreadable(path, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, unreadable(path, err)
	}
	if !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, core.Errorf(core.Unreadable, "%q is not a file.", path).Hinted("Give the evidence pack, a .zip file.")
	}
	return f, info.Size(), nil
}
