package copies_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/copies"
	"github.com/paddock-dev/paddock/internal/adapter/copies/folder"
	"github.com/paddock-dev/paddock/internal/adapter/copies/gittag"
	"github.com/paddock-dev/paddock/internal/adapter/copies/objectstore"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}

// place is one place as the tests use it.
type place struct {
	put  func(origin string, size int64, note string) error
	read func(origin string, size int64) (string, error)
}

// bucket is an object store that lives as long as the test; seen gets the header
// of each write.
func bucket(t *testing.T, seen *http.Header) objectstore.Bucket {
	t.Helper()
	fake := gofakes3.New(s3mem.New(), gofakes3.WithAutoBucket(true)).Server()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && seen != nil {
			*seen = r.Header.Clone()
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return objectstore.Bucket{URL: s.URL + "/checkpoints/paddock", Region: "us-east-1", AccessKey: "id", Key: core.NewSecret([]byte("key"))}
}

// places are all of them.
func places(t *testing.T) map[string]place {
	t.Helper()
	ctx, at := t.Context(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	dir, repo := t.TempDir(), filepath.Join(t.TempDir(), "copies.git")
	out, err := exec.Command("git", "init", "--quiet", "--bare", repo).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b := bucket(t, nil)
	return map[string]place{
		"folder": {func(origin string, size int64, note string) error { return folder.Put(ctx, dir, origin, size, note) },
			func(origin string, size int64) (string, error) {
				b, err := os.ReadFile(filepath.Join(dir, copies.Dir(origin), copies.Name(size)+".txt"))
				return string(b), err
			}},
		"git": {func(origin string, size int64, note string) error {
			return gittag.Put(ctx, gittag.Remote{URL: repo}, origin, size, note, at)
		},
			func(origin string, size int64) (string, error) {
				return gittag.Read(ctx, gittag.Remote{URL: repo}, origin, size)
			}},
		"s3": {func(origin string, size int64, note string) error {
			return objectstore.Put(ctx, b, origin, size, note, at)
		},
			func(origin string, size int64) (string, error) { return objectstore.Read(ctx, b, origin, size) }},
	}
}

// What is put is what comes back; putting it again is fine, putting something
// else in its place is refused and changes nothing.
func TestPlacesKeepWhatTheyHave(t *testing.T) {
	for name, p := range places(t) {
		const one, two = "log.test/one\n5\nAAAA\n\n— log.test/one sig\n", "log.test/one\n5\nBBBB\n\n— log.test/one sig\n"
		must(t, p.put("log.test/one", 5, one))
		must(t, p.put("log.test/one", 5, one))
		if err := p.put("log.test/one", 5, two); core.CodeOf(err) != core.Conflict {
			t.Errorf("%s: another checkpoint of the same size: %v", name, err)
		}
		must(t, p.put("log.test/one", 6, two))
		must(t, p.put("log.test/two", 5, two))
		if got, err := p.read("log.test/one", 5); err != nil || got != one {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

// Places that are not there say so in words that hold no credential.
func TestPlacesThatFail(t *testing.T) {
	ctx, at := t.Context(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	secret := core.NewSecret([]byte("hunter2"))
	denied := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer denied.Close()
	for name, put := range map[string]func() error{
		"folder":     func() error { return folder.Put(ctx, filepath.Join(t.TempDir(), "gone"), "log", 1, "n") },
		"repository": func() error { return gittag.Put(ctx, gittag.Remote{URL: t.TempDir()}, "log", 1, "n", at) },
		"git server": func() error {
			return gittag.Put(ctx, gittag.Remote{URL: denied.URL + "/x.git", Password: secret}, "log", 1, "n", at)
		},
		"a command": func() error { return gittag.Put(ctx, gittag.Remote{URL: "ext::touch /tmp/owned"}, "log", 1, "n", at) },
		"an option": func() error { return gittag.Put(ctx, gittag.Remote{URL: "--exec=x"}, "log", 1, "n", at) },
		"object store": func() error {
			return objectstore.Put(ctx, objectstore.Bucket{URL: denied.URL + "/b", Region: "x", AccessKey: "id", Key: secret}, "log", 1, "n", at)
		},
		"nobody": func() error {
			return objectstore.Put(ctx, objectstore.Bucket{URL: "http://127.0.0.1:1/b", Region: "x", AccessKey: "id", Key: secret}, "log", 1, "n", at)
		},
	} {
		err := put()
		if core.CodeOf(err) != core.Unavailable || strings.Contains(err.Error(), "hunter2") || core.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An object is locked when the settings say so.
func TestRetention(t *testing.T) {
	var seen http.Header
	b := bucket(t, &seen)
	b.Retain = 48 * time.Hour
	must(t, objectstore.Put(t.Context(), b, "log", 1, "n", time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)))
	if seen.Get("X-Amz-Object-Lock-Mode") != "COMPLIANCE" || seen.Get("X-Amz-Object-Lock-Retain-Until-Date") != "2026-03-04T09:00:00Z" || seen.Get("If-None-Match") != "*" {
		t.Errorf("%v", seen)
	}
}

// A log whose newest part was cut off, checkpoints and all, verifies by itself;
// with a copy of a checkpoint from any place the cut is found. A log that grew
// again to another history is a fork.
func TestCopyShowsCutTail(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		ctx := t.Context()
		skey, vkey, err := note.GenerateKey(rand.Reader, "log.test/one")
		must(t, err)
		signer, err := note.NewSigner(skey)
		must(t, err)
		verifier, err := note.NewVerifier(vkey)
		must(t, err)
		grow := func(n int) {
			for range n {
				must(t, g.InTx(ctx, func(ctx context.Context) error {
					return g.Audit.Append(ctx, core.Event{Action: "test.act", Actor: core.System("test"), Code: "ok"})
				}))
				_, err := audit.NewSequencer(g, signer, verifier, nil, slog.New(slog.DiscardHandler)).IntegrateNow(ctx)
				must(t, err)
			}
		}
		verified := func(known ...string) verify.Result {
			t.Helper()
			at := verify.Place{Dir: g.Dir}
			if g.Engine() == store.Postgres {
				at = verify.Place{URL: g.Where.URL}
			}
			r, err := verify.Check(ctx, at, verify.Options{Key: vkey, Known: known})
			must(t, err)
			return r
		}
		grow(9)
		signed, c, err := audit.NewReader(g, verifier).Checkpoint(ctx)
		must(t, err)
		kept := map[string]string{}
		for name, p := range places(t) {
			must(t, p.put(c.Origin, c.Size, signed))
			kept[name], err = p.read(c.Origin, c.Size)
			must(t, err)
			if r := verified(kept[name]); !r.OK {
				t.Errorf("%s: a whole log: %+v", name, r)
			}
		}
		behind(t, g, "DELETE FROM audit_checkpoint WHERE size > 6", "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE idx >= 6)", "DELETE FROM audit_leaf WHERE idx >= 6")
		if r := verified(); !r.OK {
			t.Fatalf("the cut leaves a log that does not verify by itself, so the test shows nothing: %+v", r)
		}
		for name, copied := range kept {
			if r := verified(copied); r.OK {
				t.Errorf("%s: the cut is not found", name)
			}
		}
		grow(5)
		for name, copied := range kept {
			if r := verified(copied); r.OK {
				t.Errorf("%s: the fork is not found", name)
			}
		}
		if forked, err := g.CheckpointOf(ctx, 9); err != nil || forked == signed {
			t.Fatal("no fork was made", err)
		} else {
			for name, p := range places(t) {
				must(t, p.put(c.Origin, 9, signed))
				if err := p.put(c.Origin, 9, forked); core.CodeOf(err) != core.Conflict {
					t.Errorf("%s: takes the fork: %v", name, err)
				}
			}
		}
	})
}

// behind changes a database behind Paddock's back, without its guards.
func behind(t *testing.T, g *testkit.Ground, statements ...string) {
	t.Helper()
	driver, at := "sqlite", filepath.Join(g.Dir, store.File)
	if g.Engine() == store.Postgres {
		driver, at = "pgx", g.Database.URL(postgres.Superuser)
	}
	db, err := sql.Open(driver, at)
	must(t, err)
	defer db.Close()
	off := []string{"DROP TRIGGER audit_checkpoint_no_delete", "DROP TRIGGER audit_event_no_delete", "DROP TRIGGER audit_leaf_no_delete"}
	if driver == "pgx" {
		off = []string{"ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL", "ALTER TABLE audit_event DISABLE TRIGGER ALL", "ALTER TABLE audit_leaf DISABLE TRIGGER ALL"}
	}
	for _, s := range append(off, statements...) {
		_, err := db.ExecContext(t.Context(), s)
		must(t, err)
	}
}
