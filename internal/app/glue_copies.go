package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/copies/folder"
	"github.com/paddock-dev/paddock/internal/adapter/copies/gittag"
	"github.com/paddock-dev/paddock/internal/adapter/copies/objectstore"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/copies"
)

// newCopier makes what keeps checkpoints elsewhere.
func (h *house) newCopier() *copies.Copier {
	return &copies.Copier{Log: h.reader, Book: h.store, Clock: h.clock, Logger: h.log, Put: h.putCopy, Tell: h.tellOfCopy,
		Plan: func() copies.Plan {
			s := h.shelf.Current().Settings.Audit
			return copies.Plan{Places: s.Places(), Every: time.Duration(s.Every) * time.Minute}
		}}
}

// copyCheckpoints keeps checkpoints elsewhere until ctx ends.
func (h *house) copyCheckpoints(ctx context.Context) error {
	ticks := time.NewTicker(2 * time.Second)
	defer ticks.Stop()
	return h.copier.Run(ctx, ticks.C, h.leader.Leads)
}

// putCopy adds one checkpoint at one place.
func (h *house) putCopy(ctx context.Context, p copies.Place, c audit.Checkpoint, signed string) error {
	var key core.Secret
	if p.Secret != "" {
		var err error
		if key, err = h.secrets.ForPlatform(ctx, p.Secret); core.CodeOf(err) == core.NotFound {
			return core.Errorf(core.Unavailable, "There is no secret named %q.", p.Secret).Hinted("Enter it on the page Secrets.")
		} else if err != nil {
			return err
		}
	}
	switch p.Kind {
	case copies.Folder:
		if h.ownFolder(p.Where) {
			return core.Errorf(core.Unavailable, "The folder lies in the server's own data folder.").Hinted("Name one elsewhere: who changes the log could change its copies too.")
		}
		return folder.Put(ctx, p.Where, c.Origin, c.Size, signed)
	case copies.Git:
		return gittag.Put(ctx, gittag.Remote{URL: p.Where, User: p.User, Password: key}, c.Origin, c.Size, signed, h.clock.Now())
	default:
		return objectstore.Put(ctx, objectstore.Bucket{URL: p.Where, Region: p.Region, AccessKey: p.User, Key: key, Retain: time.Duration(p.RetainDays) * 24 * time.Hour},
			c.Origin, c.Size, signed, h.clock.Now())
	}
}

// ownFolder reports whether a path is in the data folder.
func (h *house) ownFolder(path string) bool {
	data, err := filepath.Abs(h.config.Data)
	if err != nil {
		return true
	}
	rel, err := filepath.Rel(data, filepath.Clean(path))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// tellOfCopy keeps how far a place is and tells people.
func (h *house) tellOfCopy(ctx context.Context, c core.CheckpointCopy, n copies.News) error {
	action, code := "copy.back", "ok"
	title, body := "Checkpoints are copied again", "The place "+c.Place+" takes copies of the audit log's checkpoints again."
	switch n {
	case copies.Lost:
		action, code = "copy.lost", string(core.Unavailable)
		title, body = "Checkpoints are not copied", "The place "+c.Place+" has no new copy of the audit log's checkpoints. The log goes on. "+c.Problem
	case copies.Forked:
		action, code = "copy.forked", string(core.Conflict)
		title, body = "A copied checkpoint does not fit the audit log", "At "+c.Place+" lies a checkpoint of another history. Ours was cut back or rewritten, or an old copy was put in its place. "+
			c.Problem+" Run paddock audit verify with that checkpoint."
	}
	e := core.Event{Action: action, Actor: core.System("copies"), Target: c.Place, Code: code, Data: map[string]string{"size": fmt.Sprint(c.Size), "problem": c.Problem}}
	return h.store.InTx(ctx, func(ctx context.Context) error {
		if err := h.store.PutCheckpointCopy(ctx, c); err != nil {
			return err
		}
		if err := h.audit.Append(ctx, e); err != nil {
			return err
		}
		return h.tellGuards(ctx, fmt.Sprintf("%s %s %d", e.Action, c.Place, core.Stamp(h.clock.Now())), title, body)
	})
}

// copiesSeen tells the desk how far the places in the settings are.
func (h *house) copiesSeen(ctx context.Context) ([]view.Copy, error) {
	states, err := h.store.CheckpointCopies(ctx)
	out := []view.Copy{}
	for _, p := range h.shelf.Current().Settings.Audit.Places() {
		v := view.Copy{Place: p.Name()}
		for _, s := range states {
			if s.Place == v.Place {
				v.Size, v.At, v.Problem = s.Size, moment(s.At), s.Problem
			}
		}
		out = append(out, v)
	}
	return out, err
}
