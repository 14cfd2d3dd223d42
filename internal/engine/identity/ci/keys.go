package ci

import (
	"context"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/core"
)

// keys are the public keys of one issuer, in memory. A key that is there costs no
// request. One that is not makes one, and then none for a minute, whoever asks and
// whatever the answer was: so nobody can make Paddock ask an issuer without end.
// Keys older than an hour are asked for again; while the issuer does not answer
// they count for a day more.
type keys struct {
	issuer string
	client Client
	clock  core.Clock

	mu     sync.Mutex
	known  map[string]jose.JSONWebKey
	read   time.Time // when they were read
	asked  time.Time // the last request, good or bad
	asking chan struct{}
	why    error // of the last request
}

// find returns the key of a name. Errors: UnknownKey, KeysUnread.
func (k *keys) find(ctx context.Context, kid string) (jose.JSONWebKey, error) {
	k.mu.Lock()
	key, there := k.good(kid)
	if there && k.clock.Now().Sub(k.read) < fresh {
		k.mu.Unlock()
		return key, nil
	}
	wait := k.refresh(ctx)
	k.mu.Unlock()
	if wait != nil && !there {
		select {
		case <-wait:
		case <-ctx.Done():
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, there := k.good(kid); there {
		return key, nil
	}
	if k.why != nil && len(k.known) == 0 {
		return key, (&core.Error{Code: core.Unavailable, Msg: "The keys of " + k.issuer + " cannot be read.", Err: k.why}).At(KeysUnread).Hinted("Try again in a minute; if it stays, the platform team can see why in the server's log.")
	}
	return key, refuse(UnknownKey, "The token is signed by a key that %s does not have.", k.issuer)
}

// good returns a key that still counts.
func (k *keys) good(kid string) (jose.JSONWebKey, bool) {
	if k.clock.Now().Sub(k.read) >= stale {
		return jose.JSONWebKey{}, false
	}
	key, there := k.known[kid]
	return key, there
}

// refresh starts one request, unless there was one within the last minute, and
// returns what closes when the request that is under way ends. The lock is held.
func (k *keys) refresh(ctx context.Context) chan struct{} {
	now := k.clock.Now()
	if k.asking != nil {
		return k.asking
	}
	if !k.asked.IsZero() && now.Sub(k.asked) < pause && !now.Before(k.asked) {
		return nil
	}
	k.asked = now
	done := make(chan struct{})
	k.asking = done
	go k.ask(context.WithoutCancel(ctx), now, done) // the answer is for everybody who waits
	return done
}

func (k *keys) ask(ctx context.Context, now time.Time, done chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	known, err := k.client.keySet(ctx, k.issuer)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.why = err; err == nil {
		k.known, k.read = known, now
	}
	k.asking = nil
	close(done)
}
