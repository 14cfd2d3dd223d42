package torture

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// random makes the schedule of a seed: a day, and one or two faults that strike
// it. The same seed makes the same schedule.
func random(seed uint64) schedule {
	r := rand.New(rand.NewPCG(seed, 0))
	s := schedule{name: fmt.Sprintf("make torture COUNT=1 SEED=%d", seed), acts: plan(r, 10+r.IntN(10), r.IntN(3) > 0), busy: r.IntN(2) == 1}
	for range 1 + r.IntN(2) {
		s.faults = append(s.faults, &strike{what: []string{kill, kill, tear, power, power, eio, full, slow}[r.IntN(8)], act: r.IntN(9), call: 1 + r.IntN(12), span: 1 + r.IntN(40)})
	}
	if r.IntN(3) == 0 {
		s.jump = []time.Duration{-5 * time.Minute, 5 * time.Minute}[r.IntN(2)]
	}
	return s
}

// randomPostgres makes the schedule of a seed for a database that is elsewhere.
func randomPostgres(seed uint64) schedule {
	r := rand.New(rand.NewPCG(seed, 1))
	s := schedule{name: fmt.Sprintf("make torture COUNT=1 SEED=%d", seed), acts: plan(r, 10+r.IntN(10), r.IntN(3) > 0), busy: r.IntN(2) == 1}
	for range 1 + r.IntN(2) {
		s.faults = append(s.faults, &strike{what: []string{kill, lost, unheard, dead, ended}[r.IntN(5)], act: r.IntN(9), call: 1 + r.IntN(8)})
	}
	return s
}

// onPostgres says which seeds run on PostgreSQL: one in five.
func onPostgres(seed uint64) bool { return seed%5 == 0 }

// Random schedules; the name of each says how to run it again.
func TestSchedules(t *testing.T) {
	g, seed := newTestGround(t), *firstSeed
	if seed == 0 {
		seed = 1 + uint64(time.Now().UTC().Unix()/3600)*10_000
	}
	fmt.Printf("%d schedules, seeds %d to %d; again: make torture COUNT=%d SEED=%d\n", *schedules, seed, seed+uint64(*schedules)-1, *schedules, seed)
	var list, elsewhere []schedule
	for s := seed; s < seed+uint64(*schedules); s++ {
		if onPostgres(s) {
			elsewhere = append(elsewhere, randomPostgres(s))
		} else {
			list = append(list, random(s))
		}
	}
	begun := time.Now()
	g.inParallel(t, list)
	if len(elsewhere) > 0 {
		newPostgresGround(t).inParallel(t, elsewhere)
	}
	fmt.Printf("%d schedules in %s, unbroken: %v\n", *schedules, time.Since(begun).Round(time.Second), !t.Failed())
}
