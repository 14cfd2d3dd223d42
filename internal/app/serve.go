package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/engine/identity"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// grace is how long requests and tasks under way may take at the end.
const grace = 15 * time.Second

// Serve runs the control plane until ctx ends, then stops cleanly. It listens
// first, so that a port that is taken is known before anything is made.
func Serve(ctx context.Context, c cli.Config, version string, std cli.IO) error {
	log := slog.New(slog.NewJSONHandler(std.Err, &slog.HandlerOptions{Level: level(c.LogLevel)}))
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return core.Errorf(core.Unavailable, "Paddock cannot listen on %s: %w.", c.Listen, err).Hinted("Is another server running there? Choose another address with --listen.")
	}
	if err := onlyHere(l, c.Identity); err != nil {
		l.Close()
		return err
	}
	c.Listen = l.Addr().String()
	h, err := open(ctx, c, version, log)
	if err != nil {
		l.Close()
		return err
	}
	err = h.live(ctx, l, std.Out)
	h.close(context.WithoutCancel(ctx))
	return err
}

// live starts everything, serves until ctx ends and drains.
func (h *house) live(ctx context.Context, l net.Listener, out io.Writer) error {
	if err := h.start(ctx); err != nil {
		return err
	}
	if err := h.welcome(ctx, out); err != nil {
		return err
	}
	server := &http.Server{Handler: h.router, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelWarn)}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.sequencer.Run(gctx) })
	g.Go(func() error { return h.askWitnesses(gctx) })
	g.Go(func() error { return h.copyCheckpoints(gctx) })
	g.Go(func() error { return ignoreEnd(h.runtime.Run(gctx)) })
	g.Go(func() error { return h.follow(gctx) })
	g.Go(func() error { return h.admit(gctx) })
	g.Go(func() error { h.askProviders(gctx); return nil })
	g.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return core.Hidden("Serving", err)
		}
		return nil
	})
	g.Go(func() error {
		<-gctx.Done()
		h.ruled.end()
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := server.Shutdown(bounded); err != nil {
			_ = server.Close()
		}
		return h.queue.Stop(bounded)
	})
	h.log.Info("ready", "address", h.baseURL(), "data", h.config.Data, "sandbox", h.workerd.Rung())
	return g.Wait()
}

// start takes up what was under way when the server last ended.
func (h *house) start(ctx context.Context) error {
	if err := h.hooks.Start(); err != nil {
		return err
	}
	h.renew(ctx)
	if err := h.sagas.Resume(ctx); err != nil {
		return err
	}
	return h.queue.Start(ctx)
}

// welcome prints where the server is, and at the first start a sign-in link.
func (h *house) welcome(ctx context.Context, out io.Writer) error {
	people, err := h.store.People(ctx)
	if err != nil {
		return err
	}
	if h.config.Lab {
		fmt.Fprintln(out, "This is a laboratory: its clock can be moved. Never use it for real work.")
	}
	err = h.store.Quietly(ctx, func(ctx context.Context) error { return h.store.PutSetting(ctx, baseSetting, h.baseURL()) })
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Paddock is ready at %s\n", h.baseURL())
	for _, p := range h.signIns.providers {
		fmt.Fprintf(out, "People sign in with %s (%s).\n", p.Title, p.Issuer)
	}
	if len(people) > 0 {
		return nil
	}
	p, err := h.identity.AddPerson(ctx, core.System("start"), h.config.Admin, "", []core.Role{core.RolePlatform, core.RoleSecurity})
	if err != nil {
		return err
	}
	link, err := h.identity.NewLink(ctx, p.ID, core.System("start"))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Sign in once, within 30 minutes: %s\n", desk.SignInLink(h.baseURL(), link))
	return nil
}

// close takes the house down, from the roof. It may be called on a house that
// is only half made.
func (h *house) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	note := func(what string, err error) {
		if err != nil {
			h.log.WarnContext(ctx, "closing", "part", what, "error", err)
		}
	}
	if h.admission != nil {
		_ = h.admission.Close() // already closed if it has served
	}
	if h.queue != nil {
		note("jobs", h.queue.Stop(ctx))
	}
	if h.hooks != nil {
		note("hooks", h.hooks.Close())
	}
	if h.runtime != nil {
		note("apps", h.runtime.Close(ctx))
	}
	if h.workerd != nil {
		note("engine", h.workerd.Close())
	}
	if h.ticker != nil {
		h.ticker.Stop()
	}
	if h.leader != nil {
		note("leader", h.leader.Close())
	}
	if h.listener != nil {
		h.listener.Close()
	}
	if h.jobPool != nil {
		note("jobs", h.jobPool.Close())
	}
	if h.store != nil {
		note("store", h.store.Close())
	}
	note("own folder", h.place.moveOut())
	if h.lock != nil {
		note("lock", h.lock.Close())
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func level(name string) slog.Level {
	var l slog.Level
	_ = l.UnmarshalText([]byte(name))
	return l
}

// Link makes a one-time sign-in link for a person, straight in the database of
// a data folder: for a platform engineer at the machine who is locked out.
func Link(ctx context.Context, dataDir, database, email string) (string, error) {
	var out string
	err := offline(ctx, dataDir, database, func(db *store.DB, people *identity.Service, _ auditor, _ core.Clock) error {
		p, err := db.PersonByEmail(ctx, email)
		if err != nil {
			return err
		}
		link, err := people.NewLink(ctx, p.ID, core.System("paddock link"))
		if err != nil {
			return err
		}
		base, err := db.Setting(ctx, baseSetting)
		out = desk.SignInLink(base, link)
		return err
	})
	return out, err
}

// offline opens the database of a data folder for a command about people.
func offline(ctx context.Context, dataDir, database string, do func(db *store.DB, people *identity.Service, log auditor, clock core.Clock) error) error {
	if _, err := os.Stat(filepath.Join(dataDir, store.File)); err != nil && database == "" {
		return core.Errorf(core.NotFound, "There is no Paddock data in %q.", dataDir).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: dataDir, URL: database})
	if err != nil {
		return err
	}
	defer db.Close()
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	if err := clock.restore(ctx, db); err != nil {
		return err
	}
	log := auditor{log: audit.NewLog(db, clock, core.IDs{}, rand.Reader), store: db, wake: func() {}}
	return do(db, identity.New(db, log, clock, core.IDs{}, rand.Reader).At("cli"), log, clock)
}

// baseSetting keeps how people reached the server when it last started.
const baseSetting = "base_url"
