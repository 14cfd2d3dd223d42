package audit

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

// batchLimit is how many leaves one checkpoint integrates at most.
const batchLimit = 1000

// maxStuck is how often in a row the store may refuse a batch although the tree
// has not grown. It is no race then: nobody has won it.
const maxStuck = 10

// leastWait and mostWait bound how long a sequencer that lost a race steps back,
// by chance: longer with each race it loses.
const leastWait, mostWait = time.Millisecond, 32 * time.Millisecond

// Interval is how often a sequencer should look for events. Those of one interval
// share a checkpoint and a durable write, unless nothing went on before.
const Interval = 250 * time.Millisecond

// drainTime bounds the last integration after Run is told to stop.
const drainTime = 5 * time.Second

// Sequencer integrates committed events into the tree and signs checkpoints.
// Several may run against one tree: the store's compare and swap keeps one
// history, whoever believes to be the leader. Its methods are safe for
// concurrent use. Lead and Grown may be set before Run.
type Sequencer struct {
	// Lead reports whether this process is the one that runs the sequencer; nil
	// means that it always is. It spares the others work and races, no more.
	Lead func(ctx context.Context) (bool, error)
	// Grown is called after Run has signed at least one further checkpoint.
	Grown func()

	tree     Tree
	signer   note.Signer
	verifier note.Verifier
	ticks    <-chan time.Time
	log      *slog.Logger
	wake     chan struct{}
	turn     chan struct{} // holds one token: one integration at a time
}

// NewSequencer returns a sequencer. signer and verifier are the two halves of
// the log's key; the signer's name is the log's origin. ticks makes it look for
// events even when nobody calls Wake, as when another process has committed
// them: give it one each Interval.
func NewSequencer(tree Tree, signer note.Signer, verifier note.Verifier, ticks <-chan time.Time, log *slog.Logger) *Sequencer {
	s := &Sequencer{tree: tree, signer: signer, verifier: verifier, ticks: ticks, log: log,
		wake: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Wake asks a running sequencer to look for events now. Call it after the
// commit. It never blocks.
func (s *Sequencer) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run integrates until ctx ends, then once more so that little stays pending.
// While nothing goes on a Wake is heeded at once. Under load it integrates at
// every second tick, so that many events share one durable write.
// A failed integration is logged and tried again at the next tick; nothing is
// lost, because events stay pending. It returns nil.
func (s *Sequencer) Run(ctx context.Context) error {
	rest := s.attempt(ctx)
	for {
		wake := s.wake
		if rest {
			wake = nil
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
			defer cancel()
			s.attempt(last)
			return nil
		case <-wake:
		case <-s.ticks:
			if rest {
				rest = false
				continue
			}
		}
		rest = s.attempt(ctx)
	}
}

// attempt integrates, logs what fails, and reports whether there was anything.
func (s *Sequencer) attempt(ctx context.Context) bool {
	n, err := s.led(ctx)
	if err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "audit: events stay pending", "error", err, "cause", core.AsError(err).Err)
	}
	if n > 0 && s.Grown != nil {
		s.Grown()
	}
	return n > 0
}

// led integrates if this process is the leader.
func (s *Sequencer) led(ctx context.Context) (int, error) {
	if s.Lead != nil {
		if leads, err := s.Lead(ctx); err != nil || !leads {
			return 0, err
		}
	}
	return s.IntegrateNow(ctx)
}

// IntegrateNow integrates everything that is pending and returns how many
// events it added. An event committed before the call is provable after it.
// Losing the race against another sequencer is not an error: it steps back, and
// is done once the other one has integrated what was pending, however often it
// loses. Errors: Conflict when the store refuses what nobody has raced for, which
// is damage.
func (s *Sequencer) IntegrateNow(ctx context.Context) (int, error) {
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	total, lost, stuck := 0, 0, 0
	var owed map[core.ID]bool // what was pending when this call began; nil until that is known
	for before := int64(-1); ctx.Err() == nil; {
		size, pending, err := s.look(ctx)
		all := len(pending) < batchLimit
		if err != nil || len(pending) == 0 || all && lost > 0 && owed != nil && !anyOf(pending, owed) {
			return total, err
		}
		if all && owed == nil {
			owed = make(map[core.ID]bool, len(pending))
			for _, e := range pending {
				owed[e.ID] = true
			}
		}
		err = s.add(ctx, size, pending)
		switch {
		case core.CodeOf(err) == core.Conflict:
			if stuck++; size != before {
				stuck = 0
			}
			if stuck > maxStuck {
				return total, err
			}
			before = size
			lost++
			s.stepBack(ctx, lost)
		case err != nil:
			return total, err
		default:
			// A batch that is not full held all that was pending when it was read. To
			// go on would chase every writer with a durable write of its own.
			if total += len(pending); all {
				return total, nil
			}
			stuck = 0
		}
	}
	return total, ctx.Err()
}

// anyOf reports whether any of the events is in a set.
func anyOf(events []core.AuditPending, set map[core.ID]bool) bool {
	return slices.ContainsFunc(events, func(e core.AuditPending) bool { return set[e.ID] })
}

// stepBack lets others go first.
func (s *Sequencer) stepBack(ctx context.Context, lost int) {
	t := time.NewTimer(rand.N(min(leastWait<<min(lost, 10), mostWait)))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// look returns the tree's size and the oldest events that are pending.
func (s *Sequencer) look(ctx context.Context) (size int64, pending []core.AuditPending, err error) {
	// The size comes first: if another sequencer integrates in between, what is
	// pending then is newer than the size, and the compare and swap fails.
	if size, err = s.tree.Size(ctx); err != nil {
		return 0, nil, err
	}
	pending, err = s.tree.Pending(ctx, batchLimit)
	return size, pending, err
}

// add integrates one batch into a tree of the given size.
func (s *Sequencer) add(ctx context.Context, size int64, pending []core.AuditPending) error {
	edge, err := s.trusted(ctx, size)
	if err != nil {
		return err
	}
	b, err := s.build(size, pending, edge)
	if err != nil {
		return err
	}
	return s.tree.Integrate(ctx, b)
}

// trusted reads the hashes that a tree of the given size is extended from, and
// refuses to go on if they do not match the last signed checkpoint.
func (s *Sequencer) trusted(ctx context.Context, size int64) (known, error) {
	edge := known{}
	if size == 0 {
		return edge, nil
	}
	signed, err := s.tree.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	last, err := OpenCheckpoint(signed, s.verifier)
	if err != nil {
		return nil, err
	}
	if last.Size < size {
		return nil, core.Errorf(core.Internal, "audit tree has %d leaves but its last checkpoint has %d; nothing more is signed", size, last.Size).
			Hinted("Run paddock audit verify.")
	}
	if last.Size > size {
		return nil, core.Errorf(core.Conflict, "audit tree grew from %d to %d leaves meanwhile", size, last.Size)
	}
	indexes := frontier(size)
	hashes, err := (&tileReader{ctx: ctx, store: s.tree}).hashes(last, indexes)
	if err != nil {
		return nil, err
	}
	for i, index := range indexes {
		edge[index] = hashes[i]
	}
	return edge, nil
}

// build computes the batch that appends events to a tree of the given size. edge
// holds the tree's frontier and is added to.
func (s *Sequencer) build(size int64, events []core.AuditPending, edge known) (core.AuditBatch, error) {
	b := core.AuditBatch{First: size, Events: events}
	next := tlog.StoredHashCount(size)
	for i, e := range events {
		h := tlog.RecordHash([]byte(e.Leaf))
		hashes, err := tlog.StoredHashesForRecordHash(size+int64(i), h, edge)
		if err != nil {
			return b, core.Hidden("Extending the audit tree", err)
		}
		for _, stored := range hashes {
			edge[next] = stored
			if level, n := tlog.SplitStoredHashIndex(next); level > 0 && level%tileHeight == 0 {
				b.Nodes = append(b.Nodes, core.AuditNode{Level: level / tileHeight, N: n, Hash: stored})
			}
			next++
		}
		b.Leaves = append(b.Leaves, h)
	}
	root, err := tlog.TreeHash(size+int64(len(events)), edge)
	if err != nil {
		return b, core.Hidden("Hashing the audit tree", err)
	}
	b.Checkpoint, err = Checkpoint{Origin: s.signer.Name(), Size: size + int64(len(events)), Root: root}.Sign(s.signer)
	return b, err
}
