package egress

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// hand is a clock moved by hand.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.at }

func (h *hand) move(d time.Duration) { h.mu.Lock(); h.at = h.at.Add(d); h.mu.Unlock() }

// RUN-1: one second's worth passes at once, then it takes its time.
func TestBucket(t *testing.T) {
	clock := &hand{at: time.Unix(1000, 0)}
	b := newBucket(clock, 100) // 100,000 bytes a second
	if d := b.take(100_000); d != 0 {
		t.Errorf("the first second's worth waits %s", d)
	}
	if d := b.take(50_000); d != 500*time.Millisecond {
		t.Errorf("half a second's worth more waits %s", d)
	}
	clock.move(time.Second)
	if d := b.take(50_000); d != 0 {
		t.Errorf("after a second the wait is %s", d)
	}
	clock.move(1000 * time.Hour)
	if d := b.take(200_000); d != time.Second {
		t.Errorf("a long rest saves up more than a second: %s", d)
	}
	clock.move(-time.Hour)
	if d := b.take(1); d < time.Second {
		t.Errorf("a clock set back gives %s", d)
	}
	if d := newBucket(clock, 0).take(1 << 30); d != 0 {
		t.Errorf("no limit waits %s", d)
	}
}

func TestRedactBody(t *testing.T) {
	const secret = `s3cr3t/"key"+`
	r := newRedactor(core.NewSecret([]byte(secret)), "Bearer ")
	for name, in := range map[string]string{
		"plain":  "a " + secret + " b " + secret,
		"json":   `{"auth":"s3cr3t/\"key\"+"}`,
		"base64": "czNjcjN0LyJrZXkiKw== end",
		"url":    "?k=s3cr3t%2F%22key%22%2B&x",
		"long":   strings.Repeat("x", chunk-5) + secret + strings.Repeat("y", 3*chunk),
		"end":    "tail " + secret,
		"none":   strings.Repeat("nothing here ", 5000),
	} {
		for _, src := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.DataErrReader(strings.NewReader(in))} {
			out, err := io.ReadAll(r.body(src))
			if err != nil || len(out) != len(in) {
				t.Fatalf("%s: %d of %d bytes, %v", name, len(out), len(in), err)
			}
			if name == "none" && string(out) != in {
				t.Errorf("innocent text was changed")
			}
			if bytes.Contains(out, []byte("key")) || bytes.Contains(out, []byte("czNjcjN0")) {
				t.Errorf("%s: %s", name, out)
			}
		}
	}
	broken := errors.New("broken")
	if _, err := io.ReadAll(r.body(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)))); !errors.Is(err, broken) {
		t.Errorf("an error on the way becomes %v", err)
	}
	h := http.Header{"X-Echo": {"Bearer " + secret}}
	if r.header(h); strings.Contains(h.Get("X-Echo"), "s3cr3t") {
		t.Errorf("header: %v", h)
	}
}
