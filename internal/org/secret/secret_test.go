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
	"github.com/paddock-dev/paddock/internal/testkit"
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
	dir := testkit.Folder(t)
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

// swapped is a store whose rows were exchanged by somebody with the database.
type swapped struct {
	Store
	name string
}

func (s swapped) Sealed(ctx context.Context, _ string) ([]byte, int, error) {
	return s.Store.Sealed(ctx, s.name)
}

// A sealed value opens under its own name only: a vendor never gets another's key.
func TestSwappedRowsDoNotOpen(t *testing.T) {
	w := newWorld(t)
	w.put(t, "mailer-key", canary)
	w.put(t, "payroll-key", "other")
	w.lease(t, "a1", "mailer-key")
	w.o.Store = swapped{w.db, "payroll-key"}
	if c := w.use(t, "a1"); c != core.Unreadable {
		t.Errorf("with the row of another secret: %q", c)
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
