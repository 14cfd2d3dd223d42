package git

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// errLong says that a body went on beyond its limit.
var errLong = errors.New("the body is too long")

// body is the request's body, unpacked and bounded before and after unpacking.
type body struct {
	raw  io.ReadCloser // as sent
	in   io.Reader     // unpacked
	left int64
	read atomic.Int64
	long atomic.Bool
	busy sync.Mutex // held while somebody reads
}

// openBody checks the headers of a git request and opens its body.
func openBody(w http.ResponseWriter, r *http.Request, service string, limit int64) (*body, error) {
	if r.Header.Get("Content-Type") != "application/x-"+service+"-request" {
		return nil, core.Errorf(core.Unreadable, "This address is for git.").Hinted("Use git clone, git fetch or git push.")
	}
	if r.ContentLength > limit {
		return nil, tooLong()
	}
	b := &body{raw: http.MaxBytesReader(w, r.Body, limit), left: limit}
	b.in = b.raw
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(b.raw)
		if err != nil {
			return nil, &core.Error{Code: core.Unreadable, Msg: "The request could not be unpacked.", Hint: "Try again.", Err: err}
		}
		b.in = z
	default:
		return nil, core.Errorf(core.Unreadable, "The request is packed in a way that is not known here.").Hinted("Use gzip or nothing.")
	}
	return b, nil
}

// Read returns what git may see. Beyond the limit it fails.
func (b *body) Read(p []byte) (int, error) {
	b.busy.Lock()
	defer b.busy.Unlock()
	if b.left <= 0 {
		b.long.Store(true)
		return 0, errLong
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.read.Add(int64(n))
	var most *http.MaxBytesError
	if errors.As(err, &most) {
		b.long.Store(true)
	}
	return n, err
}

// blame names the body as the cause when it was too long.
func (b *body) blame(err error) error {
	if b.long.Load() {
		return tooLong()
	}
	return err
}

// drain reads what git left of the body, so that the client sees the answer
// and not a broken connection. It gives up after limit bytes or ten seconds, and
// at once when a reader still waits for a client that sends nothing.
func (b *body) drain(w http.ResponseWriter, limit int64) {
	rc := http.NewResponseController(w)
	if !b.busy.TryLock() {
		_ = rc.SetReadDeadline(time.Now())
		return
	}
	defer b.busy.Unlock()
	_ = rc.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.CopyN(io.Discard, b.raw, limit)
	_ = rc.SetReadDeadline(time.Time{})
}

func tooLong() error {
	return core.Errorf(core.TooLarge, "The push is too large.").Hinted("Leave large files out, or push in smaller parts.")
}
