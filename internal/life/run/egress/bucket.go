package egress

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// bucket limits bytes a second: a token bucket that holds one second's worth.
type bucket struct {
	clock  core.Clock
	mu     sync.Mutex
	rate   float64 // bytes a second; 0 for no limit
	tokens float64 // may be negative: bytes already promised
	last   time.Time
}

func newBucket(clock core.Clock, kbps int) *bucket {
	rate := float64(kbps) * 1000
	return &bucket{clock: clock, rate: rate, tokens: rate, last: clock.Now()}
}

// take reserves n bytes and returns how long to wait before sending them.
func (b *bucket) take(n int) time.Duration {
	if b.rate == 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	if passed := now.Sub(b.last); passed > 0 {
		b.tokens = min(b.rate, b.tokens+passed.Seconds()*b.rate)
	}
	b.last = now
	b.tokens -= float64(n)
	if b.tokens >= 0 {
		return 0
	}
	return time.Duration(-b.tokens / b.rate * float64(time.Second))
}

// limited reads through a bucket, so that nothing leaves faster than it fills.
type limited struct {
	ctx    context.Context
	src    io.ReadCloser
	bucket *bucket
	count  func(sent, received int64)
}

// chunk is the most that one read takes, so that waiting stays smooth.
const chunk = 16 << 10

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.src.Read(p[:min(len(p), chunk)])
	if n > 0 {
		l.count(int64(n), 0)
		if werr := wait(l.ctx, l.bucket.take(n)); werr != nil {
			return 0, werr
		}
	}
	return n, err
}

func (l *limited) Close() error { return l.src.Close() }

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
