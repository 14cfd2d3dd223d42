package cli_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/org/evidence"
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

// newFolder makes a data folder and puts its verifier key into $VKEY.
func newFolder(ts *testscript.TestScript, name string) *folder {
	dir := ts.MkAbs(name)
	ts.Check(os.MkdirAll(dir, 0o700))
	keys, err := seal.Open(filepath.Join(dir, "keys"), rand.Reader)
	ts.Check(err)
	ts.Setenv("VKEY", keys.AuditKey())
	db, err := store.Open(context.Background(), dir)
	ts.Check(err)
	verifier, err := note.NewVerifier(keys.AuditKey())
	ts.Check(err)
	return &folder{db, keys, audit.NewLog(db, clock(), core.IDs{}, rand.Reader),
		audit.NewSequencer(db, keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler)), audit.NewReader(db, verifier)}
}

func clock() *testkit.Clock { return testkit.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) }

// IntegrateNow implements evidence.Log.
func (f *folder) IntegrateNow(ctx context.Context) (int, error) { return f.tree.IntegrateNow(ctx) }

// EachEvent implements evidence.Log.
func (f *folder) EachEvent(ctx context.Context, app core.ID, fn func(int64, string, string) error) error {
	events, err := f.EventsOf(ctx, app)
	for _, e := range events {
		if err := fn(e.Index, e.Leaf, e.Opening); err != nil {
			return err
		}
	}
	return err
}

// Get implements evidence.Blobs: nothing was ever built.
func (*folder) Get(_ context.Context, digest string) ([]byte, error) {
	return nil, core.Errorf(core.NotFound, "no blob %s", digest)
}

// surroundings implements evidence.Around: an app without vendors and costs.
type surroundings struct{}

func (surroundings) Vendors(context.Context, []string) ([]core.Vendor, error) { return nil, nil }

func (surroundings) Costs(context.Context, core.App) ([]evidence.Cost, error) { return nil, nil }

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

// makePack is the script command "pack DIR FILE": the evidence pack of an app
// that was made in the folder.
func makePack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack DIR FILE")
	}
	f := newFolder(ts, args[0])
	defer f.Close()
	ctx, now := context.Background(), clock().Now()
	ada := core.Person{ID: core.IDs{}.New(now), Email: "ada@example.com", Name: "Ada", Created: core.Stamp(now)}
	app := core.App{ID: core.IDs{}.New(now), Name: "tracker", OwnerID: ada.ID, OwnerEmail: ada.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: "tracker", Template: "internal-dashboard@1", Owner: ada.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless}}
	ts.Check(f.InTx(ctx, func(ctx context.Context) error {
		return errors.Join(f.AddPerson(ctx, ada), f.AddApp(ctx, app),
			f.log.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), AppID: app.ID, Target: app.Name, Code: "ok"}))
	}))
	out, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	x := &evidence.Exporter{Signer: f.keys.NoteSigner(), AuditKey: f.keys.AuditKey(), SigningKey: f.keys.PublicPEM(), Clock: clock(),
		Source: evidence.Source{Apps: f, Judged: f, Ran: f, Around: surroundings{}, Blobs: f, Log: f, Proofs: f.read}}
	ts.Check(x.Export(ctx, app.Name, out))
	ts.Check(out.Close())
}
