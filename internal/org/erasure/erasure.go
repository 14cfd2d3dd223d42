// Package erasure takes a person out of the records. The audit log keeps every
// proof: what names somebody there is committed to with a salt, and only what
// opens the commitment goes. What a digest in the log binds (the inputs of
// decisions, what was signed) stays, and is counted.
package erasure

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// Result says what was erased, or would be, and what still names the person.
type Result struct {
	Person core.ID `json:"person"`
	As     string  `json:"as"` // what stands in the place of e-mail and name

	Events      int64    `json:"events"` // of the log, that lost what named the person
	Values      int64    `json:"values"` // their values that can no longer be opened
	Credentials int64    `json:"credentials"`
	Notices     int64    `json:"notices"`
	Records     int64    `json:"records"` // other texts that named the person
	Apps        []string `json:"apps"`    // whose descriptor named the person

	Decisions   int64 `json:"decisions_kept"` // that name the person in what their digest binds
	Documents   int64 `json:"documents_kept"` // SBOMs and OpenVEX documents that do
	EventsClear int64 `json:"events_kept"`    // whose logged bytes name the person outside of a commitment
}

// Opening is what of an event may name a person.
type Opening struct {
	ID, ActorID core.ID
	Opening     string
	Leaf        string
}

// Roll knows people and what they own.
type Roll interface {
	// PersonByEmail returns a person. Errors: NotFound.
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
	People(ctx context.Context) ([]core.Person, error)
	// OwnedBy lists an owner's apps by name, but for those in the given states.
	OwnedBy(ctx context.Context, owner core.ID, but ...core.AppState) ([]string, error)
}

// Events are what the log keeps beside the logged bytes.
type Events interface {
	// Openings returns up to most events after an id, by id.
	Openings(ctx context.Context, after core.ID, most int) ([]Opening, error)
	// EraseOpening leaves of an opening what is given, and empties the columns
	// that repeat what went.
	EraseOpening(ctx context.Context, event core.ID, rest string, actorName, target bool) error
}

// Records are everything else.
type Records interface {
	ErasePerson(ctx context.Context, id core.ID, as string) (credentials, notices int64, err error)
	EraseWords(ctx context.Context, t core.Trace) (int64, error)
	EraseFromApps(ctx context.Context, t core.Trace) (apps []string, err error)
	// StillNaming counts the rows of decision, report, vex_document, outside_report or own_report that name a
	// person in what is bound by a digest.
	StillNaming(ctx context.Context, table string, t core.Trace) (int64, error)
}

// Tx is one transaction.
type Tx interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Eraser erases people. Its parts must be the owner's: the server's role on
// PostgreSQL may not change the log.
type Eraser struct {
	Roll    Roll
	Events  Events
	Records Records
	Tx      Tx
	Audit   Audit
}

// errOnlyLooking ends a transaction that was to show what would happen.
var errOnlyLooking = errors.New("erasure: only looking")

// Erase erases the person with an e-mail, all in one transaction with the event
// that tells of it. If it is only to look, nothing is kept and the result says
// what would have been. Errors: NotFound for an e-mail that nobody has, Conflict
// when the person still owns apps in service or is the last of the platform team.
func (e *Eraser) Erase(ctx context.Context, by core.Actor, email string, look bool) (Result, error) {
	var r Result
	err := e.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		if r, err = e.erase(ctx, by, strings.ToLower(strings.TrimSpace(email))); err == nil && look {
			return errOnlyLooking
		}
		return err
	})
	if look && errors.Is(err, errOnlyLooking) {
		err = nil
	}
	return r, err
}

func (e *Eraser) erase(ctx context.Context, by core.Actor, email string) (Result, error) {
	p, err := e.Roll.PersonByEmail(ctx, email)
	if !strings.Contains(email, "@") { // a placeholder
		err = core.Errorf(core.NotFound, "nobody")
	}
	if core.CodeOf(err) == core.NotFound {
		return Result{}, core.Errorf(core.NotFound, "Nobody here has the e-mail %q.", email).
			Hinted("Check the spelling. Somebody who was erased is not found by an e-mail any more.").At("email")
	}
	if err == nil {
		err = e.mayGo(ctx, p)
	}
	if err != nil {
		return Result{}, err
	}
	r := Result{Person: p.ID, As: placeholder(p.ID), Apps: []string{}}
	t := core.Trace{Email: p.Email, Name: p.Name, As: r.As}
	for _, step := range []func(context.Context, core.Trace, *Result) error{e.person, e.apps, e.words, e.log, e.kept} {
		if err := step(ctx, t, &r); err != nil {
			return Result{}, err
		}
	}
	return r, e.Audit.Append(ctx, r.event(by))
}

// placeholder cannot be taken for a person: no e-mail is without an at sign. The
// end of an id is its random part.
func placeholder(id core.ID) string {
	return "erased-" + string(id[max(0, len(id)-12):])
}

// mayGo refuses to erase somebody who is still needed.
func (e *Eraser) mayGo(ctx context.Context, p core.Person) error {
	apps, err := e.Roll.OwnedBy(ctx, p.ID, core.AppArchived, core.AppDeleted, core.AppFailed)
	if err != nil {
		return err
	}
	if len(apps) > 0 {
		names := apps[:min(3, len(apps))]
		more := ""
		if n := len(apps) - len(names); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		return core.Errorf(core.Conflict, "%s owns apps that are not archived: %s%s.", p.Email, strings.Join(names, ", "), more).
			Hinted("Archive them first, on each app's page.")
	}
	if !p.Has(core.RolePlatform) {
		return nil
	}
	all, err := e.Roll.People(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID != p.ID && !o.Disabled && o.Has(core.RolePlatform) {
			return nil
		}
	}
	return core.Errorf(core.Conflict, "%s is the last person of the platform team.", p.Email).Hinted("Give somebody else the role platform first.")
}

func (e *Eraser) person(ctx context.Context, t core.Trace, r *Result) (err error) {
	r.Credentials, r.Notices, err = e.Records.ErasePerson(ctx, r.Person, t.As)
	return err
}

func (e *Eraser) apps(ctx context.Context, t core.Trace, r *Result) error {
	apps, err := e.Records.EraseFromApps(ctx, t)
	r.Apps = append(r.Apps, apps...)
	return err
}

func (e *Eraser) words(ctx context.Context, t core.Trace, r *Result) (err error) {
	r.Records, err = e.Records.EraseWords(ctx, t)
	return err
}

// atOnce is how many events are looked through at once.
const atOnce = 500

// log takes away what opens the person's values in the log. Other people's values
// in the same event stay.
func (e *Eraser) log(ctx context.Context, t core.Trace, r *Result) error {
	for after := core.ID(""); ; {
		events, err := e.Events.Openings(ctx, after, atOnce)
		if err != nil {
			return err
		}
		for _, o := range events {
			after = o.ID
			if t.InJSON(o.Leaf) {
				r.EventsClear++
			}
			if o.Opening == "{}" {
				continue
			}
			if err := e.event(ctx, o, t, r); err != nil {
				return err
			}
		}
		if len(events) < atOnce {
			return nil
		}
	}
}

func (e *Eraser) event(ctx context.Context, o Opening, t core.Trace, r *Result) error {
	actorName, target := false, false
	rest, gone, err := audit.Without(o.Opening, func(path, value string) bool {
		return t.Is(value) || path == "actor.name" && o.ActorID == r.Person
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	for _, path := range gone {
		actorName, target = actorName || path == "actor.name", target || path == "target"
	}
	r.Events++
	r.Values += int64(len(gone))
	return e.Events.EraseOpening(ctx, o.ID, rest, actorName, target)
}

// kept counts what still names the person.
func (e *Eraser) kept(ctx context.Context, t core.Trace, r *Result) (err error) {
	if r.Decisions, err = e.Records.StillNaming(ctx, "decision", t); err != nil {
		return err
	}
	for _, table := range []string{"report", "vex_document", "outside_report", "own_report"} {
		n, err := e.Records.StillNaming(ctx, table, t)
		if err != nil {
			return err
		}
		r.Documents += n
	}
	return nil
}

// event tells that it was done, and not whose e-mail it was.
func (r Result) event(by core.Actor) core.Event {
	n := func(n int64) string { return strconv.FormatInt(n, 10) }
	return core.Event{Action: "person.erase", Actor: by, Target: string(r.Person), Code: "ok", Data: map[string]string{
		"events": n(r.Events), "values": n(r.Values), "credentials": n(r.Credentials), "notices": n(r.Notices), "records": n(r.Records),
		"apps": n(int64(len(r.Apps))), "decisions_kept": n(r.Decisions), "documents_kept": n(r.Documents), "events_kept": n(r.EventsClear)}}
}
