package verify

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

// Options say what to hold the log against.
type Options struct {
	// Key is the verifier key of the log, as package note writes it. Needed.
	Key string
	// OwnKey says that Key was found beside the log.
	OwnKey bool
	// Known are signed checkpoints that were kept elsewhere. They show whether
	// the log was cut back or rewritten together with its own checkpoints.
	Known []string
	// Workers is how many chunks are read at a time; 0 means one for each core.
	Workers int
	// Progress is told how many of how many leaves are checked; nil for nobody.
	Progress func(done, all int64)
}

// Run checks the whole log. It reads it as a stream: memory does not grow with
// the log. Problems are in the result; an error means that the check could not
// be done (Unreadable, Invalid for a bad key).
func Run(ctx context.Context, src Source, o Options) (Result, error) {
	verifier, err := note.NewVerifier(o.Key)
	if err != nil {
		return Result{}, core.Errorf(core.Invalid, "audit key %q is not a verifier key", short(o.Key)).
			Hinted("Give the line from audit.vkey: name+hash+key.")
	}
	v := &run{verifier: verifier, hypotheses: []*hypothesis{{tree: &tree{}}}, good: &tree{}, toldLeaf: -1,
		res: Result{OK: true, Key: o.Key, OwnKey: o.OwnKey, Origin: verifier.Name(), FirstBad: -1, Problems: []Problem{}}}
	if err := v.begin(ctx, src, o.Known); err != nil {
		return v.res, err
	}
	size, err := v.bounds(ctx, src)
	if err != nil {
		return v.res, err
	}
	err = v.readChunks(ctx, src, size, cmp.Or(o.Workers, runtime.GOMAXPROCS(0)), func(c *chunk) error {
		v.use(c)
		if o.Progress != nil {
			o.Progress(c.to, size)
		}
		return nil
	})
	if err == nil {
		err = v.finish(ctx, src)
	}
	return v.res, err
}

// run is one check under way.
type run struct {
	verifier   note.Verifier
	res        Result
	extent     Extent
	waiting    waiting
	hypotheses []*hypothesis          // at least one, the likeliest first
	known      []head                 // given ones that are not reached yet, by size
	nodes      map[int64][]storedHash // of the levels above the first
	good       *tree                  // at the last checkpoint that the log led to
	recent     []recent               // the tiles since then, as far as they are worth keeping
	goodKnown  int64                  // the same, of those that were given
	forked     bool                   // the log has left its checkpoints
	absent     int64                  // leaves without event
	latest     int64                  // the latest time of an event that has a leaf
	toldLeaf   int64                  // highest index of a leaf that was told to be bad
}

// begin reads what is stored apart from the leaves.
func (v *run) begin(ctx context.Context, src Source, known []string) (err error) {
	v.addKnown(known)
	if v.extent, err = src.Extent(ctx, v.waiting.take); err != nil {
		return err
	}
	v.res.Pending = v.extent.Pending
	if err := v.loadNodes(ctx, src); err != nil {
		return err
	}
	return src.Heads(ctx, math.MinInt64, 0, func(size int64, signed string) error {
		_, p := readHead(size, signed, v.verifier)
		if p == nil {
			p = &Problem{0, "A checkpoint is stored under a size that cannot be.", head{size: size}.where(), "", fixRestore}
		}
		v.res.add(*p)
		return ctx.Err()
	})
}

// addKnown takes checkpoints that were kept elsewhere.
func (v *run) addKnown(known []string) {
	for i, signed := range known {
		h, fault := openHead(signed, v.verifier)
		h.known = i + 1
		if fault != "" {
			v.res.add(Problem{-1, "A checkpoint is wrong: " + fault + ".", h.where(), short(signed), fixKnown})
			continue
		}
		v.known = append(v.known, h)
	}
	slices.SortStableFunc(v.known, func(a, b head) int { return cmp.Compare(a.size, b.size) })
	v.twoHeads()
}

// twoHeads tells of given checkpoints of one size with two roots: the key
// signed both, whatever the log says.
func (v *run) twoHeads() {
	for i := 1; i < len(v.known); i++ {
		if a, b := v.known[i-1], v.known[i]; a.size == b.size && a.root != b.root {
			v.res.add(Problem{-1, "The key signed two logs of one size: the log was forked.", a.where() + " and " + b.where(),
				fmt.Sprintf("size %d", a.size), fixFork})
		}
	}
}

// bounds returns how many leaves to read. Indexes that lie outside what can be
// there are told, so that one mad index does not make the check endless: there
// are as many leaves as there are, or as many as are signed.
func (v *run) bounds(ctx context.Context, src Source) (int64, error) {
	e := v.extent
	if e.Lowest < 0 {
		v.res.add(Problem{0, "A leaf stands before the start of the log.", fmt.Sprintf("audit_leaf idx %d", e.Lowest), "", fixRestore})
	}
	most := e.Leaves
	if e.End <= most {
		return e.End, nil
	}
	err := src.Heads(ctx, most, math.MaxInt64, func(size int64, signed string) error {
		if h, fault := readHead(size, signed, v.verifier); fault == nil {
			most = h.size
		}
		return ctx.Err()
	})
	if err != nil || e.End <= most {
		return min(e.End, most), err
	}
	last, err := src.Last(ctx, most)
	v.res.add(Problem{last + 1, "A leaf stands past the end of the log.", fmt.Sprintf("audit_leaf idx %d", e.End-1), "", fixRestore})
	return last + 1, err
}

// use adds one chunk to the tree and holds it against what is stored and signed.
func (v *run) use(c *chunk) {
	slices.SortStableFunc(c.faults, func(a, b Problem) int { return cmp.Compare(a.Index, b.Index) })
	v.res.Erased += c.erased
	v.absent += c.absent
	v.latest = max(v.latest, c.latest)
	for _, p := range c.unsigned {
		v.res.add(p)
	}
	heads, faults := c.heads, c.faults
	for i := range c.tiles {
		t, start := &c.tiles[i], c.from+int64(i)*tileWidth
		end := start + int64(len(t.leaves))
		for len(faults) > 0 && faults[0].Index < end {
			v.res.add(faults[0])
			v.toldLeaf = faults[0].Index
			faults = faults[1:]
		}
		own := 0
		for own < len(heads) && heads[own].size <= end {
			own++
		}
		v.grow(t, start, v.due(heads[:own], end))
		heads = heads[own:]
	}
}

// due returns the checkpoints up to the size end: the log's own ones and those
// that were given, by size.
func (v *run) due(own []head, end int64) []head {
	n := 0
	for n < len(v.known) && v.known[n].size <= end {
		n++
	}
	if n == 0 {
		return own
	}
	all := append(slices.Clone(own), v.known[:n]...)
	v.known = v.known[n:]
	slices.SortStableFunc(all, func(a, b head) int { return cmp.Compare(a.size, b.size) })
	return all
}
