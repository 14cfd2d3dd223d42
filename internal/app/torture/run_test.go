package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/testkit/fault"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// ground is what all schedules begin with: a data folder in which people and a
// secret are there, and the rules in force.
type ground struct {
	dir     string
	rev     *catalog.Revision
	cluster *postgres.Cluster // nil for SQLite
}

// patience bounds one life of a child and what follows it.
const patience = 90 * time.Second

// newGround makes the ground at a place.
func newGround(ctx context.Context, p place) (g ground, err error) {
	g.dir = p.Dir
	if g.rev, err = rules(ctx); err != nil {
		return g, err
	}
	w, err := open(ctx, p, g.rev, start, slog.New(slog.DiscardHandler))
	if err != nil {
		return g, err
	}
	for name, role := range map[string]core.Role{"hana": core.RoleMaker, "pia": core.RolePlatform, "sam": core.RoleSecurity, "dora": core.RoleDataOwner} {
		if _, err := w.identity.AddPerson(ctx, core.System("test"), name+"@example.org", "", []core.Role{role}); err != nil {
			return g, errors.Join(err, w.close())
		}
	}
	for _, name := range []string{vendorSecret, leaseSecret} {
		if _, err := w.secrets.Put(ctx, name, core.NewSecret([]byte("the value")), core.System("test")); err != nil {
			return g, errors.Join(err, w.close())
		}
	}
	return g, w.close()
}

// schedule is a day and the faults that strike it, one in each life of the child.
type schedule struct {
	name   string // how to replay it
	acts   []act
	faults []*strike
	busy   bool
	jump   time.Duration // of the clock, before the last start

	database postgres.Database
	url      string
}

// run lives a schedule at a place of its own.
func (g ground) run(t *testing.T, s schedule) error {
	t.Helper()
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "data")
	if g.cluster != nil {
		s.database = g.cluster.Copy(t, template, nil)
		s.url = s.database.URL(postgres.Server)
	}
	if out, err := exec.CommandContext(ctx, "cp", "-a", g.dir, dir).CombinedOutput(); err != nil {
		return fmt.Errorf("copying: %w %s", err, out)
	}
	j := newJournal(s.acts)
	var broken []error
	for life := 0; life <= len(s.faults) && j.next() < len(s.acts); life++ {
		st := &strike{}
		if life < len(s.faults) {
			st = s.faults[life]
		}
		st.cluster, st.database = g.cluster, s.database.Name
		if err := g.life(ctx, s, j, st, dir); err != nil {
			broken = append(broken, fmt.Errorf("life %d (%s): %w", life, st, err))
		}
	}
	if err := g.judge(ctx, s, j, dir); err != nil {
		broken = append(broken, err)
	}
	return errors.Join(broken...)
}

// life is one child, from its start to its end or to the fault that ends it.
func (g ground) life(ctx context.Context, s schedule, j *journal, st *strike, dir string) error {
	next := j.next()
	b, err := json.Marshal(errand{Place: place{dir, s.url}, Acts: s.acts[next:], Clock: j.clock(next), Lost: j.lost(next), Busy: s.busy, Again: next > 0 || j.tried})
	if err != nil {
		return err
	}
	j.tried = true
	if err := st.begin(dir, s.acts[next:]); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "-test.run=^$")
	cmd.Env = append(os.Environ(), dayEnv+"="+string(b), "GODEBUG=asyncpreemptoff=1")
	var said, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &log
	child, err := fault.Start(cmd, st.watch)
	if err != nil {
		return err
	}
	guard := time.AfterFunc(patience, child.Kill)
	err = child.Wait()
	if !guard.Stop() {
		return fmt.Errorf("the child hung; its log: %s", tail(log.String()))
	}
	var exit *exec.ExitError
	killed := errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	if err := errors.Join(j.listen(&said), st.end(dir)); err != nil {
		return err
	}
	switch {
	case killed && st.struck && st.kills():
		return nil
	case err != nil && !(st.struck && st.fails()):
		return fmt.Errorf("the child ended by itself: %w; its log: %s", err, tail(log.String()))
	}
	return st.recovered(j, log.String())
}

// judge starts Paddock a last time and holds what it has kept against the
// journal and the promises.
func (g ground) judge(ctx context.Context, s schedule, j *journal, dir string) error {
	n := j.next()
	var log bytes.Buffer
	w, err := open(ctx, place{dir, s.url}, g.rev, j.clock(n).Add(s.jump), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		return fmt.Errorf("it does not start again: %w (%w)", err, errOr(core.AsError(err).Err))
	}
	broken := []error{w.settle(ctx)}
	broken = append(broken, j.hold(ctx, w), w.sound(ctx), j.retired(ctx, w), w.offline(ctx), w.close())
	if err := errors.Join(broken...); err != nil {
		return fmt.Errorf("%w\nlog of the last start: %s", err, tail(log.String()))
	}
	return nil
}

// settle recovers and waits until nothing is under way any more.
func (w *world) settle(ctx context.Context) error {
	if err := w.recover(ctx); err != nil {
		return fmt.Errorf("it does not recover: %w (%w)", err, errOr(core.AsError(err).Err))
	}
	if err := w.queue.Start(ctx); err != nil {
		return err
	}
	defer func() { _ = w.queue.Stop(context.WithoutCancel(ctx)) }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		left, err := w.db.RunningSagas(ctx)
		if err != nil {
			return err
		}
		tasks, err := w.count(ctx, `SELECT count(*) FROM river_job WHERE finalized_at IS NULL`)
		if err != nil {
			return err
		}
		if len(left)+tasks == 0 {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d sagas and %d tasks do not end", len(left), tasks)
		}
	}
	_, err := w.sequencer.IntegrateNow(ctx)
	return err
}

// below reports whether a path is inside a folder.
func below(path, dir string) bool { return strings.HasPrefix(path, dir+string(filepath.Separator)) }

// tail is the end of a log.
func tail(log string) string { return log[max(0, len(log)-1500):] }
