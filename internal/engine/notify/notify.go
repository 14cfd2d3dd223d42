// Package notify tells people what they should know: once, with why, and with
// the one thing to press (promise 10).
//
// A notice is kept in the transaction of the act that it is about, so nobody is
// told of something that did not happen. Its key makes it be sent once to each
// person, however often the cause is looked at again.
package notify

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Notices keeps messages.
type Notices interface {
	// AddNotice keeps a message; first is false when the person has had one with
	// the same key.
	AddNotice(ctx context.Context, n core.Notice) (first bool, err error)
	// Notices lists a person's newest messages, newest first.
	Notices(ctx context.Context, person core.ID) ([]core.Notice, error)
	// ReadNotice marks a message as read. Errors: NotFound.
	ReadNotice(ctx context.Context, person, id core.ID, at int64) error
}

// Channel carries a notice further than the inbox: mail, chat.
type Channel interface {
	// Queue plans the delivery of n within the transaction of ctx. It must not
	// deliver by itself, because the act may still fail; a job does, later.
	Queue(ctx context.Context, n core.Notice) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Tx runs fn in one transaction; a call inside a transaction joins it.
type Tx interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Notifier tells people. It is safe for concurrent use if its parts are.
type Notifier struct {
	tx       Tx
	notices  Notices
	audit    Audit
	clock    core.Clock
	ids      core.IDs
	channels []Channel
}

// New returns a notifier that keeps notices and queues them on each channel.
func New(tx Tx, notices Notices, audit Audit, clock core.Clock, ids core.IDs, channels ...Channel) *Notifier {
	return &Notifier{tx: tx, notices: notices, audit: audit, clock: clock, ids: ids, channels: slices.Clone(channels)}
}

// Tell keeps n for n.Person, once for each key, in the caller's transaction. A
// missing ID or At is filled in. Telling again is no error and does nothing.
// Errors: Invalid when a field that every notice needs is empty.
func (n *Notifier) Tell(ctx context.Context, msg core.Notice) error {
	if msg.Person == "" || msg.Key == "" || msg.Title == "" || msg.Body == "" {
		return core.Errorf(core.Invalid, "The notice %q to %q lacks a person, key, title or body.", msg.Key, msg.Person)
	}
	if msg.At == 0 {
		msg.At = core.Stamp(n.clock.Now())
	}
	if msg.ID == "" {
		msg.ID = n.ids.New(core.Moment(msg.At))
	}
	first, err := n.notices.AddNotice(ctx, msg)
	if err != nil || !first {
		return err
	}
	for _, c := range n.channels {
		if err := c.Queue(ctx, msg); err != nil {
			return err
		}
	}
	return nil
}

// Read marks a message as read by the person it is for. Errors: NotFound.
func (n *Notifier) Read(ctx context.Context, who core.Actor, id core.ID) error {
	return n.tx.InTx(ctx, func(ctx context.Context) error {
		if err := n.notices.ReadNotice(ctx, who.ID, id, core.Stamp(n.clock.Now())); err != nil {
			return err
		}
		return n.audit.Append(ctx, core.Event{Action: "notice.read", Actor: who, Target: string(id), Code: "ok"})
	})
}
