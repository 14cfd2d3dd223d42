package cli

import (
	"os"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

type evidenceCmd struct {
	Verify evidenceVerifyCmd `cmd:"" help:"Check an evidence pack, with no server and no network."`
}

type evidenceVerifyCmd struct {
	File   string `arg:"" help:"The pack, a .zip file."`
	Key    string `help:"Verifier key of the audit log, kept elsewhere; default the one in the pack." placeholder:"VKEY"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if the pack does not verify, 2 if it
// cannot be read.
func (c *evidenceVerifyCmd) Run(std IO) error {
	f, err := os.Open(std.path(c.File))
	if err != nil {
		return unreadable(c.File, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return unreadable(c.File, err)
	}
	if !info.Mode().IsRegular() {
		return core.Errorf(core.Unreadable, "%q is not a file.", c.File).Hinted("Give the evidence pack, a .zip file.")
	}
	r, err := evidence.Verify(f, info.Size(), c.Key)
	if err != nil {
		return err
	}
	return report(std, c.Format, r, r.OK)
}
