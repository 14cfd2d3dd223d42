package catalog

import (
	"io/fs"
	"path"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
)

// vexDir holds OpenVEX documents, in folders as one likes.
const vexDir = "vex"

// maxVEX bounds the documents of a revision.
const maxVEX = 1000

// VEX reads the OpenVEX documents of a governance tree alone. Errors: Invalid.
func VEX(fsys fs.FS) ([]openvex.Source, error) {
	l := &loader{fsys: fsys, rev: &Revision{}}
	l.vex()
	return l.rev.VEX, core.Join(core.Invalid, "The OpenVEX documents have faults:", l.faults)
}

// vex reads vex/**/*.json. Each file there is a document: one that is not would
// be passed over in silence.
func (l *loader) vex() {
	names, err := filesUnder(l.fsys, vexDir, maxVEX)
	l.note(err)
	for _, name := range names {
		switch {
		case path.Base(name) == "README.md" || path.Base(name)[0] == '.':
			continue
		case path.Ext(name) != ".json":
			l.faults = append(l.faults, core.Errorf(core.Invalid, "This is not read: OpenVEX documents end in .json.").Hinted("Rename it, or move it out of %s/.", vexDir).At(name))
			continue
		}
		b, ok := l.read(name)
		if !ok {
			continue
		}
		doc, err := openvex.Parse(name, b)
		if err != nil {
			l.note(err)
			continue
		}
		l.rev.VEX = append(l.rev.VEX, openvex.Source{Document: doc, From: name})
	}
}
