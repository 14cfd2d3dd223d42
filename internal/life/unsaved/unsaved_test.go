package unsaved

import (
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// TestTurns holds that nobody is served twice at a time, that nobody takes more
// than their share, and that the server takes no more than it can.
func TestTurns(t *testing.T) {
	clock := testkit.NewClock(time.Unix(0, 0))
	turns := NewTurns(clock, 2)
	take := func(who core.ID, wait time.Duration) func() {
		t.Helper()
		done, err := turns.Take(who)
		if e := core.AsError(err); e != nil && (e.Code != core.RateLimited || e.Wait != wait) || (e == nil) != (wait == 0) {
			t.Fatalf("%s: %v after %v, want to wait %v", who, err, e, wait)
		}
		return done
	}
	ada := take("ada", 0)
	take("ada", busy)
	bob := take("bob", 0)
	take("eve", busy)
	bob()
	eve := take("eve", 0)
	ada()
	for range burst - 1 {
		take("ada", 0)()
	}
	take("ada", every)
	clock.Move(every / 2)
	take("ada", every/2+every/2%time.Second)
	clock.Move(every / 2)
	take("ada", 0)()
	take("ada", every)
	clock.Move(-time.Hour) // a clock that is set back gives nothing away, and takes nothing
	take("ada", every)
	clock.Move(24 * time.Hour)
	take("ada", 0)()
	take("eve", busy) // still at it
	eve()
	take("eve", 0)()
}

// TestManyPeople holds that those who have had their share are not forgotten to
// make room.
func TestManyPeople(t *testing.T) {
	clock := testkit.NewClock(time.Unix(0, 0))
	turns := NewTurns(clock, 2)
	for range burst {
		done, _ := turns.Take("ada")
		done()
	}
	for i := range mostPeople {
		turns.each[core.ID(rune(i+1000))] = &turn{left: burst, at: clock.Now()}
	}
	if done, err := turns.Take("new"); err != nil || len(turns.each) > 2 {
		t.Errorf("%d people, %v", len(turns.each), err)
	} else {
		done()
	}
	if _, err := turns.Take("ada"); core.CodeOf(err) != core.RateLimited {
		t.Errorf("ada: %v", err)
	}
}
