package app

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/witness"
)

// ProveEvent proves one event straight from a data folder or a database, beside
// a server that may be running on it. The proof holds the event's leaf.
func ProveEvent(ctx context.Context, at cli.LogPlace, event string) (proof []byte, key string, err error) {
	l, err := openLog(ctx, at)
	if err != nil {
		return nil, "", err
	}
	defer l.store.Close()
	e, err := l.store.EventByID(ctx, core.ID(event))
	if core.CodeOf(err) == core.NotFound {
		err = core.Errorf(core.NotFound, "There is no event with the id %q.", event).Hinted("Ids are in exports of the log: paddock audit export.")
	}
	if err == nil && e.Index < 0 {
		err = core.Errorf(core.NotFound, "The event %s has no place in the log yet.", event).Hinted("Try again in a second; a server has to run.")
	}
	if err != nil {
		return nil, "", err
	}
	p, leaf, err := l.events.Prove(ctx, core.ID(event))
	p.Extra = []byte(leaf)
	return []byte(p.String()), l.key, err
}

// ExportLog writes events straight from a data folder or a database, and records
// that they were taken.
func ExportLog(ctx context.Context, version string, at cli.LogPlace, q cli.LogQuery, format string, w io.Writer) error {
	l, err := openLog(ctx, at)
	if err != nil {
		return err
	}
	defer l.store.Close()
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	if err := clock.restore(ctx, l.store); err != nil {
		return err
	}
	log := auditor{log: audit.NewLog(l.store, clock, core.IDs{}, rand.Reader), store: l.store, wake: func() {}}
	by := core.System("paddock audit export")
	by.Door = "cli"
	x := desk.LogExporter{Store: l.store, Log: l.events, Audit: log, Clock: clock, Version: version}
	e, err := x.Export(ctx, by, view.EventQuery{Actor: q.Actor, App: q.App, Gate: q.Gate, Action: q.Action, Code: q.Code, From: q.From, To: q.To}, format)
	if err != nil {
		return err
	}
	return e.Write(w)
}

// offlineLog is a log that is read without a server.
type offlineLog struct {
	store  *store.DB
	events eventLog
	key    string
}

// openLog opens the log at a place; the caller closes its store.
func openLog(ctx context.Context, at cli.LogPlace) (*offlineLog, error) {
	if _, err := os.Stat(filepath.Join(at.Data, store.File)); err != nil && at.Database == "" {
		return nil, core.Errorf(core.NotFound, "There is no Paddock data in %q.", at.Data).Hinted("Name the server's data folder with --data.")
	}
	key := at.Key
	if key == "" {
		b, err := os.ReadFile(filepath.Join(at.Data, "keys", "audit.vkey"))
		if err != nil {
			return nil, core.Errorf(core.NotFound, "There is no log's key in %q, and none was given.", filepath.Join(at.Data, "keys")).Hinted("Name the server's data folder with --data, or give the key with --key.")
		}
		key = strings.TrimSpace(string(b))
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return nil, core.Errorf(core.Invalid, "%.60q is not a verifier key.", key).Hinted("Give the log's public key; it is in keys/audit.vkey, or served at /api/v1/log/key.").At("key")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: at.Data, URL: at.Database})
	if err != nil {
		return nil, err
	}
	peers := peersAt(ctx, db, at.Data)
	return &offlineLog{store: db, key: key, events: eventLog{store: db, reader: audit.NewReader(db, verifier), peers: func() witness.Peers { return peers }}}, nil
}

// peersAt returns the witnesses that the settings in force name; none where the
// settings cannot be read, since a proof holds without them too.
func peersAt(ctx context.Context, db *store.DB, data string) witness.Peers {
	commit, err := db.Setting(ctx, revisionSetting)
	if err != nil || commit == "" {
		return witness.Peers{}
	}
	library, err := local.Beside(local.Options{Root: filepath.Join(data, "git"), Log: slog.New(slog.DiscardHandler), Clock: core.SystemClock{}})
	if err != nil {
		return witness.Peers{}
	}
	s := &shelf{}
	tree, err := library.Tree(ctx, GovernanceRepo, commit)
	if err != nil || s.take(ctx, tree, commit) != nil {
		return witness.Peers{}
	}
	return s.Current().Settings.Audit.Peers()
}
