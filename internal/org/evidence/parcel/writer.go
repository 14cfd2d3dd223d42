package parcel

import (
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
)

// Writer writes members one after another.
type Writer struct {
	w       io.Writer
	entries []entry
	offset  int64
}

// NewWriter returns a writer of one pack to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Add copies a member. TooLarge past the bounds of a pack.
func (p *Writer) Add(m Member) error {
	if m.Size > MaxFile || p.offset+m.Size > MaxPack || len(p.entries) >= MaxFiles {
		return core.Errorf(core.TooLarge, "The evidence pack would pass %d MiB or %d files, at %s.", MaxPack>>20, MaxFiles, m.Name).
			Hinted("Export a shorter period, or one app.")
	}
	if !goodName(m.Name) {
		return core.Hidden("Writing the evidence pack", fmt.Errorf("the name %q is not allowed", m.Name))
	}
	e := entry{m.Name, m.CRC, uint32(m.Size), uint32(p.offset)}
	head := e.local()
	if _, err := p.w.Write(head); err != nil {
		return err
	}
	n, err := io.Copy(p.w, m.reader())
	if err != nil {
		return err
	}
	if n != m.Size {
		return core.Hidden("Writing the evidence pack", fmt.Errorf("%s has %d bytes, not %d", m.Name, n, m.Size))
	}
	p.offset += int64(len(head)) + n
	p.entries = append(p.entries, e)
	return nil
}

// Close writes the list of members.
func (p *Writer) Close() error {
	_, err := p.w.Write(directory(p.entries, p.offset))
	return err
}
