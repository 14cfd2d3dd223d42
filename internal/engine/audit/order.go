package audit

import (
	"encoding/hex"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// farBack is how far a clock may go back while ids still go on from the last one.
const farBack = 10 * time.Minute

// order makes the ids of one process's events sort in the order they were
// made, also within one millisecond and while the clock goes back a little: the
// list of events is read by id. Over several processes the order is that of
// their clocks; the order that counts for proofs is the tree's.
type order struct {
	ids  core.IDs
	mu   sync.Mutex
	last core.ID
	at   time.Time
}

// next returns an id for the moment now that sorts after the last one.
func (o *order) next(now time.Time) core.ID {
	o.mu.Lock()
	defer o.mu.Unlock()
	id := o.ids.New(now)
	if id <= o.last && now.After(o.at.Add(-farBack)) {
		o.last = after(o.last)
		return o.last
	}
	o.last, o.at = id, now
	return id
}

// after returns the UUIDv7 that follows id in its random part.
func after(id core.ID) core.ID {
	b, err := hex.DecodeString(string(id[:8] + id[9:13] + id[14:18] + id[19:23] + id[24:]))
	if err != nil {
		panic("audit: an id that is none: " + string(id))
	}
	for i := 15; i > 8; i-- {
		if b[i]++; b[i] != 0 {
			break
		}
	}
	h := hex.EncodeToString(b)
	return core.ID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}
