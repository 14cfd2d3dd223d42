package fact_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestIdleAgainstHourByHour compares Idle with a model that walks over every
// hour: an hour is proven when a good reading came after it and no failed
// reading in between, and idle time is the number of proven hours since the
// last reported use (promise 3).
func TestIdleAgainstHourByHour(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			x := newGround(t)
			start := x.Clock.Now()
			var hours []bool // proven, by hour since start
			lastUse, reported, lost := 0, 0, false
			x.after(0, false)
			for range 90 {
				gap := 1 + rnd.IntN(60)
				if rnd.IntN(3) == 0 { // used some time in the gap, or long before and reported late
					at := len(hours) + 1 + rnd.IntN(gap)
					if rnd.IntN(3) == 0 {
						at = rnd.IntN(len(hours) + 1)
					}
					lastUse = max(lastUse, at)
					x.used = start.Add(time.Duration(lastUse) * time.Hour)
				}
				first := len(hours)
				hours = append(hours, make([]bool, gap)...)
				down := rnd.IntN(3) == 0
				x.after(time.Duration(gap)*time.Hour, down)
				if down {
					lost = true
				} else {
					reported = lastUse
					for i := first; i < len(hours) && !lost; i++ {
						hours[i] = true
					}
					lost = false
				}
				want := 0
				for i := reported; i < len(hours); i++ {
					if hours[i] {
						want++
					}
				}
				x.idle(t, time.Duration(want)*time.Hour)
				if t.Failed() {
					t.Fatalf("hour %d, last use %d, down %v", len(hours), reported, down)
				}
			}
		})
	}
}
