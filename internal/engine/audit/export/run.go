package export

import (
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// Run writes a whole export. each hands out the events one by one. Fewer or
// more events than the population are an error: such an export must not look
// whole, so the caller breaks off what it was sending.
func Run(w Writer, h Head, each func(do func(Event) error) error) error {
	if err := w.Begin(h); err != nil {
		return err
	}
	var n int64
	err := each(func(e Event) error {
		n++
		return w.Write(e)
	})
	if err != nil {
		return err
	}
	if n != h.Population {
		return core.Hidden("Writing the export", fmt.Errorf("export: %d events of a population of %d", n, h.Population))
	}
	return w.End()
}
