// Package vex keeps the OpenVEX statements that are in force: those of the
// governance repository, and those that people with the right to have added.
package vex

import (
	"context"
	"fmt"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
)

// maxDocuments bounds what is added, because every check reads all of them.
const maxDocuments = 5000

// Store keeps documents.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// AddVEX keeps a document. Conflict if it is there already.
	AddVEX(ctx context.Context, v core.VEX) error
	// VEXDocuments lists them, oldest first.
	VEXDocuments(ctx context.Context) ([]core.VEX, error)
	// VEXMark changes whenever a document is added.
	VEXMark(ctx context.Context) (string, error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Book is the statements in force. It is safe for concurrent use. All fields but
// the last are required.
type Book struct {
	Store Store
	Audit Audit
	Clock core.Clock
	IDs   core.IDs
	// Governance returns the statements of the governance revision in force, and
	// the revision's name.
	Governance func() (revision string, sources []openvex.Source)

	mu   sync.Mutex
	mark string
	set  *openvex.Set
}

// Add keeps a document; from now on its statements count. The caller has checked
// the right to. Errors: Invalid with the document's place, Conflict if it is
// there already, TooLarge.
func (b *Book) Add(ctx context.Context, who core.Person, by core.Actor, body []byte) (core.VEX, openvex.Document, error) {
	doc, err := openvex.Parse("document", body)
	if err != nil {
		return core.VEX{}, doc, err
	}
	now := b.Clock.Now()
	for _, s := range doc.Statements {
		if s.Time.After(now.Add(openvex.Skew)) {
			return core.VEX{}, doc, core.Errorf(core.Invalid, "A statement is of %s, which is still to come.", s.Time.Format("2006-01-02 15:04:05Z")).
				Hinted("Correct its timestamp, or this machine's clock.").At(fmt.Sprintf("document:%d", s.Line))
		}
	}
	v := core.VEX{ID: b.IDs.New(now), Digest: doc.Digest, Body: body, By: who.ID, ByName: who.Email, Added: core.Stamp(now)}
	return v, doc, b.Store.InTx(ctx, func(ctx context.Context) error {
		all, err := b.Store.VEXDocuments(ctx)
		if err != nil {
			return err
		}
		if len(all) >= maxDocuments {
			return core.Errorf(core.TooLarge, "There are %d OpenVEX documents already.", len(all)).Hinted("Put statements together in one document of the governance repository.")
		}
		if err := b.Store.AddVEX(ctx, v); err != nil {
			return err
		}
		return b.Audit.Append(ctx, core.Event{Action: "vex.add", Actor: by, Target: v.Digest, Code: "ok",
			Data: map[string]string{"document": clipped(doc.ID), "author": clipped(doc.Author), "statements": fmt.Sprint(len(doc.Statements))}})
	})
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200])
	}
	return s
}

// Current returns the statements in force. An error means that nobody knows:
// then nothing may be set aside.
func (b *Book) Current(ctx context.Context) (*openvex.Set, error) {
	mark, err := b.Store.VEXMark(ctx)
	if err != nil {
		return nil, err
	}
	revision, sources := b.Governance()
	mark = revision + " " + mark
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.set != nil && b.mark == mark {
		return b.set, nil
	}
	all, err := b.Store.VEXDocuments(ctx)
	if err != nil {
		return nil, err
	}
	sources = append([]openvex.Source(nil), sources...)
	for _, v := range all {
		doc, err := openvex.Parse("document", v.Body)
		if err != nil || doc.Digest != v.Digest {
			return nil, core.Errorf(core.Internal, "The OpenVEX document %s is not as it was added.", v.ID).Hinted("Run paddock fsck.")
		}
		sources = append(sources, openvex.Source{Document: doc, From: v.ByName})
	}
	b.mark, b.set = mark, openvex.New(sources)
	return b.set, nil
}
