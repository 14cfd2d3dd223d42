package git

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync"
)

// ticket ties the hooks of one push to its caller.
type ticket struct {
	repo   string
	caller Caller
	pre    bool // the pre-receive hook has asked
	kept   bool // and the push was not refused
	post   bool // the post-receive hook has asked
}

// tickets are the pushes under way, by the digest of their token.
type tickets struct {
	rand io.Reader
	mu   sync.Mutex
	open map[[32]byte]*ticket
}

// Expect announces a push to repo by caller. The token lets the push's hooks
// ask once each, until done is called. It panics without randomness.
func (t *tickets) Expect(repo string, caller Caller) (token string, done func()) {
	var b [32]byte
	if _, err := io.ReadFull(t.rand, b[:]); err != nil {
		panic("door/git: no randomness for a push: " + err.Error())
	}
	token = hex.EncodeToString(b[:])
	key := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[key] = &ticket{repo: repo, caller: caller}
	return token, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.open, key)
	}
}

// use takes the one question that a hook of the push may ask. The post-receive
// hook may only ask after the pre-receive hook let the push through.
func (t *tickets) use(token, hook string) (ticket, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.open[sha256.Sum256([]byte(token))]
	switch {
	case k == nil:
		return ticket{}, false
	case hook == preReceive && !k.pre:
		k.pre = true
	case hook == postReceive && k.kept && !k.post:
		k.post = true
	default:
		return ticket{}, false
	}
	return *k, true
}

// keep notes that a push was let through.
func (t *tickets) keep(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.open[sha256.Sum256([]byte(token))]; k != nil {
		k.kept = true
	}
}
