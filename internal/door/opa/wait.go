package opa

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The bounds of waiting for another revision. Who finds no room is answered at
// once, as if it had not asked to wait.
const (
	maxWait    = 2 * time.Minute
	maxWaiting = 1000
)

// newer returns the bundle, waiting for one that the caller does not have as
// long as it wishes: Prefer: modes=snapshot,delta;wait=30.
func (d *Door) newer(r *http.Request) (Bundle, error) {
	b, changed, err := d.source.Bundle(r.Context())
	wait := preferred(r.Header.Get("Prefer"))
	if err != nil || wait == 0 || !has(r.Header.Get("If-None-Match"), b.ETag) {
		return b, err
	}
	select {
	case d.waiting <- struct{}{}:
		defer func() { <-d.waiting }()
	default:
		return b, nil
	}
	end := time.NewTimer(wait)
	defer end.Stop()
	for {
		select {
		case <-changed:
		case <-end.C:
			return b, nil
		case <-r.Context().Done():
			return b, nil
		}
		was := changed
		if b, changed, err = d.source.Bundle(r.Context()); err != nil || changed == was || !has(r.Header.Get("If-None-Match"), b.ETag) {
			return b, err // the channel of a server that ends stays closed
		}
	}
}

// preferred reads how long a caller wishes to wait, at most maxWait.
func preferred(prefer string) time.Duration {
	for part := range strings.SplitSeq(prefer, ";") {
		value, ok := strings.CutPrefix(strings.TrimSpace(part), "wait=")
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return 0
		}
		return min(time.Duration(n)*time.Second, maxWait)
	}
	return 0
}

// has reports whether a list of entity tags, as in If-None-Match, holds one.
func has(list, etag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == etag || one == "*" {
			return true
		}
	}
	return false
}
