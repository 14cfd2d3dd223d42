package run

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run/egress"
)

// drainTimeout is the longest a version that is replaced may finish requests;
// each request has its own deadline besides.
const drainTimeout = 30 * time.Second

// instance is one process of an app with everything that serves it.
type instance struct {
	a       *app
	spec    Spec
	dir     string
	proc    Process
	gateway *egress.Gateway
	servers []*http.Server
	proxy   *proxy
	gone    chan struct{} // closed when all is cleared away

	// guarded by a.mu
	busy int           // requests in progress
	idle chan struct{} // closed when busy falls to 0; nil unless somebody waits

	mu       sync.Mutex
	purpose  string // why we ended it; "" if we did not
	cpuMS    int64  // already counted
	memMiB   int64  // when last looked at
	lookedAt time.Time
}

// launch starts a process of version s with its sockets.
func (a *app) launch(ctx context.Context, s Spec) (*instance, error) {
	store, err := a.openStore(s.Guardrails.StorageMiB)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(a.m.o.Sockets, "app-")
	if err != nil {
		return nil, core.Hidden("Making the folder of an app's process", err)
	}
	i := &instance{a: a, spec: s, dir: dir, gone: make(chan struct{}), lookedAt: a.m.o.Clock.Now()}
	i.gateway = egress.New(a.egressOptions(), egress.Policy{AppID: a.id, AppName: s.Name, DataRegion: s.DataRegion,
		Vendors: s.Vendors, Hosts: s.Guardrails.Egress, KBps: s.Guardrails.EgressKBps})
	if err := i.listen(store); err != nil {
		i.clear()
		return nil, core.Hidden("Opening the sockets of an app", err)
	}
	i.proc, err = a.m.o.Engine.Start(ctx, Launch{AppID: a.id, Name: s.Name, Deployment: s.Deployment, Script: s.Worker, Env: settings(s),
		Limits: s.Guardrails, Sockets: filepath.Join(dir, "sock"), Scratch: filepath.Join(dir, "engine"), Log: a.printed(s.Deployment)})
	if err != nil {
		i.clear()
		return nil, err
	}
	i.proxy = newProxy(i)
	go i.watch()
	return i, nil
}

// settings are the text bindings of a version: its own, and its name.
func settings(s Spec) map[string]string {
	env := map[string]string{"APP_NAME": s.Name}
	for k, v := range s.Env {
		env[k] = v
	}
	return env
}

func (a *app) egressOptions() egress.Options {
	o := a.m.o
	return egress.Options{Clock: o.Clock, IDs: o.IDs, Log: o.Log, Credentials: o.Credentials, Identity: o.Identity, Incidents: o.Incidents, Roots: o.VendorRoots,
		Count: func(sent, _ int64) { a.ledger.add(o.Clock.Now(), core.Usage{EgressOut: sent}) }}
}

// listen opens the sockets that the process finds: its database and its way out.
func (i *instance) listen(store http.Handler) error {
	for _, d := range []string{"sock", "engine"} {
		if err := os.Mkdir(filepath.Join(i.dir, d), 0o700); err != nil {
			return err
		}
	}
	for name, handler := range map[string]http.Handler{"data.sock": store, "egress.sock": i.gateway} {
		l, err := listenUnix(filepath.Join(i.dir, "sock"), name)
		if err != nil {
			return err
		}
		srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
			ErrorLog:    slog.NewLogLogger(i.a.m.o.Log.Handler(), slog.LevelDebug),
			BaseContext: func(net.Listener) context.Context { return context.Background() }}
		i.servers = append(i.servers, srv)
		go func() { _ = srv.Serve(l) }() // ends when the server is closed
	}
	return nil
}

// watch waits for the end of the process, whatever its cause, and clears up.
func (i *instance) watch() {
	<-i.proc.Done()
	i.sample()
	purpose := i.ended()
	a := i.a
	a.mu.Lock()
	if a.cur == i {
		a.cur = nil
	}
	if purpose == "" {
		a.fell()
	}
	a.mu.Unlock()
	if purpose == "" {
		i.reportEnd()
	}
	i.clear()
}

func (i *instance) ended() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.purpose
}

// clear closes the sockets and removes the folder.
func (i *instance) clear() {
	for _, s := range i.servers {
		_ = s.Close()
	}
	i.gateway.Close()
	if err := os.RemoveAll(i.dir); err != nil {
		i.a.m.o.Log.Warn("a folder of an app's process was not removed", "dir", i.dir, "err", err)
	}
	close(i.gone)
}

// end kills the process for a purpose of ours and returns when all is cleared;
// first is false if it was being ended already.
func (i *instance) end(purpose string) (first bool) {
	i.mu.Lock()
	if first = i.purpose == ""; first {
		i.purpose = purpose
	}
	i.mu.Unlock()
	i.proc.Kill()
	<-i.gone
	return first
}

// drain waits until no request is in progress, or drainTimeout, or ctx.
func (i *instance) drain(ctx context.Context) {
	i.a.mu.Lock()
	if i.busy == 0 {
		i.a.mu.Unlock()
		return
	}
	if i.idle == nil {
		i.idle = make(chan struct{})
	}
	idle := i.idle
	i.a.mu.Unlock()
	timeout := time.NewTimer(drainTimeout)
	defer timeout.Stop()
	select {
	case <-idle:
	case <-i.gone:
	case <-timeout.C:
	case <-ctx.Done():
	}
}
