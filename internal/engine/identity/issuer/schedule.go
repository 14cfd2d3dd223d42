package issuer

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// How keys follow each other.
const (
	Period   = 30 * 24 * time.Hour // from one key's beginning to the next one's
	Announce = 48 * time.Hour      // in the published set before it signs
	Linger   = time.Hour           // in the published set after it signed last
)

// State says what a key is for at some moment.
type State string

// The states of a key.
const (
	Announced State = "announced"
	Signing   State = "signing"
	Retired   State = "retired" // what it signed may still be in force
	Gone      State = "gone"    // no longer published
)

// stateOf returns the state of each key, as keys lists them.
func stateOf(keys []core.IssuerKey, now int64) []State {
	out := make([]State, len(keys))
	current := signing(keys, now)
	for i, k := range keys {
		switch {
		case k.Removed != 0:
			out[i] = Gone
		case k.Begins > now:
			out[i] = Announced
		case i == current:
			out[i] = Signing
		case now < end(keys, k)+Linger.Microseconds():
			out[i] = Retired
		default:
			out[i] = Gone
		}
	}
	return out
}

// signing is the index of the key that signs at now: of those that have begun
// the one that began last; -1 if there is none. An overdue key goes on signing.
func signing(keys []core.IssuerKey, now int64) int {
	best := -1
	for i, k := range keys {
		if k.Removed == 0 && k.Begins <= now && (best < 0 || after(k, keys[best])) {
			best = i
		}
	}
	return best
}

// after orders keys by their beginning; two that begin at once by their names.
func after(a, b core.IssuerKey) bool {
	return a.Begins > b.Begins || a.Begins == b.Begins && a.ID > b.ID
}

// end is when the key that follows k begins. k is followed by some key.
func end(keys []core.IssuerKey, k core.IssuerKey) int64 {
	var next core.IssuerKey
	for _, o := range keys {
		if o.Removed == 0 && after(o, k) && (next.ID == "" || after(next, o)) {
			next = o
		}
	}
	return next.Begins
}

// due returns when a further key should begin, if it is time to announce it:
// at once when nothing can sign.
func due(keys []core.IssuerKey, now int64) (begins int64, ok bool) {
	if signing(keys, now) < 0 {
		return now, true
	}
	var last core.IssuerKey
	for _, k := range keys {
		if k.Removed == 0 && after(k, last) {
			last = k
		}
	}
	turn := last.Begins + Period.Microseconds()
	if now+Announce.Microseconds() < turn {
		return 0, false
	}
	return max(turn, now+Announce.Microseconds()), true
}
