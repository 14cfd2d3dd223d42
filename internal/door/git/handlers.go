package git

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	uploadPack  = "git-upload-pack"
	receivePack = "git-receive-pack"
	// maxAdvert bounds the list of branches and tags.
	maxAdvert = 16 << 20
)

var protocolRE = regexp.MustCompile(`^[a-z0-9=:]{0,64}$`)

// InfoRefs answers GET /git/{repo}/info/refs?service=...: what the repository has.
func (d *Door) InfoRefs(w http.ResponseWriter, r *http.Request) {
	service := r.URL.Query().Get("service")
	repo, _, ok := d.admit(w, r, service)
	if !ok {
		return
	}
	if service != uploadPack && service != receivePack {
		d.fail(w, r, core.Errorf(core.Invalid, "This address is for git.").Hinted("Use git 2.0 or newer, with git clone or git push."))
		return
	}
	release, err := d.turn(r.Context())
	if err != nil {
		d.fail(w, r, err)
		return
	}
	defer release()
	answer := &bounded{left: maxAdvert}
	protocol := protocolOf(r)
	if service == receivePack || !strings.Contains(protocol, "version=2") {
		line := "# service=" + service + "\n"
		fmt.Fprintf(&answer.buf, "%04x%s0000", len(line)+4, line)
	}
	if err := d.o.Repos.Advertise(r.Context(), repo, service, protocol, answer); err != nil {
		d.fail(w, r, err)
		return
	}
	plainHeaders(w, "application/x-"+service+"-advertisement")
	_, _ = w.Write(answer.buf.Bytes())
}

// UploadPack answers POST /git/{repo}/git-upload-pack: one step of a fetch.
func (d *Door) UploadPack(w http.ResponseWriter, r *http.Request) {
	d.pack(w, r, uploadPack, d.o.MaxRequest, func(ctx context.Context, repo string, _ Caller, in io.Reader, out io.Writer) error {
		return d.o.Repos.UploadPack(ctx, repo, protocolOf(r), in, out)
	})
}

// ReceivePack answers POST /git/{repo}/git-receive-pack: a push.
func (d *Door) ReceivePack(w http.ResponseWriter, r *http.Request) {
	// A little more than a push may have, so that git itself can say "too large".
	d.pack(w, r, receivePack, d.o.MaxPush+(8<<20), func(ctx context.Context, repo string, caller Caller, in io.Reader, out io.Writer) error {
		token, done := d.o.Tickets.Expect(repo, caller)
		defer done()
		return d.o.Repos.ReceivePack(ctx, repo, protocolOf(r), token, in, out)
	})
}

type packer func(ctx context.Context, repo string, caller Caller, in io.Reader, out io.Writer) error

// pack runs one git service between the request's body and the answer.
func (d *Door) pack(w http.ResponseWriter, r *http.Request, service string, limit int64, serve packer) {
	start := time.Now()
	repo, caller, ok := d.admit(w, r, service)
	if !ok {
		return
	}
	body, err := openBody(w, r, service, limit)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	release, err := d.turn(r.Context())
	if err != nil {
		d.fail(w, r, err)
		return
	}
	defer release()
	ctx, cancel := context.WithTimeout(r.Context(), d.o.Time)
	defer cancel()
	defer timing(w, start.Add(d.o.Time+10*time.Second))()
	plainHeaders(w, "application/x-"+service+"-result")
	out := &flusher{w: w, rc: http.NewResponseController(w)}
	err = serve(ctx, repo, caller, body, out)
	d.o.Log.DebugContext(r.Context(), "git served", "service", service, "repo", repo, "person", caller.Person.ID.String(),
		"bytes_in", body.read.Load(), "bytes_out", out.written, "ms", time.Since(start).Milliseconds())
	if err != nil && out.written == 0 {
		d.fail(w, r, body.blame(err))
	} else if err != nil {
		d.o.Log.WarnContext(r.Context(), "git broke off", "service", service, "repo", repo, "error", err)
	}
	body.drain(w, limit)
}

// timing lets git read and write at once, within the time that it has. What it
// returns ends the limit on writing, for the connection's next request.
func timing(w http.ResponseWriter, until time.Time) func() {
	rc := http.NewResponseController(w)
	_ = rc.EnableFullDuplex() // writers that cannot do these work without
	_ = rc.SetReadDeadline(until)
	_ = rc.SetWriteDeadline(until)
	return func() { _ = rc.SetWriteDeadline(time.Time{}) }
}

func plainHeaders(w http.ResponseWriter, kind string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache, max-age=0, must-revalidate")
	w.Header().Set("X-Content-Type-Options", "nosniff")
}

// protocolOf returns the Git-Protocol header, or "" when it is not harmless.
func protocolOf(r *http.Request) string {
	if p := r.Header.Get("Git-Protocol"); protocolRE.MatchString(p) {
		return p
	}
	return ""
}

// flusher sends git's words to the client as they come.
type flusher struct {
	w       io.Writer
	rc      *http.ResponseController
	written int64
}

func (f *flusher) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.written += int64(n)
	if err == nil {
		_ = f.rc.Flush()
	}
	return n, err
}

// bounded keeps an answer until it is known to be whole.
type bounded struct {
	buf  bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, core.Errorf(core.TooLarge, "The repository has too many branches and tags.").Hinted("Delete old branches.")
	}
	return b.buf.Write(p)
}
