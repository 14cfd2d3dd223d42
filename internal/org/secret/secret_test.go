package secret

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

const canary = "canary-0815-never-shown"

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// world is a service over the real store, keyring and audit log.
type world struct {
	*Service
	db      *store.DB
	clock   *clock
	allowed []string
	dir     string
	admin   core.Actor
	refuse  error // makes the audit log fail
	log     *audit.Log
}

func (w *world) Append(ctx context.Context, e core.Event) error {
	if w.refuse != nil {
		return w.refuse
	}
	return w.log.Append(ctx, e)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := seal.Open(filepath.Join(dir, "keys"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	w := &world{db: db, clock: c, allowed: []string{Platform, "vault"}, dir: dir,
		admin: core.Actor{Kind: core.ActorPerson, ID: "p1", Name: "ada@example.org", Door: "web"}}
	w.log = audit.NewLog(db, c, core.IDs{}, rand.Reader)
	w.Service = New(Options{Sealer: ring, Store: db, Leases: db, Live: db, Tx: db, Audit: w, Clock: c, Allowed: func() []string { return w.allowed }})
	w.do(t, func(ctx context.Context) error {
		if err := db.AddPerson(ctx, core.Person{ID: "p1", Email: "ada@example.org", Name: "Ada"}); err != nil {
			return err
		}
		for _, a := range []core.App{{ID: "a1", Name: "one"}, {ID: "a2", Name: "two"}} {
			a.OwnerID, a.State = "p1", core.AppActive
			if err := db.AddApp(ctx, a); err != nil {
				return err
			}
		}
		return w.log.Append(ctx, core.Event{Action: "test.setup", Actor: core.System("test"), Code: "ok"})
	})
	return w
}

func (w *world) do(t *testing.T, fn func(ctx context.Context) error) {
	t.Helper()
	if err := w.db.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func (w *world) put(t *testing.T, name, value string) {
	t.Helper()
	if _, err := w.Put(t.Context(), name, core.NewSecret([]byte(value)), w.admin); err != nil {
		t.Fatal(err)
	}
}

func (w *world) lease(t *testing.T, app core.ID, name string) core.Lease {
	t.Helper()
	l, err := w.Lease(t.Context(), app, name, 0)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (w *world) actions(t *testing.T) []string {
	t.Helper()
	events, err := w.db.SearchEvents(t.Context(), store.EventFilter{Most: 100})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range events {
		if strings.HasPrefix(e.Event.Action, "secret.") {
			list = append(list, e.Event.Action)
		}
	}
	slices.Sort(list)
	return list
}

var vendor = core.Vendor{Name: "mailer", Credential: "mailer-key"}

func (w *world) use(t *testing.T, app core.ID) core.Code {
	t.Helper()
	value, header, prefix, err := w.ForVendor(t.Context(), app, vendor)
	if err == nil && (!value.Equal(core.NewSecret([]byte(canary))) || header != "Authorization" || prefix != "Bearer ") {
		t.Errorf("got %v %q %q", value, header, prefix)
	}
	if err != nil && !value.Empty() {
		t.Error("a refused use gives a value")
	}
	return core.CodeOf(err)
}

// SEC-2: values are sealed in the database; the newest version counts.
func TestPutAndVersions(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", "old")
	w.put(t, "mailer-key", canary)
	if v, err := w.Version(t.Context(), "mailer-key"); v != 2 || err != nil {
		t.Errorf("version %d, %v", v, err)
	}
	w.lease(t, "a1", "mailer-key")
	if c := w.use(t, "a1"); c != "" {
		t.Errorf("use: %s", c)
	}
	if names, err := w.Names(t.Context()); err != nil || !slices.Equal(names, []string{"mailer-key"}) {
		t.Errorf("names %v, %v", names, err)
	}
	if err := w.Delete(t.Context(), "mailer-key", w.admin); err != nil {
		t.Fatal(err)
	}
	if c := w.use(t, "a1"); c != core.NotFound {
		t.Errorf("after deletion: %q", c)
	}
	if err := w.Delete(t.Context(), "mailer-key", w.admin); core.CodeOf(err) != core.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
	if got := w.actions(t); !slices.Equal(got, []string{"secret.delete", "secret.lease", "secret.put", "secret.put"}) {
		t.Errorf("events %v", got)
	}
}

func TestPutRefuses(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, value string
		want        core.Code
	}{
		{"", "x", core.Invalid}, {"1a", "x", core.Invalid}, {"a b", "x", core.Invalid}, {"../x", "x", core.Invalid},
		{strings.Repeat("a", 64), "x", core.Invalid}, {"a\n", "x", core.Invalid}, {"a", "", core.Invalid},
		{"a", strings.Repeat("x", MaxValue+1), core.TooLarge},
	} {
		_, err := w.Put(t.Context(), c.name, core.NewSecret([]byte(c.value)), w.admin)
		if core.CodeOf(err) != c.want || core.AsError(err).Hint == "" {
			t.Errorf("%q: %v, want %q", c.name, err, c.want)
		}
	}
	if got := w.actions(t); len(got) > 0 {
		t.Errorf("events %v", got)
	}
}

// SEC-5: only the app with a lease in force gets the secret, up to its very end.
func TestLeaseEndsAtItsBoundary(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	if c := w.use(t, "a1"); c != core.Forbidden {
		t.Errorf("without a lease: %q", c)
	}
	start := w.clock.now
	l := w.lease(t, "a1", "mailer-key")
	if l.Expires != core.Stamp(start.Add(DefaultTTL)) {
		t.Errorf("ends at %v", core.Moment(l.Expires))
	}
	for _, c := range []struct {
		after time.Duration
		app   core.ID
		want  core.Code
	}{
		{0, "a1", ""}, {0, "a2", core.Forbidden},
		{DefaultTTL - time.Microsecond, "a1", ""},
		{DefaultTTL, "a1", core.Forbidden},
		{DefaultTTL + time.Microsecond, "a1", core.Forbidden},
	} {
		w.clock.now = start.Add(c.after)
		if got := w.use(t, c.app); got != c.want {
			t.Errorf("%s after %v: %q, want %q", c.app, c.after, got, c.want)
		}
		held, err := w.Held(t.Context(), "a1")
		if err != nil || (len(held) == 1) != (c.after < DefaultTTL) {
			t.Errorf("held after %v: %v, %v", c.after, held, err)
		}
	}
}

type real = Leases

// stale is a store that finds leases which have ended.
type stale struct {
	real
	lease core.Lease
}

func (s stale) LeaseInForce(context.Context, core.ID, string, int64) (core.Lease, bool, error) {
	return s.lease, true, nil
}

// Promise 6: the end of a lease is read at every use, whatever the store says.
func TestEndedLeasesFromTheStoreDoNotCount(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	now := core.Stamp(w.clock.now)
	good := core.Lease{AppID: "a1", Secret: "mailer-key", Expires: now + 1}
	for note, change := range map[string]func(*core.Lease){
		"ended": func(l *core.Lease) { l.Expires = now }, "revoked": func(l *core.Lease) { l.Revoked = 1 },
		"of another app": func(l *core.Lease) { l.AppID = "a2" }, "on another secret": func(l *core.Lease) { l.Secret = "x" },
	} {
		l := good
		change(&l)
		w.o.Leases = stale{w.db, l}
		if c := w.use(t, "a1"); c != core.Forbidden {
			t.Errorf("%s: %q", note, c)
		}
	}
	w.o.Leases = stale{w.db, good}
	if c := w.use(t, "a1"); c != "" {
		t.Errorf("the good one: %q", c)
	}
}

func TestLeaseAgainAndRefusals(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	first := w.lease(t, "a1", "mailer-key")
	if again := w.lease(t, "a1", "mailer-key"); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
	w.clock.now = w.clock.now.Add(10 * time.Minute)
	if later := w.lease(t, "a1", "mailer-key"); later.ID != first.ID || later.Expires <= first.Expires {
		t.Errorf("%+v, then %+v", first, later)
	}
	for _, ttl := range []time.Duration{-1, MaxTTL + 1} {
		if _, err := w.Lease(t.Context(), "a1", "mailer-key", ttl); core.CodeOf(err) != core.Invalid {
			t.Errorf("ttl %v: %v", ttl, err)
		}
	}
	if _, err := w.Lease(t.Context(), "a1", "none", 0); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such secret: %v", err)
	}
	if got := w.actions(t); !slices.Equal(got, []string{"secret.lease", "secret.put", "secret.renew"}) {
		t.Errorf("events %v", got)
	}
}

func TestRenewWhileLive(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.lease(t, "a1", "mailer-key")
	renew := func(after time.Duration, want int) {
		t.Helper()
		w.clock.now = w.clock.now.Add(after)
		if n, err := w.Renew(t.Context(), "a1"); n != want || err != nil {
			t.Errorf("renewed %d, %v; want %d", n, err, want)
		}
	}
	renew(40*time.Minute, 0) // no deployment is live
	w.do(t, func(ctx context.Context) error {
		if err := w.db.PutArtifact(ctx, core.Artifact{Digest: "sha256:x", AppID: "a1", Commit: "c"}); err != nil {
			return err
		}
		if err := w.db.AddDecision(ctx, core.Decision{ID: "g1", Gate: core.GateAppDeploy, AppID: "a1", Result: core.Allow}); err != nil {
			return err
		}
		d := core.Deployment{ID: "d1", Decision: "g1", AppID: "a1", Artifact: "sha256:x", Target: "t", Region: "r", State: core.DeployStarting, By: "p1", Created: 1}
		if err := w.db.AddDeployment(ctx, d); err != nil {
			return err
		}
		if err := w.db.MoveDeployment(ctx, d, core.DeployLive, 0); err != nil {
			return err
		}
		return w.log.Append(ctx, core.Event{Action: "test.setup", Actor: core.System("test"), Code: "ok"})
	})
	renew(0, 1)
	renew(29*time.Minute, 0) // less than half over
	renew(time.Minute, 1)
	w.allowed = []string{"vault"}
	w.clock.now = w.clock.now.Add(40 * time.Minute)
	if _, err := w.Renew(t.Context(), "a1"); core.CodeOf(err) != core.Denied {
		t.Errorf("policy forbids the store: %v", err)
	}
	w.allowed = []string{Platform}
	renew(30*time.Minute, 0) // ended meanwhile: it stays ended
	if c := w.use(t, "a1"); c != core.Forbidden {
		t.Errorf("use: %q", c)
	}
}

func TestRevoke(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.lease(t, "a1", "mailer-key")
	w.lease(t, "a2", "mailer-key")
	for _, want := range []int{1, 0} { // the second time there is nothing to do
		if n, err := w.Revoke(t.Context(), "a1", "archived"); n != want || err != nil {
			t.Errorf("revoked %d, %v; want %d", n, err, want)
		}
	}
	if a, b := w.use(t, "a1"), w.use(t, "a2"); a != core.Forbidden || b != "" {
		t.Errorf("a1 %q, a2 %q", a, b)
	}
	if w.lease(t, "a1", "mailer-key"); w.use(t, "a1") != "" {
		t.Error("a new lease after a revocation gives nothing")
	}
}

// Promise 1: without its event, nothing changes.
func TestNoChangeWithoutItsEvent(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.lease(t, "a1", "mailer-key")
	w.refuse = errors.New("audit is down")
	if _, err := w.Put(t.Context(), "mailer-key", core.NewSecret([]byte("x")), w.admin); err == nil {
		t.Error("Put went on")
	}
	if err := w.Delete(t.Context(), "mailer-key", w.admin); err == nil {
		t.Error("Delete went on")
	}
	if _, err := w.Lease(t.Context(), "a2", "mailer-key", 0); err == nil {
		t.Error("Lease went on")
	}
	if _, err := w.Revoke(t.Context(), "a1", "x"); err == nil {
		t.Error("Revoke went on")
	}
	if v, _ := w.Version(t.Context(), "mailer-key"); v != 1 || w.use(t, "a1") != "" || w.use(t, "a2") != core.Forbidden {
		t.Error("something changed without its event")
	}
}

// SEC-6: the published policy's allowed_stores is honoured.
func TestCheckStore(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		store   string
		allowed []string
		want    core.Code
		says    string
	}{
		{Platform, []string{Platform}, "", ""},
		{"vault", []string{"vault"}, core.Unavailable, "not connected"},
		{"aws_secrets_manager", []string{"aws_secrets_manager"}, core.Unavailable, "not connected"},
		{"azure_key_vault", []string{"vault"}, core.Denied, "does not allow"},
		{Platform, []string{"vault", "aws_secrets_manager", "azure_key_vault"}, core.Denied, "Allowed: vault"},
		{Platform, nil, core.Denied, "does not allow"},
		{"valt", []string{Platform}, core.Invalid, `Did you mean "vault"?`},
		{"", []string{Platform}, core.Invalid, "Use one of"},
	} {
		w.allowed = c.allowed
		err := w.CheckStore(c.store)
		if core.CodeOf(err) != c.want || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q in %v: %v, want %q", c.store, c.allowed, err, c.want)
		}
	}
	w.allowed = []string{"vault"}
	if _, err := w.Put(t.Context(), "a", core.NewSecret([]byte("x")), w.admin); core.CodeOf(err) != core.Denied {
		t.Errorf("Put: %v", err)
	}
	if _, err := w.Lease(t.Context(), "a1", "a", 0); core.CodeOf(err) != core.Denied {
		t.Errorf("Lease: %v", err)
	}
}

func TestForVendorPlacesTheValue(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.put(t, "lines", "a\r\nX-Evil: 1")
	w.lease(t, "a1", "mailer-key")
	w.lease(t, "a1", "lines")
	for _, c := range []struct {
		vendor         core.Vendor
		header, prefix string
		want           core.Code
	}{
		{core.Vendor{Name: "open"}, "", "", ""},
		{core.Vendor{Credential: "mailer-key"}, "Authorization", "Bearer ", ""},
		{core.Vendor{Credential: "mailer-key", CredentialPrefix: "Token "}, "Authorization", "Token ", ""},
		{core.Vendor{Credential: "mailer-key", CredentialHeader: "X-Api-Key"}, "X-Api-Key", "", ""},
		{core.Vendor{Credential: "lines"}, "", "", core.Invalid},
		{core.Vendor{Credential: "mailer-key", CredentialHeader: "A\nB"}, "", "", core.Invalid},
		{core.Vendor{Credential: "none"}, "", "", core.Forbidden},
	} {
		value, header, prefix, err := w.ForVendor(t.Context(), "a1", c.vendor)
		if header != c.header || prefix != c.prefix || core.CodeOf(err) != c.want || value.Empty() != (header == "") {
			t.Errorf("%+v: %q %q %v", c.vendor, header, prefix, err)
		}
	}
	want := []Use{{"a1", "mailer-key", 3, core.Stamp(w.clock.now)}}
	if got := w.TakeUses(); !slices.Equal(got, want) {
		t.Errorf("uses %+v, want %+v", got, want)
	}
	if got := w.TakeUses(); len(got) != 0 {
		t.Errorf("taken twice: %+v", got)
	}
}

// Promise 7: the value appears in no form of printing, no row and no error.
func TestCanaryNeverShows(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.lease(t, "a1", "mailer-key")
	value, _, _, err := w.ForVendor(t.Context(), "a1", vendor)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	type holder struct {
		Shown  core.Secret
		hidden core.Secret
	}
	h := holder{value, value}
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", value, "h", h, "s", w.Service)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", value, "h", h)
	js, err := json.Marshal(map[string]any{"v": value, "h": h, "p": &value})
	if err != nil {
		t.Fatal(err)
	}
	text := log.String() + string(js)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%T"} {
		for _, v := range []any{value, &value, h, &h, []any{h, w.Service}, map[string]holder{"h": h}} {
			text += fmt.Sprintf(format, v)
		}
	}
	for name, form := range map[string]string{"text": canary, "hex": fmt.Sprintf("%x", canary), "bytes": strings.Trim(fmt.Sprint([]byte(canary)), "[]"),
		"go bytes": strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", []byte(canary)), "[]byte{"), "}")} {
		if strings.Contains(text, form) {
			i := strings.Index(text, form)
			t.Errorf("the value is shown as %s in %s", name, text[max(0, i-60):i+len(form)])
		}
	}
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(canary)) {
			t.Errorf("%s holds the value", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
