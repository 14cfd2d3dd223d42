package app

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/life/provision"
	"github.com/paddock-dev/paddock/internal/org/erasure"
	"github.com/paddock-dev/paddock/internal/org/evidence"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

const (
	annEmail = "ann.o+hr@example.org"
	annName  = "Ann \"O\" Öhman"
)

// lived is an installation in which Ann has left traces wherever she could.
type lived struct {
	*house
	ground         *testkit.Ground
	ann, pia, bea  core.Person
	event, anns    core.ID // one event of somebody else's with Ann in it, one of hers
	ownerURL       string
	eventsOfOthers int
}

func live(t *testing.T, g *testkit.Ground) *lived {
	t.Helper()
	url := ""
	w := &lived{ground: g}
	if g.Engine() == store.Postgres {
		url, w.ownerURL = g.Database.URL(postgres.Server), g.Database.URL(postgres.Owner)
	}
	h, err := open(t.Context(), cli.Config{Data: g.Dir, Database: cli.Database{Database: cli.Address(url)}, Listen: "127.0.0.1:8420", AppDomain: "apps.localhost", LogLevel: "error"}, "test", slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() { h.close(context.WithoutCancel(t.Context())) })
	w.house = h
	ctx := t.Context()
	add := func(email, name string, roles ...core.Role) core.Person {
		p, err := h.identity.AddPerson(ctx, core.System("test"), email, name, roles)
		must(t, err)
		return p
	}
	w.ann, w.pia, w.bea = add(annEmail, annName, core.RoleMaker, core.RolePlatform), add("pia@example.org", "Pia P", core.RolePlatform), add("bea@example.org", "Bea B", core.RoleMaker)
	annActs := identity.ActorOf(w.ann, "web")
	_, err = h.identity.StartSession(ctx, w.ann)
	must(t, err)
	_, _, err = h.identity.NewToken(ctx, w.ann, annName, "write", time.Hour)
	must(t, err)
	// Bea's app with Ann as co-owner, asked for by Ann; and one of Ann's own.
	form := provision.Form{Template: "internal-dashboard", Name: "shared", Owner: w.bea.Email, CoOwners: []string{strings.ToUpper(annEmail), w.pia.Email}, Classification: core.InternalUse, Region: "eu-sovereign"}
	shared, err := h.provision.Create(ctx, w.ann, annActs, form)
	must(t, err)
	form = provision.Form{Template: "internal-dashboard", Name: "anns-own", Classification: core.InternalUse, Region: "eu-sovereign"}
	own, err := h.provision.Create(ctx, w.ann, annActs, form)
	must(t, err)
	log := func(e core.Event) core.ID {
		e.ID, e.Code = h.ids.New(h.clock.Now()), "ok"
		must(t, h.store.InTx(ctx, func(ctx context.Context) error { return h.audit.Append(ctx, e) }))
		return e.ID
	}
	bea := identity.ActorOf(w.bea, "web")
	w.event = log(core.Event{Action: "test.act", Actor: bea, AppID: shared.ID, Target: "with " + annEmail, Data: map[string]string{"by_email": w.bea.Email, "to_email": annEmail, "name_email": annName}})
	w.anns = log(core.Event{Action: "test.act", Actor: annActs, AppID: shared.ID, Target: "thing", Data: map[string]string{"also_email": w.bea.Email}})
	log(core.Event{Action: "push.refuse", Actor: core.Actor{Kind: core.ActorUnknown, Name: "  " + annName}, Target: "unknown"})
	at := core.Stamp(h.clock.Now())
	must(t, h.store.InTx(ctx, func(ctx context.Context) error {
		tx, _ := h.store.SQLTx(ctx)
		id := func() string { return string(h.ids.New(h.clock.Now())) }
		for _, x := range []struct {
			text string
			args []any
		}{
			{`INSERT INTO change (id, app_id, number, title, branch, head, base, author, committers, state, created) VALUES ($1, $2, 1, $3, 'b', 'h', 'b', $4, $5, 'closed', $6)`,
				[]any{id(), string(shared.ID), "For " + annName + ", please", string(w.ann.ID), `["` + annEmail + `","bea@example.org"]`, at}},
			{`INSERT INTO incident (id, kind, app_id, actor, what, place, fingerprint, at) VALUES ($1, 'x', $2, $3, $4, 'p', 'f', $5)`,
				[]any{id(), string(shared.ID), `{"Kind":"person","ID":"` + string(w.ann.ID) + `","Name":"` + annEmail + `","Door":"web"}`, "a mail to " + annEmail, at}},
			{`INSERT INTO ticket (id, app_id, key, title, body, is_open, owner, at) VALUES ($1, $2, 'k', 't', $3, $4, 'platform', $5)`, []any{id(), string(shared.ID), "Help " + annEmail, true, at}},
			{`INSERT INTO notice (id, person, key, title, body, link, at) VALUES ($1, $2, 'k', $3, 'b', $4, $5)`, []any{id(), string(w.bea.ID), annName + " asks", "/people?q=ann.o%2Bhr%40example.org", at}},
			{`INSERT INTO notice (id, person, key, title, body, link, at) VALUES ($1, $2, 'k', 't', 'b', '/', $3)`, []any{id(), string(w.ann.ID), at}},
			{`INSERT INTO report (id, app_id, commit_id, policy, verdict, body, sbom, created) VALUES ($1, $2, 'c', 'p', 'pass', $3, '{}', $4)`, []any{id(), string(shared.ID), `{"Quote":"x\n` + annEmail + `"}`, at}},
			{`UPDATE saga SET state = 'done', data = $1`, []any{`{"for":"` + annEmail + `"}`}},
			{`UPDATE app SET buddy_id = $1 WHERE id = $2`, []any{string(w.ann.ID), string(shared.ID)}},
		} {
			if _, err := tx.ExecContext(ctx, x.text, x.args...); err != nil {
				return fmt.Errorf("%s: %w", x.text, err)
			}
		}
		for _, p := range []core.Person{w.ann, w.bea} {
			if _, err := h.store.PutGroups(ctx, p.ID, "corp", []string{"admins", "dept-hr"}, at); err != nil {
				return err
			}
		}
		for _, to := range []core.AppState{core.AppActive, core.AppIdle, core.AppArchived} {
			for _, a := range []core.App{own, shared} {
				a, err := h.store.App(ctx, a.ID)
				if err == nil && (a.ID == own.ID || to == core.AppActive) {
					err = h.store.MoveApp(ctx, a, to, at, at)
				}
				if err != nil {
					return err
				}
			}
		}
		return h.audit.Append(ctx, core.Event{Action: "test.act", Actor: core.System("test"), Code: "ok"})
	}))
	_, err = h.sequencer.IntegrateNow(ctx)
	must(t, err)
	w.eventsOfOthers = len(w.texts(t, w.bea.Email)["audit_event.opening"])
	return w
}

func (w *lived) options(email string) cli.EraseOptions {
	return cli.EraseOptions{Data: w.ground.Dir, Database: w.ownerURL, Email: email}
}

// texts returns, by table and column, the values of every text column of every
// table that hold one of the words.
func (w *lived) texts(t *testing.T, words ...string) map[string][]string {
	t.Helper()
	db := w.ground.SQL()
	columns := `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	if w.ownerURL != "" {
		var err error
		db, err = sql.Open("pgx", w.ownerURL)
		must(t, err)
		defer db.Close()
		columns = `SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'`
	}
	rows, err := db.QueryContext(t.Context(), columns)
	must(t, err)
	var all [][2]string
	for rows.Next() {
		var c [2]string
		must(t, rows.Scan(&c[0], &c[1]))
		all = append(all, c)
	}
	must(t, rows.Err())
	rows.Close()
	if len(all) < 150 {
		t.Fatalf("only %d columns", len(all))
	}
	found := map[string][]string{}
	for _, c := range all {
		rows, err := db.QueryContext(t.Context(), fmt.Sprintf(`SELECT CAST(%q AS TEXT) FROM %q WHERE %q IS NOT NULL`, c[1], c[0], c[1]))
		must(t, err)
		for rows.Next() {
			var text string
			must(t, rows.Scan(&text))
			for _, w := range words {
				if strings.Contains(strings.ToLower(text), strings.ToLower(w)) {
					found[c[0]+"."+c[1]] = append(found[c[0]+"."+c[1]], text)
				}
			}
		}
		must(t, rows.Err())
		rows.Close()
	}
	return found
}

// holds looks whether log, records, a proof and evidence packs verify.
func (w *lived) holds(t *testing.T, when string) (r verify.Result) {
	t.Helper()
	ctx := t.Context()
	_, err := w.sequencer.IntegrateNow(ctx)
	must(t, err)
	key := w.keys.AuditKey()
	url := string(w.config.Database.Database)
	if r, err = verify.Check(ctx, verify.Place{Dir: w.ground.Dir, URL: url}, verify.Options{Key: key}); err != nil || !r.OK {
		t.Fatalf("%s: the log: %+v %v", when, r, err)
	}
	f, err := fsck.Look(ctx, fsck.Options{Dir: w.ground.Dir, URL: url, Rules: PastRules(w.ground.Dir)})
	if err != nil || !f.OK {
		t.Errorf("%s: fsck: %+v %v", when, f, err)
	}
	for _, event := range []core.ID{w.event, w.anns} {
		if proof, _, err := ProveEvent(ctx, cli.LogPlace{Data: w.ground.Dir, Database: url, Key: key}, string(event)); err != nil || len(proof) == 0 {
			t.Errorf("%s: proof of %s: %v", when, event, err)
		}
	}
	for _, scope := range w.scopes(t) {
		var pack bytes.Buffer
		_, err := ExportEvidence(ctx, w.ground.Dir, url, scope, &pack)
		must(t, err)
		v, err := evidence.Verify(ctx, bytes.NewReader(pack.Bytes()), int64(pack.Len()), key)
		if err != nil || !v.OK {
			t.Errorf("%s: the pack of %+v: %+v %v", when, scope, v, err)
		}
	}
	return r
}

// TestErase: a person's e-mail and name are in no text column of any table any
// more, but for the decisions that are counted, and all that was proven is proven
// still.
func TestErase(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		w := live(t, g)
		ctx := t.Context()
		before := w.holds(t, "before")
		names := []string{annEmail, annName, "ann.o%2Bhr", `Ann \"O\" Öhman`}
		had := w.texts(t, names...)
		for _, column := range []string{"person.email", "person.name", "audit_event.opening", "audit_event.actor_name", "audit_event.target", "app.descriptor", "app_co_owner.email", "saga.data", "saga.actor", "change.title",
			"change.committers", "decision.actor", "decision.input", "incident.actor", "incident.what", "ticket.body", "notice.title", "notice.link", "report.body", "credential.name"} {
			if had[column] == nil {
				t.Errorf("the test has nothing to erase in %s", column)
			}
		}

		look := w.options(annEmail)
		look.Look = true
		would, err := Erase(ctx, look)
		must(t, err)
		if now := w.texts(t, names...); len(now) != len(had) || w.events(t, "person.erase") != 0 {
			t.Errorf("looking changed something: %v", now)
		}
		r, err := Erase(ctx, w.options(strings.ToUpper(annEmail)))
		must(t, err)
		if fmt.Sprint(r) != fmt.Sprint(would) || r.Events < 5 || r.Values < 6 || r.Credentials != 2 || r.Notices != 1 || r.Decisions == 0 || len(r.Apps) != 2 || r.EventsClear != 1 || r.Documents != 0 {
			t.Errorf("%+v, foreseen %+v", r, would)
		}

		for column, texts := range w.texts(t, names...) {
			// What was counted: decisions, and the event of a token that Ann gave her own name.
			counted := column == "decision.input" && int64(len(texts)) <= 2*r.Decisions || column == "audit_event.leaf" && int64(len(texts)) == r.EventsClear
			if !counted {
				t.Errorf("%s still says %q", column, texts)
			}
		}
		after := w.holds(t, "after")
		if after.Erased != before.Erased+r.Values {
			t.Errorf("%d values were erased, %d before, %+v", after.Erased, before.Erased, r)
		}
		if n := len(w.texts(t, w.bea.Email)["audit_event.opening"]); n != w.eventsOfOthers {
			t.Errorf("%d openings name somebody else, before %d", n, w.eventsOfOthers)
		}
		w.afterwards(t, r)
	})
}

// afterwards looks at what is left of the person.
func (w *lived) afterwards(t *testing.T, r erasure.Result) {
	t.Helper()
	ctx := t.Context()
	p, err := w.store.Person(ctx, w.ann.ID)
	if err != nil || p.Email != r.As || p.Name != r.As || !p.Disabled || len(p.Roles) > 0 || !strings.HasPrefix(r.As, "erased-") {
		t.Errorf("%+v %v", p, err)
	}
	for who, left := range map[core.ID]int{w.ann.ID: 0, w.bea.ID: 2} {
		if groups, err := w.store.Memberships(ctx, who); err != nil || len(groups) != left {
			t.Errorf("%s is in the groups %+v, %v", who, groups, err)
		}
	}
	a, err := w.store.AppByName(ctx, "shared")
	if err != nil || fmt.Sprint(a.Descriptor.CoOwners) != "[pia@example.org]" || a.BuddyID != "" {
		t.Errorf("%+v %v", a, err)
	}
	rows, err := w.store.SearchEvents(ctx, store.EventFilter{Action: "person.erase", Most: 5})
	if err != nil || len(rows) != 1 || rows[0].Target != string(w.ann.ID) || rows[0].Actor.Name != "paddock person erase" || rows[0].Data["decisions_kept"] != fmt.Sprint(r.Decisions) || rows[0].Opening != "{}" {
		t.Errorf("%+v %v", rows, err)
	}
	e, err := w.store.EventByID(ctx, w.event)
	if err != nil || e.Actor.Name != w.bea.Email || e.Target != "" || e.Data["by_email"] != w.bea.Email || e.Data["to_email"] != "(erased)" {
		t.Errorf("%+v %v", e, err)
	}
	for _, email := range []string{annEmail, r.As} {
		if _, err := Erase(ctx, w.options(email)); core.CodeOf(err) != core.NotFound {
			t.Errorf("%s again: %v", email, err)
		}
	}
}

func (w *lived) events(t *testing.T, action string) int {
	t.Helper()
	rows, err := w.store.SearchEvents(t.Context(), store.EventFilter{Action: action, Most: 5})
	must(t, err)
	return len(rows)
}

func (w *lived) scopes(t *testing.T) []evidence.Scope {
	t.Helper()
	period, err := evidence.ParsePeriod(w.clock.Now().UTC().Format("2006"))
	must(t, err)
	return []evidence.Scope{{App: "shared"}, {App: "anns-own"}, period}
}

// TestEraseRefuses: who is still needed stays, and the server's role may not.
func TestEraseRefuses(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		w := live(t, g)
		ctx := t.Context()
		refused := func(o cli.EraseOptions, code core.Code, words ...string) {
			t.Helper()
			_, err := Erase(ctx, o)
			if core.CodeOf(err) != code {
				t.Fatalf("%+v: %v", o, err)
			}
			for _, word := range words {
				if e := core.AsError(err); !strings.Contains(e.Msg+" "+e.Hint, word) {
					t.Errorf("%q does not say %q", err, word)
				}
			}
		}
		refused(w.options("nobody@example.org"), core.NotFound, "nobody@example.org")
		refused(w.options(w.bea.Email), core.Conflict, "shared", "Archive")
		if g.Engine() == store.Postgres {
			o := w.options(annEmail)
			o.Database = g.Database.URL(postgres.Server)
			refused(o, core.Forbidden, "owner")
		} else {
			refused(cli.EraseOptions{Data: t.TempDir(), Email: annEmail}, core.NotFound, "no Paddock data")
		}
		_, err := Erase(ctx, w.options(annEmail))
		must(t, err)
		refused(w.options(w.pia.Email), core.Conflict, "last person of the platform team")
		if w.events(t, "person.erase") != 1 {
			t.Error("a refused erasure left an event")
		}
	})
}
