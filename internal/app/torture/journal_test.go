package torture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// journal is what the parent knows of the acts of a day: which were begun, and
// what the child said of them. Nothing else is known after a fault.
type journal struct {
	acts  []act
	begun []bool
	said  []core.Code // "" for done
	heard []bool      // the child has said what became of it
	tried bool        // a child has lived
}

func newJournal(acts []act) *journal {
	n := len(acts)
	return &journal{acts: acts, begun: make([]bool, n), said: make([]core.Code, n), heard: make([]bool, n)}
}

// listen reads what a child says until it ends.
func (j *journal) listen(r io.Reader) error {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var word, code string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &word, &n); err != nil || n >= len(j.acts) {
			return fmt.Errorf("the child said %q", lines.Text())
		}
		switch word {
		case "begin":
			j.begun[n] = true
		case "done":
			j.heard[n] = true
		case "fail":
			j.heard[n] = true
			_, _ = fmt.Sscan(lines.Text(), &word, &n, &code)
			j.said[n] = core.Code(code)
		default:
			return fmt.Errorf("the child said %q", lines.Text())
		}
	}
	return nil
}

// next is the number of the first act that was not begun.
func (j *journal) next() int {
	for i, begun := range j.begun {
		if !begun {
			return i
		}
	}
	return len(j.acts)
}

// clock is what the clock shows before act n.
func (j *journal) clock(n int) time.Time {
	now := start
	for _, a := range j.acts[:n] {
		now = now.Add(a.Later)
	}
	return now
}

// lost reports whether the source of last use cannot be read before act n.
func (j *journal) lost(n int) (lost bool) {
	for _, a := range j.acts[:n] {
		if a.Kind == "lost" || a.Kind == "back" {
			lost = a.Kind == "lost"
		}
	}
	return lost
}

// refused reports whether an answer means that nothing was done: the others
// leave open whether the act was done.
func refused(c core.Code) bool {
	return c != "" && c != core.Internal && c != core.Unavailable
}

// bounds says how often acts like a may be there: at least as often as the child
// has acknowledged them, at most as often as it may have done them. Who archives
// or restores what he has archived or restored before is answered as he was then:
// a repetition need not be there once more.
func (j *journal) bounds(a act) (least, most int) {
	undone := true // by an acknowledged act of the other kind
	for i, b := range j.acts {
		acked := j.heard[i] && j.said[i] == ""
		if b.Arg == a.Arg && acked && b.Kind == opposite[a.Kind] {
			undone = true
		}
		if b.Kind != a.Kind || b.Arg != a.Arg || b.By != a.By || !j.begun[i] {
			continue
		}
		switch {
		case acked:
			if most++; undone {
				least++
			}
			undone = opposite[a.Kind] == ""
		case !j.heard[i] || !refused(j.said[i]):
			most++
		}
	}
	return least, most
}

// opposite are the acts that undo each other.
var opposite = map[string]string{"archive": "restore", "restore": "archive"}

// hold holds what is there against the journal: nothing acknowledged is lost,
// each act is there at most once, and in whole or not at all.
func (j *journal) hold(ctx context.Context, w *world) error {
	var broken []error
	for _, a := range j.acts {
		k := kinds()[a.Kind]
		if k.tally == nil {
			continue
		}
		least, most := j.bounds(a)
		n, err := k.tally(ctx, w, a)
		if err != nil {
			broken = append(broken, fmt.Errorf("%s: %w", a, err))
		} else if n < least || n > most {
			broken = append(broken, fmt.Errorf("%s is there %d times; acknowledged %d, begun %d", a, n, least, most))
		}
	}
	return errors.Join(broken...)
}

// day is the time unit of life-cycle clocks.
const oneDay = 24 * time.Hour

// retired looks for apps that were queued or archived without proven idle time:
// longer ago than their last acknowledged use, less the time in which nobody could
// look (promise 3).
func (j *journal) retired(ctx context.Context, w *world) error {
	var broken []error
	for action, least := range map[string]time.Duration{"app.idle": 90 * oneDay, "app.archive": 120 * oneDay} {
		rows, err := w.pool.QueryContext(ctx, `SELECT a.name, e.at FROM audit_event e JOIN app a ON a.id = e.app_id WHERE e.action = $1 AND e.code = 'ok' AND e.actor_kind = 'system'`, action)
		if err != nil {
			return err
		}
		for rows.Next() {
			var name string
			var at int64
			if err := rows.Scan(&name, &at); err != nil {
				return errors.Join(err, rows.Close())
			}
			if idle := j.idle(name, core.Moment(at)); idle < least-time.Hour {
				broken = append(broken, fmt.Errorf("false retirement: %s of %s at %s after at most %s of proven idle time", action, name, core.Moment(at), idle))
			}
		}
		broken = append(broken, rows.Err(), rows.Close())
	}
	return errors.Join(broken...)
}

// idle is the longest time for which an app can be proven unused at a moment of
// the day: what the clock went on, while the source could be read, since the last
// act that counts as use.
func (j *journal) idle(app string, at time.Time) time.Duration {
	var idle time.Duration
	now, lost, found := start, false, time.Duration(0)
	for i, a := range j.acts {
		now = now.Add(a.Later)
		if !lost {
			idle += a.Later
		}
		switch {
		case a.Kind == "lost" || a.Kind == "back":
			lost = a.Kind == "lost"
		case a.Arg == app && j.heard[i] && j.said[i] == "" && (a.Kind == "use" || a.Kind == "restore" || a.Kind == "app" || a.Kind == "ask"):
			idle = 0
		}
		if d := now.Sub(at); d > -time.Minute && d < time.Minute {
			found = max(found, idle)
		}
	}
	return found
}
