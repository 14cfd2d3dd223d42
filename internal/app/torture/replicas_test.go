package torture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// between is how long it takes from one kill to the next: ten seconds, or less if
// there is little time.
func between() time.Duration { return min(10*time.Second, *under/4) }

// fleet is several real servers on one database and one data folder, with people
// who act at whichever server answers, and a journal of what was acknowledged.
type fleet struct {
	servers []*visit.Server
	staff   staff

	mu    sync.Mutex
	up    []bool
	acked map[string]bool // act -> acknowledged; false for begun only
	kills int
}

// anyone is a person at a server that is up.
func (f *fleet) anyone(p *visit.Person) *visit.Person {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		i := rand.IntN(len(f.servers))
		if f.up[i] {
			who := visit.NewPerson(f.servers[i].Base, p.Email)
			who.Token = p.Token
			return who
		}
	}
}

func (f *fleet) note(name string, acked bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.acked[name] = acked
}

func (f *fleet) set(i int, up bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.up[i] = up
}

// act does one act under a name of its own. When no answer comes it is done
// again at another server: the name keeps it from being done twice.
func (f *fleet) act(ctx context.Context, kind, name string) error {
	f.note(kind+" "+name, false)
	for try := 0; ; try++ {
		var err error
		switch kind {
		case "person":
			err = f.anyone(f.staff.admin).Call(ctx, "POST", "/people", newPerson(name+"@example.org"), nil)
		case "app":
			err = f.anyone(f.staff.maker).Call(ctx, "POST", "/apps", newApp(name), nil)
		case "secret":
			err = f.anyone(f.staff.admin).Call(ctx, "PUT", "/secrets/"+name, map[string]string{"value": "hush"}, nil)
		}
		var pr *visit.Problem
		switch said := errors.As(err, &pr); {
		case err == nil, said && pr.Code == core.Conflict && try > 0:
			f.note(kind+" "+name, true)
			return nil
		case said && pr.Code == core.Denied: // on a machine this busy a policy may take too long, and then says no
			return nil
		case said && pr.Code != core.Unavailable:
			return fmt.Errorf("%s %s: %w", kind, name, err)
		case kind == "secret": // putting it again would make another version
			return nil
		}
	}
}

// load keeps people acting until ctx ends.
func (f *fleet) load(ctx, until context.Context, worker int) error {
	for n := 0; until.Err() == nil; n++ {
		kind := []string{"person", "secret", "person", "secret", "app"}[n%5]
		if err := f.act(ctx, kind, fmt.Sprintf("%s-%d-%d", kind, worker, n)); err != nil {
			return err
		}
	}
	return nil
}

// killer kills one server after the other, and starts each again.
func (f *fleet) killer(ctx, until context.Context) error {
	tick := time.NewTicker(between())
	defer tick.Stop()
	for i := 0; ; i = (i + 1) % len(f.servers) {
		select {
		case <-until.Done():
			return nil
		case <-tick.C:
		}
		f.set(i, false)
		if err := syscall.Kill(f.servers[i].Pid(), syscall.SIGKILL); err != nil {
			return err
		}
		f.kills++
		if _, err := f.servers[i].Ended(ctx); err != nil {
			return err
		}
		if err := f.servers[i].Start(ctx, ""); err != nil {
			return err
		}
		f.set(i, true)
	}
}

// Several replicas on one PostgreSQL under load, one killed each ten seconds: no
// act is lost, none is done twice.
func TestReplicas(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	cluster, err := postgres.StartDurable()
	if err != nil {
		t.Fatalf("no PostgreSQL to test with: %v", err)
	}
	t.Cleanup(cluster.Stop)
	url := cluster.Empty(t).URL(postgres.Owner)
	f := &fleet{acked: map[string]bool{}, up: make([]bool, *replicas)}
	for i := range *replicas {
		s := newServer(t, dir, "--database", url, "--workerd", "/bin/true")
		s.First = i == 0
		must(t, s.Start(ctx, ""))
		if i == 0 {
			f.staff, err = settleStaff(ctx, s)
			must(t, err)
		}
		f.servers = append(f.servers, s)
		f.set(i, true)
	}
	until, stop := context.WithTimeout(ctx, *under)
	defer stop()
	work, wctx := errgroup.WithContext(ctx)
	for worker := range 3 {
		work.Go(func() error { return f.load(wctx, until, worker) })
	}
	work.Go(func() error { return f.killer(wctx, until) })
	must(t, work.Wait())
	for name, acked := range f.acked {
		if app, ok := cutKind(name, "app"); ok && acked {
			must(t, f.staff.active(ctx, app))
		}
	}
	for _, s := range f.servers {
		must(t, s.Stop(ctx))
	}
	f.judge(t, place{dir, url})
}

func cutKind(name, kind string) (string, bool) {
	if len(name) > len(kind) && name[:len(kind)] == kind {
		return name[len(kind)+1:], true
	}
	return "", false
}

// judge holds what is kept against the journal.
func (f *fleet) judge(t *testing.T, p place) {
	ctx := t.Context()
	rev, err := rules(ctx)
	must(t, err)
	w, err := open(ctx, p, rev, time.Now(), slog.New(slog.DiscardHandler))
	must(t, err)
	broken := []error{w.settle(ctx)}
	done := 0
	for name, acked := range f.acked {
		var n int
		var err error
		if who, ok := cutKind(name, "person"); ok {
			n, err = tallyPerson(ctx, w, act{Arg: who})
		} else if key, ok := cutKind(name, "secret"); ok {
			n, err = tallySecret(ctx, w, act{Arg: key})
		} else if app, ok := cutKind(name, "app"); ok {
			var a core.App
			if a, err = w.db.AppByName(ctx, app); err != nil {
				n, err = missing(err)
			} else {
				n, err = 1, w.once(ctx, 1, a.ID, append([]string{"app.create"}, steps...)...)
			}
		}
		if err != nil || n > 1 || acked && n != 1 {
			broken = append(broken, fmt.Errorf("%s is there %d times, acknowledged %v (%w)", name, n, acked, errOr(err)))
		}
		done += n
	}
	broken = append(broken, w.sound(ctx), w.offline(ctx), w.close())
	if err := errors.Join(broken...); err != nil {
		t.Error(err)
	}
	fmt.Printf("%d servers on one database for %s, %d kills, %d acts done, unbroken: %v\n", len(f.servers), *under, f.kills, done, !t.Failed())
}
