package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/opa"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/bundle"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/org/outside"
)

// bundles makes the bundle of the rules in force, once for each revision.
type bundles struct {
	shelf *shelf
	keys  *seal.Keyring
	bell  *bell

	mu   sync.Mutex
	of   *policy.Set // what made was made of
	made opa.Bundle
}

// Bundle implements opa.Source.
func (b *bundles) Bundle(context.Context) (opa.Bundle, <-chan struct{}, error) {
	changed := b.bell.next() // before the rules are looked at, so that no change is missed
	set := b.shelf.Current().Policy
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of != set {
		file, err := bundle.Write(set, b.keys)
		if err != nil {
			return opa.Bundle{}, changed, err
		}
		sum := sha256.Sum256(file)
		b.of, b.made = set, opa.Bundle{File: file, ETag: `"` + hex.EncodeToString(sum[:]) + `"`, MediaType: bundle.MediaType}
	}
	return b.made, changed, nil
}

// Key implements opa.Source.
func (b *bundles) Key() string { return b.keys.OutsidePEM() }

// outsideLogs takes in decision logs.
func (h *house) outsideLogs() outsideLogs {
	return outsideLogs{&outside.Book{Store: h.store, Audit: h.audit, Clock: h.clock, IDs: h.ids, Rules: func() *policy.Set { return h.shelf.Current().Policy }}}
}

type outsideLogs struct{ book *outside.Book }

// Take implements opa.Logs.
func (l outsideLogs) Take(ctx context.Context, who core.Person, by core.Actor, body []byte, compressed bool) error {
	_, err := l.book.Take(ctx, who, by, body, compressed)
	return err
}

// bell tells all who wait that something has happened.
type bell struct {
	mu      sync.Mutex
	waiting chan struct{}
	ended   bool
}

func newBell() *bell { return &bell{waiting: make(chan struct{})} }

// next returns a channel that is closed when the bell rings next.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}

// ring wakes all who wait.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		close(b.waiting)
		b.waiting = make(chan struct{})
	}
}

// end wakes all who wait, now and later.
func (b *bell) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		close(b.waiting)
		b.ended = true
	}
}
