package admission

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/life/admit"
)

// How long an answer may take.
const (
	usualTime  = 10 * time.Second // an API server's own default
	longest    = 30 * time.Second
	mostMargin = 500 * time.Millisecond
)

// mostAtOnce is how many reviews are looked at at once. It bounds memory too:
// each may be maxBody large.
const mostAtOnce = 32

// never lists namespaces that are never looked at: the cluster's own.
var never = []string{"kube-system", "kube-public", "kube-node-lease"}

// Gate decides on workloads.
type Gate interface {
	Admit(ctx context.Context, r admit.Review) (admit.Answer, error)
}

// Door serves reviews. All fields but Own are required.
type Door struct {
	Gate Gate
	Log  *slog.Logger
	Own  string // Paddock's own namespace, which is never looked at

	once   sync.Once
	places chan struct{}
	bodies sync.Pool
}

// Routes are the door's rows in the routes table. They are served on a listener
// of their own, see Handler.
func (d *Door) Routes() []edge.Route {
	var out []edge.Route
	for _, asks := range []Asks{All, Closed, Open} {
		out = append(out, edge.Route{Door: edge.Admission, Method: "POST", Pattern: "/admit/" + string(asks), Permission: edge.Certificate, Audit: "gate.decide, but for dry runs",
			Example: "/admit/" + string(asks), Limit: maxBody, Handler: d.handler(asks)})
	}
	return out
}

// Handler serves the door's routes, and a probe.
func (d *Door) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range d.Routes() {
		mux.Handle(r.Method+" "+r.Pattern, r.Handler)
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	return mux
}

func (d *Door) handler(asks Asks) http.Handler {
	d.once.Do(func() { d.places = make(chan struct{}, mostAtOnce) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), timeFor(r.URL.Query().Get("timeout")))
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				d.Log.Error("admission", "panic", p)
				d.refuse(w, core.Hidden("This review", nil))
			}
		}()
		body, err := d.serve(ctx, w, r, asks)
		if err != nil {
			d.Log.Warn("admission", "webhook", asks, "error", err, "cause", core.AsError(err).Err)
			d.refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
}

// timeFor is how long an answer may take, by the API server's own timeout: a part
// is left for the way back.
func timeFor(asked string) time.Duration {
	t, err := time.ParseDuration(asked)
	if err != nil || t <= 0 {
		t = usualTime
	}
	t = min(t, longest)
	return t - min(t/5, mostMargin)
}

func (d *Door) serve(ctx context.Context, w http.ResponseWriter, r *http.Request, asks Asks) ([]byte, error) {
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	case <-ctx.Done():
		return nil, core.Errorf(core.Unavailable, "Too many reviews are waiting.").Hinted("Try again.")
	}
	buf, _ := d.bodies.Get().(*bytes.Buffer)
	if buf == nil {
		buf = &bytes.Buffer{}
	}
	defer d.free(buf)
	if err := read(buf, w, r); err != nil {
		return nil, err
	}
	req, err := decode(buf.Bytes())
	if err != nil {
		return nil, err
	}
	if d.spared(req) {
		return pass(req.UID)
	}
	a, err := d.Gate.Admit(ctx, admit.Review{Operation: req.Operation, Kind: req.Kind.Kind, APIVersion: req.version(), Namespace: req.Namespace, Name: req.Name,
		DryRun: req.DryRun, User: req.UserInfo.Username, Object: *req.Object, Raw: func() []byte { return objectIn(buf.Bytes()) }, Echo: asks == Open})
	if err != nil {
		return nil, err
	}
	return encode(req.UID, req.Kind.Kind, a, asks)
}

// spared reports whether a review is none of ours: the cluster's own namespaces,
// ours, and everything that ends something.
func (d *Door) spared(r *request) bool {
	return slices.Contains(never, r.Namespace) || d.Own != "" && r.Namespace == d.Own ||
		r.Operation == "DELETE" || r.Operation == "CONNECT" || r.Object.Metadata.Deleted != ""
}

// free keeps a buffer for the next review, unless it has grown large.
func (d *Door) free(b *bytes.Buffer) {
	if b.Cap() <= 256<<10 {
		b.Reset()
		d.bodies.Put(b)
	}
}

func read(b *bytes.Buffer, w http.ResponseWriter, r *http.Request) error {
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return tooLarge()
	case err != nil:
		return &core.Error{Code: core.Unreadable, Msg: "The review did not arrive.", Err: err}
	}
	return nil
}

// refuse answers with a status, so that the API server does what the webhook's
// failurePolicy says.
func (d *Door) refuse(w http.ResponseWriter, err error) {
	e := core.AsError(err)
	http.Error(w, e.Error(), core.OutcomeOf(e.Code).HTTP)
}
