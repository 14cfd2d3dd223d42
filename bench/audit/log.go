package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// world is a store with an audit log and its sequencer running.
type world struct {
	db     *store.DB
	log    *audit.Log
	seq    *audit.Sequencer
	ids    core.IDs
	ticker *time.Ticker
	stop   func()
	n      atomic.Int64
}

func signers() (note.Signer, note.Verifier, string, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, "bench.test/log")
	if err != nil {
		return nil, nil, "", err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, nil, "", err
	}
	verifier, err := note.NewVerifier(vkey)
	return signer, verifier, vkey, err
}

func open(ctx context.Context, where store.Where) (*world, error) {
	db, err := store.OpenAt(ctx, where)
	if err != nil {
		return nil, err
	}
	signer, verifier, _, err := signers()
	if err != nil {
		return nil, err
	}
	w := &world{db: db, log: audit.NewLog(db, core.SystemClock{}, core.IDs{}, rand.Reader), ticker: time.NewTicker(audit.Interval)}
	w.seq = audit.NewSequencer(db, signer, verifier, w.ticker.C, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); _ = w.seq.Run(ctx) }()
	w.stop = func() {
		cancel()
		<-done
		w.ticker.Stop()
		_ = db.Close()
	}
	return w, nil
}

// act does what every act does: it writes records (here three settings) and its
// event, in one transaction, and wakes the sequencer.
func (w *world) act(ctx context.Context, records int, event bool) (core.ID, error) {
	id := w.ids.New(time.Now())
	tx := w.db.InTx
	if !event {
		tx = w.db.Quietly
	}
	n := w.n.Add(1)
	err := tx(ctx, func(ctx context.Context) error {
		for i := range records {
			if err := w.db.PutSetting(ctx, "bench"+string(rune('a'+i))+"."+string(id[len(id)-2:]), string(id)); err != nil {
				return err
			}
		}
		if !event {
			return nil
		}
		w.db.AfterCommit(ctx, w.seq.Wake)
		return w.log.Append(ctx, sample(id, n))
	})
	return id, err
}

// sample is an event of the usual size: its leaf has about 430 bytes.
func sample(id core.ID, n int64) core.Event {
	return core.Event{ID: id, Action: "change.merge", AppID: core.ID("01980000-0000-7000-8000-00000000000" + string('a'+rune(n%6))), Gate: core.GateChangeMerge,
		Actor: core.Actor{Kind: core.ActorPerson, ID: "01980000-0000-7000-8000-0000000000ab", Name: "ada@example.org", Door: "web"}, Target: "change 7", Code: "ok",
		Data: map[string]string{"decision": string(id), "commit": "9f2c6f0a4be1d35c9f2c6f0a4be1d35c9f2c6f0a"}}
}

// crowd runs do with some workers for a while and returns how often a second.
func crowd(ctx context.Context, workers int, for_ time.Duration, do func(ctx context.Context) error) (float64, error) {
	var count atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	begun := time.Now()
	for range workers {
		all.Go(func() {
			for time.Since(begun) < for_ && ctx.Err() == nil && failed.Load() == nil {
				if err := do(ctx); err != nil {
					failed.Store(&err)
					return
				}
				count.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(count.Load()) / time.Since(begun).Seconds(), ctx.Err()
}

// watcher measures how long events take from their commit until they can be
// proved.
type watcher struct {
	w    *world
	mu   sync.Mutex
	took []time.Duration
	all  sync.WaitGroup
}

func (p *watcher) watch(ctx context.Context, id core.ID) {
	begun := time.Now()
	p.all.Go(func() {
		for ctx.Err() == nil {
			if _, err := p.w.db.IndexOf(ctx, id); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.took = append(p.took, time.Since(begun))
	})
}

func (p *watcher) p99() time.Duration {
	p.all.Wait()
	slices.Sort(p.took)
	return p.took[len(p.took)*99/100]
}

// turns measures two things by turns and returns the medians.
func turns(n int, a, b func() (float64, error)) (float64, float64, error) {
	var as, bs []float64
	for range n {
		x, err := a()
		if err != nil {
			return 0, 0, err
		}
		y, err := b()
		if err != nil {
			return 0, 0, err
		}
		as, bs = append(as, x), append(bs, y)
	}
	slices.Sort(as)
	slices.Sort(bs)
	return as[n/2], bs[n/2], nil
}
