package notify_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// post is a channel that notes what was queued, and fails if told to.
type post struct {
	queued []core.Notice
	err    error
}

func (p *post) Queue(_ context.Context, n core.Notice) error {
	p.queued = append(p.queued, n)
	return p.err
}

func note(p core.Person, key string, app core.ID) core.Notice {
	return core.Notice{Person: p.ID, AppID: app, Key: key, Title: "Title of " + key, Body: "Why.", Link: "/apps/x"}
}

// tell tells in a transaction with an event, as an act does.
func tell(g *testkit.Ground, n *notify.Notifier, msg core.Notice) error {
	return g.InTx(context.Background(), func(ctx context.Context) error {
		if err := n.Tell(ctx, msg); err != nil {
			return err
		}
		return g.Audit.Append(ctx, core.Event{Action: "test.act", Actor: core.System("test"), Code: "ok"})
	})
}

// Promise 10: once for each person and key, on every channel.
func TestToldOnce(t *testing.T) {
	g := testkit.New(t)
	mail := &post{}
	n := notify.New(g, g, g.Audit, g.Clock, g.IDs, mail)
	ana, bob := g.Somebody("ana@example.org"), g.Somebody("bob@example.org")
	for range 3 {
		g.Must(tell(g, n, note(ana, "k1", "")))
	}
	g.Must(tell(g, n, note(bob, "k1", "")))
	g.Must(tell(g, n, note(ana, "k2", "")))
	if got, _ := g.Unread(t.Context(), ana.ID); got != 2 {
		t.Errorf("ana has %d messages", got)
	}
	if got, _ := g.Unread(t.Context(), bob.ID); got != 1 {
		t.Errorf("bob has %d messages", got)
	}
	if len(mail.queued) != 3 || mail.queued[0].ID == "" || mail.queued[0].At == 0 {
		t.Errorf("queued %+v", mail.queued)
	}
}

// Promise 1: a message about an act that failed is not kept.
func TestNobodyIsToldOfWhatDidNotHappen(t *testing.T) {
	g := testkit.New(t)
	n := notify.New(g, g, g.Audit, g.Clock, g.IDs)
	ana := g.Somebody("ana@example.org")
	failure := errors.New("the act failed")
	err := g.InTx(t.Context(), func(ctx context.Context) error {
		if err := n.Tell(ctx, note(ana, "k", "")); err != nil {
			t.Error(err)
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
	if got, _ := g.Unread(t.Context(), ana.ID); got != 0 {
		t.Errorf("%d messages about nothing", got)
	}
	full := notify.New(g, g, g.Audit, g.Clock, g.IDs, &post{err: errors.New("the queue is full")})
	if tell(g, full, note(ana, "k", "")) == nil {
		t.Error("a channel failed and nobody noticed")
	}
	if got, _ := g.Unread(t.Context(), ana.ID); got != 0 {
		t.Error("the message is kept although its channel failed")
	}
}

func TestIncompleteNotice(t *testing.T) {
	g := testkit.New(t)
	n := notify.New(g, g, g.Audit, g.Clock, g.IDs)
	ana := g.Somebody("ana@example.org")
	for name, break_ := range map[string]func(*core.Notice){
		"person": func(n *core.Notice) { n.Person = "" },
		"key":    func(n *core.Notice) { n.Key = "" },
		"title":  func(n *core.Notice) { n.Title = "" },
		"body":   func(n *core.Notice) { n.Body = "" },
	} {
		msg := note(ana, "k", "")
		break_(&msg)
		if err := tell(g, n, msg); core.CodeOf(err) != core.Invalid {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestDigestGroupsByApp(t *testing.T) {
	g := testkit.New(t)
	n := notify.New(g, g, g.Audit, g.Clock, g.IDs)
	ana, bob := g.Somebody("ana@example.org"), g.Somebody("bob@example.org")
	for i, app := range []core.ID{"a", "b", "a", "", "b"} {
		g.Clock.Move(time.Minute)
		g.Must(tell(g, n, note(ana, fmt.Sprint("k", i), app)))
	}
	all, err := g.Notices(t.Context(), ana.ID)
	g.Must(err)
	actor := core.Actor{Kind: core.ActorPerson, ID: ana.ID, Name: ana.Email, Door: "web"}
	g.Must(n.Read(t.Context(), actor, all[0].ID)) // k4, about b
	if err := n.Read(t.Context(), actor, all[0].ID); core.CodeOf(err) != core.NotFound {
		t.Errorf("read twice: %v", err)
	}
	if err := n.Read(t.Context(), core.Actor{Kind: core.ActorPerson, ID: bob.ID}, all[1].ID); core.CodeOf(err) != core.NotFound {
		t.Errorf("bob read ana's message: %v", err)
	}
	groups, err := n.Digest(t.Context(), ana.ID)
	g.Must(err)
	var got string
	for _, gr := range groups {
		got += fmt.Sprintf("[%s", gr.AppID)
		for _, m := range gr.Notices {
			got += " " + m.Key
		}
		got += "]"
	}
	if got != "[ k3][a k2 k0][b k1]" {
		t.Errorf("digest %s", got)
	}
}
