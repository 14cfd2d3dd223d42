package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"strings"
	"sync/atomic"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Why a request was cut off.
var (
	errDeadline   = errors.New("the app took too long")
	errSlowClient = errors.New("the visitor took too long")
)

// proxy passes requests to one process.
type proxy struct {
	i       *instance
	timeout time.Duration
	forward *httputil.ReverseProxy
}

// exchange is what the proxy knows of one request in progress.
type exchange struct {
	caller  core.Person
	reading atomic.Int64  // reads that wait for the visitor now
	writing atomic.Int64  // writes that wait for the visitor now
	late    atomic.Bool   // the app passed its deadline
	over    chan struct{} // closed when its process is ended and that is recorded
}

type exchangeKey struct{}

func newProxy(i *instance) *proxy {
	p := &proxy{i: i, timeout: time.Duration(i.spec.Guardrails.TimeoutMS) * time.Millisecond}
	p.forward = &httputil.ReverseProxy{
		Rewrite: rewrite, ModifyResponse: cleanResponse, ErrorHandler: p.failed, FlushInterval: -1,
		ErrorLog: slog.NewLogLogger(i.a.m.o.Log.Handler(), slog.LevelDebug),
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				conn, err := i.proc.Dial(ctx)
				if err != nil {
					return nil, err
				}
				return patientConn{conn}, nil
			},
			// A connection for each request: over a unix socket it costs next to
			// nothing, and the app may close an idle one just when it is used again.
			DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10,
		},
	}
	return p
}

// serve passes one request on and cuts it off when the app does not answer
// within its time. A process that computed meanwhile is ended: one thread runs
// all its code, so a loop would block every other visitor. One that only
// waited, for a slow vendor say, goes on. A visitor who reads or sends too
// slowly only loses their own request.
func (p *proxy) serve(w *counted, r *http.Request, caller core.Person) {
	ctx, cut := context.WithCancelCause(r.Context())
	defer cut(nil)
	x := &exchange{caller: caller, over: make(chan struct{})}
	cpuBefore, _ := p.i.proc.Usage()
	overdue := time.AfterFunc(p.timeout, func() {
		if x.reading.Load()+x.writing.Load() > 0 {
			cut(errSlowClient)
			x.hangUp(w)
			return
		}
		x.late.Store(true)
		p.tooSlow(cpuBefore)
		cut(errDeadline)
		close(x.over)
	})
	defer overdue.Stop()
	w.writing = &x.writing
	r = r.WithContext(context.WithValue(ctx, exchangeKey{}, x))
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &clientBody{ReadCloser: http.MaxBytesReader(w, r.Body, maxRequestBody), reading: &x.reading}
	}
	p.forward.ServeHTTP(w, r)
}

// hangUp ends what waits for the visitor. A read that waits would keep the
// whole request open; an answer in progress cannot go on either.
func (x *exchange) hangUp(w http.ResponseWriter) {
	control, past := http.NewResponseController(w), time.Unix(1, 0)
	if x.reading.Load() > 0 {
		_ = control.SetReadDeadline(past) // not there in tests without a connection
	}
	if x.writing.Load() > 0 {
		_ = control.SetWriteDeadline(past)
	}
}

// busyShare is the part of its CPU share that a process must have used during
// a request that was too long to count as computing: one fifth.
const busyShare = 5

// tooSlow ends the process if it computed since cpuBefore, and records what
// happened.
func (p *proxy) tooSlow(cpuBefore int64) {
	const what = "The app took longer than %g seconds for one request."
	cpuNow, _ := p.i.proc.Usage()
	allowed := p.timeout.Milliseconds() * int64(p.i.spec.Guardrails.CPUMillis) / 1000
	if cpuNow-cpuBefore < allowed/busyShare {
		p.i.a.limitHit("time", fmt.Sprintf(what+" The request was cut off.", p.timeout.Seconds()))
		return
	}
	p.i.a.detach(p.i)
	if first := p.i.end("deadline"); first {
		p.i.a.limitHit("time", fmt.Sprintf(what+" It was stopped, and starts again with the next request.", p.timeout.Seconds()))
	}
}

// rewrite prepares the request as the app sees it.
func rewrite(pr *httputil.ProxyRequest) {
	x, _ := pr.In.Context().Value(exchangeKey{}).(*exchange)
	pr.Out.URL.Scheme, pr.Out.URL.Host, pr.Out.Host = "http", "app", pr.In.Host
	h := pr.Out.Header
	for name := range h {
		if strings.HasPrefix(textproto.CanonicalMIMEHeaderKey(name), "X-Paddock-") {
			delete(h, name)
		}
	}
	// Whoever the visitor is to Paddock is none of the app's business, but
	// for the address below.
	for _, name := range []string{"Cookie", "Authorization", "Proxy-Authorization"} {
		h.Del(name)
	}
	if x != nil && x.caller.Email != "" {
		h.Set("X-Paddock-User", x.caller.Email)
	}
}

// cleanResponse takes out what could reach beyond the app's own pages.
func cleanResponse(resp *http.Response) error {
	for name := range resp.Header {
		if strings.HasPrefix(name, "X-Paddock-") {
			delete(resp.Header, name)
		}
	}
	for _, name := range []string{"Set-Cookie", "Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc", "Service-Worker-Allowed"} {
		resp.Header.Del(name)
	}
	if resp.Header.Get("X-Content-Type-Options") == "" {
		resp.Header.Set("X-Content-Type-Options", "nosniff")
	}
	return nil
}

// failed answers for a request that the app did not answer.
func (p *proxy) failed(w http.ResponseWriter, r *http.Request, err error) {
	var large *http.MaxBytesError
	x, _ := r.Context().Value(exchangeKey{}).(*exchange)
	switch cause := context.Cause(r.Context()); {
	case errors.As(err, &large):
		say(w, r, pageTooLarge)
	case x != nil && x.late.Load():
		<-x.over
		say(w, r, pageTimeout(p.timeout))
	case errors.Is(cause, errSlowClient):
		say(w, r, pageSlow)
	case p.memoryFull():
		say(w, r, pageMemory)
	default:
		p.i.a.m.o.Log.Info("an app broke off a request", "app", p.i.a.id, "err", err)
		say(w, r, pageBroken)
	}
}

// memoryFull reports whether the process just ended over its memory. The
// connection breaks a moment before the end is known, so it waits briefly.
func (p *proxy) memoryFull() bool {
	brief := time.NewTimer(time.Second)
	defer brief.Stop()
	select {
	case <-p.i.proc.Done():
		return p.i.proc.Why() == "memory"
	case <-brief.C:
		return false
	}
}

// clientBody marks the time spent waiting for the visitor to send.
type clientBody struct {
	io.ReadCloser
	reading *atomic.Int64
}

func (b *clientBody) Read(p []byte) (int, error) {
	b.reading.Add(1)
	defer b.reading.Add(-1)
	return b.ReadCloser.Read(p)
}
