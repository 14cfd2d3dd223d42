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

// Random schedules; the name of each says how to run it again.
func TestSchedules(t *testing.T) {
	g, seed := newTestGround(t), *firstSeed
	if seed == 0 {
		seed = 1 + uint64(time.Now().UTC().Unix()/3600)*10_000
	}
	fmt.Printf("%d schedules, seeds %d to %d; again: make torture COUNT=%d SEED=%d\n", *schedules, seed, seed+uint64(*schedules)-1, *schedules, seed)
	var list []schedule
	for i := range uint64(*schedules) {
		list = append(list, random(seed+i))
	}
	begun := time.Now()
	g.inParallel(t, list)
	fmt.Printf("%d schedules in %s, unbroken: %v\n", len(list), time.Since(begun).Round(time.Second), !t.Failed())
}
