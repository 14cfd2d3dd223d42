package egress

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// forward makes the call and hands its answer to the app.
func (g *Gateway) forward(w http.ResponseWriter, r *http.Request, t target, vendor *core.Vendor) {
	ctx, cancel := context.WithTimeout(r.Context(), callTimeout)
	defer cancel()
	out, hide, err := g.outgoing(ctx, r, t, vendor)
	if err != nil {
		g.o.Log.Warn("no credential for a call", "app", g.policy.Load().AppID, "vendor", vendor.Name, "err", err)
		answer(w, http.StatusServiceUnavailable, &refusal{Code: "egress_unavailable", Host: t.host, What: "The call to " + t.host + " could not be made.",
			Why: "The credential for " + vendor.Name + " is not there.", Fix: "Ask the platform team to check the vendor's credential."})
		return
	}
	out.Body = &limited{ctx: ctx, src: http.MaxBytesReader(w, r.Body, maxRequest), bucket: g.bucket, count: g.o.Count}
	if r.ContentLength == 0 {
		out.Body = http.NoBody
	}
	head := headSize(out)
	g.o.Count(int64(head), 0)
	if err := wait(ctx, g.bucket.take(head)); err != nil {
		return
	}
	resp, err := g.transport.RoundTrip(out)
	if err != nil {
		g.failed(w, r, t, err)
		return
	}
	defer resp.Body.Close()
	if len(hide.forms) > 0 && resp.Header.Get("Content-Encoding") != "" {
		answer(w, http.StatusBadGateway, unreachable(t, "Its answer is packed in a way that cannot be checked."))
		return
	}
	g.relay(w, resp, hide)
}

// outgoing builds the call: the app's own headers without what it must not
// set, and the vendor's credential.
func (g *Gateway) outgoing(ctx context.Context, r *http.Request, t target, vendor *core.Vendor) (*http.Request, redactor, error) {
	u := *r.URL
	u.User, u.Host = nil, t.address()
	out := (&http.Request{Method: r.Method, URL: &u, Host: u.Host, Header: r.Header.Clone(), ContentLength: r.ContentLength}).WithContext(ctx)
	dropHopHeaders(out.Header)
	// Accept-Encoding goes so that the transport unpacks answers by itself.
	for _, name := range []string{"Authorization", "Accept-Encoding", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"} {
		out.Header.Del(name)
	}
	for name := range out.Header {
		if strings.HasPrefix(name, "X-Paddock-") || strings.HasPrefix(name, "Cf-") {
			out.Header.Del(name)
		}
	}
	if vendor == nil || vendor.Credential == "" && !vendor.TokenAdded {
		return out, redactor{}, nil
	}
	secret, header, prefix, err := g.credential(ctx, *vendor)
	if err != nil {
		return nil, redactor{}, err
	}
	if header == "" {
		header = "Authorization"
		if prefix == "" {
			prefix = "Bearer "
		}
	}
	value := prefix + string(secret.Open())
	if secret.Empty() || strings.ContainsAny(value, "\r\n\x00") {
		return nil, redactor{}, errors.New("the credential is empty or not one line")
	}
	out.Header[textproto.CanonicalMIMEHeaderKey(header)] = []string{value}
	return out, newRedactor(secret, prefix), nil
}

// credential is what is added to a call to a vendor: the organisation's secret,
// or a token of the app's own.
func (g *Gateway) credential(ctx context.Context, vendor core.Vendor) (value core.Secret, header, prefix string, err error) {
	if vendor.TokenAdded {
		value, _, err = g.token(ctx, vendor.Audience)
		return value, "", "", err
	}
	if g.o.Credentials == nil {
		return value, "", "", errors.New("no source of credentials")
	}
	return g.o.Credentials(ctx, g.policy.Load().AppID, vendor)
}

// dropHopHeaders removes what concerns one connection only (RFC 9110, 7.6.1).
func dropHopHeaders(h http.Header) {
	for _, list := range h.Values("Connection") {
		for name := range strings.SplitSeq(list, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		h.Del(name)
	}
}

// headSize is about what the head of a call takes on the wire.
func headSize(r *http.Request) int {
	n := len(r.Method) + len(r.URL.RequestURI()) + len(r.Host) + 24
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v) + 4
		}
	}
	return n
}

// relay copies the vendor's answer to the app and counts its bytes. An answer
// that breaks off or is too large breaks the app's answer off too.
func (g *Gateway) relay(w http.ResponseWriter, resp *http.Response, hide redactor) {
	dropHopHeaders(resp.Header)
	hide.header(resp.Header)
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	flusher := http.NewResponseController(w)
	body := hide.body(io.LimitReader(resp.Body, maxResponse+1))
	buf := make([]byte, chunk)
	for total := 0; ; {
		n, err := body.Read(buf)
		total += n
		g.o.Count(0, int64(n))
		if _, werr := w.Write(buf[:n]); werr != nil {
			return
		}
		if err == io.EOF && total <= maxResponse {
			return
		}
		if err != nil || total > maxResponse {
			panic(http.ErrAbortHandler)
		}
		_ = flusher.Flush()
	}
}

// failed answers for a call that could not be made.
func (g *Gateway) failed(w http.ResponseWriter, r *http.Request, t target, err error) {
	var addr errAddress
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &addr):
		g.refuse(w, r, refuse(t.host, "Its address is inside a private network.", "Call public services only, or ask the platform team."))
	case errors.As(err, &large):
		answer(w, http.StatusRequestEntityTooLarge, &refusal{Code: "egress_too_large", Host: t.host, What: "The call to " + t.host + " is too large.",
			Why: "A call may carry 10 MB at most.", Fix: "Send less data in one call."})
	default:
		g.o.Log.Info("a call to a vendor failed", "app", g.policy.Load().AppID, "host", t.host, "err", err)
		answer(w, http.StatusBadGateway, unreachable(t, "The vendor's server did not answer."))
	}
}

func unreachable(t target, why string) *refusal {
	return &refusal{Code: "egress_unavailable", Host: t.host, What: "The call to " + t.host + " did not work.", Why: why, Fix: "Try again later."}
}
