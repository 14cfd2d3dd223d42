package audit

import (
	"bytes"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Ids of events sort in the order they were made, within one millisecond and
// when the clock goes back; after a leap back they follow the clock again.
func TestIDsAreInOrder(t *testing.T) {
	o := &order{}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	last := core.ID("")
	for i := range 1000 {
		at := now
		if i%3 == 1 {
			at = now.Add(-5 * time.Minute)
		}
		id := o.next(at)
		if id <= last {
			t.Fatalf("%s does not sort after %s", id, last)
		}
		last = id
	}
	if id := o.next(now.Add(-120 * 24 * time.Hour)); id >= last {
		t.Errorf("%s keeps to a clock that was wrong by months", id)
	}
}

// The random part carries over, and stays a UUIDv7.
func TestAfter(t *testing.T) {
	o := &order{ids: core.IDs{Rand: bytes.NewReader(bytes.Repeat([]byte{0xff}, 100))}}
	id := o.next(time.UnixMilli(1))
	if next := after("00000000-0001-7fff-bf00-0000000000ff"); next != "00000000-0001-7fff-bf00-000000000100" {
		t.Errorf("%s", next)
	}
	if id != "00000000-0001-7fff-bfff-ffffffffffff" {
		t.Errorf("%s", id)
	}
}
