package preview

import (
	"context"
	"iter"
	"reflect"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
)

// page is how many records are read at once.
const page = 1000

// Revision is a revision of the governance repository: rules, and the settings
// that are facts for them.
type Revision interface {
	Rules() *policy.Set
	Input(who core.Person, courses []string, d core.Descriptor) policy.Input
	TargetFor(region string) core.Target
	// Facts is all else that Input and TargetFor draw on. Revisions with equal
	// facts give equal inputs.
	Facts() any
}

// Store lists what the rules are asked about.
type Store interface {
	Fleet(ctx context.Context, after core.ID, most int) ([]core.FleetApp, error)
	DecisionsSince(ctx context.Context, since int64, after core.ID, most int) ([]core.PastDecision, error)
	AllCertificates(ctx context.Context) (map[core.ID]map[string]int64, error)
}

// Previews compares revisions. Both fields are required.
type Previews struct {
	Store Store
	Clock core.Clock
}

// Fleet asks, for each active or idle app, whether its owner could merge a change
// whose checks all pass, and whether what runs now could be deployed again. from
// is in force.
func (p Previews) Fleet(ctx context.Context, from, to Revision) (*whatif.Report, error) {
	certificates, err := p.Store.AllCertificates(ctx)
	if err != nil {
		return nil, err
	}
	now := p.Clock.Now()
	asked := apps{from: from, to: to, alike: reflect.DeepEqual(from.Facts(), to.Facts()), now: now.UTC().Format(time.RFC3339), courses: valid(certificates, core.Stamp(now))}
	return whatif.Run(ctx, from.Rules(), to.Rules(), pages(func(after core.ID) ([]core.FleetApp, error) {
		return p.Store.Fleet(ctx, after, page)
	}, func(a core.FleetApp) core.ID { return a.App.ID }, asked.subjects))
}

// Decisions asks what the rules of a revision would have answered to each decision
// since a moment, given the facts as they were then.
func (p Previews) Decisions(ctx context.Context, from, to Revision, since time.Time) (*whatif.Report, error) {
	at := core.Stamp(since)
	first := core.FirstID(since)
	return whatif.Run(ctx, from.Rules(), to.Rules(), pages(func(after core.ID) ([]core.PastDecision, error) {
		return p.Store.DecisionsSince(ctx, at, max(after, first), page)
	}, func(d core.PastDecision) core.ID { return d.ID }, past))
}

// Past hands each decision since a moment to fn, oldest first.
func (p Previews) Past(ctx context.Context, since time.Time, fn func(d core.PastDecision)) error {
	for after := core.FirstID(since); ; {
		list, err := p.Store.DecisionsSince(ctx, core.Stamp(since), after, page)
		if err != nil {
			return err
		}
		for _, d := range list {
			after = d.ID
			fn(d)
		}
		if len(list) < page {
			return nil
		}
	}
}

// pages turns pages of records into subjects.
func pages[T any](read func(after core.ID) ([]T, error), id func(T) core.ID, subjects func(T) []whatif.Subject) iter.Seq2[whatif.Subject, error] {
	return func(yield func(whatif.Subject, error) bool) {
		for after := core.ID(""); ; {
			list, err := read(after)
			if err != nil {
				yield(whatif.Subject{}, err)
				return
			}
			for _, record := range list {
				after = id(record)
				for _, s := range subjects(record) {
					if !yield(s, nil) {
						return
					}
				}
			}
			if len(list) < page {
				return
			}
		}
	}
}

// valid lists the courses of each person that have not ended, sorted.
func valid(all map[core.ID]map[string]int64, now int64) map[core.ID][]string {
	out := map[core.ID][]string{}
	for person, courses := range all {
		for course, until := range courses {
			if until == 0 || until > now {
				out[person] = append(out[person], course)
			}
		}
		slices.Sort(out[person])
	}
	return out
}
