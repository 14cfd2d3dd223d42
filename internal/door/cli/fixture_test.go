package cli_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// folder is a data folder with a real store, keyring and audit log.
type folder struct {
	*store.DB
	keys *seal.Keyring
	log  *audit.Log
	tree *audit.Sequencer
	read *audit.Reader
}

// newFolder opens a data folder, made if it is not there, and puts its verifier
// key into $VKEY.
func newFolder(ts *testscript.TestScript, name string) *folder {
	dir := ts.MkAbs(name)
	ts.Check(os.MkdirAll(dir, 0o700))
	keys, err := seal.Open(filepath.Join(dir, "keys"), rand.Reader)
	ts.Check(err)
	ts.Setenv("VKEY", keys.AuditKey())
	if err := testkit.Lay(dir); !errors.Is(err, fs.ErrExist) {
		ts.Check(err)
	}
	db, err := store.Open(context.Background(), dir)
	ts.Check(err)
	verifier, err := note.NewVerifier(keys.AuditKey())
	ts.Check(err)
	return &folder{db, keys, audit.NewLog(db, clock(), core.IDs{}, rand.Reader),
		audit.NewSequencer(db, keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler)), audit.NewReader(db, verifier)}
}

func clock() *testkit.Clock { return testkit.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) }

// IntegrateNow puts all events into the tree.
func (f *folder) IntegrateNow(ctx context.Context) (int, error) { return f.tree.IntegrateNow(ctx) }

// makeAuditLog is the script command "auditlog DIR EVENTS".
func makeAuditLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: auditlog DIR EVENTS")
	}
	events, err := strconv.Atoi(args[1])
	ts.Check(err)
	f := newFolder(ts, args[0])
	defer f.Close()
	ctx := context.Background()
	ts.Check(f.InTx(ctx, func(ctx context.Context) error {
		for i := range events {
			if err := f.log.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), Target: fmt.Sprintf("app %d", i), Code: "ok"}); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err = f.IntegrateNow(ctx)
	ts.Check(err)
}

// makeApp is the script command "app DIR": a data folder with an app in it.
func makeApp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: app DIR")
	}
	f := newFolder(ts, args[0])
	defer f.Close()
	ts.Check(os.MkdirAll(filepath.Join(ts.MkAbs(args[0]), "git"), 0o700))
	ctx, now := context.Background(), clock().Now()
	ada := core.Person{ID: core.IDs{}.New(now), Email: "ada@example.com", Name: "Ada", Created: core.Stamp(now)}
	app := core.App{ID: core.IDs{}.New(now), Name: "tracker", OwnerID: ada.ID, OwnerEmail: ada.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: "tracker", Template: "internal-dashboard@1", Owner: ada.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless}}
	ts.Check(f.InTx(ctx, func(ctx context.Context) error {
		return errors.Join(f.AddPerson(ctx, ada), f.AddApp(ctx, app),
			f.log.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), AppID: app.ID, Target: app.Name, Code: "ok"}))
	}))
}

// makePerson is the script command "person DIR EMAIL [ROLE]": somebody who has
// signed in to a data folder.
func makePerson(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: person DIR EMAIL [ROLE]")
	}
	f := newFolder(ts, args[0])
	defer f.Close()
	ctx, now := context.Background(), clock().Now()
	p := core.Person{ID: core.IDs{}.New(now), Email: args[1], Name: "Somebody Else", Created: core.Stamp(now)}
	for _, role := range args[2:] {
		p.Given = append(p.Given, core.Role(role))
	}
	ts.Check(f.InTx(ctx, func(ctx context.Context) error {
		return errors.Join(f.AddPerson(ctx, p),
			f.log.Append(ctx, core.Event{Action: "session.start", Actor: core.Actor{Kind: core.ActorPerson, ID: p.ID, Name: p.Email, Door: "web"}, Code: "ok"}))
	}))
}

// eventID is the script command "eventid DIR INDEX": it puts the id of one event
// into $EVENT.
func eventID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: eventid DIR INDEX")
	}
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "paddock.db"))
	ts.Check(err)
	defer db.Close()
	var id string
	ts.Check(db.QueryRow("SELECT event_id FROM audit_leaf WHERE idx = " + args[1]).Scan(&id))
	ts.Setenv("EVENT", id)
}

// integrate is the script command "integrate DIR": it puts all events of a
// folder into the tree, as a running server would.
func integrate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: integrate DIR")
	}
	f := newFolder(ts, args[0])
	defer f.Close()
	_, err := f.IntegrateNow(context.Background())
	ts.Check(err)
}

// answers starts a server whose API answers a path with a file, and names it in
// a variable:
//
//	answers SERVER /api/v1/x STATUS file
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: answers VARIABLE PATH STATUS FILE")
	}
	status, err := strconv.Atoi(args[2])
	ts.Check(err)
	body := ts.ReadFile(args[3])
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		public := strings.HasPrefix(r.URL.Path, "/.well-known/") && strings.HasPrefix(r.URL.Path, args[1])
		if !public && (r.URL.Path != args[1] || r.Header.Get("Authorization") != "Bearer t0ken") {
			http.NotFound(w, r)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.URL)
}
