// Package sbom writes the list of an app's parts as CycloneDX 1.6 or SPDX 2.3
// JSON (CHK-4). The same input gives the same bytes: the serial number is made
// from what is listed, and the time is the one that the caller gives.
package sbom

import (
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// Subject says whose parts are listed.
type Subject struct {
	App, Commit string
	Tool        string    // version of Paddock
	Time        time.Time // of the commit; zero when it is not known, and then none is written
	Unread      bool      // a part of the tree could not be read: the list does not call itself whole
}

// Format is a form of the list.
type Format string

// The formats.
const (
	CycloneDX Format = "cyclonedx" // 1.6, JSON
	SPDX      Format = "spdx"      // 2.3, JSON
)

// Make writes the bill of materials of all projects, and of other parts, as
// CycloneDX.
func Make(s Subject, set *lockfile.Set, others ...Other) ([]byte, findings.Result) {
	return MakeAs(CycloneDX, s, set, others...)
}

// MakeAs writes the bill in a format.
func MakeAs(format Format, s Subject, set *lockfile.Set, others ...Other) ([]byte, findings.Result) {
	b := collect(s, set, others)
	res := findings.Result{Looked: fmt.Sprintf("%s, %s", findings.Count(len(b.parts), "part"), format.title()), Seen: core.Coverage{Packages: set.Packages()}}
	gaps(set, func(what string) { res.Missed("%s", what) })
	b.whole = len(res.Incomplete) == 0 && !s.Unread
	out, err := b.cyclonedx, error(nil)
	if format == SPDX {
		out = b.spdx
	}
	data, err := out()
	if err != nil {
		res.Missed("the list of parts could not be written")
		return nil, res
	}
	return data, res
}

func (f Format) title() string {
	if f == SPDX {
		return "SPDX 2.3"
	}
	return "CycloneDX 1.6"
}

// gaps names what keeps the list from being whole.
func gaps(set *lockfile.Set, missed func(string)) {
	for i := range set.Projects {
		p := &set.Projects[i]
		switch open := p.Open(); {
		case p.LockFile.Path == "" && len(p.Asks) > 0:
			missed(fmt.Sprintf("the packages of %s are not listed, for want of a readable %s", p.List(), p.Wanted))
		case len(open) > 0:
			missed(fmt.Sprintf("%s of %s are not listed, because their versions are open", findings.Count(len(open), "package"), p.List()))
		}
	}
	for _, f := range set.Faults {
		missed(f)
	}
	for _, g := range set.Gaps {
		missed(g.Text())
	}
}
