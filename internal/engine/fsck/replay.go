package fsck

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/paddock-dev/paddock/internal/core"
)

// Policies is one revision of the rules.
type Policies interface {
	// Replay answers a gate from the stored bytes of its input.
	Replay(ctx context.Context, gate core.Gate, input []byte) (core.Verdicts, error)
}

// Rules finds former revisions.
type Rules interface {
	// Find returns the policies of the wanted revisions, by revision, as far as
	// they can be found. halted are lists of rules that some revision was put in
	// force without. An error means that it could not look.
	Find(ctx context.Context, wanted []string, halted [][]string) (map[string]Policies, error)
}

const (
	fixReplay  = "Somebody changed the answer, the input or the rules after the fact. Look at the decision's event and at the governance repository's history."
	fixUnknown = "Bring back the governance repository from a backup: without these rules the decisions cannot be checked."
)

// Replayed says how many decisions were decided again.
type Replayed struct {
	Decisions int64 `json:"decisions"` // replayed, with the same answer or another
	Differ    int64 `json:"differ"`
	Unknown   int64 `json:"unknown"` // not replayed: their revision cannot be found
	Revisions int   `json:"revisions"`
	Skipped   bool  `json:"skipped"` // nobody gave a way to find revisions
}

const replaySQL = `SELECT id, gate, result, verdicts, input FROM decision WHERE policy = '%s' ORDER BY id`

// replay decides every stored decision again, by the rules that it names
// (promise 2). One whose rules cannot be found is told: it is not known to be
// right.
func (l *look) replay(ctx context.Context) error {
	if l.Rules == nil {
		l.res.Replay.Skipped = true
		return nil
	}
	differ, unknown := l.check("replay", fixReplay), l.check("replay-rules", fixUnknown)
	counts := map[string]int64{}
	err := l.each(ctx, `SELECT policy, CAST(COUNT(*) AS TEXT) FROM decision GROUP BY policy ORDER BY policy`, 2, func(row []string) error {
		counts[row[0]] = number(row[1])
		return nil
	})
	if err != nil || len(counts) == 0 {
		return err
	}
	var halted [][]string
	err = l.each(ctx, `SELECT DISTINCT halted FROM activation WHERE halted <> '' ORDER BY halted`, 1, func(row []string) error {
		halted = append(halted, strings.Fields(row[0]))
		return nil
	})
	if err != nil {
		return err
	}
	found, err := l.Rules.Find(ctx, slices.Sorted(maps.Keys(counts)), halted)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	why := ""
	if err != nil {
		why = core.AsError(err).Error()
	}
	all, done := int64(0), new(atomic.Int64)
	for _, n := range counts {
		all += n
	}
	for _, revision := range slices.Sorted(maps.Keys(counts)) {
		rules, ok := found[revision]
		if !ok || strings.ContainsRune(revision, '\'') {
			l.res.Replay.Unknown += counts[revision]
			unknown.tell("Decisions name rules that cannot be found, so nobody knows whether they were right.", "revision "+revision, why)
			continue
		}
		l.res.Replay.Revisions++
		if err := l.again(ctx, revision, rules, differ, done, all); err != nil {
			return err
		}
	}
	l.res.Replay.Decisions = done.Load()
	return nil
}

// stored is one decision as it is kept.
type stored struct{ id, gate, result, verdicts, input string }

// batch is how many decisions one worker takes at a time.
const batch = 64

// again replays the decisions of one revision with several workers, and tells
// of those that differ in the order of their ids.
func (l *look) again(ctx context.Context, revision string, rules Policies, f *finder, done *atomic.Int64, all int64) error {
	g, gctx := errgroup.WithContext(ctx)
	work := make(chan []stored)
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for list := range work {
				for _, d := range list {
					what, value := d.differs(gctx, rules)
					if gctx.Err() != nil {
						return gctx.Err()
					}
					if what != "" {
						l.differed(f, d, what, value)
					}
				}
				done.Add(int64(len(list)))
			}
			return nil
		})
	}
	var list []stored
	send := func() error {
		select {
		case work <- list:
			list = nil
			l.told("decisions", done.Load(), all)
			return nil
		case <-gctx.Done():
			return gctx.Err()
		}
	}
	err := l.each(ctx, strings.Replace(replaySQL, "%s", revision, 1), 5, func(row []string) error {
		list = append(list, stored{row[0], row[1], row[2], row[3], row[4]})
		if len(list) < batch {
			return nil
		}
		return send()
	})
	if err == nil && len(list) > 0 {
		err = send()
	}
	close(work)
	if werr := g.Wait(); werr != nil {
		return werr
	}
	return err
}

// differed tells of one decision; workers call it.
func (l *look) differed(f *finder, d stored, what, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.res.Replay.Differ++
	f.tell(what, "decision "+d.id, value)
}

// differs decides again and says how the answer differs, "" if it does not.
func (d stored) differs(ctx context.Context, rules Policies) (what, value string) {
	now, err := rules.Replay(ctx, core.Gate(d.gate), []byte(d.input))
	if err != nil {
		return "A decision cannot be replayed: its input cannot be read.", core.AsError(err).Msg
	}
	was := verdictsOf(d.verdicts)
	refused := len(was.Deny)
	was.Deny = slices.DeleteFunc(slices.Clone(was.Deny), func(r core.Reason) bool { return r.Rule == "approval" && r.Code == "approval_refused" })
	said := refused > len(was.Deny) // an approver said no, which no rule can know
	if !sameReasons(was.Deny, now.Deny) {
		return "A replayed decision is denied for other reasons.", reasons(was.Deny) + " became " + reasons(now.Deny)
	}
	if !sameReasons(was.Warn, now.Warn) {
		return "A replayed decision has other warnings.", reasons(was.Warn) + " became " + reasons(now.Warn)
	}
	if !slices.Equal(was.Approve, now.Approve) {
		return "A replayed decision asks other people.", roles(was.Approve) + " became " + roles(now.Approve)
	}
	want := []string{string(core.Allow)}
	switch {
	case len(now.Deny) > 0 || said:
		want = []string{string(core.Deny)}
	case len(now.Approve) > 0: // allowed once they said yes, which other checks look at
		want = []string{string(core.Waiting), string(core.Allow)}
	}
	if !slices.Contains(want, d.result) {
		return "A decision's answer is not the one that the rules gave.", d.result + ", the rules say " + want[0]
	}
	return "", ""
}

// sameReasons compares reasons. What a failed policy says is the engine's own
// text, which another version may word otherwise.
func sameReasons(a, b []core.Reason) bool {
	return slices.EqualFunc(a, b, func(x, y core.Reason) bool {
		if x.Code == "policy_error" && y.Code == x.Code {
			return x.Rule == y.Rule
		}
		return x == y
	})
}

func reasons(list []core.Reason) string {
	if len(list) == 0 {
		return "nothing"
	}
	var codes []string
	for _, r := range list {
		codes = append(codes, r.Code)
	}
	return strings.Join(codes, ", ")
}

func roles(list []core.Need) string {
	if len(list) == 0 {
		return "nobody"
	}
	var names []string
	for _, n := range list {
		names = append(names, string(n.Role))
	}
	return strings.Join(names, ", ")
}
