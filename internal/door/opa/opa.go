package opa

import (
	"context"
	"net/http"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// Bundle is the rules in force, in OPA's form.
type Bundle struct {
	File      []byte
	ETag      string // with its quotes
	MediaType string
}

// Source has the bundle of the rules in force.
type Source interface {
	// Bundle returns the bundle, and a channel that is closed when there may be
	// another one, or when the server ends.
	Bundle(ctx context.Context) (Bundle, <-chan struct{}, error)
	// Key is the key that bundles are signed with, as PEM.
	Key() string
}

// Logs takes in the decision logs of OPA servers elsewhere.
type Logs interface {
	Take(ctx context.Context, who core.Person, by core.Actor, body []byte, compressed bool) error
}

// Door serves bundles and takes in decision logs. Make one with New.
type Door struct {
	source  Source
	logs    Logs
	refuse  func(w http.ResponseWriter, r *http.Request, e *core.Error)
	waiting chan struct{} // one token for each request that waits
}

// New makes a door. refuse writes an error for a program.
func New(source Source, logs Logs, refuse func(w http.ResponseWriter, r *http.Request, e *core.Error)) *Door {
	return &Door{source: source, logs: logs, refuse: refuse, waiting: make(chan struct{}, maxWaiting)}
}

// Routes lists what the door answers.
func (d *Door) Routes() []edge.Route {
	return []edge.Route{
		{Door: edge.API, Method: "GET", Pattern: "/opa/bundles/paddock.tar.gz", Permission: "policy.bundle", Audit: "none: read only; the rules can be read by everybody",
			Example: "/opa/bundles/paddock.tar.gz", Streams: true, Handler: http.HandlerFunc(d.bundle)},
		{Door: edge.API, Method: "POST", Pattern: "/opa/logs", Permission: "policy.report", Audit: "policy.outside", Example: "/opa/logs", Limit: maxLog, Handler: http.HandlerFunc(d.take)},
		{Door: edge.API, Method: "GET", Pattern: "/opa/key.pem", Permission: edge.Anyone, Audit: "none: read only", Example: "/opa/key.pem", Handler: http.HandlerFunc(d.key)},
	}
}

func (d *Door) bundle(w http.ResponseWriter, r *http.Request) {
	b, err := d.newer(r)
	if err != nil {
		edge.Note(r.Context(), err)
		d.refuse(w, r, core.AsError(err))
		return
	}
	w.Header().Set("ETag", b.ETag)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", b.MediaType)
	if has(r.Header.Get("If-None-Match"), b.ETag) {
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b.File)))
	_, _ = w.Write(b.File)
}

func (d *Door) key(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	_, _ = w.Write([]byte(d.source.Key()))
}
