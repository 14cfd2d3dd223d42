package unsaved

import (
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// How often one person, or one pipeline, is served: so often at once, and once in
// so long afterwards.
const (
	burst      = 20
	every      = 3 * time.Second
	busy       = 2 * time.Second // to wait when others, or an earlier request, are being served
	mostPeople = 10_000          // that are remembered
)

// Turns bounds who is served when: one request of a person at a time, not too
// often, and a number of all people together. Make it with NewTurns.
type Turns struct {
	clock core.Clock
	most  int

	mu      sync.Mutex
	running int
	each    map[core.ID]*turn
}

type turn struct {
	left    float64
	at      time.Time
	running bool
}

// NewTurns serves so many at once.
func NewTurns(clock core.Clock, most int) *Turns {
	return &Turns{clock: clock, most: most, each: map[core.ID]*turn{}}
}

// Take begins a turn; done ends it. Errors: RateLimited, with the time to wait.
func (t *Turns) Take(who core.ID) (done func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	own := t.of(who, now)
	switch {
	case own.running:
		return nil, wait("Files of yours are being checked already.", busy)
	case own.left < 1:
		return nil, wait("You have had many checks in a short time.", time.Duration((1-own.left)*float64(every)))
	case t.running >= t.most:
		return nil, wait("The server is checking as much as it can.", busy)
	}
	own.left--
	own.running = true
	t.running++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		own.running = false
		t.running--
	}, nil
}

// of is somebody's turn, with what has come to it since the last time.
func (t *Turns) of(who core.ID, now time.Time) *turn {
	own := t.each[who]
	if own == nil {
		t.makeRoom(now)
		own = &turn{left: burst, at: now}
		t.each[who] = own
	}
	own.fill(now)
	return own
}

func (o *turn) fill(now time.Time) {
	if passed := now.Sub(o.at); passed > 0 {
		o.left = min(burst, o.left+float64(passed)/float64(every))
	}
	o.at = now
}

// makeRoom forgets people once there are too many: those who would be served as if
// for the first time.
func (t *Turns) makeRoom(now time.Time) {
	if len(t.each) < mostPeople {
		return
	}
	for id, o := range t.each {
		if o.fill(now); !o.running && o.left >= burst {
			delete(t.each, id)
		}
	}
}

func wait(why string, long time.Duration) error {
	seconds := max(1, int((long+time.Second-1)/time.Second))
	e := core.Errorf(core.RateLimited, "%s", why).Hinted("Wait %d s, then try again. paddock check on your own machine has no such bound.", seconds)
	e.Wait = time.Duration(seconds) * time.Second
	return e
}
