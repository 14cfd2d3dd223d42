package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

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
