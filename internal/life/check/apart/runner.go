package apart

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/confined"
)

// Limits bound the checks of one tree.
type Limits struct {
	Time   time.Duration // by the clock, and of processors
	Memory uint64        // that can be written to, in bytes
}

// DefaultLimits are far above what the largest tree needs that is checked at all.
func DefaultLimits() Limits { return Limits{Time: time.Minute, Memory: 1 << 30} }

func (l Limits) bounds() confined.Bounds {
	return confined.Bounds{CPU: l.Time, Stack: 128 << 20, Heap: int64(l.Memory / 2), Data: l.Memory}
}

// Runner checks trees, each in a process of its own. It is safe for concurrent use.
type Runner struct {
	// Command returns the command that runs Child, such as this binary with a
	// hidden argument. It is given no environment unless it sets one.
	Command  func(ctx context.Context) *exec.Cmd
	Limits   Limits
	Clock    core.Clock
	Log      *slog.Logger
	Version  string
	Key      []byte        // see check.Options
	Database func() []byte // where the vulnerability database is, for Hands.Advisories
	// Slots bounds how many processes run at once, by its capacity; the others
	// wait. Nil means no bound.
	Slots chan struct{}
}

// Run checks a tree as check.Engine does. If the process does not come to its
// end, every check is incomplete, with the reason. An error means that nothing
// could be read, that no process could be started, or that ctx has ended.
func (r *Runner) Run(ctx context.Context, in check.Input) (core.Report, error) {
	o, err := orderOf(in)
	if err != nil {
		return core.Report{}, err
	}
	if r.Slots != nil {
		select {
		case r.Slots <- struct{}{}:
			defer func() { <-r.Slots }()
		case <-ctx.Done():
			return core.Report{}, core.Hidden("Waiting to check a change", ctx.Err())
		}
	}
	o.Limits, o.Now, o.Version, o.Key, o.Database = r.Limits, r.Clock.Now(), r.Version, r.Key, r.Database()
	t := &talk{in: in, order: o}
	limited, cancel := context.WithTimeout(ctx, r.Limits.Time)
	defer cancel()
	end, err := confined.Talk(limited, r.Command, func(w io.Writer, out io.Reader) error { return t.hold(limited, w, out) })
	switch {
	case err != nil:
		return core.Report{}, err
	case ctx.Err() != nil:
		return core.Report{}, core.Hidden("Checking a change", ctx.Err())
	case t.unread != nil:
		return core.Report{}, t.unread
	case end.Talk == nil && t.last.Error != nil:
		return core.Report{}, t.last.Error.Open()
	case end.Talk == nil:
		report := t.last.report()
		r.Log.InfoContext(ctx, "checked", "app", in.App, "commit", in.Commit, "verdict", string(report.Verdict), "findings", len(report.Findings))
		return report, nil
	}
	why := r.why(end, limited.Err() != nil)
	r.Log.ErrorContext(ctx, "the checks stopped", "app", in.App, "commit", in.Commit, "why", why, "talk", fmt.Sprint(end.Talk), "exit", fmt.Sprint(end.Exit))
	return check.Stopped(r.Version, in, "The checks stopped: "+why+". Nothing is known of this change."), nil
}

// why says in words how the process ended. What it wrote to its standard error may
// hold what it read, so nothing of it is repeated.
func (r *Runner) why(end confined.Ended, late bool) string {
	switch memory := strings.Contains(end.Said, "out of memory") || strings.Contains(end.Said, "cannot allocate memory") || strings.Contains(end.Said, "failed to allocate"); {
	case late || end.CPU >= r.Limits.Time:
		return fmt.Sprintf("they took more than %d seconds", int(r.Limits.Time.Seconds()))
	case memory:
		return fmt.Sprintf("they needed more than %d MB of memory", r.Limits.Memory>>20)
	case errors.Is(end.Talk, errProtocol):
		return "their answer made no sense"
	}
	return "they broke down on a file"
}

// talk is one conversation.
type talk struct {
	in     check.Input
	order  order
	unread error // the files could not be read
	last   said
}

func (t *talk) hold(ctx context.Context, w io.Writer, out io.Reader) error {
	enc, buf, err := send(w, t.order, t.in.Files)
	if core.CodeOf(err) == core.Unreadable {
		t.unread = err
	}
	if err != nil {
		return err
	}
	if t.last, err = listen(out); err != nil {
		return err
	}
	revision := ""
	if t.last.Ask && t.last.Report != nil {
		if revision, err = t.merge(ctx, enc, buf); err != nil {
			return err
		}
		if t.last, err = listen(out); err != nil {
			return err
		}
	}
	return t.believable(revision)
}

// merge answers what the merge rules say, and returns their revision.
func (t *talk) merge(ctx context.Context, enc *gob.Encoder, buf *bufio.Writer) (string, error) {
	if t.in.Policy == nil {
		return "", errProtocol
	}
	v, revision, err := t.in.Policy.Merge(ctx, t.last.report())
	if err != nil {
		v, revision = core.Verdicts{}, ""
	}
	if err := enc.Encode(answer{v, revision, err != nil}); err != nil {
		return "", err
	}
	return revision, buf.Flush()
}

// believable holds the last answer against what was asked: it is about this
// commit, it tells of every check, and it names the rules that were asked.
func (t *talk) believable(revision string) error {
	if t.last.Error != nil {
		return nil
	}
	r := t.last.Report
	if t.last.Ask || r.App != t.in.App || r.Commit != t.in.Commit || r.PolicyRevision != revision || r.VEXDigest != t.in.VEX.Digest() {
		return errProtocol
	}
	for _, name := range check.Expected(t.in) {
		if !slices.ContainsFunc(r.Checks, func(c core.CheckResult) bool { return c.Name == name }) {
			return errProtocol
		}
	}
	if r.Verdict != check.Verdict(r.Checks) {
		return errProtocol
	}
	return nil
}
