package auditlog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// row is one event as it is stored.
type row struct {
	event         core.Event
	leaf, opening string
	hash          tlog.Hash
}

// rows makes the events of the batches that start at the given numbers.
func (o Options) rows(ctx context.Context, firsts []int) ([][]row, error) {
	out := make([][]row, len(firsts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, first := range firsts {
		g.Go(func() (err error) {
			out[i], err = o.batch(ctx, first, min(first+o.Batch, o.Events+o.Pending))
			return err
		})
	}
	return out, g.Wait()
}

// keeper keeps what a log writes. It implements audit.Rows.
type keeper struct{ rows []row }

func (k *keeper) InsertEvent(_ context.Context, e core.Event, leaf, opening string) error {
	k.rows = append(k.rows, row{e, leaf, opening, tlog.RecordHash([]byte(leaf))})
	return nil
}

// standing is a clock that nobody reads: every event has its time.
type standing struct{}

func (standing) Now() time.Time { return time.Time{} }

// batch makes the events first to past-1. What it makes depends on the seed and
// first only.
func (o Options) batch(ctx context.Context, first, past int) ([]row, error) {
	var seed [32]byte
	for i := range 8 {
		seed[i], seed[8+i] = byte(o.Seed>>(8*i)), byte(first>>(8*i))
	}
	source := rand.NewChaCha8(seed)
	k := &keeper{rows: make([]row, 0, past-first)}
	ids := core.IDs{Rand: source}
	log := audit.NewLog(k, standing{}, ids, source)
	s := scene{rand.New(source), ids}
	for i := first; i < past; i++ {
		// An act writes three events at one moment: their ids are in no order.
		at := o.Start.Add(time.Duration(i/3) * o.Every)
		e := s.event(i, at)
		e.At = core.Stamp(at)
		if err := log.Append(ctx, e); err != nil {
			return nil, err
		}
	}
	return k.rows, nil
}

// scene makes up events as a server of some hundred people writes them.
type scene struct {
	*rand.Rand
	ids core.IDs
}

const (
	people = 400
	apps   = 2000
)

// known returns the id of one of the things that the log is about.
func known(kind byte, n int) core.ID {
	return core.ID(fmt.Sprintf("01970000-0000-7000-8%03x-%012x", kind, n))
}

func (s scene) person() core.Actor {
	n := s.IntN(people)
	return core.Actor{Kind: core.ActorPerson, ID: known('p', n), Name: fmt.Sprintf("person%03d@example.org", n), Door: []string{"web", "api", "git", "cli"}[s.IntN(4)]}
}

func (s scene) digest() string {
	return fmt.Sprintf("sha256:%016x%016x%016x%016x", s.Uint64(), s.Uint64(), s.Uint64(), s.Uint64())
}

func (s scene) commit() string { return s.digest()[7:47] }

// event makes up one event: about a third are decisions, a third what jobs do,
// the rest what people do.
func (s scene) event(i int, at time.Time) core.Event {
	app, id := known('a', s.IntN(apps)), func() string { return string(s.ids.New(at)) }
	switch i % 12 {
	case 0, 3, 6, 9:
		e := core.Event{Action: "gate.decide", Actor: s.person(), AppID: app, Gate: core.GateChangeMerge, Target: s.commit(), Code: "ok",
			Data: map[string]string{"decision": id(), "policy": "sha256:1f2e3d4c5b6a79880102030405060708090a0b0c0d0e0f101112131415161718", "input": s.digest(), "request": "", "denied": "0", "rules": ""}}
		if s.IntN(5) == 0 {
			e.Code, e.Data["denied"], e.Data["rules"] = string(core.Denied), "2", "region_not_allowed vendor_pending"
		}
		return e
	case 1:
		return core.Event{Action: "change.check", Actor: core.System("check"), AppID: app, Target: fmt.Sprintf("change %d", i), Code: "ok",
			Data: map[string]string{"commit": s.commit(), "report": id(), "verdict": "pass"}}
	case 4:
		return core.Event{Action: "secret.renew", Actor: core.System("run"), AppID: app, Target: "talent-directory-token", Code: "ok", Data: map[string]string{"lease": id()}}
	case 7:
		return core.Event{Action: "artifact.build", Actor: core.System("build"), AppID: app, Target: s.digest(), Code: "ok",
			Data: map[string]string{"commit": s.commit(), "sbom": s.digest(), "provenance": s.digest()}}
	case 10:
		return core.Event{Action: "app.deploy", Actor: core.System("deploy"), AppID: app, Gate: core.GateAppDeploy, Target: s.digest() + "@eu", Code: "ok",
			Data: map[string]string{"deployment": id(), "decision": id()}}
	case 2:
		return core.Event{Action: "session.start", Actor: s.person(), Code: "ok"}
	case 5:
		return core.Event{Action: "change.merge", Actor: s.person(), AppID: app, Gate: core.GateChangeMerge, Target: fmt.Sprintf("change %d", i), Code: "ok",
			Data: map[string]string{"commit": s.commit(), "decision": id()}}
	case 8:
		return core.Event{Action: "person.add", Actor: s.person(), Target: fmt.Sprintf("person%03d@example.org", s.IntN(people)), Code: "ok",
			Data: map[string]string{"roles": "maker", "manager_email": fmt.Sprintf("person%03d@example.org", s.IntN(people))}}
	}
	return core.Event{Action: "audit.read", Actor: s.person(), Target: `app="tracker" action=gate.decide`, Code: "ok", Data: map[string]string{"found": "50"}}
}
