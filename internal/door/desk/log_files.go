package desk

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// LogFile returns a file of the audit log: the key, the checkpoint and tiles for
// anybody, the entries themselves only for those who may read the log.
func (d *Desk) LogFile(ctx context.Context, who core.Person, path string) (string, []byte, error) {
	if path == "key" {
		return "text/plain; charset=utf-8", []byte(d.AuditKey + "\n"), nil
	}
	if !strings.HasPrefix(path, "tile/entries/") {
		return d.AuditRead(ctx, path)
	}
	if err := authz.Can(who, authz.AuditRead, nil); err != nil {
		return "", nil, err
	}
	media, body, err := d.AuditRead(ctx, path)
	if err != nil {
		return "", nil, err
	}
	return media, body, d.read(ctx, who, entriesAgain, "entries", core.Event{Action: "audit.read", Target: "entries"})
}

// Prove returns the proof that an event is in the log, as a .tlog-proof file. With
// whole, the file also holds the event's leaf, so that it needs nothing else.
// Those may have it who may read the event.
func (d *Desk) Prove(ctx context.Context, who core.Person, event core.ID, whole bool) (file string, proof []byte, err error) {
	e, err := d.Log.Event(ctx, event)
	var app *core.App
	if err == nil && e.AppID != "" {
		if a, aerr := d.Store.App(ctx, e.AppID); aerr == nil {
			app = &a
		}
	}
	if may := authz.Can(who, authz.AuditRead, app); may != nil {
		if authz.May(who, authz.AuditRead) { // hidden looks like missing
			may = core.Errorf(core.NotFound, "There is no event with the id %q that you may read.", event)
		}
		return "", nil, may
	}
	if err != nil {
		return "", nil, err
	}
	p, leaf, err := d.Log.Prove(ctx, event)
	if err != nil {
		return "", nil, err
	}
	if whole {
		p.Extra = []byte(leaf)
	}
	return string(event) + ".tlog-proof", []byte(p.String()), nil
}

// LogHealth says whether the log keeps up, and who keeps watch over it: for those
// who may read the whole log.
func (d *Desk) LogHealth(ctx context.Context, who core.Person) (view.LogHealth, error) {
	if err := authz.Can(who, authz.AuditRead, nil); err != nil {
		return view.LogHealth{}, err
	}
	return d.Log.Health(ctx, d.Clock.Now())
}

// Consistency proves that the log of old entries is the beginning of the log of
// size entries: one hash on each line, in base64.
func (d *Desk) Consistency(ctx context.Context, old, size int64) ([]byte, error) {
	hashes, err := d.Log.Consistency(ctx, old, size)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, h := range hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return []byte(b.String()), nil
}
