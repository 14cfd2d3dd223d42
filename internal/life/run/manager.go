package run

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// tickEvery is how often use is kept and idle apps are put to sleep.
const tickEvery = 10 * time.Second

// Manager runs the apps of one server. It is safe for concurrent use.
type Manager struct {
	o       Options
	mu      sync.Mutex
	apps    map[core.ID]*app
	closed  bool
	retired sync.WaitGroup // processes that finish their last requests
}

// New prepares the data folder. The caller calls Adopt or Deploy for each app,
// runs Run in the background, and calls Close at the end.
func New(o Options) (*Manager, error) {
	o = o.withDefaults()
	// Sockets of an earlier server: its processes died with it.
	if err := os.RemoveAll(o.Sockets); err != nil {
		return nil, core.Hidden("Clearing the sockets of the last run", err)
	}
	if err := os.MkdirAll(o.Sockets, 0o700); err != nil {
		return nil, core.Hidden("Making the folder for sockets", err)
	}
	return &Manager{o: o, apps: map[core.ID]*app{}}, nil
}

// Adopt takes an app that was deployed before, without starting it: its first
// request does. An app that is already there is left as it is.
//
// Errors: Invalid for a Spec that cannot run.
func (m *Manager) Adopt(s Spec) error {
	s, err := checked(s)
	if err != nil {
		return err
	}
	a, err := m.findOrMake(s)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.off != "" {
		a.use(s)
	}
	return nil
}

// Deploy starts the version of s, waits until it answers, then gives it the
// app's traffic; the old version finishes its requests and is stopped. On an
// error the old version goes on as before.
//
// Errors: Invalid for a Spec or code that cannot run; Unavailable if the
// process could not be started.
func (m *Manager) Deploy(ctx context.Context, s Spec) error {
	s, err := checked(s)
	if err != nil {
		return err
	}
	a, err := m.findOrMake(s)
	if err != nil {
		return err
	}
	return a.deploy(ctx, s)
}

// Follow brings this server to what another one has deployed. An app whose
// process runs here is switched as Deploy does; one without a process gets the
// new version with its next request. A version that is here already is left alone.
//
// Errors: as Deploy.
func (m *Manager) Follow(ctx context.Context, s Spec) error {
	s, err := checked(s)
	if err != nil {
		return err
	}
	a, err := m.findOrMake(s)
	if err != nil {
		return err
	}
	return a.follow(ctx, s)
}

// Runs returns the deployment that an app's address leads to here, "" for none.
func (m *Manager) Runs(appID core.ID) core.ID {
	a := m.find(appID)
	if a == nil {
		return ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.off != "" {
		return ""
	}
	return a.spec.Deployment
}

// Known lists the apps that this server has run or switched off since it started.
func (m *Manager) Known() []core.ID {
	all := m.all()
	ids := make([]core.ID, len(all))
	for i, a := range all {
		ids[i] = a.id
	}
	return ids
}

// Stop takes the app's address off and ends its process, after its requests
// in progress. Its data stays. why is shown to visitors, in plain words, for
// example "It was archived on 3 May." Stopping a stopped or unknown app does nothing.
func (m *Manager) Stop(ctx context.Context, appID core.ID, why string) error {
	a, err := m.fetch(ctx, appID)
	if a == nil {
		return err
	}
	return a.stop(ctx, why)
}

// Allow replaces the vendors an app may call, from its next call on. An app that
// has not run since the server started needs none: it will ask for them.
//
// Errors: NotFound.
func (m *Manager) Allow(appID core.ID, vendors []core.Vendor) error {
	a := m.find(appID)
	if a == nil {
		return core.Errorf(core.NotFound, "No app with the id %q runs here.", appID)
	}
	a.allow(vendors)
	return nil
}

// Logs returns the last lines the app printed, oldest first.
func (m *Manager) Logs(appID core.ID) []LogLine {
	if a := m.find(appID); a != nil {
		return a.lines.all()
	}
	return nil
}

// Condition says how the app is: "warm", "cold", "stopped", or "" if unknown.
func (m *Manager) Condition(appID core.ID) string {
	a := m.find(appID)
	if a == nil {
		return ""
	}
	return a.condition()
}

// Run keeps use and puts idle apps to sleep until ctx ends.
func (m *Manager) Run(ctx context.Context) error {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			m.sleepIdle()
			if err := m.Flush(ctx); err != nil && ctx.Err() == nil {
				m.o.Log.Error("use was not kept; it is offered again", "err", err)
			}
		}
	}
}

// Flush gives the Meter what was used since the last time. What could not be
// kept stays and is offered again.
func (m *Manager) Flush(ctx context.Context) error {
	var errs []error
	for _, a := range m.all() {
		a.sample()
		errs = append(errs, a.ledger.flush(ctx, m.o.Meter))
	}
	return errors.Join(errs...)
}

// Close ends all processes, keeps the last use, and closes the databases. It
// may be called twice.
func (m *Manager) Close(ctx context.Context) error {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	var errs []error
	for _, a := range m.all() {
		errs = append(errs, a.close())
	}
	m.retired.Wait()
	return errors.Join(append(errs, m.Flush(ctx))...)
}

func (m *Manager) sleepIdle() {
	now := m.o.Clock.Now()
	for _, a := range m.all() {
		a.sleepIfIdle(now)
	}
}

func (m *Manager) all() []*app {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]*app, 0, len(m.apps))
	for _, a := range m.apps {
		list = append(list, a)
	}
	return list
}

func (m *Manager) find(id core.ID) *app {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.apps[id]
}

// fetch finds an app, and takes one that was deployed before this server started.
// It returns nil without an error for an app that is not deployed. An app that
// is there already, running or off, is never taken again.
func (m *Manager) fetch(ctx context.Context, id core.ID) (*app, error) {
	if a := m.find(id); a != nil || m.o.Absent == nil {
		return a, nil
	}
	s, err := m.o.Absent(ctx, id)
	if core.CodeOf(err) == core.NotFound {
		return nil, nil
	}
	if err == nil {
		s, err = checked(s)
	}
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, stopping()
	}
	if a := m.apps[id]; a != nil {
		return a, nil
	}
	a := newApp(m, s)
	a.use(s) // nobody else has it yet
	m.apps[id] = a
	return a, nil
}

func stopping() error {
	return core.Errorf(core.Unavailable, "The server is stopping.").Hinted("Try again in a minute.")
}

func (m *Manager) findOrMake(s Spec) (*app, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, stopping()
	}
	if a := m.apps[s.AppID]; a != nil {
		return a, nil
	}
	a := newApp(m, s)
	m.apps[s.AppID] = a
	return a, nil
}
