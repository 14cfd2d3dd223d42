package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// newest is the query without its cursor.
func newest(q view.EventQuery) view.EventQuery {
	q.Before = ""
	return q
}

// after is the query from a cursor on.
func after(q view.EventQuery, cursor string) view.EventQuery {
	q.Before = cursor
	return q
}

// entryNumber is an event's place in the tree.
func entryNumber(e view.Event) string {
	if e.Index < 0 {
		return "not in the tree yet"
	}
	return "entry " + strconv.FormatInt(e.Index, 10)
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// targetName is what an event acted on; digests are cut to what people compare.
func targetName(target string) string {
	if strings.HasPrefix(target, "sha256:") {
		return short(target)
	}
	return target
}

// witnessBadge is how asking a witness goes.
func witnessBadge(state string) badge {
	switch state {
	case core.WitnessOK:
		return badge{"Cosigns", "check", "ok"}
	case core.WitnessSilent:
		return badge{"Silent", "moon", "warn"}
	case core.WitnessForked:
		return badge{"Refuses", "stop", "bad"}
	}
	return badge{"Not asked yet", "clock", "wait"}
}

func witnessText(x view.Witness) string {
	switch {
	case x.Problem != "":
		return x.Problem
	case x.Answered.IsZero():
		return ""
	}
	return "up to " + plural(int(x.Size), "entry", "entries") + ", " + utcTime(x.Answered)
}

// witnessedText says how much of the log enough witnesses have cosigned.
func witnessedText(page view.EventPage) string {
	return strconv.FormatInt(page.Watch.Witnessed, 10) + " of " + strconv.FormatInt(page.Size, 10) + ", by at least " + plural(page.Watch.Quorum, "witness", "witnesses")
}

func copyBadge(c view.Copy) badge {
	if c.Problem != "" {
		return badge{"Fails", "stop", "warn"}
	}
	if c.Size == 0 {
		return badge{"No copy yet", "clock", "wait"}
	}
	return badge{"Copied", "check", "ok"}
}

func copyText(c view.Copy) string {
	if c.Problem != "" {
		return c.Problem
	}
	if c.Size == 0 {
		return "no copy yet"
	}
	return "up to " + plural(int(c.Size), "entry", "entries") + ", " + utcTime(c.At)
}
