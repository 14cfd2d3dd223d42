package desk_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// shelfLog is the log of the store as the desk sees it, with a made-up head.
type shelfLog struct {
	db   *store.DB
	size int64
}

func (l shelfLog) filter(q desk.Query) store.EventFilter {
	return store.EventFilter{App: q.App, Actor: q.Actor, Name: q.Name, Action: q.Action, Code: q.Code, Gate: q.Gate, From: q.From, To: q.To, Before: q.Before, Most: q.Most}
}

func (l shelfLog) Find(ctx context.Context, q desk.Query) (out []desk.Indexed, next core.ID, err error) {
	rows, next, err := l.db.FindEvents(ctx, l.filter(q))
	for _, r := range rows {
		out = append(out, desk.Indexed{Event: r.Event, Index: r.Index})
	}
	return out, next, err
}

func (l shelfLog) Count(ctx context.Context, q desk.Query, _ int64) (int64, error) {
	rows, err := l.db.SearchEvents(ctx, store.EventFilter{App: q.App, Actor: q.Actor, Name: q.Name, Most: 1000})
	return int64(len(rows)), err
}

func (l shelfLog) Each(ctx context.Context, q desk.Query, _ int64, do func(desk.Indexed) error) error {
	rows, err := l.db.SearchEvents(ctx, store.EventFilter{App: q.App, Actor: q.Actor, Name: q.Name, Most: 1000})
	for _, r := range rows[1:] { // the newest is the export itself
		err = errors.Join(err, do(desk.Indexed{Event: r.Event, Index: 1}))
	}
	return err
}

func (l shelfLog) Event(ctx context.Context, id core.ID) (desk.Indexed, error) {
	e, err := l.db.EventByID(ctx, id)
	return desk.Indexed{Event: e.Event, Index: e.Index}, err
}

func (l shelfLog) Checkpoint(context.Context) (string, audit.Checkpoint, error) {
	return "signed", audit.Checkpoint{Origin: "log.test", Size: l.size}, nil
}

func (l shelfLog) Prove(context.Context, core.ID) (audit.Proof, string, error) {
	return audit.Proof{Index: 3, Checkpoint: "signed"}, "{}", nil
}

func (shelfLog) Consistency(context.Context, int64, int64) ([]tlog.Hash, error) { return nil, nil }

func (shelfLog) Health(context.Context, time.Time) (view.LogHealth, error) {
	return view.LogHealth{Pending: 4}, nil
}

func (shelfLog) Watch(context.Context) (view.Watch, error) { return view.Watch{}, nil }

func withLog(t *testing.T) (*office, core.ID, core.ID) {
	o := newOffice(t)
	o.desk.Log = shelfLog{o.DB, 9}
	o.desk.AuditRead = func(context.Context, string) (string, []byte, error) { return "text/plain", []byte("file"), nil }
	o.Must(o.InTx(o.Ctx(), func(ctx context.Context) error {
		for _, a := range []core.App{o.payroll, o.secret} {
			if err := o.Audit.Append(ctx, core.Event{Action: "app.deploy", AppID: a.ID, Target: a.Name, Code: "ok", Actor: core.Actor{Kind: core.ActorPerson, ID: o.hana.ID, Name: o.hana.Email}}); err != nil {
				return err
			}
		}
		return o.Audit.Append(ctx, core.Event{Action: "app.idle", AppID: o.payroll.ID, Actor: core.System("sweep"), Code: "ok"})
	}))
	rows, err := o.SearchEvents(o.Ctx(), store.EventFilter{Action: "app.deploy", Most: 2})
	o.Must(err)
	return o, rows[1].ID, rows[0].ID
}

// Reading the log is logged: once for each question and reader within a minute,
// however many pages of it are read; entries once in ten minutes.
func TestReadingIsLogged(t *testing.T) {
	o, _, _ := withLog(t)
	ctx, d := o.Ctx(), o.desk
	reads := func() int { return strings.Count(strings.Join(o.Events(0), " "), "audit.read") }
	step := func(what string, want int, do func() error) {
		t.Helper()
		before := reads()
		o.Must(do())
		if got := reads() - before; got != want {
			t.Errorf("%s: %d events, want %d", what, got, want)
		}
	}
	search := func(who core.Person, q view.EventQuery) func() error {
		return func() error { _, err := d.Events(ctx, who, q); return err }
	}
	step("a search", 1, search(o.aude, view.EventQuery{Limit: 1}))
	step("its second page", 0, search(o.aude, view.EventQuery{Limit: 1, Before: "f"}))
	step("another question", 1, search(o.aude, view.EventQuery{Actor: "hana@example.org"}))
	step("another reader", 1, search(o.pia, view.EventQuery{Limit: 1}))
	o.Clock.Move(time.Minute)
	step("the same later", 1, search(o.aude, view.EventQuery{Limit: 1}))
	entries := func() error { _, _, err := d.LogFile(ctx, o.aude, "tile/entries/000"); return err }
	step("entries", 1, entries)
	o.Clock.Move(9 * time.Minute)
	step("more entries", 0, entries)
	o.Clock.Move(time.Minute)
	step("entries later", 1, entries)
	step("a checkpoint", 0, func() error { _, _, err := d.LogFile(ctx, core.Person{}, "checkpoint"); return err })
	if _, _, err := d.LogFile(ctx, o.hana, "tile/entries/000"); core.CodeOf(err) != core.Forbidden {
		t.Errorf("a maker reads entries: %v", err)
	}
}

// An actor is found by e-mail, by the name of an app and by the name of a part
// of Paddock.
func TestWhoActed(t *testing.T) {
	o, _, _ := withLog(t)
	for text, want := range map[string]int{"HANA@example.org": 2, "sweep": 1, "nobody@example.org": 0, string(o.hana.ID): 2, "payroll": 0} {
		page, err := o.desk.Events(o.Ctx(), o.aude, view.EventQuery{Actor: text})
		o.Must(err)
		if len(page.Events) != want {
			t.Errorf("%q: %d events, want %d", text, len(page.Events), want)
		}
	}
	_, err := o.desk.Events(o.Ctx(), o.aude, view.EventQuery{From: o.Clock.Now(), To: o.Clock.Now()})
	if core.CodeOf(err) != core.Invalid || core.AsError(err).Field != "to" {
		t.Error(err)
	}
}

// The state of the log is for those who may read all of it.
func TestWhoMaySeeTheLogsHealth(t *testing.T) {
	o, _, _ := withLog(t)
	for who, code := range map[*core.Person]core.Code{&o.aude: "", &o.pia: "", &o.hana: core.Forbidden, {}: core.Unauthorized} {
		if h, err := o.desk.LogHealth(o.Ctx(), *who); core.CodeOf(err) != code || (err == nil) != (h.Pending == 4) {
			t.Errorf("%s: %+v %v", who.Email, h, err)
		}
	}
}

// Proofs are for those who may read the event; to others it is not there.
func TestWhoMayProve(t *testing.T) {
	o, own, others := withLog(t)
	for _, c := range []struct {
		who   core.Person
		event core.ID
		code  core.Code
	}{{o.aude, own, ""}, {o.aude, others, ""}, {o.hana, own, ""}, {o.hana, others, core.NotFound}, {o.hana, "nothing", core.NotFound}, {o.aude, "nothing", core.NotFound}, {core.Person{}, own, core.Unauthorized}} {
		name, b, err := o.desk.Prove(o.Ctx(), c.who, c.event, true)
		if core.CodeOf(err) != c.code || err == nil && (name != string(c.event)+".tlog-proof" || !strings.Contains(string(b), "\nextra e30=\nindex 3\n")) {
			t.Errorf("%s on %s: %q %q %v", c.who.Email, c.event, name, b, err)
		}
	}
}

// An export is recorded before it begins, says what it is, and is broken off if
// it would not be whole.
func TestExportEvents(t *testing.T) {
	o, _, _ := withLog(t)
	before := len(o.Events(0))
	e, err := o.desk.ExportEvents(o.Ctx(), o.hana, view.EventQuery{App: "payroll"}, "csv")
	o.Must(err)
	if got := o.Events(before); len(got) != 1 || got[0] != "audit.export" {
		t.Errorf("%v", got)
	}
	var b bytes.Buffer
	err = e.Write(&b)
	text := b.String()
	o.Must(err)
	for _, want := range []string{"# population,2\n", "GET /api/v1/events/export?app=payroll&format=csv", "# checkpoint,signed", "# by,hana@example.org", "app.deploy", "app.idle"} {
		if !strings.Contains(text, want) {
			t.Errorf("the export lacks %q:\n%s", want, text)
		}
	}
	o.Must(o.InTx(o.Ctx(), func(ctx context.Context) error {
		return o.Audit.Append(ctx, core.Event{Action: "app.wake", AppID: o.payroll.ID, Actor: core.System("sweep"), Code: "ok"})
	}))
	if err := e.Write(&bytes.Buffer{}); core.CodeOf(err) != core.Internal {
		t.Errorf("an export with more rows than its population: %v", err)
	}
	if _, err := o.desk.ExportEvents(o.Ctx(), o.colin, view.EventQuery{}, ""); core.CodeOf(err) != core.Forbidden {
		t.Errorf("a stranger exports: %v", err)
	}
	if _, err := o.desk.ExportEvents(o.Ctx(), o.aude, view.EventQuery{}, "pdf"); core.CodeOf(err) != core.Invalid {
		t.Errorf("as pdf: %v", err)
	}
}
