package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/baseline"
)

// checkBaseline is about findings that were known when a repository was adopted.
type checkBaseline struct {
	Baseline string `help:"List of what was known before: it does not block, and is named in the report." placeholder:"FILE"`
	Write    string `name:"write-baseline" help:"Write that list, of all that is found now." placeholder:"FILE"`
	Until    string `help:"With --write-baseline: the last day that the list excuses anything, such as 2026-12-31." placeholder:"DAY"`
}

func (c *checkBaseline) fits() error {
	if c.Until == "" {
		return nil
	}
	if c.Write == "" {
		return core.Errorf(core.Invalid, "--until is for --write-baseline.").Hinted("Give both, or neither.")
	}
	if _, err := time.Parse(time.DateOnly, c.Until); err != nil {
		return core.Errorf(core.Invalid, "--until %q is not a day.", c.Until).Hinted("Write it as 2026-12-31.")
	}
	return nil
}

// read reads the list, if one is named.
func (c *checkBaseline) read(std IO) (*baseline.List, error) {
	if c.Baseline == "" {
		return nil, nil
	}
	b, err := readFile(std, c.Baseline, baseline.MaxSize)
	if err != nil {
		return nil, err
	}
	return baseline.Read(b)
}

// write writes the list of what a report has.
func (c *checkBaseline) write(std IO, r core.Report) error {
	l := baseline.Of(r, c.Until)
	b, err := l.Text()
	if err != nil {
		return core.Hidden("Writing the baseline", err)
	}
	if err := writeWhole(std, c.Write, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s: %d findings that were known before. Use it with --baseline %s.\n", c.Write, len(l.Known), c.Write)
	if n := l.Grave(); n > 0 {
		fmt.Fprintf(std.Out, "%d of them are too grave to be excused by a list, such as live keys: they still block. Mend them, or write in the list, as \"accepted\", why one may stay.\n", n)
	}
	return nil
}
