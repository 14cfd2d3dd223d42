package inventory

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// Shelves keep what artifacts are made of.
type Shelves interface {
	// Quietly runs fn in a transaction that is no act.
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
	// Unindexed lists artifacts whose parts are not kept as their SBOM has them, by
	// digest; with again those too whose parts are.
	Unindexed(ctx context.Context, after string, again bool, most int) ([]core.Artifact, error)
	Shelve(ctx context.Context, a core.Artifact) error
	PutParts(ctx context.Context, artifact, sbom string, state core.BillState, parts []core.Part) error
}

// Blobs gives content by digest.
type Blobs interface {
	// Get returns the bytes with this digest. NotFound otherwise.
	Get(ctx context.Context, digest string) ([]byte, error)
}

// Indexer lists the parts of artifacts: of those that were brought in, and of
// those that were built before parts were kept. All fields are required.
type Indexer struct {
	Shelves Shelves
	Blobs   Blobs
}

// Indexed is what one run did.
type Indexed struct {
	Listed     int // parts are known now
	Unreadable int // an SBOM that cannot be read
	Gone       int // an SBOM that is not in the registry
	Without    int // artifacts without an SBOM
}

// String says it in words.
func (i Indexed) String() string {
	return fmt.Sprintf("%d artifacts listed, %d with an SBOM that cannot be read, %d whose SBOM is gone, %d without an SBOM", i.Listed, i.Unreadable, i.Gone, i.Without)
}

// atOnce is how many artifacts are asked for at a time.
const atOnce = 200

// Run lists the parts of every artifact that needs it; with again of every
// artifact. Each artifact is a transaction of its own, so a run that was cut off
// goes on where it stopped, and one that has nothing to do changes nothing.
// Errors: Unavailable when the registry or the store cannot be read.
func (x *Indexer) Run(ctx context.Context, again bool) (out Indexed, err error) {
	for after := ""; ; {
		list, err := x.Shelves.Unindexed(ctx, after, again, atOnce)
		if err != nil || len(list) == 0 {
			return out, err
		}
		for _, a := range list {
			after = a.Digest
			if err := x.Index(ctx, a, &out); err != nil {
				return out, err
			}
		}
	}
}

// Index lists the parts of one artifact that is kept, and counts in out what it
// found. It may be called inside a transaction, or outside.
func (x *Indexer) Index(ctx context.Context, a core.Artifact, out *Indexed) error {
	state, parts, gone := core.BillMissing, []core.Part(nil), false
	if a.SBOM != "" {
		doc, err := x.Blobs.Get(ctx, a.SBOM)
		switch core.CodeOf(err) {
		case "":
			state = core.BillListed
			if parts, err = Read(doc); err != nil { // the bill says so; searches count it as not known
				state = core.BillUnreadable
			}
		case core.NotFound, core.Blocked, core.Unreadable:
			gone = true
		default:
			return err
		}
	}
	err := x.Shelves.Quietly(ctx, func(ctx context.Context) error {
		if err := x.Shelves.Shelve(ctx, a); err != nil {
			return err
		}
		return x.Shelves.PutParts(ctx, a.Digest, a.SBOM, state, parts)
	})
	if err != nil {
		return err
	}
	switch {
	case gone:
		out.Gone++
	case a.SBOM == "":
		out.Without++
	case state == core.BillListed:
		out.Listed++
	default:
		out.Unreadable++
	}
	return nil
}
