package osv

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Making says who makes a database, and when.
type Making struct {
	Now          time.Time
	Tool         string // "paddock 1.2"
	Installation string
	Key          string // public half of the signer's key, as PEM
	From         string // names of the sources, for people
	Sign         Signer
}

func (m Making) manifest() Manifest {
	return Manifest{Made: m.Now.UTC().Format(time.RFC3339), Tool: m.Tool, Installation: m.Installation, Key: m.Key}
}

// Save writes a harvest as a database. Ecosystems of an older one that the
// harvest does not have are taken over; old may be nil. It returns the names of
// the ecosystems that are new or replaced.
func Save(w io.Writer, h *Harvest, old *DB, by Making) ([]string, error) {
	packs := h.packs()
	if len(packs) == 0 {
		return nil, core.Errorf(core.Unreadable, "Among %d records there is none about a version of a package.", h.read).Hinted("Look whether these are OSV records.")
	}
	var names []string
	for i := range packs {
		packs[i].Imported, packs[i].From = by.Now.UTC().Format(time.DateOnly), by.From
		names = append(names, packs[i].Name)
	}
	return names, write(w, by.manifest(), packs, old, without(old, names), by.Sign)
}

// Merge writes the ecosystems of one database, or only the named ones, and those
// of an older one that it does not have. It keeps what was said about their
// origin. Every block is checked on its way.
func Merge(w io.Writer, db *DB, only []string, old *DB, by Making) ([]string, error) {
	var names []string
	for _, e := range db.Ecosystems {
		if len(only) == 0 || slices.Contains(only, e.Name) {
			names = append(names, e.Name)
		}
	}
	for _, name := range only {
		if !slices.Contains(names, name) {
			return nil, core.Errorf(core.NotFound, "The database has no ecosystem %q.", name).Hinted("It has: %s.", strings.Join(db.names(), ", "))
		}
	}
	out, err := newWriter(w)
	if err != nil {
		return nil, err
	}
	m := by.manifest()
	type part struct {
		Ecosystem
		from *DB
	}
	var parts []part
	for _, e := range db.Ecosystems {
		if slices.Contains(names, e.Name) {
			if e.From == "" || by.From != "" {
				e.From = strings.Trim(e.From+"; "+by.From, "; ")
			}
			parts = append(parts, part{e, db})
		}
	}
	for _, e := range without(old, names) {
		parts = append(parts, part{e, old})
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range parts {
		if err := out.copy(p.from, p.Name); err != nil {
			return nil, err
		}
		m.Ecosystems = append(m.Ecosystems, p.Ecosystem)
	}
	return names, out.close(m, by.Sign)
}

func (m Manifest) names() []string {
	var out []string
	for _, e := range m.Ecosystems {
		out = append(out, e.Name)
	}
	return out
}

// without returns the ecosystems of a database that are not named.
func without(old *DB, names []string) []Ecosystem {
	if old == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(old.Ecosystems), func(e Ecosystem) bool { return slices.Contains(names, e.Name) })
}
