package identity_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/testkit"
)

type town struct {
	*testkit.Ground
	*identity.Service
	ana core.Person
}

func newTown(t *testing.T) *town {
	g := testkit.New(t)
	return &town{Ground: g, Service: identity.New(g, g.Audit, g.Clock, g.IDs, rand.Reader), ana: g.Somebody("ana@example.org", core.RoleMaker)}
}

func (tw *town) signIn(t *testing.T) core.Secret {
	t.Helper()
	s, err := tw.StartSession(t.Context(), tw.ana)
	tw.Must(err)
	return s
}

func refused(t *testing.T, what string, err error) {
	t.Helper()
	if core.CodeOf(err) != core.Unauthorized {
		t.Errorf("%s: %v, want unauthorized", what, err)
	}
}

func TestLinkWorksOnceAndForHalfAnHour(t *testing.T) {
	tw := newTown(t)
	link, err := tw.NewLink(t.Context(), tw.ana.ID, core.System("start"))
	tw.Must(err)
	who, session, err := tw.TakeLink(t.Context(), link)
	if err != nil || who.ID != tw.ana.ID {
		t.Fatalf("TakeLink = %v, %v", who, err)
	}
	if p, err := tw.Session(t.Context(), session); err != nil || p.ID != tw.ana.ID {
		t.Errorf("the session of the link: %v", err)
	}
	_, _, err = tw.TakeLink(t.Context(), link)
	refused(t, "a used link", err)

	link, err = tw.NewLink(t.Context(), tw.ana.ID, core.System("start"))
	tw.Must(err)
	tw.Clock.Move(identity.LinkLife)
	_, err = tw.RedeemLink(t.Context(), link)
	refused(t, "an old link", err)

	first, err := tw.NewLink(t.Context(), tw.ana.ID, core.System("start"))
	tw.Must(err)
	second, err := tw.NewLink(t.Context(), tw.ana.ID, core.System("start"))
	tw.Must(err)
	_, err = tw.RedeemLink(t.Context(), first)
	refused(t, "a replaced link", err)
	if p, err := tw.RedeemLink(t.Context(), second); err != nil || p.ID != tw.ana.ID {
		t.Errorf("the newest link: %v", err)
	}
	if got := strings.Join(tw.Events(0), " "); got != "link.create session.start link.create link.create link.create link.use" {
		t.Errorf("events: %s", got)
	}
}

func TestSessionEndsByAge(t *testing.T) {
	tw := newTown(t)
	s := tw.signIn(t)
	for range 11 {
		tw.Clock.Move(time.Hour)
		if _, err := tw.Session(t.Context(), s); err != nil {
			t.Fatalf("a busy session ended at %s: %v", tw.Clock.Now(), err)
		}
	}
	tw.Clock.Move(time.Hour)
	_, err := tw.Session(t.Context(), s)
	refused(t, "after 12 hours", err)
}

func TestSessionEndsByIdleness(t *testing.T) {
	tw := newTown(t)
	s := tw.signIn(t)
	tw.Clock.Move(identity.SessionIdle - time.Second)
	if _, err := tw.Session(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	tw.Clock.Move(identity.SessionIdle - time.Second)
	if _, err := tw.Session(t.Context(), s); err != nil {
		t.Errorf("use did not refresh the session: %v", err)
	}
	tw.Clock.Move(identity.SessionIdle)
	_, err := tw.Session(t.Context(), s)
	refused(t, "after 2 idle hours", err)
}

// The last use is written at most once a minute, so reading pages does not
// become a stream of writes.
func TestUseIsWrittenOnceAMinute(t *testing.T) {
	tw := newTown(t)
	_, cred, err := tw.NewToken(t.Context(), tw.ana, "laptop", identity.ScopeWrite, 0)
	tw.Must(err)
	token, second, err := tw.NewToken(t.Context(), tw.ana, "ci", identity.ScopeRead, time.Hour)
	tw.Must(err)
	var writes []int64
	for range 6 {
		if _, c, err := tw.Token(t.Context(), token, core.Use{}); err != nil || c.Scope != identity.ScopeRead {
			t.Fatalf("scope %q, %v", c.Scope, err)
		}
		all, err := tw.Tokens(t.Context(), tw.ana.ID)
		tw.Must(err)
		for _, c := range all {
			if c.ID == second.ID && (len(writes) == 0 || writes[len(writes)-1] != c.Used) {
				writes = append(writes, c.Used)
			}
			if c.ID == cred.ID && c.Used != 0 {
				t.Error("another token counts as used")
			}
		}
		tw.Clock.Move(25 * time.Second)
	}
	if len(writes) != 2 { // at 0 s and at 75 s
		t.Errorf("6 uses in 125 s were written %d times", len(writes))
	}
}

func TestEndSession(t *testing.T) {
	tw := newTown(t)
	s := tw.signIn(t)
	app := tw.NewApp("payroll", tw.ana)
	ticket, err := tw.NewTicket(t.Context(), tw.ana, app.ID)
	tw.Must(err)
	_, visit, err := tw.TakeTicket(t.Context(), ticket, app.ID)
	tw.Must(err)
	for range 2 {
		if err := tw.EndSession(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	_, err = tw.Session(t.Context(), s)
	refused(t, "after sign-out", err)
	_, err = tw.Visit(t.Context(), visit, app.ID)
	refused(t, "a visit after sign-out", err)
	if err := tw.EndSession(t.Context(), core.NewSecret([]byte("unknown"))); err != nil {
		t.Errorf("signing out an unknown session: %v", err)
	}
	if got := strings.Join(tw.Events(0), " "); got != "session.start session.end" {
		t.Errorf("events: %s", got)
	}
}

func TestTokenLife(t *testing.T) {
	tw := newTown(t)
	token, c, err := tw.At("api").NewToken(t.Context(), tw.ana, " laptop ", identity.ScopeWrite, 0)
	tw.Must(err)
	if !strings.HasPrefix(string(token.Open()), "pdk_") || len(token.Open()) != 47 || c.Name != "laptop" {
		t.Errorf("token of %d letters, name %q", len(token.Open()), c.Name)
	}
	if got := core.Moment(c.Expires).Sub(tw.Clock.Now()); got != identity.TokenLife {
		t.Errorf("lasts %s", got)
	}
	stranger := tw.Somebody("bob@example.org", core.RolePlatform)
	if err := tw.RevokeToken(t.Context(), stranger, c.ID); core.CodeOf(err) != core.NotFound {
		t.Errorf("somebody else revoked it: %v", err)
	}
	tw.Must(tw.RevokeToken(t.Context(), tw.ana, c.ID))
	_, _, err = tw.Token(t.Context(), token, core.Use{})
	refused(t, "a revoked token", err)
	if got := strings.Join(tw.Events(0), " "); got != "token.create token.revoke" {
		t.Errorf("events: %s", got)
	}
	short, _, err := tw.NewToken(t.Context(), tw.ana, "short", identity.ScopeRead, time.Minute)
	tw.Must(err)
	tw.Clock.Move(time.Minute)
	_, _, err = tw.Token(t.Context(), short, core.Use{})
	refused(t, "an old token", err)
}

func TestTokenInput(t *testing.T) {
	tw := newTown(t)
	for _, c := range []struct {
		name, scope string
		ttl         time.Duration
		field       string
	}{
		{"", "read", 0, "name"},
		{strings.Repeat("x", 81), "read", 0, "name"},
		{"a\x00b", "read", 0, "name"},
		{"ok", "admin", 0, "scope"},
		{"ok", "", 0, "scope"},
		{"ok", "read", -time.Hour, "expires"},
		{"ok", "read", time.Second, "expires"},
		{"ok", "read", identity.TokenMost + 1, "expires"},
	} {
		_, _, err := tw.NewToken(t.Context(), tw.ana, c.name, c.scope, c.ttl)
		if e := core.AsError(err); core.CodeOf(err) != core.Invalid || e.Field != c.field {
			t.Errorf("%q %q %s: %v", c.name, c.scope, c.ttl, err)
		}
	}
	_, _, err := tw.NewToken(t.Context(), tw.ana, "ok", "wirte", 0)
	if !strings.Contains(err.Error(), `Did you mean "write"?`) {
		t.Errorf("no hint: %v", err)
	}
	for range 50 {
		_, _, err = tw.NewToken(t.Context(), tw.ana, "ok", "read", time.Hour)
		tw.Must(err)
	}
	if _, _, err = tw.NewToken(t.Context(), tw.ana, "ok", "read", 0); core.CodeOf(err) != core.Conflict {
		t.Errorf("the 51st token: %v", err)
	}
	tw.Clock.Move(time.Hour)
	if _, _, err = tw.NewToken(t.Context(), tw.ana, "ok", "read", 0); err != nil {
		t.Errorf("ended tokens count: %v", err)
	}
}

func TestTicketAndVisitAreForOneApp(t *testing.T) {
	tw := newTown(t)
	a, b := tw.NewApp("payroll", tw.ana), tw.NewApp("survey", tw.ana)
	ticket, err := tw.NewTicket(t.Context(), tw.ana, a.ID)
	tw.Must(err)
	for _, other := range []core.ID{b.ID, ""} {
		_, _, err = tw.TakeTicket(t.Context(), ticket, other)
		refused(t, "a ticket at another app", err)
	}
	who, visit, err := tw.TakeTicket(t.Context(), ticket, a.ID)
	if err != nil || who.ID != tw.ana.ID {
		t.Fatalf("the right app: %v", err)
	}
	_, _, err = tw.TakeTicket(t.Context(), ticket, a.ID)
	refused(t, "a used ticket", err)
	if _, err := tw.Visit(t.Context(), visit, a.ID); err != nil {
		t.Errorf("the visit: %v", err)
	}
	for _, other := range []core.ID{b.ID, ""} {
		_, err = tw.Visit(t.Context(), visit, other)
		refused(t, "a visit at another app", err)
	}
	_, err = tw.Session(t.Context(), visit)
	refused(t, "a visit as session", err)
	tw.Clock.Move(identity.VisitLife)
	_, err = tw.Visit(t.Context(), visit, a.ID)
	refused(t, "an old visit", err)

	ticket, err = tw.NewTicket(t.Context(), tw.ana, a.ID)
	tw.Must(err)
	tw.Clock.Move(identity.TicketLife)
	_, _, err = tw.TakeTicket(t.Context(), ticket, a.ID)
	refused(t, "an old ticket", err)
}

// Somebody switched off is refused at the next request, at every kind.
func TestSwitchedOffPersonIsRefused(t *testing.T) {
	tw := newTown(t)
	app := tw.NewApp("payroll", tw.ana)
	link, err := tw.NewLink(t.Context(), tw.ana.ID, core.System("start"))
	tw.Must(err)
	session := tw.signIn(t)
	token, _, err := tw.NewToken(t.Context(), tw.ana, "laptop", "read", 0)
	tw.Must(err)
	ticket, err := tw.NewTicket(t.Context(), tw.ana, app.ID)
	tw.Must(err)
	spare, err := tw.NewTicket(t.Context(), tw.ana, app.ID)
	tw.Must(err)
	_, visit, err := tw.TakeTicket(t.Context(), ticket, app.ID)
	tw.Must(err)

	all := func(what string) {
		t.Helper()
		_, err = tw.RedeemLink(t.Context(), link)
		refused(t, what+" link", err)
		_, err = tw.Session(t.Context(), session)
		refused(t, what+" session", err)
		_, _, err = tw.Token(t.Context(), token, core.Use{})
		refused(t, what+" token", err)
		_, _, err = tw.TakeTicket(t.Context(), spare, app.ID)
		refused(t, what+" ticket", err)
		_, err = tw.Visit(t.Context(), visit, app.ID)
		refused(t, what+" visit", err)
	}
	tw.SetDisabled(tw.ana, true) // only the flag, as another replica would write it
	all("switched off:")
	tw.SetDisabled(tw.ana, false)
	tw.Must(tw.SwitchOff(t.Context(), core.System("test"), tw.ana.ID))
	tw.Must(tw.SwitchOn(t.Context(), core.System("test"), tw.ana.ID))
	all("switched on again, old")
	if _, err := tw.StartSession(t.Context(), tw.ana); err != nil {
		t.Errorf("a new session after being switched on: %v", err)
	}
}

func TestUnknownValues(t *testing.T) {
	tw := newTown(t)
	for _, v := range []string{"", "x", "pdk_", strings.Repeat("y", 1<<20), "' OR 1=1 --", "\x00"} {
		value := core.NewSecret([]byte(v))
		_, err := tw.RedeemLink(t.Context(), value)
		refused(t, "link", err)
		_, err = tw.Session(t.Context(), value)
		refused(t, "session", err)
		_, _, err = tw.Token(t.Context(), value, core.Use{})
		refused(t, "token", err)
	}
}

// Promise 7: values are kept as hashes only; nothing that could sign in is in
// the database files.
func TestNoValueIsStored(t *testing.T) {
	tw := newTown(t)
	app := tw.NewApp("payroll", tw.ana)
	var values [][]byte
	link, err := tw.NewLink(t.Context(), tw.ana.ID, core.System("start"))
	tw.Must(err)
	_, session, err := tw.TakeLink(t.Context(), link)
	tw.Must(err)
	token, _, err := tw.NewToken(t.Context(), tw.ana, "laptop", "read", 0)
	tw.Must(err)
	ticket, err := tw.NewTicket(t.Context(), tw.ana, app.ID)
	tw.Must(err)
	_, visit, err := tw.TakeTicket(t.Context(), ticket, app.ID)
	tw.Must(err)
	for _, s := range []core.Secret{link, session, token, ticket, visit} {
		if len(s.Open()) < 43 {
			t.Errorf("a value of only %d letters", len(s.Open()))
		}
		values = append(values, s.Open())
	}
	files, err := filepath.Glob(filepath.Join(tw.Dir, "*"))
	tw.Must(err)
	if len(files) == 0 {
		t.Fatal("no database files")
	}
	for _, f := range files {
		content, err := os.ReadFile(f)
		tw.Must(err)
		for i, v := range values {
			if bytes.Contains(content, v) {
				t.Errorf("value %d is in %s", i, filepath.Base(f))
			}
		}
	}
}

// A store that cannot be read is an error of its own, never "not signed in".
func TestUnreadableStoreIsNotARefusal(t *testing.T) {
	tw := newTown(t)
	s := tw.signIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := tw.Session(ctx, s)
	if err == nil || core.CodeOf(err) == core.Unauthorized {
		t.Errorf("with a cancelled context: %v", err)
	}
}

// Without randomness nothing is given out.
func TestNoRandomnessNoValue(t *testing.T) {
	tw := newTown(t)
	dry := identity.New(tw.Ground, tw.Audit, tw.Clock, tw.IDs, strings.NewReader("short"))
	if s, err := dry.StartSession(t.Context(), tw.ana); err == nil || !s.Empty() {
		t.Error("a session was made of nothing")
	}
}

// An act whose event cannot be written does not happen.
func TestNoEventNoSession(t *testing.T) {
	tw := newTown(t)
	deaf := identity.New(tw.Ground, brokenAudit{}, tw.Clock, tw.IDs, rand.Reader)
	if s, err := deaf.StartSession(t.Context(), tw.ana); err == nil || !s.Empty() {
		t.Error("a session without its event")
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(tw.Dir, "paddock.db"))
	tw.Must(err)
	defer db.Close()
	var n int
	tw.Must(db.QueryRow("SELECT count(*) FROM credential").Scan(&n))
	if n != 0 {
		t.Errorf("%d credentials are kept", n)
	}
}

type brokenAudit struct{}

func (brokenAudit) Append(context.Context, core.Event) error { return errors.New("the disk is full") }
