package edge

import (
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// How many requests of routes that sign people in are taken: at once, and each
// second afterwards. A whole office may come from one address.
const (
	burstEach, rateEach = 100, 10
	burstAll, rateAll   = 500, 250
	mostAddresses       = 10000 // that are remembered
)

// flood bounds how often people, or pipelines, try to sign in, per address and over all.
type flood struct {
	clock core.Clock

	mu   sync.Mutex
	all  bucket
	each map[netip.Prefix]bucket
}

// bucket is what is left of a number of requests.
type bucket struct {
	left float64
	at   time.Time
}

func newFlood(clock core.Clock) *flood {
	return &flood{clock: clock, all: bucket{left: burstAll, at: clock.Now()}, each: map[netip.Prefix]bucket{}}
}

// take takes a request from an address. wait is 0, or how long to wait.
func (f *flood) take(remote string) (wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.clock.Now()
	place := placeOf(remote)
	own, known := f.each[place]
	if !known {
		f.makeRoom(now)
		own = bucket{left: burstEach, at: now}
	}
	own, f.all = own.filled(now, burstEach, rateEach), f.all.filled(now, burstAll, rateAll)
	wait = max(own.wait(rateEach), f.all.wait(rateAll))
	if wait == 0 {
		own.left--
		f.all.left--
	}
	f.each[place] = own
	return wait
}

// makeRoom forgets addresses once there are too many: first those that would be
// full again, then any.
func (f *flood) makeRoom(now time.Time) {
	if len(f.each) < mostAddresses {
		return
	}
	for a, b := range f.each {
		if b.filled(now, burstEach, rateEach).left >= burstEach {
			delete(f.each, a)
		}
	}
	for a := range f.each {
		if len(f.each) < mostAddresses {
			return
		}
		delete(f.each, a)
	}
}

func (b bucket) filled(now time.Time, burst, rate float64) bucket {
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.left = min(burst, b.left+passed*rate)
	}
	b.at = now
	return b
}

func (b bucket) wait(rate float64) time.Duration {
	if b.left >= 1 {
		return 0
	}
	return time.Duration((1 - b.left) / rate * float64(time.Second))
}

// placeOf is what counts as one place: an address of IPv4, a network of IPv6.
func placeOf(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// tooFast refuses a request that came too fast.
func tooFast(w http.ResponseWriter, wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return core.Errorf(core.RateLimited, "There were too many tries to sign in.").Hinted("Wait %d seconds, then try again.", seconds)
}

// clientOf returns the address that a request really comes from. What proxies
// write counts only if the request comes from one of those that are trusted; then
// it is the last address that none of them has.
func clientOf(r *http.Request, trusted []netip.Prefix) string {
	remote := r.RemoteAddr
	if len(trusted) == 0 || !inside(remote, trusted) {
		return remote
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		a, err := netip.ParseAddr(strings.Trim(hop, "[]"))
		if err != nil {
			return remote // whatever stands there, a proxy that is trusted did not write it
		}
		remote = net.JoinHostPort(a.Unmap().String(), "0")
		if !inside(remote, trusted) {
			return remote
		}
	}
	return remote
}

func inside(remote string, networks []netip.Prefix) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, n := range networks {
		if n.Contains(a.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}
