package access_test

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// belief is what an observer outside knows of one grant: when it was to begin
// and end, by the shared clock. It is made without core.Grant's own methods.
type belief struct {
	person, app  core.ID
	role         core.GrantRole
	reason       string
	request      core.ID
	length       time.Duration
	wanted       time.Time
	draft, asked bool
	answered     bool
	lapses       time.Time
	starts, ends time.Time // zero until it was granted
	final        core.GrantState
}

func (b *belief) holds(now time.Time) bool {
	return b.final == "" && !b.starts.IsZero() && !now.Before(b.starts) && now.Before(b.ends)
}

func (b *belief) state(now time.Time) core.GrantState {
	switch {
	case b.final != "":
		return b.final
	case b.draft:
		return core.GrantDraft
	case b.starts.IsZero() && now.Before(b.lapses):
		return core.GrantPending
	case b.starts.IsZero():
		return core.GrantLapsed
	case now.Before(b.starts):
		return core.GrantScheduled
	case now.Before(b.ends):
		return core.GrantActive
	}
	return core.GrantExpired
}

func (b *belief) begin(now time.Time) {
	if b.starts = now; b.wanted.After(now) {
		b.starts = b.wanted
	}
	b.ends = b.starts.Add(b.length)
}
