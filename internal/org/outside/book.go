package outside

import (
	"context"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Store keeps decisions that were made elsewhere.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	AddOutsideDecision(ctx context.Context, o core.OutsideDecision) (added bool, err error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Book takes in decisions. All fields are required.
type Book struct {
	Store Store
	Audit Audit
	Clock core.Clock
	IDs   core.IDs
	Rules func() *policy.Set // in force
}

// Taken says what an upload brought.
type Taken struct {
	New     int `json:"new"`
	Known   int `json:"known"`   // were here already
	Drifted int `json:"drifted"` // of the new ones
}

// Take compares an upload's decisions with our own rules and keeps the new ones,
// under one event. An upload that comes again changes nothing but the log.
// Errors: those of Read, and Unavailable when ctx ends.
func (b *Book) Take(ctx context.Context, who core.Person, by core.Actor, body []byte, compressed bool) (Taken, error) {
	records, err := Read(body, compressed)
	if err != nil {
		return Taken{}, err
	}
	rules, now := b.Rules(), b.Clock.Now()
	list := make([]core.OutsideDecision, 0, len(records))
	for _, r := range records {
		o, err := judge(ctx, rules, r)
		if err != nil {
			return Taken{}, err
		}
		o.ID, o.Reporter, o.Received = b.IDs.New(now), who.ID, core.Stamp(now)
		list = append(list, o)
	}
	var out Taken
	err = b.Store.InTx(ctx, func(ctx context.Context) error {
		out = Taken{} // the transaction may run again
		for _, o := range list {
			added, err := b.Store.AddOutsideDecision(ctx, o)
			switch {
			case err != nil:
				return err
			case !added:
				out.Known++
				continue
			case o.Drifts():
				out.Drifted++
			}
			out.New++
		}
		return b.Audit.Append(ctx, core.Event{Action: "policy.outside", Actor: by, Target: rules.Revision(), Code: "ok",
			Data: map[string]string{"new": strconv.Itoa(out.New), "known": strconv.Itoa(out.Known), "drifted": strconv.Itoa(out.Drifted)}})
	})
	return out, err
}
